"""One person's rows: where they are, files without them, and proof that nothing of them is left."""
