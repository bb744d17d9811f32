"""Figures that were signed off and are others now, as a table: what Sign-off tells, number by number."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from dashboard.text import phrases
from data.errors import NoGeneration
from data.home import Home
from data.journal import Journal
from queries.catalogue.metrics import read_catalogue
from queries.explain.restatements import cause_words, differing_numbers, find_change, month_filters, signed_figure
from queries.warehouse import Warehouse

COLUMNS = (
    "month", "metric", "figure", "signed_generation", "signed_version", "version", "signed", "now", "now_as_signed",
    "cause", "in_words",
)  # fmt: skip
# What the numbers of a figure are called by people.
NUMBER_WORDS = {"eligible": "counted", "recorded": "recorded", "numerator": "yes", "value": "value"}


def restatement_rows(home: Home, warehouse: Warehouse, site: str | None = None) -> pd.DataFrame:
    """One row per signed-off number that differs in this generation, months in order.

    Of a site: its figures in the generation that was signed off, where that is still kept, and now.
    """
    rows = sorted(_differing_rows(home, warehouse, site), key=lambda row: row[:3])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _differing_rows(home: Home, warehouse: Warehouse, site: str | None) -> Iterator[tuple[Any, ...]]:
    events = Journal(home.journal).events("sign_off")
    withdrawn = {event.supersedes for event in events}
    standing = [event for event in events if event.id not in withdrawn and not event.payload.get("withdrawn")]
    latest = {event.payload["month"]: event for event in standing}
    for month, event in latest.items():
        chosen, generation = month_filters(month, site), event.payload["generation"]
        old = _signed_warehouse(home, generation)
        for signed in event.payload.get("figures") or ():
            metric = read_catalogue().get(signed.get("metric", ""))
            if metric is None or (site is not None and old is None):
                continue
            # Months are signed off for the whole department: what a site had then stands in that generation.
            then = signed if site is None or old is None else signed_figure(old, metric, chosen)
            change = find_change(old, warehouse, metric, chosen, then)
            if change is None:
                continue
            for name in differing_numbers(then, change.now):
                numbers = [_number_of(row.get(name)) for row in (then, change.now, change.as_signed or change.now)]
                versions = (then.get("definition_version"), metric.header.version)
                cause = cause_words(change)
                was, now = (number_words(number) for number in numbers[:2])
                when = phrases.month_words(date.fromisoformat(f"{month}-01"))
                told = f"{metric.title}, {when}: {NUMBER_WORDS[name]} was {was}, is now {now}; {cause}"
                yield (month, metric.name, name, generation, *versions, *numbers, cause, told)


def number_words(value: float) -> str:
    """A number of a figure for people."""
    return "not known" if math.isnan(value) else f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _signed_warehouse(home: Home, generation: str) -> Warehouse | None:
    """The generation that was signed off, while it can still be read."""
    for path in sorted(home.generations.glob(f"gen-*-{generation}.duckdb")):
        try:
            return Warehouse(path)
        except NoGeneration:
            continue
    return None


def _number_of(value: Any) -> float:
    return math.nan if value is None else float(value)
