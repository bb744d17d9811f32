"""Delimited text: its encoding, where its table begins, its rows."""
