"""What readers of a registry are told of its hospitals."""
