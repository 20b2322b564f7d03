"""The vault over the operating system's keyring."""
