"""Parts of the page on levels."""
