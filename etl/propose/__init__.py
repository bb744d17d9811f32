"""A source TOML proposed for an unknown file: `python -m etl map`."""
