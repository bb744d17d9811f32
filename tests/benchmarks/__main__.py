"""Measures speed: `python -m tests.benchmarks [PART…] [--rounds N]`, every part when none is named.

Each part rewrites its own section of docs/benchmarks.md and no other, so that parts can be measured one at a time on
a machine that does nothing else.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from data.home import PROJECT
from tests.benchmarks import browsing, exporting, false_signals, loading, million, reruns
from tests.benchmarks.department import write_department
from tests.benchmarks.power import write_power
from tests.benchmarks.report import rewrite, section

REPORT = PROJECT / "docs" / "benchmarks.md"
ROUNDS = 9


class Bench:
    """Where things are measured: a folder for scratch, and the department's files and warehouse when needed."""

    def __init__(self, scratch: Path, rounds: int) -> None:
        self.scratch = scratch
        self.rounds = rounds
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
    """A page's script on a new filter."""
    bench.serve()
    words = f"The page's script on filters that nobody has used yet, medians of {bench.rounds}."
    return section("Pages on a new filter", words, reruns.measure(bench.rounds))


def browser(bench: Bench) -> str:
    """Cold pages, and from a click to the new figure."""
    bench.serve()
    words = f"*Cold* = a new browser profile against a running server. Medians of {bench.rounds}, interleaved."
    return section("Pages in Chromium", words, browsing.measure(bench.scratch, bench.rounds))


def power(_: Bench) -> str:
    """What a chart could have seen, by volume: data/settings/power.csv, and how it is read."""
    rows = len([line for line in write_power().splitlines() if line[:1].isdigit()])
    words = f"Simulated: {rows} cells in `data/settings/power.csv`, read by `queries/power.py`."
    return f"## What a chart could have seen\n\n{words}\n"


def signals(_: Bench) -> str:
    """How often a figure is said to have changed; simulated, not timed."""
    return false_signals.section()


PARTS: dict[str, Callable[[Bench], str]] = {
    part.__name__: part for part in (loads, scale, exports, pages, browser, signals, power)
}


def main() -> None:
    """Measure the parts that are asked for, and write each into the report as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each thing is measured")
    parser.add_argument("--print", action="store_true", help="only print, leave the report as it is")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), asked.rounds)
        for part in asked.parts or PARTS:
            fresh = PARTS[part](bench)
            print(fresh)
            if not asked.print:
                rewrite(REPORT, fresh)


if __name__ == "__main__":
    main()
