"""How often something is said when nothing changed, and how often when something did: one seeded simulation.

    python -m tests.benchmarks.false_signals [DEPARTMENTS]

Every bound is measured on the same kinds of departments and the same monthly looks, by the code that judges real ones.
"""

import sys
from collections.abc import Iterable

from queries.statistics.segments import THRESHOLD, judge_present
from tests.benchmarks.coloured import measure_coloured
from tests.benchmarks.monthly_looks import (
    judge_simply,
    measure_cards,
    measure_false_words,
    measure_power,
    measure_registered,
    measure_sites,
    measure_stale_words,
)
from tests.benchmarks.simulated import KINDS, POINTS_5, Plan, make_share

DEPARTMENTS = 2_000
# Half of the departments are enough where many are judged one by one.
FEWER = 2
VOLUMES = (5, 12, 20, 40)
SHIFTS = ((0.5, 0.15), (0.64, 0.15), (0.9, -0.15))
GAINS = ((0.64, 0.15), (0.63, 0.24), (0.9, -0.15))
LASTED = (9, 12)
SITES = (2, 3, 4)

INTRODUCTION = """## How often something is said

Seeded simulation of {departments:,} departments a cell by `tests/benchmarks/false_signals.py` ({fewer:,} where
something did change, and for coloured points): the standard error is {at_5:.1f} at 5 %, {at_1:.1f} at 1 %,
{at_50:.1f} at 50 % where something changed. Cases come by chance around the volume. Each department is looked
at monthly, in months 13 to 60, by the functions that judge real ones, at the threshold {threshold}. 5 points of
a mean or a time are a tenth of the standard deviation between patients, as they are of a share near one half.

**When nothing changed.** Bounds: false words in ≤ 7 % of stable charts over the 48 looks and ≤ 1 % at one look
(in the worst of the four years); ≤ 15 % where months vary by 5 points, or a wave of ± 5 points goes over the
year (± 10 has no bound); a coloured point in ≤ 2 % at one look (the worst of several). *Taken back*: stable
charts of which something was said that was not said at a later look.
"""
TOGETHER = """\
**Cards and sites together.** Four cards that do not hang together; and two to four sites that do not differ,
told apart by four figures of the last twelve months (12 a month and site). The bounds hold for one figure: ≤ 1
% at one look, ≤ 7 % over 48 looks. With a shared chance of 5 % instead of 1.25 % it was 20 % over 48 looks."""
FOUND = """\
**When something changed**, after 24 stable months, over the twelve monthly looks of the year after. *Found*:
told rightly at any of them. *Still told*: of the looks of months 7 to 12. *Taken back*: told, and not at a
later look. *False*: of stable charts told anything at the same looks. *Registered*: of changes at a date fixed
in advance, those told by its looks at 6 and 12 months, and in brackets falsely where nothing changed."""
STALE = """\
**When a gain is over**: of the looks in the nine months after it, those that still tell it; bound 15 %. In the
first month after its end nobody can know."""
RULES = """\
**Against the simpler rule**: the latest six months nearer to the last segment, and any difference in the same
direction a year before. The rule in force also asks the latest three months, leaves the latest months out of
the level that they are held against, and asks two thirds of the change a year before. It holds the bounds that
the simpler one breaks (in bold), at the same power; words come and go a little more often."""


def section(departments: int = DEPARTMENTS) -> str:
    """The part of the report on false signals and power."""
    fewer = departments // FEWER
    introduction = INTRODUCTION.format(
        departments=departments, fewer=fewer, threshold=THRESHOLD, at_5=_find_error(0.05, departments),
        at_1=_find_error(0.01, departments), at_50=_find_error(0.5, fewer),
    )  # fmt: skip
    parts = [
        introduction.strip(),
        _join_rows(list_stable(departments)),
        *(TOGETHER, _join_rows(list_together(departments))),
        *(FOUND, _join_rows(list_found(fewer))),
        *(STALE, _join_rows(list_stale(fewer))),
        *(RULES, _join_rows(list_rules(departments, fewer))),
    ]
    return "\n\n".join(parts) + "\n"


