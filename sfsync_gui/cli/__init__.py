"""The `sfsync` commands: the engine without a window, and what is stored, for a terminal."""
