"""What a load writes down of every answer is what the metrics' own SQL answers."""

import numpy as np
import pytest

from data.home import Home
from etl.generations import stored_answers
from etl.generations.publish import only_load
from etl.load import rebuild_generation
from queries.catalogue.metrics import Definition, Metric, read_catalogue, read_curves
from queries.figures import answers
from queries.warehouse import Warehouse, open_current
from tests.records import quiet
from tests.synthetic import synthetic_home

DEFINITIONS = [*read_catalogue().values(), *read_curves().values()]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = synthetic_home(tmp_path_factory, 260, 7)
    with pytest.MonkeyPatch.context() as patch, only_load(home):
        patch.setattr(stored_answers, "STORED_FROM", 0)
        rebuild_generation(home, quiet)
    return home


def all_answers(warehouse: Warehouse, definition: Definition) -> list[object]:
    told = answers.metric_answers(warehouse, definition)
    parts: list[object] = [told.state.tolist(), told.value.tolist()]
    if isinstance(definition, Metric) and definition.has_categories:
        found = answers.metric_categories(warehouse, definition)
        rows = zip(found.procedure.tolist(), found.category.tolist(), strict=True)
        parts += [found.names, sorted(rows)]
    return parts


def test_every_answer_is_stored_as_its_sql_gives_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """And of another hash, that is of SQL that was changed since, none is believed."""
    stored = open_current(home)
    told = {one.name: all_answers(stored, one) for one in DEFINITIONS}
    assert all(answers.stored_number(stored, one) for one in DEFINITIONS)
    monkeypatch.setattr(answers, "answers_hash", lambda _: "of another day")
    computed = open_current(home)
    assert not any(answers.stored_number(computed, one) for one in DEFINITIONS)
    assert {one.name: all_answers(computed, one) for one in DEFINITIONS} == told
    assert sum(np.count_nonzero(states) for states, *_ in told.values()) > 10_000


def test_the_tables_are_those_that_an_auditor_reads(home: Home) -> None:
    warehouse = open_current(home)
    rows = warehouse.rows(
        "select count(*) filter (where answer = 2), sum(value) from answers where metric = 'same_day_discharge'"
    )
    figure = answers.metric_answers(warehouse, read_catalogue()["same_day_discharge"])
    assert rows == [(int(figure.recorded.sum()), figure.value.sum())]
    (categories,) = warehouse.rows("select count(*) from answer_categories where metric = 'treated_vertebra'")
    assert categories[0] > 150


def test_a_small_generation_stores_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert open_current(synthetic_home(tmp_path_factory, 260, 7)).rows("select count(*) from answer_versions") == [(0,)]
