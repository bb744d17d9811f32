"""How a delivery compares with earlier ones of its sender: what it replaces, and what is unlike."""
