"""Adapters for the two services' APIs, behind the ports that the engine defines."""
