"""Cells: procedures counted where they are, by another engine; figures are made of them as of procedures."""
