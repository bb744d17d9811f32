"""The synthetic department of the page tests, for every file of this folder."""

from tests.app.pages import department, synthetic

__all__ = ["department", "synthetic"]
