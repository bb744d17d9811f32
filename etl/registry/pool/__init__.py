"""What a registry makes of shipments: one pool, and one generation of it."""
