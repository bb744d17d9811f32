"""Text to value, or a named reason why not. Each distinct text is read once."""
