"""A page on a filter that nobody has used yet: one reader asks a running server through the socket."""

import asyncio
import statistics
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

from dashboard.contents import PAGES
from tests.benchmarks.readers import processor_of, wait_until_idle
from tests.benchmarks.tabs import open_tab
from tests.browser.serving import Server, served

LAST_DAY = date(2026, 6, 30)
LEVELS = ("1", "2", "3", "4+")
CHOICES = [levels for many in (1, 2, 3) for levels in combinations(LEVELS, many)]


def measure(scratch: Path, rounds: int) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. At most 14 rounds: so many choices of levels there are."""
    with served(scratch / "reruns.log", OUTCOMES_WARM_UP="all") as server:
        wait_until_idle(server)
        costs = asyncio.run(measure_pages(server, rounds))
    return [
        (
            f"{title}: rerun on a new filter",
            f"{1000 * cost.seconds:.0f} ms, {1000 * cost.processor_seconds:.0f} ms of a processor",
            "≤ 100 ms",
        )
        for title, cost in costs.items()
    ]


@dataclass(frozen=True)
class Cost:
    """What a page took: the median of its reruns, and the processor seconds of the server for each."""

    seconds: float
    processor_seconds: float


async def measure_pages(server: Server, rounds: int) -> dict[str, Cost]:
    """Title of a page → what it took, in one tab."""
    costs: dict[str, Cost] = {}
    async with open_tab(server.address) as tab:
        await tab.open_page()
        for place, (name, title) in enumerate(PAGES):
            # Each page gets filters that no page before it has used: another last day.
            queries = [{"levels": levels, "to": LAST_DAY - timedelta(days=place)} for levels in CHOICES[:rounds]]
            address = name if name in tab.pages else ""
            before = processor_of(server)
            answers = [await tab.open_page(address, urlencode(query, doseq=True)) for query in queries]
            spent = (processor_of(server) - before) / len(answers)
            assert {(answer.title, answer.errors) for answer in answers} == {(title, ())}
            costs[title] = Cost(statistics.median(answer.seconds for answer in answers), spent)
    return costs
