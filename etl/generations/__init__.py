"""What a home keeps: the archive, its manifests, identities, and the generations published from them."""
