"""What every procedure answers to every metric, why, and the figures that follow: as the dashboard has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa

from dashboard.exports.bundle.order import Order, Profile
from dashboard.exports.bundle.record_tables import Codes
from queries.catalogue.filters import HOSPITAL, KEYS, Filters
from queries.catalogue.metrics import EXCLUSIONS, Metric, read_catalogue
from queries.catalogue.periods import MONTHS
from queries.explain.fact_sentences import Memory
from queries.explain.reasons import fields_of, metric_columns
from queries.explain.table_extracts import procedure_ids
from queries.figures.answers import metric_answers
from queries.figures.summarise import COLUMNS, Row, figure_rows
from queries.warehouse import Warehouse

VALUE_COLUMNS = (
    "procedure_id", "metric", "definition_version", "status", "value", "category", "reason", "fields_used",
)  # fmt: skip
EXCLUSION_COLUMNS = ("procedure_id", "metric", "exclusion")
DEFINITION_COLUMNS = (
    "metric", "version", "topic", "title", "question", "kind", "unit", "better", "eligible", "source", "caveat",
    "fields_used", "sql",
)  # fmt: skip
FIGURE_COLUMNS = ("by", *COLUMNS)
OTHER_POPULATION = "not_in_population"
# Days until a delivery whose date is known are a date.
TELL_DATES = ("registration_delay_days",)


@dataclass(frozen=True)
class Answered:
    """Metrics over the chosen procedures, in the profile's order and spelling of ids.

    `told` are the filters as the profile may tell them.
    """

    warehouse: Warehouse
    order: Order
    codes: Codes
    told: Filters

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the profile may tell."""
        dates = self.order.profile is not Profile.SAFE_HARBOR
        return tuple(one for one in read_catalogue().values() if dates or one.name not in TELL_DATES)

    @cached_property
    def places(self) -> np.ndarray:
        """Chosen procedures; under codes in the order of the codes, because the plain order is one of dates."""
        chosen = self.order.places(self.warehouse)
        return chosen if self.codes.of_id is None else chosen[np.argsort(self._written(chosen))]

    @cached_property
    def ids(self) -> pa.Array:
        """The ids of `places` as they are written."""
        return pa.array(self._written(self.places), pa.string())

    def values(self) -> Iterator[pa.Table]:
        """`metric_values`, one table per metric."""
        memory = Memory(self.places)
        size = len(self.places)
        for metric in self.metrics:
            rows = metric_columns(self.warehouse, metric, memory)
            reason = rows["reason"]
            if self.order.profile is Profile.SAFE_HARBOR:
                reason = pa.array(self._exclusions(metric), pa.string())
            yield pa.table(
                {
                    "procedure_id": self.ids,
                    "metric": _repeat_text(metric.name, size),
                    "definition_version": pa.array(np.full(size, metric.header.version)),
                    "status": pa.array(rows["status"], pa.string()),
                    "value": pa.array(rows["value"], pa.float64(), from_pandas=True),
                    "category": pa.array(rows["category"], pa.string()),
                    "reason": reason,
                    "fields_used": _repeat_text(str(rows["fields"]), size),
                }
            )

    def exclusions(self) -> Iterator[pa.Table]:
        """Procedures that do not count for a metric, and the rule that says so; one table per metric."""
        for metric in self.metrics:
            reasons = self._exclusions(metric)
            out = np.flatnonzero(reasons != None)  # noqa: E711 - element by element
            yield pa.table(
                {
                    "procedure_id": self.ids.take(pa.array(out)),
                    "metric": _repeat_text(metric.name, len(out)),
                    "exclusion": pa.array(reasons[out], pa.string()),
                }
            )

    def figures(self) -> pd.DataFrame:
        """Every figure of the dashboard: alone, and by each key and period where the profile keeps them.

        None for single procedures behind a bar: they are no choice of filters.
        """
        rows: list[Row] = []
        warehouse, filters = self._figures_source()
        said = {"filters": self.told.to_text()}
        hidden = {"as_of": None} if self.order.profile is Profile.SAFE_HARBOR else {}
        for metric in self.metrics if self.order.selected is None else ():
            for by, period in self._splits(metric):
                found = figure_rows(warehouse, metric, filters, by, period)
                rows += [{"by": by or period, **row, **said, **hidden} for row in found]
        return pd.DataFrame(rows, columns=list(FIGURE_COLUMNS))

    def definitions(self) -> pd.DataFrame:
        """One row per metric: what it asks, who counts, and the SQL that ran."""
        rows = [
            (
                metric.name, metric.header.version, metric.header.topic, metric.title, metric.question, metric.kind,
                metric.unit, metric.header.better, metric.header.eligible, metric.header.source,
                metric.header.caveat, ";".join(fields_of(metric)), metric.sql,
            )
            for metric in self.metrics
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(DEFINITION_COLUMNS))

    def _figures_source(self) -> tuple[Warehouse, Filters]:
        """Where figures come from: with operators as codes where the profile codes them and the reader does not."""
        written = self.codes.of_operator
        if self.order.profile is not Profile.LIMITED or written is None or self.warehouse.operator_shown is not str:
            return self.warehouse, self.order.filters
        return Warehouse(self.warehouse.path, operator_shown=written), self.told

    def _splits(self, metric: Metric) -> Sequence[tuple[str | None, str | None]]:
        if self.order.profile is Profile.SAFE_HARBOR:
            return [(None, None)]
        known = KEYS if self.warehouse.is_pool else tuple(key for key in KEYS if key != HOSPITAL)
        keys = () if metric.kind == "category" else known
        return [(None, None), *((key, None) for key in keys), *((None, period) for period in MONTHS)]

    def _exclusions(self, metric: Metric) -> np.ndarray:
        """The rule that leaves each procedure out, in the order of `places`; None = it counts."""
        found = metric_answers(self.warehouse, metric)
        names = np.array([OTHER_POPULATION, *EXCLUSIONS], dtype=object)
        told = names[found.exclusion[self.places]]
        excluded: np.ndarray = np.asarray(np.where(found.eligible[self.places], None, told))
        return excluded

    def _written(self, places: np.ndarray) -> np.ndarray:
        ids = procedure_ids(self.warehouse)[places]
        written = self.codes.of_id
        return ids if written is None else np.array([written(one) for one in ids], dtype=object)


def _repeat_text(text: str, size: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, dtype=np.int32)), pa.array([text]))
