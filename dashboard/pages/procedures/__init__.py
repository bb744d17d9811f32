"""Parts of the Procedures page."""
