"""Shares by treated vertebra, or by another figure, equal plain loops over the procedures."""

from pathlib import Path

import duckdb

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.figures.splits import share_by_answer, share_by_vertebra
from queries.warehouse import Warehouse
from tests.departments import outcome, warehouse_of

TREATED = {1: ("T12", "L1"), 2: ("L1",), 3: ("L1",), 4: ("T12",), 5: ()}
HOME_ON = {1: 0, 2: 1, 3: None, 4: 0, 5: 0}


def test_a_procedure_counts_at_each_of_its_vertebrae(tmp_path: Path) -> None:
    path = tmp_path / "g.duckdb"
    rows = [outcome(place, discharge_day=day, disposition="home") for place, day in HOME_ON.items()]
    rows[3]["site"] = "Northfield"
    warehouse_of(path, rows)
    with duckdb.connect(str(tmp_path / "copy.duckdb")) as connection:
        connection.execute(f"attach '{path}' as made")
        connection.execute("copy from database made to copy")
        for row in rows:
            for vertebra in TREATED[row["outcome_no"]]:
                connection.execute(
                    "insert into treated_levels (procedure_id, vertebra) values (?, ?)", [row["procedure_id"], vertebra]
                )
    warehouse = Warehouse(tmp_path / "copy.duckdb")
    metric = read_catalogue()["same_day_discharge"]
    for filters, kept in ((Filters(), set(TREATED)), (Filters.of({"site": ["Riverside"]}), {1, 2, 3, 5})):
        found = {row.group: row for row in share_by_vertebra(warehouse, metric, filters).itertuples()}
        for vertebra in ("T12", "L1"):
            here = [place for place in kept if vertebra in TREATED[place]]
            known = [HOME_ON[place] for place in here if HOME_ON[place] is not None]
            row = found[vertebra]
            assert (row.eligible, row.recorded, row.numerator) == (len(here), len(known), known.count(0))
            assert row.gate == "counts_only"
        assert list(found) == ["T12", "L1"]


def test_a_share_is_split_by_what_procedures_answered_to_another(tmp_path: Path) -> None:
    rows = [
        outcome(place, discharge_day=day, disposition="home", readmission_day_after_discharge=back)
        for place, (day, back) in enumerate([(0, 3), (0, None), (0, 9), (1, 7), (1, None), (None, 2)], start=1)
    ]
    table = share_by_answer(
        warehouse_of(tmp_path / "g.duckdb", rows),
        read_catalogue()["returned_within_7_days"],
        read_catalogue()["same_day_discharge"],
        Filters(),
    )
    assert [(row.group, row.numerator, row.recorded) for row in table.itertuples()] == [("yes", 1, 3), ("no", 1, 2)]
