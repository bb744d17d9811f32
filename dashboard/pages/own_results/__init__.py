"""Parts of the page of an operator's own results."""
