"""Colours and the way numbers are written. Safe for the common colour-vision deficiencies, with shape beside colour."""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours of one theme. `main` carries the figure, `second` the comparison, `quiet` what is common or missing."""

    name: ThemeName
    ink: str
    faint: str
    grid: str
    paper: str
    main: str
    second: str
    quiet: str
    band: str
    shades: tuple[str, ...]


LIGHT = Theme(
    name="light",
    ink="#1c2733",
    faint="#5a6775",
    grid="#e3e8ed",
    paper="#ffffff",
    main="#1f6aa5",
    second="#b4540a",
    quiet="#7f8b98",
    band="rgba(31, 106, 165, 0.10)",
    shades=("#f1f5f9", "#d3e3f0", "#a8c9e3", "#74a9d0", "#4387ba", "#1f6aa5", "#114a78"),
)
DARK = Theme(
    name="dark",
    ink="#e6ebf0",
    faint="#a9b4c0",
    grid="#2c3743",
    paper="#12181f",
    main="#5ea8df",
    second="#f0a25a",
    quiet="#71808f",
    band="rgba(94, 168, 223, 0.14)",
    shades=("#1b232c", "#1f3548", "#265070", "#2f6d99", "#4089bd", "#5ea8df", "#9fd0f3"),
)
THEMES: dict[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}


# A plain blank: with one that does not break, a copied share is no number to a spreadsheet.
PERCENT_SIGN = " %"


def percent_text(value: float) -> str:
    """A share for people: whole per cent, `under 1 %` and `over 99 %` where rounding would lie."""
    if 0 < value < 1:
        return f"under 1{PERCENT_SIGN}"
    if 99 < value < 100:
        return f"over 99{PERCENT_SIGN}"
    return f"{value:.0f}{PERCENT_SIGN}"


def number_text(value: float, unit: str) -> str:
    """A value with its unit for people: shares in whole per cent, most else to one decimal."""
    if unit == "%":
        return percent_text(value)
    if unit in ("procedures", "vertebrae"):
        return f"{value:,.1f}".removesuffix(".0")
    short = {"hours": "h", "minutes": "min", "points of 10": "", "days": "days", "index": ""}.get(unit, unit)
    return f"{value:.{unit_digits(unit)}f} {short}".strip()


def unit_digits(unit: str) -> int:
    """How many digits after the point a value of a unit, or an end of its interval, is shown with."""
    return {"minutes": 0, "days": 0, "index": 2}.get(unit, 1)
