"""Makes `data/settings/power.csv`: how often a lasting change is told within a year, by volume, rate and change."""

from collections.abc import Iterator

import numpy as np

from data.home import SETTINGS
from queries.statistics.changes import CASES_AFTER, MONTHS_AFTER, MONTHS_BEFORE, read_months, scan_splits
from queries.statistics.segments import THRESHOLD, judge_present
from tests.benchmarks.monthly_looks import STABLE
from tests.benchmarks.simulated import SIGNS, YEAR, Plan, make_share, send

DEPARTMENTS = 500
VOLUMES = (3, 5, 8, 12, 16, 20, 30, 40)
RATES = (50, 60, 70, 80, 90, 95)
CHANGES = (-30, -25, -20, -15, -10, 10, 15, 20, 25, 30)
LOWEST, HIGHEST = 2, 98
HEADER = """\
# In how many of 100 departments a lasting change is told within a year of it (found_per_cent), by cases a month, the
# rate before in per cent, and the change in points. Rates below 50 % mirror those above. Made by
# `python -m tests.benchmarks power`: {departments} departments a cell with 24 stable months before, twelve monthly
# looks after, threshold {threshold} (standard error at most {error:.0f}). Make it anew when the rule changes.
volume,rate,change,found_per_cent
"""


def write_power(departments: int = DEPARTMENTS) -> str:
    """Write the file; returns what was written."""
    error = 50 / departments**0.5
    header = HEADER.format(departments=departments, threshold=THRESHOLD, error=error)
    text = header + "".join(f"{','.join(map(str, row))}\n" for row in make_rows(departments))
    (SETTINGS / "power.csv").write_text(text, encoding="utf-8")
    return text


def make_rows(departments: int) -> Iterator[tuple[int, int, int, int]]:
    """Every cell whose rate after the change is possible."""
    for volume in VOLUMES:
        for rate in RATES:
            for change in CHANGES:
                if LOWEST <= rate + change <= HIGHEST:
                    yield volume, rate, change, round(100 * find_changes(volume, rate, change, departments))


def find_changes(volume: int, rate: int, change: int, departments: int) -> float:
    """Share of departments told of the change rightly at any look of the year after it."""
    plan = Plan(volume, steps=((STABLE, 0.0), (YEAR, change / 100)), months=STABLE + YEAR)
    sent = send(make_share(rate / 100), plan, departments, seed=rate + change)
    months = read_months(sent.sums, sent.n)
    is_found = np.zeros(departments, bool)
    for month in range(STABLE + 1, STABLE + YEAR + 1):
        _, statistic, _ = scan_splits(months.slice_months(0, month), (MONTHS_BEFORE, 0), (MONTHS_AFTER, CASES_AFTER))
        for row in np.flatnonzero((statistic >= THRESHOLD) & ~is_found):
            present = judge_present(sent.sums[row, :month], sent.n[row, :month])
            is_found[row] = SIGNS[present.direction] == np.sign(change)
    return float(is_found.mean())
