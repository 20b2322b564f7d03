"""Signing in to both services: pages to open, codes to exchange, accesses to revoke."""
