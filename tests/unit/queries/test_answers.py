"""Answers are the same whether a metric is joined by the keys of procedures or by their small numbers."""

import pytest

from queries.catalogue.metrics import Definition, read_catalogue, read_curves
from queries.figures.answers import compose_sql
from queries.warehouse import Warehouse
from tests.departments import random_department, warehouse_of

BY_NUMBER = [one for one in (*read_catalogue().values(), *read_curves().values()) if one.reads_outcomes_only]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return warehouse_of(tmp_path_factory.mktemp("answers") / "g.duckdb", *random_department(31, 80))


@pytest.mark.parametrize("definition", BY_NUMBER, ids=lambda one: one.name)
def test_numbers_and_keys_give_the_same_answers(definition: Definition, warehouse: Warehouse) -> None:
    ways = [sorted(warehouse.rows(*compose_sql(definition, "answers", by_number=way))) for way in (True, False)]
    assert ways[0] == ways[1]
    assert len({row[0] for row in ways[0]}) == len(ways[0])


def test_what_reads_other_tables_is_joined_by_keys() -> None:
    named = {name for name, one in read_catalogue().items() if one.reads_outcomes_only}
    assert {"same_day_discharge", "levels_per_procedure"} <= named
    assert not named & {"treated_vertebra", "advice_given", "responders_50_follow_up", "pre_call_24_48_hours"}
