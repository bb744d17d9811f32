"""How often rules speak when nothing changed, and how often when something did: seeded simulation.

    python -m tests.benchmarks.false_signals [SERIES]

Each department has cases by chance around its volume, grouped as the product groups them (months; quarters or blocks
of ten where months are too small), and is judged by the code that judges real ones.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from queries.statistics import control_charts, run_rules
from queries.trends.lines import Lines, Phase, Series, draw_lines, find_phases
from queries.trends.signal_rules import VERDICT_POINTS, WORDS_ALPHA, classic_outside, judge_series, making_data_count

SEED = 20261124
SERIES = 4_000
VOLUMES = (5, 12, 20)
RATES = (0.5, 0.64, 0.9)
MONTHS = (24, 60)
CARDS = 4
SHIFTS = ((0.5, 0.65), (0.64, 0.79), (0.9, 0.75))
STABLE_BEFORE, WATCHED = 24, 12
TEN = 10
RULES = (
    "3 sigma, all points", "MDC on these limits", "XmR on percentages, MDC", "Anhøj as published",
    "exact tail, coloured", "our verdict in words", "not stable in baseline", "What changed, four cards",
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One simulated department as the product sees it."""

    series: Series
    drawn: Lines
    phase: Phase


def department(chance: np.random.Generator, volume: int, rates: np.ndarray, varying: bool = True) -> np.ndarray:
    """Cases and successes by month (two rows)."""
    n = chance.poisson(volume, len(rates)) if varying else np.full(len(rates), volume)
    return np.array([n, chance.binomial(n, rates)])


def grouped(months: np.ndarray, chance: np.random.Generator) -> Judged:
    """Months, quarters or blocks of ten, as `queries.trends.steps.choose_step` would."""
    n, x = months
    whole = len(n) // 3 * 3
    quarters = months[:, :whole].reshape(2, -1, 3).sum(axis=2)
    if np.median(n) < TEN:
        n, x = quarters if quarters.shape[1] >= VERDICT_POINTS else blocks(months, chance)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(n > 0, x / np.maximum(n, 1), np.nan)
    series = Series("proportion", values, n.astype(float), x.astype(float), n > 0)
    found, _ = find_phases(series.usable)
    return Judged(series, draw_lines(series, found), found[-1])


def blocks(months: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Consecutive blocks of ten cases, in chance order within a month."""
    cases = [chance.permutation(np.arange(n) < x) for n, x in months.T]
    together = np.concatenate(cases).astype(int)
    full = len(together) // TEN
    return np.array([np.full(full, TEN), together[: full * TEN].reshape(full, TEN).sum(axis=1)])


def said(one: Judged) -> dict[str, bool]:
    """What each rule says of a department."""
    series, phase = one.series, one.phase
    known = phase.places
    signals = judge_series(series, one.drawn, phase)
    found, judged = signals.evidence, len(known) >= VERDICT_POINTS
    chart = control_charts.xmr(series.values[known])
    percentages = run_rules.making_data_count(chart.values, chart.centre, chart.lower_raw, chart.upper_raw)
    return {
        "3 sigma, all points": bool(classic_outside(series, one.drawn)[known].any()),
        "MDC on these limits": any(label != "common" for label in making_data_count(series, one.drawn, phase).labels),
        "XmR on percentages, MDC": judged and any(label != "common" for label in percentages),
        "Anhøj as published": judged and signals.rule.signal,
        "exact tail, coloured": any(label.endswith("limit") for label in signals.labels),
        "our verdict in words": found is not None,
        "not stable in baseline": signals.unstable is not None,
        "What changed": found is not None and found.chance <= WORDS_ALPHA / CARDS,
    }


def false_signals(
    volume: int, rate: float, months: int, series: int = SERIES, varying: bool = True
) -> dict[str, float]:
    """Share of stable departments, 0 to 1, of which each rule says something."""
    chance = np.random.default_rng([SEED, volume, round(100 * rate), months, int(varying)])
    found = [said(grouped(department(chance, volume, np.full(months, rate), varying), chance)) for _ in range(series)]
    shares = {rule: float(np.mean([one[rule] for one in found])) for rule in found[0]}
    cards = np.array([one["What changed"] for one in found])[: series // CARDS * CARDS].reshape(-1, CARDS)
    shares["What changed, four cards"] = float(cards.any(axis=1).mean())
    return shares


def power(volume: int, before: float, after: float, series: int = SERIES // 2) -> dict[str, float]:
    """Share of departments in which a lasting change is said within a year of it, 0 to 1, after two stable years."""
    chance = np.random.default_rng([SEED, volume, round(100 * before), round(100 * after)])
    rates = np.repeat([before, after], [STABLE_BEFORE, WATCHED])
    hits: dict[str, int] = {}
    for _ in range(series):
        months = department(chance, volume, rates)
        seen: dict[str, bool] = {}
        for month in range(STABLE_BEFORE + 1, STABLE_BEFORE + WATCHED + 1):
            for rule, speaks in said(grouped(months[:, :month], np.random.default_rng(SEED))).items():
                seen[rule] = seen.get(rule, False) or speaks
        for rule, was_seen in seen.items():
            hits[rule] = hits.get(rule, 0) + was_seen
    return {rule: hit / series for rule, hit in hits.items()}


INTRODUCTION = """## How often something is said

Seeded simulation of {series:,} departments a row by `tests/benchmarks/false_signals.py`: cases by chance around the
volume, grouped as the product does. First stable series: the share in which each rule says anything. The last four
columns are the product's. Bounds: a coloured single point in ≤ 2 % of series, a verdict in words in ≤ 5 % of charts,
any sentence under *What changed* for four figures in ≤ 10 %.

"""
BETWEEN = """
Then departments with a lasting change after 24 stable months: the share (of a quarter as many) in which it is said
within a year of it, by any month's look. With five cases a month it rarely is.

"""


def section(series: int = SERIES) -> str:
    """The part of the report on false signals and power."""
    stable, changed = "\n".join(report(series)).split("\n\n")
    return f"{INTRODUCTION.format(series=series)}{stable}\n{BETWEEN}{changed}\n"


def report(series: int = SERIES) -> Iterator[str]:
    """Lines of Markdown: two tables with an empty line between them."""
    yield "| months | cases a month | rate | " + " | ".join(RULES) + " |"
    yield "|---:|---:|---:|" + "---:|" * len(RULES)
    for months in MONTHS:
        for volume in VOLUMES:
            for rate in RATES:
                shares = false_signals(volume, rate, months, series)
                cells = " | ".join(f"{100 * shares[rule]:.1f} %" for rule in RULES)
                yield f"| {months} | {volume} | {rate} | {cells} |"
    shown = [rule for rule in RULES if rule != "What changed, four cards"] + ["What changed"]
    yield ""
    yield "| cases a month | change | " + " | ".join(shown) + " |"
    yield "|---:|---|" + "---:|" * len(shown)
    for volume in VOLUMES:
        for before, after in SHIFTS:
            shares = power(volume, before, after, series // 4)
            cells = " | ".join(f"{100 * shares[rule]:.0f} %" for rule in shown)
            yield f"| {volume} | {100 * before:.0f} % → {100 * after:.0f} % | {cells} |"


if __name__ == "__main__":
    print(section(int(sys.argv[1]) if len(sys.argv) > 1 else SERIES))
