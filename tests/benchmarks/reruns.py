"""A page on a filter that nobody has used yet: one reader asks a running server through the socket."""

import asyncio
import statistics
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

from dashboard.contents import PAGES
from tests.benchmarks.tabs import open_tab
from tests.browser.serving import Server, served

LAST_DAY = date(2026, 6, 30)
LEVELS = ("1", "2", "3", "4+")
CHOICES = [levels for many in (1, 2, 3) for levels in combinations(LEVELS, many)]


def measure(scratch: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. At most 14 rounds: so many choices of levels there are."""
    with served(scratch / "reruns.log") as server:
        times = asyncio.run(measure_pages(server, rounds))
    return [
        (f"{title}: rerun on a new filter", f"{1000 * statistics.median(seconds):.0f} ms", "≤ 100 ms")
        for title, seconds in times.items()
    ]


async def measure_pages(server: Server, rounds: int) -> dict[str, list[float]]:
    """Title of a page → seconds until it was whole, in one tab."""
    times: dict[str, list[float]] = {}
    async with open_tab(server.address) as tab:
        await tab.open_page()
        for place, (name, title) in enumerate(PAGES):
            # Each page gets filters that no page before it has used: another last day.
            queries = [{"levels": levels, "to": LAST_DAY - timedelta(days=place)} for levels in CHOICES[:rounds]]
            address = name if name in tab.pages else ""
            answers = [await tab.open_page(address, urlencode(query, doseq=True)) for query in queries]
            assert {(answer.title, answer.errors) for answer in answers} == {(title, ())}
            times[title] = [answer.seconds for answer in answers]
    return times
