"""Readers at the same time, each in a tab of its own: how many pages a second, how long each waits, how much memory.

Beside our pages stands what anyone would write first: one Streamlit page with four charts of the same generation, once
with Streamlit's own settings and once without its collection of garbage after each run.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.tabs import Answer, open_tab
from tests.browser.serving import Server, served

PLAIN_PAGE = Path(__file__).parent / "plain_page.py"
PAGES = ("", "pain_relief", "levels_treated", "recovery", "same_day_discharge", "safety", "compare", "follow_up")
BUSY_READERS, BUSY_THINK_SECONDS, BUSY_SECONDS = 10, 0.1, 15.0
PLAIN_BOUND, PLAIN_UNCOLLECTED_BOUND = 1.5, 0.6
SEED = 16
# A server rests when it has used less than this share of a processor for so many seconds.
RESTING_SHARE, IDLE_SECONDS, PATIENCE_SECONDS = 0.05, 2.0, 120.0


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """How many readers, how long each looks at a page (mean), for how long they stay, and what must hold.

    Seconds are those within which 95 of 100 pages stand: the first of a tab, and those after a click.
    """

    readers: int
    think_seconds: float
    stay_seconds: float
    first_bound: float
    click_bound: float
    session_bound: float | None = None


CROWDS = {
    50: Crowd(readers=50, think_seconds=10, stay_seconds=60, first_bound=1, click_bound=0.5),
    200: Crowd(
        readers=200, think_seconds=20, stay_seconds=120, first_bound=4, click_bound=2, session_bound=0.7
    ),
}  # fmt: skip


@dataclass
class Visit:
    """What a crowd of readers met: answers to the first page of each tab, and to clicks; errors in words."""

    first: list[Answer] = field(default_factory=list)
    clicks: list[Answer] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0
    processor_seconds: float = 0
    mebibytes: float = 0

    @property
    def runs_per_second(self) -> float:
        """Pages made in a second."""
        return (len(self.first) + len(self.clicks)) / self.seconds


async def visit(server: Server, crowd: Crowd, pages: Sequence[str]) -> Visit:
    """Let a crowd read pages of a server, each on its own choice of procedures."""
    met = Visit()
    before, began = memory_of(server), processor_of(server)
    clock = asyncio.get_running_loop().time
    opened = clock()
    readers = (read_pages(server, crowd, pages, met, random.Random(f"{SEED} {n}")) for n in range(crowd.readers))
    for failure in await asyncio.gather(*readers, return_exceptions=True):
        if failure is not None:
            met.errors.append(f"{type(failure).__name__}: {failure}")
    met.seconds = clock() - opened
    met.processor_seconds = processor_of(server) - began
    met.mebibytes = memory_of(server) - before
    return met


async def read_pages(server: Server, crowd: Crowd, pages: Sequence[str], met: Visit, chance: random.Random) -> None:
    """One reader: comes at some time, opens the first page, then clicks from page to page."""
    clock = asyncio.get_running_loop().time
    await asyncio.sleep(chance.uniform(0, crowd.think_seconds))
    async with open_tab(server.address) as tab:
        met.first.append(await tab.open_page())
        met.errors += met.first[-1].errors
        until = clock() + crowd.stay_seconds
        while True:
            await asyncio.sleep(chance.expovariate(1 / crowd.think_seconds))
            if clock() >= until:
                return
            answer = await tab.open_page(chance.choice(pages), choose_query(chance))
            met.clicks.append(answer)
            met.errors += answer.errors


def choose_query(chance: random.Random) -> str:
    """Filters as an address: none, a number of levels, or a first or last day; mostly one that nobody chose before."""
    year, month, day = chance.randint(2021, 2025), chance.randint(1, 12), chance.randint(1, 28)
    levels = f"levels={chance.randint(1, 3)}"
    return chance.choice(("", levels, *(f"{end}={year}-{month:02}-{day:02}" for end in ("from", "to"))))


def processor_of(server: Server) -> float:
    """Processor seconds that a server's process has used."""
    fields = Path(f"/proc/{server.process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(server: Server) -> None:
    """Until a server has made the pages that it looks at itself after its start, and rests."""
    until = time.monotonic() + PATIENCE_SECONDS
    before = -1.0
    while (used := processor_of(server)) - before > RESTING_SHARE * IDLE_SECONDS and time.monotonic() < until:
        before = used
        time.sleep(IDLE_SECONDS)


def memory_of(server: Server) -> float:
    """Resident memory of a server's process in MiB."""
    pages = Path(f"/proc/{server.process_id}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def percentile(answers: Sequence[Answer], share: float) -> float:
    """Seconds within which this share of answers came, 0 to 1."""
    times = sorted(answer.seconds for answer in answers)
    return times[min(len(times) - 1, int(share * len(times)))]


def measure_readers(scratch: Path, rounds: int, sizes: Sequence[int]) -> list[tuple[str, str, str]]:
    """Rows of the report: what, measured, bound. `sizes`: 10 for the busy readers, and crowds of `CROWDS`."""
    with (
        served(scratch / "app.log", OUTCOMES_WARM_UP="all") as app,
        served(scratch / "plain.log", PLAIN_PAGE, STREAMLIT_RUNNER_POST_SCRIPT_GC="true") as plain,
        served(scratch / "uncollected.log", PLAIN_PAGE, STREAMLIT_RUNNER_POST_SCRIPT_GC="false") as uncollected,
    ):
        for server in (app, plain, uncollected):
            wait_until_idle(server)
        rows = compare_busy(app, plain, uncollected, rounds) if BUSY_READERS in sizes else []
        for size in sizes:
            if size in CROWDS:
                rows += describe(CROWDS[size], asyncio.run(visit(app, CROWDS[size], PAGES)))
    return rows


def compare_busy(app: Server, plain: Server, uncollected: Server, rounds: int) -> list[tuple[str, str, str]]:
    """Ten readers who hardly think, on our pages and on the plain one in turn; the first round is not counted."""
    crowd = Crowd(
        readers=BUSY_READERS, think_seconds=BUSY_THINK_SECONDS, stay_seconds=BUSY_SECONDS, first_bound=0, click_bound=0
    )
    asked = {
        "the plain page, Streamlit's own settings": (plain, ("",)),
        "the plain page, no collection after runs": (uncollected, ("",)),
        f"{len(PAGES)} pages of ours": (app, PAGES),
    }
    visits: dict[str, list[Visit]] = {name: [] for name in asked}
    for turn in range(rounds + 1):
        for name, (server, pages) in asked.items():
            met = asyncio.run(visit(server, crowd, pages))
            if turn:
                visits[name].append(met)
    speed = {name: statistics.median(met.runs_per_second for met in several) for name, several in visits.items()}
    default, without, ours = speed
    bound = (
        f"≥ {PLAIN_BOUND * speed[default]:.1f} and ≥ {PLAIN_UNCOLLECTED_BOUND * speed[without]:.1f} a second "
        f"({PLAIN_BOUND} × and {PLAIN_UNCOLLECTED_BOUND} × the lines above)"
    )
    bounds = {default: "", without: "", ours: bound}
    return [(f"{BUSY_READERS} busy readers, {name}", describe_speed(visits[name], speed[name]), bounds[name])
            for name in asked]  # fmt: skip


def describe_speed(visits: Sequence[Visit], speed: float) -> str:
    """Runs a second, what each costs, how long clicks take, errors."""
    clicks = [answer for met in visits for answer in met.clicks]
    runs = sum(len(met.first) + len(met.clicks) for met in visits)
    cost = 1000 * sum(met.processor_seconds for met in visits) / runs
    errors = [error for met in visits for error in met.errors]
    return (
        f"{speed:.1f} runs a second, {cost:.0f} ms of a processor each; click p50 {percentile(clicks, 0.5):.2f} s, "
        f"p95 {percentile(clicks, 0.95):.2f} s; {describe_errors(errors)}"
    )


def describe(crowd: Crowd, met: Visit) -> list[tuple[str, str, str]]:
    """The rows of a crowd: first answers, clicks, and memory where it is bounded."""
    who = f"{crowd.readers} readers, a click each {crowd.think_seconds:.0f} s"
    rows = [
        (f"{who}: first answer", describe_times(met.first), f"p95 ≤ {crowd.first_bound:g} s"),
        (f"{who}: click", describe_times(met.clicks), f"p95 ≤ {crowd.click_bound:g} s"),
        (f"{who}: errors", describe_errors(met.errors), "none"),
    ]
    bound = f"≤ {crowd.session_bound:g} MiB" if crowd.session_bound else ""
    return [*rows, (f"{who}: memory per session", f"{met.mebibytes / crowd.readers:.2f} MiB", bound)]


def describe_times(answers: Sequence[Answer]) -> str:
    """How many answers, and how long they took."""
    return f"{len(answers):,}: p50 {percentile(answers, 0.5):.2f} s, p95 {percentile(answers, 0.95):.2f} s"


def describe_errors(errors: Sequence[str]) -> str:
    """`no error`, or how many and the first of them."""
    return f"{len(errors)} errors, first: {errors[0][:80]}" if errors else "no error"
