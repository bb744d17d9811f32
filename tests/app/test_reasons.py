"""Why a procedure counts agrees with the metric's own SQL, for every metric, and is said in words."""

import random
from pathlib import Path

import pytest

from data.field_dictionary import fact_fields
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import EXCLUSIONS, Metric, read_catalogue
from queries.explain.fact_words import FACTS
from queries.explain.reasons import FIELD, KEYS, STATUSES, fields_of, metric_values, procedure_values
from queries.figures.summarise import headline_row
from queries.warehouse import Warehouse, open_current
from tests.departments import random_department, warehouse_of
from tests.grids import sample
from tests.synthetic import synthetic_home

SAMPLE = 200


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return open_current(synthetic_home(tmp_path_factory, 260, 11))


def plain_answers(warehouse: Warehouse, metric: Metric) -> tuple[dict[str, list], dict[str, str | None]]:
    """The rows of a metric's SQL, and of its population, run as they stand and joined by nothing."""
    named = ", ".join(f"{view.name} as ({view.sql}\n)" for view in metric.views)
    before = f"with {named}, " if named else "with "
    column = "category" if metric.kind == "category" else "value"
    rows: dict[str, list] = {}
    sql = f"{before}metric_rows as ({metric.sql}\n) select procedure_id, {column} from metric_rows"
    for key, value in warehouse.rows(sql, metric.parameters):
        rows.setdefault(str(key), []).append(value)
    excluded = {}
    if metric.population:
        sql = f"{before}metric_rows as (select 1) select procedure_id, excluded_as from {metric.population.name}"
        used = metric.parameters if "$timepoint" in sql else {}
        excluded = {str(key): why for key, why in warehouse.rows(sql, used)}
    return rows, excluded


def expected(metric: Metric, values: list | None) -> tuple[str, object]:
    if values is None:
        return "not_eligible", None
    known = [value for value in values if value is not None]
    if not known:
        return "not_recorded", None
    if metric.kind == "category":
        return "value", sorted(known)
    if metric.kind in ("proportion", "count"):
        return ("yes" if known[0] else "no"), float(known[0])
    return "value", float(known[0])


@pytest.mark.parametrize("name", sample(sorted(read_catalogue()), 48))
def test_every_metrics_answers_are_those_of_its_sql(name: str, warehouse: Warehouse) -> None:
    metric = read_catalogue()[name]
    rows, excluded = plain_answers(warehouse, metric)
    told = metric_values(warehouse, metric)
    for one in told.sample(SAMPLE, random_state=1).itertuples():
        status, value = expected(metric, rows.get(one.procedure_id))
        assert one.status == status, one
        if status in ("yes", "no", "value") and metric.kind != "category":
            assert one.value == pytest.approx(value), one
        if status == "value" and metric.kind == "category":
            assert sorted(one.category.split(";")) == value, one
        if status != "not_eligible":
            assert excluded.get(one.procedure_id) is None
        assert one.reason, one


@pytest.mark.thorough
def test_random_departments_agree_too(tmp_path: Path) -> None:
    made = warehouse_of(tmp_path / "random.duckdb", *random_department(5, 60))
    for metric in read_catalogue().values():
        rows, _ = plain_answers(made, metric)
        for one in metric_values(made, metric).itertuples():
            assert one.status == expected(metric, rows.get(one.procedure_id))[0], (metric.name, one)
            assert one.reason


def test_the_statuses_add_up_to_the_figure(warehouse: Warehouse) -> None:
    filters = Filters.of({"site": ["Northfield Clinic"], "levels": ["1", "2"]})
    for metric in read_catalogue().values():
        told = metric_values(warehouse, metric, filters)["status"].value_counts().to_dict()
        figure = headline_row(warehouse, metric, filters)
        assert sum(told.values()) - told.get("not_eligible", 0) == figure["eligible"], metric.name
        assert told.get("not_recorded", 0) == figure["missing"], metric.name
        if metric.kind == "proportion":
            assert told.get("yes", 0) == figure["numerator"], metric.name
        assert set(told) <= set(STATUSES)


def test_one_procedure_is_told_as_among_all(warehouse: Warehouse) -> None:
    for procedure in random.Random(3).sample(
        list(metric_values(warehouse, read_catalogue()["procedures"]).procedure_id), 3
    ):
        alone = procedure_values(warehouse, procedure).set_index("metric")
        assert list(alone.index) == list(read_catalogue())
        for name in ("responders_50_hours_24_72", "day_case_completed", "any_complication", "nights_in_hospital"):
            among = metric_values(warehouse, read_catalogue()[name]).set_index("procedure_id").loc[procedure]
            assert tuple(alone.loc[name].drop("procedure_id").fillna("")) == tuple(among.drop("metric").fillna("")), (
                name
            )
    assert procedure_values(warehouse, "00000000-0000-0000-0000-000000000000").empty


def test_every_field_of_every_metric_has_words() -> None:
    facts = {one.fact for one in fact_fields()}
    for metric in read_catalogue().values():
        used = fields_of(metric)
        assert used or metric.name == "procedures"
        for table, column in FIELD.findall(" ".join(used)):
            known = facts | set(FACTS) if table == "outcomes" else FACTS
            assert table == "pain_outcomes" or column in KEYS or (column if table == "outcomes" else table) in known, (
                metric.name, table, column, "say it in words in queries/explain/fact_words.py",
            )  # fmt: skip


def test_a_reason_names_what_decided(warehouse: Warehouse) -> None:
    def reasons(metric: str, status: str) -> str:
        told = metric_values(warehouse, read_catalogue()[metric])
        return "\n".join(told.loc[told["status"] == status, "reason"])

    assert "was already in hospital" in reasons("same_day_discharge", "not_eligible")
    assert "left on the day" in reasons("same_day_discharge", "yes")
    assert "no score on " in reasons("responders_50_hours_24_72", "not_recorded")
    assert "no score in the 30 days before" in reasons("responders_50_hours_24_72", "not_eligible")
    assert "fell by " in reasons("responders_50_hours_24_72", "yes")
    assert "ready to go home" in reasons("recovered_within_6_hours", "yes")
    assert "cement leak without symptoms" in reasons("any_complication", "no")
    assert "records reach " in reasons("died_30_days", "not_eligible")


def test_fields_are_read_from_the_sql() -> None:
    assert fields_of(read_catalogue()["same_day_discharge"]) == (
        "outcomes.setting", "outcomes.disposition", "outcomes.discharge_day",
    )  # fmt: skip
    assert "contacts.outcome" in fields_of(read_catalogue()["follow_up_visit_within_14_days"])
    assert len(EXCLUSIONS) == 6
