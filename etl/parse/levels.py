"""Treated vertebrae from text such as `T12;L1`."""

import re
import unicodedata
from dataclasses import dataclass

from queries.vertebrae import VERTEBRAE

SEPARATORS = re.compile(r"\s*[;,/+&]\s*")


@dataclass(frozen=True)
class LevelReading:
    """Vertebrae from the head downwards, or the problem that kept them from being read."""

    vertebrae: tuple[str, ...] | None
    problem: str | None


def read_levels(written: str) -> LevelReading:
    """Read level text. Each vertebra counts once; one unreadable part makes the whole text unreadable."""
    parts = SEPARATORS.split(unicodedata.normalize("NFKC", written).strip().upper())
    found = set(parts)
    if not found <= set(VERTEBRAE):
        return LevelReading(None, "level_unreadable")
    return LevelReading(tuple(vertebra for vertebra in VERTEBRAE if vertebra in found), None)
