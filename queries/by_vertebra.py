"""A share for each treated vertebra: of the procedures that treated it, how many answered yes."""

import pandas as pd

from queries.answers import answers, categories
from queries.catalog import Metric, catalogue
from queries.cohort import cohort
from queries.counts import stamp
from queries.filters import Filters
from queries.gates import gate, share_of
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
    treated = categories(warehouse, catalogue()["treated_vertebra"])
    found = answers(warehouse, metric)
    chosen = cohort(warehouse).chosen(filters)[treated.procedure]
    procedure, vertebra = treated.procedure[chosen], treated.category[chosen]
    rows = []
    for place, name in enumerate(treated.names):
        here = procedure[vertebra == place]
        if not len(here):
            continue
        eligible, recorded = int(found.eligible[here].sum()), int(found.recorded[here].sum())
        yes = int((found.recorded[here] & (found.value[here] > 0)).sum())
        lower, upper = (100 * float(edge) for edge in wilson(yes, recorded))
        rows.append(
            {
                "metric": metric.name,
                "definition_version": metric.header.version,
                "group": name,
                "eligible": eligible,
                "recorded": recorded,
                "numerator": yes,
                "value": 100 * yes / recorded if recorded else float("nan"),
                "lower": lower,
                "upper": upper,
                "gate": gate(recorded, share_of(recorded, eligible), stands_alone=True),
                "unit": metric.unit,
                **stamp(warehouse, filters),
            }
        )
    return pd.DataFrame.from_records(rows, columns=list(COLUMNS))
