"""The script of each page: a file of `dashboard/pages/`, or the file of the same name in a folder of its own."""

from functools import cache
from pathlib import Path

PAGES = Path(__file__).parents[1] / "pages"


@cache
def page_files() -> dict[str, Path]:
    """Name of every page → its script."""
    alone = {path.stem: path for path in PAGES.glob("*.py") if path.stem != "__init__"}
    return alone | {path.parent.name: path for path in PAGES.glob("*/*.py") if path.stem == path.parent.name}


def is_page(name: str) -> bool:
    """Whether there is a page of this name."""
    return name in page_files()
