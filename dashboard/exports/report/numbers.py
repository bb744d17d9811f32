"""The figures of a report in words, by the same gates and rules as on the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard.text import phrases
from queries.catalogue.filters import Filters, first_technique
from queries.catalogue.metrics import find_metric
from queries.catalogue.periods import Period
from queries.figures.cohort import read_cohort
from queries.figures.counts import Audience
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse

HEADLINES = (
    "procedures", "responders_50_hours_24_72", "responders_30_follow_up", "pain_score_follow_up", "mean_levels",
    "home_ready_within_6_hours", "recovery_hours", "day_case_completed", "returned_within_7_days",
    "serious_or_death_30_days", "symptomatic_leak", "readmitted_30_days", "recorded_hours_24_72", "recorded_follow_up",
)  # fmt: skip
HIDDEN = "hidden: few people"
MONTHS_OF_A_YEAR = 12


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

    def spans(self) -> dict[str, Filters]:
        """The columns of the table: the month, twelve months for the department, everything up to then."""
        spans = {phrases.month_words(self.month.start): self.filters(self.month.start)}
        if self.audience == "department":
            spans["12 months to then"] = self.filters(_year_before(self.month.start))
        return spans | {"all records to then": self.filters()}


def headline_table(scope: Scope) -> pd.DataFrame:
    """One row per figure, one column per span, in words."""
    columns: dict[str, list[str]] = {"figure": [find_metric(name).title for name in HEADLINES]}
    for title, filters in scope.spans().items():
        columns[title] = [figure_words(scope.figures(name, filters)) for name in HEADLINES]
    return pd.DataFrame(columns)


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


def _year_before(start: date) -> date:
    month = start.year * MONTHS_OF_A_YEAR + start.month - MONTHS_OF_A_YEAR
    return date(month // MONTHS_OF_A_YEAR, month % MONTHS_OF_A_YEAR + 1, 1)