def list_stable(departments: int) -> Iterable[list[str]]:
    """False words by kind, volume and how months vary."""
    yield [
        "figure",
        "cases a month",
        "stable",
        "one look",
        "taken back",
        "months vary",
        "wave ± 5",
        "wave ± 10",
        "coloured",
    ]
    for kind in KINDS:
        for volume in VOLUMES:
            stable = measure_false_words(kind, Plan(volume), departments)
            plans = [Plan(volume, POINTS_5), Plan(volume, 0, POINTS_5), Plan(volume, 0, 2 * POINTS_5)]
            others = [measure_false_words(kind, plan, departments)["any"] for plan in plans]
            shares = [stable["any"], stable["one_look"], stable["taken_back"], *others]
            coloured = measure_coloured(kind, volume, departments // FEWER)
            yield [kind.name, str(volume), *map(_format_share, [*shares, coloured])]


def list_together(departments: int) -> Iterable[list[str]]:
    """Four cards, and sites."""
    yield ["together", "one figure, one look", "one figure, 48 looks", "any, one look", "any, 48 looks"]
    for volume in VOLUMES:
        result = measure_cards(volume, departments)
        yield [f"four cards, {volume} a month", "", "", *map(_format_share, (result["one_look"], result["any"]))]
    for sites in SITES:
        result = measure_sites(sites, 12, departments)
        yield [f"{sites} sites, four figures", *map(_format_share, result.values())]


def list_found(departments: int) -> Iterable[list[str]]:
    """Power and false words over the same looks."""
    yield ["cases a month", "change", "found", "still told", "taken back", "false", "registered"]
    for volume in VOLUMES:
        for rate, points in SHIFTS:
            result = measure_power(make_share(rate), volume, points, departments)
            fixed, falsely = (measure_registered(rate, volume, change, departments) for change in (points, 0.0))
            shares = [_format_share(result[name]) for name in ("found", "later", "taken_back", "false")]
            yield [
                str(volume),
                _format_change(rate, points),
                *shares,
                f"{_format_share(fixed)} ({_format_share(falsely)})",
            ]


def list_stale(departments: int) -> Iterable[list[str]]:
    """Words that outlive what they tell."""
    yield ["cases a month", *(f"{_format_change(*gain)}, {lasted} months" for gain in GAINS for lasted in LASTED)]
    for volume in VOLUMES:
        shares = [
            measure_stale_words(rate, volume, (points, lasted), departments)
            for rate, points in GAINS
            for lasted in LASTED
        ]
        yield [str(volume), *map(_format_share, shares)]


def list_rules(departments: int, fewer: int) -> Iterable[list[str]]:
    """The rule in force and the simpler one, in the cells that are hardest to hold."""
    hard = [make_share(0.9), make_share(0.64)]
    yield [
        "rule", "stable, 12 a month, 64 %", "months vary, 40, 90 %", "wave ± 5, 40, 90 %", "wave ± 5, 40, 64 %",
        "gain over, 40, 64 → 79 %", "found, 12, 64 → 79 %", "still told, 12", "taken back, 12",
    ]  # fmt: skip
    for name, judge in (("in force", judge_present), ("simpler", judge_simply)):
        result = measure_power(make_share(0.64), 12, 0.15, departments, judge)
        shares = [
            (measure_false_words(hard[1], Plan(12), departments, judge)["any"], 0.07),
            (measure_false_words(hard[0], Plan(40, POINTS_5), departments, judge)["any"], 0.15),
            *((measure_false_words(kind, Plan(40, 0, POINTS_5), departments, judge)["any"], 0.15) for kind in hard),
            (measure_stale_words(0.64, 40, (0.15, 12), fewer, judge), 0.15),
            *((result[name], 1.0) for name in ("found", "later", "taken_back")),
        ]
        yield [name, *(f"**{_format_share(part)}**" if part > bound else _format_share(part) for part, bound in shares)]


def _join_rows(rows: Iterable[list[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    columns = lines[0].count("|") - 1
    return "\n".join([lines[0], "|---|" + "---:|" * (columns - 1), *lines[1:]])


def _format_share(part: float) -> str:
    return f"{100 * part:.1f} %" if part < 0.2 else f"{100 * part:.0f} %"


def _format_change(rate: float, points: float) -> str:
    return f"{100 * rate:.0f} → {100 * (rate + points):.0f} %"


def _find_error(part: float, departments: int) -> float:
    return 100 * (part * (1 - part) / departments) ** 0.5


if __name__ == "__main__":
    print(section(int(sys.argv[1]) if len(sys.argv) > 1 else DEPARTMENTS))
