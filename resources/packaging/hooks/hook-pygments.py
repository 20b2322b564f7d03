"""Nothing beyond what is imported: no command shows source text in colours."""
