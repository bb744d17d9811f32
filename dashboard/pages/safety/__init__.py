"""Parts of the Safety page."""
