"""A share split by what the same procedures say to something else: the vertebrae treated, or another figure."""

from typing import Any

import numpy as np
import pandas as pd

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import Metric, read_catalogue
from queries.figures.answers import Answers, metric_answers, metric_categories
from queries.figures.cohort import read_cohort
from queries.figures.counts import stamp_row
from queries.figures.gates import choose_gate, share_of
from queries.statistics.intervals import wilson
from queries.warehouse import Warehouse

COLUMNS = (
    "metric", "definition_version", "group", "eligible", "recorded", "numerator", "value", "lower", "upper", "gate",
    "unit", "generation", "as_of", "filters", "audience",
)  # fmt: skip


def share_by_vertebra(warehouse: Warehouse, metric: Metric, filters: Filters) -> pd.DataFrame:
    """One row per vertebra that was treated in the chosen procedures, from the head down (`COLUMNS`).

    A procedure on several vertebrae counts at each of them, so rows overlap. `metric` is a proportion; `value` and its
    Wilson interval are per cent of recorded, NaN where nothing is recorded.
    """
    treated = metric_categories(warehouse, read_catalogue()["treated_vertebra"])
    found = metric_answers(warehouse, metric)
    chosen = read_cohort(warehouse).chosen(filters)[treated.procedure]
    procedure, vertebra = treated.procedure[chosen], treated.category[chosen]
    groups = {name: procedure[vertebra == place] for place, name in enumerate(treated.names)}
    return _splits_table(warehouse, metric, filters, found, {name: here for name, here in groups.items() if len(here)})


def share_by_answer(warehouse: Warehouse, metric: Metric, other: Metric, filters: Filters) -> pd.DataFrame:
    """Two rows, `yes` and `no`: the share among chosen procedures that answered so to another proportion."""
    found, split = metric_answers(warehouse, metric), metric_answers(warehouse, other)
    known = read_cohort(warehouse).chosen(filters) & split.recorded
    groups = {"yes": np.flatnonzero(known & (split.value > 0)), "no": np.flatnonzero(known & (split.value <= 0))}
    return _splits_table(warehouse, metric, filters, found, groups)


def _splits_table(
    warehouse: Warehouse, metric: Metric, filters: Filters, found: Answers, groups: dict[str, np.ndarray]
) -> pd.DataFrame:
    common = {
        "metric": metric.name,
        "definition_version": metric.header.version,
        "unit": metric.unit,
        **stamp_row(warehouse, filters),
    }
    rows = [{**common, "group": name, **_share_of_places(found, here)} for name, here in groups.items()]
    return pd.DataFrame.from_records(rows, columns=list(COLUMNS))


def _share_of_places(found: Answers, here: np.ndarray) -> dict[str, Any]:
    """The figure of the procedures at these places."""
    eligible, recorded = int(found.eligible[here].sum()), int(found.recorded[here].sum())
    yes = int((found.recorded[here] & (found.value[here] > 0)).sum())
    lower, upper = (100 * float(edge) for edge in wilson(yes, recorded))
    return {
        "eligible": eligible,
        "recorded": recorded,
        "numerator": yes,
        "value": 100 * yes / recorded if recorded else float("nan"),
        "lower": lower,
        "upper": upper,
        "gate": choose_gate(recorded, share_of(recorded, eligible), stands_alone=True),
    }
