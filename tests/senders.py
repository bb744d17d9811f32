"""Sending systems of a hospital's own, described in a test."""

import pytest

from etl.build import build
from etl.sources import Source, read_source, validate_source


def own_source(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> Source:
    """A source that a build finds by its name, without a file in a home."""
    source = validate_source(text.encode(), name, f"{name}.toml")
    monkeypatch.setattr(build, "read_source", lambda asked: source if asked == name else read_source(asked))
    return source
