"""Measures speed: `python -m tests.benchmarks [PART…] [--rounds N] [--readers N…]`, every part when none is named.

Each part rewrites its own section of docs/benchmarks.md and no other, so that parts can be measured one at a time on
a machine that does nothing else.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from data.home import PROJECT
from tests.benchmarks import browsing, exporting, false_signals, loading, million, pooling, reruns, units
from tests.benchmarks.department import write_department
from tests.benchmarks.power import write_power
from tests.benchmarks.readers import BUSY_READERS, CROWDS, measure_readers
from tests.benchmarks.report import rewrite, section

REPORT = PROJECT / "docs" / "benchmarks.md"
ROUNDS = 9


class Bench:
    """Where things are measured: a folder for scratch, and the department's files and warehouse when needed."""

    def __init__(self, scratch: Path, rounds: int, crowds: Sequence[int]) -> None:
        self.scratch = scratch
        self.rounds = rounds
        self.crowds = crowds
        self.files = cache(lambda: write_department(scratch / "files"))

    def serve(self) -> None:
        """Load the department, once, and let the environment name its home."""
        home = self.scratch / "home"
        if not home.exists():
            loading.our_load(self.files(), home)
        os.environ["OUTCOMES_HOME"] = str(home)
        os.environ["OUTCOMES_ACCESS"] = "this-computer"


def loads(bench: Bench) -> str:
    """The whole load command."""
    rows = loading.measure(bench.files(), bench.scratch, bench.rounds)
    return section("Loads", f"Medians of {bench.rounds}, interleaved.", rows)


def scale(bench: Bench) -> str:
    """A million procedures."""
    return section("A million procedures", "Each once.", million.measure(bench.scratch))


def exports(bench: Bench) -> str:
    """Files for auditors."""
    bench.serve()
    words = f"Medians of {bench.rounds}, interleaved, where it does not say otherwise."
    return section("Files for auditors", words, exporting.measure(bench.scratch, bench.rounds))


def pages(bench: Bench) -> str:
    """One reader's pages on a new filter, through the socket."""
    bench.serve()
    words = (
        f"Medians of {bench.rounds}: one reader asks a running server for a page on filters that nobody has used yet, "
        "until the last message of the page has come through the socket. Nothing is drawn."
    )
    return section("Pages on a new filter", words, reruns.measure(bench.scratch, bench.rounds))


def readers(bench: Bench) -> str:
    """Readers at the same time, beside a plain page."""
    bench.serve()
    words = (
        "Tabs that speak the app's own socket protocol and draw nothing; nobody chose most of their filters before. "
        f"Busy readers: {bench.rounds} rounds, interleaved, after one that is not counted. The plain page: four charts "
        "of the same generation straight from DuckDB. A crowd's memory holds also what its filters left in the caches."
    )
    return section("Readers at the same time", words, measure_readers(bench.scratch, bench.rounds, bench.crowds))


def browser(bench: Bench) -> str:
    """Cold pages, and from a click to the new figure."""
    bench.serve()
    words = f"*Cold* = a new browser profile against a running server. Medians of {bench.rounds}, interleaved."
    return section("Pages in Chromium", words, browsing.measure(bench.scratch, bench.rounds))


def sites(bench: Bench) -> str:
    """Figures by many sites, for readers outside and for the department."""
    rows = units.measure(bench.files(), bench.scratch, bench.rounds)
    words = f"50,000 procedures; CPU seconds, medians of {bench.rounds}, interleaved."
    return section("Many sites", words, rows)


def pool(bench: Bench) -> str:
    """A registry of two hundred hospitals: ten million procedures, some 40 GB of scratch, an hour."""
    words = "Each once. One shipped department, copied under other keys and codes; the whole command `pool`."
    return section("A registry's pool", words, pooling.measure(bench.files(), bench.scratch))


def power(_: Bench) -> str:
    """What a chart could have seen, by volume: data/settings/power.csv, and how it is read."""
    rows = len([line for line in write_power().splitlines() if line[:1].isdigit()])
    words = f"Simulated: {rows} cells in `data/settings/power.csv`, read by `queries/trends/power.py`."
    return f"## What a chart could have seen\n\n{words}\n"


def signals(_: Bench) -> str:
    """How often a figure is said to have changed; simulated, not timed."""
    return false_signals.section()


PARTS: dict[str, Callable[[Bench], str]] = {
    part.__name__: part for part in (loads, scale, exports, pages, readers, browser, sites, pool, signals, power)
}


def main() -> None:
    """Measure the parts that are asked for, and write each into the report as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each thing is measured")
    sizes = (BUSY_READERS, *CROWDS)
    parser.add_argument(
        "--readers", nargs="+", type=int, choices=sizes, default=sizes, help="crowds of the part readers"
    )
    parser.add_argument("--print", action="store_true", help="only print, leave the report as it is")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), asked.rounds, asked.readers)
        for part in asked.parts or PARTS:
            fresh = PARTS[part](bench)
            print(fresh)
            if not asked.print:
                rewrite(REPORT, fresh)


if __name__ == "__main__":
    main()
