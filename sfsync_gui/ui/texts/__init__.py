"""Every sentence that is made of the engine's state: pure functions, without widgets."""
