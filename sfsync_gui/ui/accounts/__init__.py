"""Signing in to both services: forms, guides and the way from a form to a connection."""
