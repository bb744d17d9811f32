"""The figures of a report in words, by the same gates and rules as on the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from dashboard.text import phrases
from data.settings import Target
from queries.catalogue.filters import Filters, first_technique
from queries.catalogue.metric_versions import find_metric
from queries.catalogue.periods import Period
from queries.catalogue.spans import YEAR, days_before, first_day, last_day, month_number
from queries.figures.cohort import read_cohort
from queries.figures.counts import Audience, last_closed_month
from queries.figures.gates import first_judged_month, judge_target
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse

HEADLINES = (
    "procedures", "responders_50_hours_24_72", "responders_30_follow_up", "pain_score_follow_up", "mean_levels",
    "home_ready_within_6_hours", "recovery_hours", "day_case_completed", "returned_within_7_days",
    "serious_or_death_30_days", "symptomatic_leak", "readmitted_30_days", "recorded_hours_24_72", "recorded_follow_up",
)  # fmt: skip
# Those that stand as cards.
CARDS = ("responders_50_hours_24_72", "day_case_completed", "home_ready_within_6_hours", "mean_levels")
HIDDEN = "hidden: few people"


@dataclass(frozen=True)
class Scope:
    """Whom a report is about, up to which month, and for which audience."""

    warehouse: Warehouse
    site: str | None
    month: Period
    audience: Audience

    def filters(self, first: date | None = None) -> Filters:
        """Procedures of the site up to the end of the month, of the technique that pages show first."""
        technique = first_technique(read_cohort(self.warehouse).codes("technique").values)
        return Filters.of(
            {"technique": technique, **({"site": [self.site]} if self.site else {})}, first, self.month.end
        )

    def left_out_words(self) -> str:
        """Which procedures are not in it because of their technique; outside the department without a number."""
        chosen = self.filters()
        left_out = read_cohort(self.warehouse).count_left_out(chosen)
        if not left_out:
            return ""
        shown = phrases.join_words(chosen["technique"])
        told = phrases.other_techniques(left_out) if self.audience == "department" else "other techniques not shown"
        return f"{shown[:1].upper()}{shown[1:]}: {told}."

    def figures(self, metric: str, filters: Filters | None = None, period: str | None = None) -> pd.DataFrame:
        """The figures of a metric for this audience, as `queries.figures.summarise.summarise` gives them."""
        return summarise(
            self.warehouse,
            find_metric(metric),
            filters=filters or self.filters(),
            by=None,
            period=period,
            audience=self.audience,
        )

    def year(self, metric: str) -> Filters:
        """Twelve months up to the month of the report, or to the last one before it that is closed for the figure."""
        chosen = self.filters()
        closed = last_closed_month(self.warehouse, find_metric(metric), replace(chosen, date_to=None))
        month = month_number(self.month.start)
        last = month if closed is None else min(closed, month)
        return replace(chosen, date_from=first_day(last - YEAR + 1), date_to=last_day(last))

    def year_before(self, metric: str) -> Filters:
        """The twelve months before those."""
        year = self.year(metric)
        first, last = days_before((year.date_from, year.date_to), "before") or (None, None)
        return replace(year, date_from=first, date_to=last)


def headline_table(scope: Scope, targets: Mapping[str, Target]) -> pd.DataFrame:
    """One row per figure, one column per period, in words; for the department its targets, and whether they are met.

    The department's twelve months end for each figure with a month that is closed for it, as on the pages. Readers
    outside get the month and all up to then: two reports of twelve months would differ by a month's few people.
    """
    month = phrases.month_words(scope.month.start)
    columns = {"figure": [find_metric(name).title for name in HEADLINES]}
    if scope.audience == "outside":
        columns[month] = [figure_words(scope.figures(name, scope.filters(scope.month.start))) for name in HEADLINES]
        columns["all records to then"] = [figure_words(scope.figures(name)) for name in HEADLINES]
        return pd.DataFrame(columns)
    columns["to"] = [f"{scope.year(name).date_to:%b %Y}" for name in HEADLINES]
    columns["12 months"] = [figure_words(scope.figures(name, scope.year(name))) for name in HEADLINES]
    columns["the 12 before"] = [figure_words(scope.figures(name, scope.year_before(name))) for name in HEADLINES]
    columns[month] = [figure_words(scope.figures(name, scope.filters(scope.month.start))) for name in HEADLINES]
    if targets:
        columns["target"] = [_target_words(scope, name, targets.get(name)) for name in HEADLINES]
    return pd.DataFrame(columns)


def card_rows(table: pd.DataFrame) -> list[tuple[str, str, list[str]]]:
    """Title, number and small lines of the four cards, from the table of a department."""
    titles = [find_metric(name).title for name in CARDS]
    chosen = table.set_index("figure").loc[titles]
    return [
        (
            str(title),
            now.partition(" (")[0],
            [f"12 months to {to}", f"{before.partition(' (')[0]} in the 12 before", *target],
        )
        for title, to, now, before, _, *target in chosen.itertuples(name=None)
    ]


def _target_words(scope: Scope, name: str, target: Target | None) -> str:
    """The target and whether the twelve months since it was set meet it; empty without one."""
    if target is None:
        return ""
    year, header = scope.year(name), find_metric(name).header
    told = f"{target.value:g} {header.unit} since {target.since:%B %Y}"
    since = first_judged_month(target.since)
    first = max(since, year.date_from) if year.date_from else since
    if year.date_to is not None and first > year.date_to:
        return f"{told}: first judged when {phrases.month_words(since)} is closed"
    row = scope.figures(name, replace(year, date_from=first)).iloc[0].to_dict()
    return f"{told}: {phrases.TARGET_WORDS[judge_target(row, target.value, header.better)]}"


def figure_words(figures: pd.DataFrame) -> str:
    """One figure: value, counts, interval; only what its gate allows."""
    if figures.empty:
        return "none"
    row: Mapping[str, Any] = figures.iloc[0].to_dict()
    if row["suppressed"]:
        return HIDDEN
    if row["statistic"] == "count":
        return f"{row['eligible']:,}"
    if pd.isna(row["recorded"]) or not row["recorded"]:
        return "not recorded" if row["recorded"] == 0 and row["eligible"] else "nobody to count"
    if not pd.isna(row["followed_up_of"]):
        return phrases.followed_words(row)  # type: ignore[arg-type]
    counts = f"{row['recorded']:,} recorded"
    if not pd.isna(row["numerator"]):
        counts = phrases.count_of(int(row["numerator"]), int(row["recorded"]))
    if not pd.isna(row["eligible"]) and row["eligible"] != row["recorded"]:
        counts += f"; {phrases.count_of(int(row['recorded']), int(row['eligible']))} recorded"
    if row["gate"] == "counts_only":
        return counts
    if row["gate"] == "bounds_only":
        could = phrases.range_words(row)  # type: ignore[arg-type]
        return f"{counts}; too much is missing for a figure{f': it could be {could}' if could else ''}"
    interval = phrases.interval_words(row)  # type: ignore[arg-type]
    if row["numerator"] == 0:
        return f"0 of {row['recorded']:,}, up to {row['upper']:.1f} %"
    caution = "; read with caution" if row["gate"] == "caution" else ""
    return f"{phrases.value_words(row)} ({counts}{'; ' + interval if interval else ''}){caution}"  # type: ignore[arg-type]
