"""Parts of the Pain relief page."""
