"""Signing in inside the window. QtWebEngine is imported here, and only when somebody signs in."""
