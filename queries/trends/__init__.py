"""Figures over time: points, lines, signals, and what may be said about them."""
