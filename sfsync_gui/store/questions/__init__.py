"""How the questions of `engine.questions` are answered, by subject."""
