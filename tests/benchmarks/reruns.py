"""A page's script on a filter that nobody has used yet, in Streamlit's test runner."""

import logging
import statistics
import time
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.contents import PAGES
from dashboard.links.page_files import page_files

ENTRY = Path(__file__).parents[1] / "app" / "entry.py"
LAST_DAY = date(2026, 6, 30)
LEVELS = ("1", "2", "3", "4+")
CHOICES = [list(levels) for many in (1, 2, 3) for levels in combinations(LEVELS, many)]


def measure(rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. At most 14 rounds: so many choices of levels there are."""
    logging.disable(logging.CRITICAL)
    at = AppTest.from_file(str(ENTRY), default_timeout=60).run()
    rows = []
    for place, (name, title) in enumerate(PAGES):
        at.switch_page(str(page_files()[name])).run()
        # Each page gets filters that no page before it has used: another last day.
        times = []
        for levels in CHOICES[:rounds]:
            at.session_state["filter_levels"] = levels
            at.session_state["filter_to"] = LAST_DAY - timedelta(days=place)
            began = time.perf_counter()
            at.run()
            times.append(time.perf_counter() - began)
            assert not at.exception and [shown.value for shown in at.title] == [title]
        rows.append((f"{title}: rerun on a new filter", f"{1000 * statistics.median(times):.0f} ms", "≤ 100 ms"))
    logging.disable(logging.NOTSET)
    return rows
