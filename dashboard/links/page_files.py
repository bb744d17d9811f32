"""The script of each page: a file of `dashboard/pages/`, or the file of the same name in a folder of its own."""

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path

# The page that an address without a name shows.
FIRST = "overview"
PAGES = Path(__file__).parents[1] / "pages"


@cache
def page_files() -> dict[str, Path]:
    """Name of every page → its script."""
    alone = {path.stem: path for path in PAGES.glob("*.py") if path.stem != "__init__"}
    return alone | {path.parent.name: path for path in PAGES.glob("*/*.py") if path.stem == path.parent.name}


def is_page(name: str) -> bool:
    """Whether there is a page of this name."""
    return name in page_files()


def page_named(asked: str) -> str | None:
    """The page that somebody means by a name: in any case, with blanks or dashes; None where there is none."""
    name = _plain_name(asked)
    return name if is_page(name) else None


def pages_alike(asked: str) -> list[str]:
    """Pages whose names are nearly what was asked for, nearest first."""
    return get_close_matches(_plain_name(asked), sorted(page_files()), cutoff=0.6)


def _plain_name(asked: str) -> str:
    return re.sub(r"[\s-]+", "_", asked.strip("/ ").lower())
