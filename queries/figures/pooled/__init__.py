"""Figures of a registry: how far each hospital reaches, and what one hospital would give away."""
