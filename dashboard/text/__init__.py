"""Words, colours and templates that pages share."""
