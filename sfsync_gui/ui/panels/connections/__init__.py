"""Connections: who is connected to what, signing in again, and disconnecting."""
