"""Attribute mapping: the table of rows, edited as a draft until a person applies it."""
