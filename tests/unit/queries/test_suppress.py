"""Readers outside see no small count, none by subtraction, and rates of rounded numbers only."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue
from queries.figures.outside.neighbours import count_neighbours
from queries.figures.outside.suppress import COUNTS
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse
from tests.departments import outcome, random_department, warehouse_of

RULES = [("cms_11", 10), ("nhs_8_round_5", 7)]
# At every run one metric in so many: neighbours of the catalogue are one definition at several timepoints.
PARTS = 6


def department(path: Path, groups: dict[str, tuple[int, int]]) -> Warehouse:
    """Sites with (went home, stayed)."""
    rows, place = [], 0
    for site, (home, stayed) in groups.items():
        for day in [0] * home + [1] * stayed:
            place += 1
            rows.append(outcome(place, site=site, discharge_day=day, disposition="home"))
    return warehouse_of(path, rows)


def outside(warehouse: Warehouse, metric: str, **split: str) -> pd.DataFrame:
    return summarise(warehouse, read_catalogue()[metric], audience="outside", **split)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.thorough) for part in range(1, PARTS))])
@pytest.mark.parametrize(("rule", "limit"), RULES)
def test_no_count_from_1_to_the_limit_is_shown(
    rule: str, limit: int, part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_DISCLOSURE", rule)
    outcomes, pains = random_department(21, 160)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    for metric in list(read_catalogue().values())[part::PARTS]:
        for split in ({}, {"by": "site"}, {"period": "quarter"}):
            if metric.kind == "category" and "by" in split:
                continue
            exact = summarise(warehouse, metric, **split)
            exact = exact[exact["period_complete"].fillna(True).astype(bool)].reset_index(drop=True)
            shown = outside(warehouse, metric.name, **split)
            for name in COUNTS:
                small = exact[name].between(1, limit).fillna(False).astype(bool)
                assert shown.loc[small, name].isna().all(), (metric.name, split, name)
                assert (shown[name].dropna() % 5 == 0).all(), (metric.name, split, name)
            said_no = exact["recorded"] - exact["numerator"]
            assert shown.loc[said_no.between(1, limit).fillna(False).astype(bool), "value"].isna().all()


def test_a_hidden_row_has_nothing_but_its_name(tmp_path: Path) -> None:
    warehouse = department(tmp_path / "g.duckdb", {"A": (3, 40), "B": (40, 40), "C": (50, 60)})
    table = outside(warehouse, "same_day_discharge", by="site")
    hidden = table[table["suppressed"]]
    assert "A" in set(hidden["group"])
    for name in ("eligible", "recorded", "numerator", "value", "lower", "upper", "procedures"):
        assert hidden[name].isna().all()
    assert set(hidden["audience"]) == {"outside"}


def test_a_small_number_of_noes_is_hidden_too(tmp_path: Path) -> None:
    table = outside(department(tmp_path / "g.duckdb", {"A": (40, 3)}), "same_day_discharge")
    assert table["suppressed"].all()


def test_one_hidden_group_takes_a_second_with_it(tmp_path: Path) -> None:
    table = outside(
        department(tmp_path / "g.duckdb", {"A": (5, 30), "B": (40, 45), "C": (60, 70)}), "same_day_discharge", by="site"
    )
    assert set(table.loc[table["suppressed"], "group"]) == {"A", "B"}


def test_the_other_values_of_a_filter_are_counted_beside_its_figures(tmp_path: Path) -> None:
    warehouse = department(tmp_path / "g.duckdb", {"A": (3, 4), "B": (5, 6), "C": (0, 2)})
    metric, filters = read_catalogue()["same_day_discharge"], Filters.of({"site": ["B"]})
    figures = summarise(warehouse, metric, filters=filters)
    found = count_neighbours(warehouse, metric, figures, filters=filters, key="site", by=None, period=None)
    counts = {name: found[name].tolist() for name in ("eligible", "recorded", "numerator")}
    assert counts == {"eligible": [[7], [2]], "recorded": [[7], [2]], "numerator": [[3], [0]]}


def test_rates_are_of_the_rounded_numbers(tmp_path: Path) -> None:
    row = outside(department(tmp_path / "g.duckdb", {"A": (43, 29)}), "same_day_discharge").iloc[0]
    assert (row["numerator"], row["recorded"]) == (45, 70)
    assert row["value"] == pytest.approx(100 * 45 / 70)
    assert row["procedures"] == 70


def test_zero_may_be_shown(tmp_path: Path) -> None:
    row = outside(department(tmp_path / "g.duckdb", {"A": (0, 40)}), "same_day_discharge").iloc[0]
    assert not row["suppressed"]
    assert (row["numerator"], row["value"]) == (0, 0)


def test_no_median_of_a_few(tmp_path: Path) -> None:
    rows = [outcome(place, recovery_hours=4.0 + place / 10) for place in range(1, 9)]
    assert outside(warehouse_of(tmp_path / "g.duckdb", rows), "recovery_hours")["value"].isna().all()


def test_only_complete_periods_leave_the_department(tmp_path: Path) -> None:
    rows = [outcome(place, performed_on=date(2026, 5, 4) if place % 2 else date(2026, 6, 1)) for place in range(1, 80)]
    table = outside(warehouse_of(tmp_path / "g.duckdb", rows), "procedures", period="month")
    assert list(table["period"]) == ["2026-05"]


def test_the_department_sees_exact_numbers(tmp_path: Path) -> None:
    table = summarise(department(tmp_path / "g.duckdb", {"A": (3, 4)}), read_catalogue()["same_day_discharge"])
    assert (table["numerator"].iloc[0], table["suppressed"].iloc[0]) == (3, False)


@pytest.mark.parametrize("unknown", [14, 15])
def test_gates_are_of_the_numbers_shown(unknown: int, tmp_path: Path) -> None:
    """57 of 71 is above four fifths and 57 of 72 below; outside both are 55 of 70, and nothing tells them apart."""
    known = [outcome(place, discharge_day=int(place > 30), disposition="home") for place in range(1, 58)]
    more = [outcome(place, discharge_day=None) for place in range(58, 58 + unknown)]
    warehouse = warehouse_of(tmp_path / "g.duckdb", [*known, *more])
    exact = summarise(warehouse, read_catalogue()["same_day_discharge"]).iloc[0]
    shown = outside(warehouse, "same_day_discharge").iloc[0]
    assert exact["gate"] == ("plain" if unknown == 14 else "caution")
    assert (shown["recorded"], shown["eligible"], shown["gate"]) == (55, 70, "caution")


def test_the_rule_says_whether_none_and_all_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "home" / "settings"
    settings.mkdir(parents=True)
    (settings / "disclosure.toml").write_text('[rules.cms_11]\nzeros = "hidden"\n', encoding="utf-8")
    none = department(tmp_path / "none.duckdb", {"A": (0, 40), "B": (30, 40), "C": (40, 40)})
    everybody = department(tmp_path / "all.duckdb", {"A": (40, 0), "B": (30, 40), "C": (40, 40)})
    for warehouse in (none, everybody):
        table = outside(warehouse, "same_day_discharge", by="site")
        assert set(table.loc[table["suppressed"], "group"]) >= {"A"}
        assert table["suppressed"].sum() == 2, "one alone would follow by subtraction"
