"""When something goes wrong: the log, crash reports, and what is handed on to whoever helps."""
