"""Figures made of cells, counted by DuckDB itself, and SQL as Spark would get it."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from data.errors import UsageProblem
from data.home import Home
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.cells.cell_sql import compose_cells
from queries.cells.counted_cells import read_cells, split_cells
from queries.cells.pool_engine import open_engine
from queries.engines.spark_sql import spark_sql, spark_type
from queries.figures.summarise import figure_rows
from queries.warehouse import Warehouse
from tests.departments import random_department, warehouse_of

CHOICES = (
    Filters(),
    Filters.of({"site": ["Riverside", "not_recorded"], "levels": ["2"]}),
    Filters.of(date_from=date(2025, 10, 5), date_to=date(2026, 2, 11)),
)


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return warehouse_of(tmp_path_factory.mktemp("cells") / "gen.duckdb", *random_department(7, 400))


@pytest.mark.parametrize(
    "name",
    [
        "procedures", "responders_30_hours_24_72", "mean_levels", "recovery_hours", "not_same_day_reason",
        "serious_complication", "new_fracture_cumulative_incidence_12_months", "any_complication",
    ],
)  # fmt: skip
def test_figures_of_cells_are_those_of_procedures(name: str, department: Warehouse) -> None:
    metric = read_catalogue()[name]
    for filters in CHOICES:
        for by in (None,) if metric.kind == "category" else (None, "site", "levels"):
            cells = read_cells(department, department, metric, filters, by)
            for period in (None, "month", "quarter"):
                expected = figure_rows(department, metric, filters, by, period)
                assert repr(figure_rows(cells, metric, filters, by, period)) == repr(expected)


def test_several_splits_in_one_query_hold_everyone_in_each(department: Warehouse) -> None:
    splits = [(), ("site",), ("levels", "month")]
    table = department.table(*compose_cells(read_catalogue()["mean_levels"], splits))
    found = split_cells(table, splits)
    assert [pa.compute.sum(cells["procedures"]).as_py() for cells in found.values()] == [400, 400, 400]
    kept = [{"site", "levels", "month"} & set(cells.column_names) for cells in found.values()]
    assert kept == [set(split) for split in splits]


def test_values_become_literals_and_stay_values() -> None:
    sql = "select $text as a, $number as b, $flag as c, $day as d, $nothing as e from t where f = '$text'"
    values = {"text": "o' \\ x'; --", "number": 1.5, "flag": True, "day": date(2026, 1, 2), "nothing": None}
    assert spark_sql(sql, values) == (
        "SELECT 'o\\' \\\\ x\\'; --' AS a, 1.5 AS b, TRUE AS c, CAST('2026-01-02' AS DATE) AS d, NULL AS e"
        " FROM t WHERE f = '$text'"
    )
    with pytest.raises(KeyError):
        spark_sql("select $missing as a")


def test_what_spark_would_only_approximate_is_written_exactly() -> None:
    assert spark_sql("select quantile_cont(a, 0.5e0) as b, cast(c as uuid) as d, cast(e as varchar) as f from t") == (
        "SELECT PERCENTILE(a, 0.5e0) AS b, CAST(c AS STRING) AS d, CAST(e AS STRING) AS f FROM t"
    )


def test_types_of_spark_are_signed_and_lists_are_text() -> None:
    kinds = ("UUID", "ENUM('a', 'b')", "VARCHAR", "UTINYINT", "DECIMAL(4,2)", "BOOLEAN")
    assert [spark_type(kind) for kind in kinds] == ["string", "string", "STRING", "bigint", "DECIMAL(4, 2)", "BOOLEAN"]


@pytest.mark.parametrize("address", ["localhost:15002", "sc://server:15002/;token=abc"])
def test_an_address_that_is_none_or_holds_a_token_is_refused(
    address: str, department: Warehouse, tmp_path: Path
) -> None:
    with pytest.raises(UsageProblem, match="private/engine_token"):
        open_engine(address, Home(tmp_path), department)
