"""What the TOML of a sending system may say, and what is wrong with one in words."""
