"""Adjustment by case mix: which facts, a model frozen on earlier cases, and what was observed against it."""
