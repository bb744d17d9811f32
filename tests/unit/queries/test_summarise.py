"""Figures equal plain loops over the same rows; degenerate selections give no nonsense."""

import math
import statistics
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UsageProblem
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_catalogue, read_curves
from queries.figures.distributions import cumulative_shares, metric_quantiles
from queries.figures.gates import choose_gate
from queries.figures.summarise import COLUMNS, figure_rows, headline_row, summarise
from queries.statistics import intervals
from queries.warehouse import Warehouse
from tests.departments import Row, outcome, random_department, warehouse_of

HOME = ("outpatient", "admitted_for_procedure")
Answer = Callable[[Row, Row], tuple[str, Any]]


def same_day(row: Row, _: Row) -> tuple[str, Any]:
    if row["setting"] not in HOME:
        return "excluded_setting", None
    if row["disposition"] == "died":
        return "", False
    if row["discharge_day"] is None:
        return "", None
    return "", row["discharge_day"] == 0 and row["disposition"] != "other_hospital"


def halved(_: Row, pain: Row) -> tuple[str, Any]:
    if pain["status"] in ("not_due", "died", "retreated"):
        return f"excluded_{pain['status']}", None
    if pain["baseline"] is None:
        return "baseline_missing", None
    if pain["baseline"] < 4:
        return "baseline_below_4", None
    return "", None if pain["score"] is None else 2 * (pain["baseline"] - pain["score"]) >= pain["baseline"]


def change(_: Row, pain: Row) -> tuple[str, Any]:
    if pain["status"] in ("not_due", "died", "retreated"):
        return f"excluded_{pain['status']}", None
    both = pain["score"] is not None and pain["baseline"] is not None
    return "", pain["score"] - pain["baseline"] if both else None


def recovery(row: Row, _: Row) -> tuple[str, Any]:
    return ("", row["recovery_hours"]) if row["setting"] in HOME else ("excluded_setting", None)


def serious(row: Row, _: Row) -> tuple[str, Any]:
    if row["observed_days"] < 30:
        return "excluded_not_due", None
    return "", row["serious_complication_day"] is not None and row["serious_complication_day"] <= 30


LOOPS: dict[str, Answer] = {
    "same_day_discharge": same_day,
    "responders_50_hours_24_72": halved,
    "pain_change_hours_24_72": change,
    "recovery_hours": recovery,
    "serious_complication": serious,
}


def by_loops(name: str, outcomes: list[Row], pains: list[Row], choose: Callable[[Row], bool]) -> dict[str, Any]:
    """The figure of the chosen rows, counted one by one."""
    kind = read_catalogue()[name].kind
    told = [LOOPS[name](row, pain) for row, pain in zip(outcomes, pains, strict=True) if choose(row)]
    eligible = [answer for excluded, answer in told if not excluded]
    known = [answer for answer in eligible if answer is not None]
    figure: dict[str, Any] = {"procedures": len(told), "eligible": len(eligible), "recorded": len(known)}
    figure["missing"] = len(eligible) - len(known)
    for excluded, _ in told:
        if excluded:
            figure[excluded] = figure.get(excluded, 0) + 1
    if kind == "proportion":
        figure["numerator"] = sum(known)
        figure["value"] = 100 * sum(known) / len(known) if known else math.nan
        possible = len(eligible) + (figure.get("baseline_missing", 0) if name.startswith("responders") else 0)
        figure["lower_if_missing_no"] = 100 * sum(known) / possible if possible else math.nan
        unknown = possible - len(known)
        figure["upper_if_missing_yes"] = 100 * (sum(known) + unknown) / possible if possible else math.nan
    elif known:
        figure["value"] = statistics.fmean(known) if kind == "mean" else statistics.median(known)
    return figure


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), size=st.integers(0, 60), name=st.sampled_from(sorted(LOOPS)))
def test_figures_equal_plain_loops(seed: int, size: int, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcomes, pains = random_department(seed, size)
    warehouse = warehouse_of(tmp_path_factory.mktemp("w") / "gen.duckdb", outcomes, pains)
    metric = read_catalogue()[name]
    filters = Filters.of({"site": ["Riverside", "not_recorded"]}, date(2025, 10, 1), date(2026, 2, 28))

    def chosen(row: Row) -> bool:
        in_time = date(2025, 10, 1) <= row["performed_on"] <= date(2026, 2, 28)
        return in_time and row["site"] in ("Riverside", None)

    checks = [
        (summarise(warehouse, metric), lambda _: True),
        (summarise(warehouse, metric, filters=filters), chosen),
    ]
    for table, choose in checks:
        compare(table.iloc[0], by_loops(name, outcomes, pains, choose))
    for row in summarise(warehouse, metric, by="levels", period="month").itertuples():
        wanted = by_loops(
            name,
            outcomes,
            pains,
            lambda one, row=row: (
                (one["levels"] or "not_recorded") == row.group and f"{one['performed_on']:%Y-%m}" == row.period
            ),
        )
        compare(pd.Series(row._asdict()), wanted)


def compare(row: pd.Series, wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        got = row[name]
        if isinstance(value, float):
            assert math.isclose(got, value, abs_tol=1e-9) or (math.isnan(got) and math.isnan(value)), name
        else:
            assert got == value, name
    parts = ["eligible", *(name for name in row.index if name.startswith(("excluded_", "baseline_")))]
    assert row["procedures"] == sum(row[name] for name in parts)


def few(path: Path, days: list[date], **facts: Any) -> Warehouse:
    rows = [outcome(place, performed_on=day, **facts) for place, day in enumerate(days, start=1)]
    return warehouse_of(path, rows)


def test_columns_come_in_the_order_of_the_contract(tmp_path: Path) -> None:
    warehouse = few(tmp_path / "g.duckdb", [date(2026, 1, 12)])
    assert tuple(summarise(warehouse, read_catalogue()["multi_level"]).columns) == COLUMNS


def test_nobody_gives_no_rate(tmp_path: Path) -> None:
    warehouse = few(tmp_path / "g.duckdb", [])
    row = summarise(warehouse, read_catalogue()["same_day_discharge"]).iloc[0]
    assert (row["eligible"], row["recorded"], row["numerator"], row["gate"]) == (0, 0, 0, "counts_only")
    assert all(math.isnan(row[name]) for name in ("value", "lower", "upper"))


def test_every_month_from_first_to_last_is_a_row(tmp_path: Path) -> None:
    warehouse = few(tmp_path / "g.duckdb", [date(2025, 11, 30), date(2026, 2, 1)])
    table = summarise(warehouse, read_catalogue()["procedures"], period="month")
    assert list(table["period"]) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(table["eligible"]) == [1, 0, 0, 1]
    assert list(summarise(warehouse, read_catalogue()["procedures"], period="quarter")["period"]) == [
        "2025-Q4",
        "2026-Q1",
    ]
    assert list(summarise(warehouse, read_catalogue()["procedures"], period="year")["period"]) == ["2025", "2026"]


def test_a_period_is_complete_when_records_reach_its_end(tmp_path: Path) -> None:
    warehouse = few(tmp_path / "g.duckdb", [date(2026, 5, 4), date(2026, 6, 1)])
    assert list(summarise(warehouse, read_catalogue()["procedures"], period="month")["period_complete"]) == [
        True,
        False,
    ]


def test_groups_stand_in_natural_order_with_not_recorded_last(tmp_path: Path) -> None:
    rows = [
        outcome(place, levels=levels, level_count=1) for place, levels in enumerate(["4+", None, "2", "1"], start=1)
    ]
    warehouse = warehouse_of(tmp_path / "g.duckdb", rows)
    table = summarise(warehouse, read_catalogue()["procedures"], by="levels")
    assert list(table["group"]) == ["1", "2", "4+", "not_recorded"]


def test_categories_are_shares_of_recorded(tmp_path: Path) -> None:
    rows = [outcome(place, levels=levels) for place, levels in enumerate(["1", "1", "4+", None], start=1)]
    table = summarise(warehouse_of(tmp_path / "g.duckdb", rows), read_catalogue()["levels_per_procedure"])
    assert list(table["category"]) == ["1", "4+"]
    assert list(table["numerator"]) == [2, 1]
    assert list(table["recorded"]) == [3, 3]
    assert list(table["eligible"]) == [4, 4]
    assert table["value"].tolist() == pytest.approx([200 / 3, 100 / 3])


def test_a_category_metric_cannot_be_grouped_again(tmp_path: Path) -> None:
    warehouse = few(tmp_path / "g.duckdb", [date(2026, 1, 12)])
    with pytest.raises(UsageProblem):
        summarise(warehouse, read_catalogue()["levels_per_procedure"], by="site")


def test_safety_figures_have_exact_intervals(tmp_path: Path) -> None:
    warehouse = few(tmp_path / "g.duckdb", [date(2026, 1, 12)] * 84)
    row = summarise(warehouse, read_catalogue()["serious_complication"]).iloc[0]
    assert row["interval_method"] == "clopper_pearson"
    assert (row["lower"], row["upper"]) == tuple(100 * bound for bound in intervals.clopper_pearson(0, 84))
    assert row["upper"] == pytest.approx(4.3, abs=0.05)


def test_the_gate_of_relief_goes_by_pairs(tmp_path: Path) -> None:
    rows = [outcome(place) for place in range(1, 21)]
    pains = [
        {
            "procedure_id": row["procedure_id"], "timepoint": "hours_24_72", "status": "recorded",
            "baseline": 8 if place < 14 else None, "score": 3,
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    warehouse = warehouse_of(tmp_path / "g.duckdb", rows, pains)
    gates = {
        name: headline_row(warehouse, read_catalogue()[f"{name}_hours_24_72"])["gate"]
        for name in ("pain_score", "mild_pain", "pain_change", "responders_30", "worse")
    }
    assert gates == {
        "pain_score": "plain", "mild_pain": "plain", "pain_change": "caution", "responders_30": "caution",
        "worse": "caution",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "share", "alone", "expected"),
    [
        (100, 0.8, True, "plain"),
        (100, 0.799, True, "caution"),
        (100, 0.6, True, "caution"),
        (100, 0.599, True, "bounds_only"),
        (9, 1.0, True, "counts_only"),
        (10, 1.0, True, "plain"),
        (3, 1.0, False, "plain"),
        (0, 0.0, True, "counts_only"),
    ],
)
def test_gates(recorded: int, share: float, alone: bool, expected: str) -> None:
    assert choose_gate(recorded, share, alone) == expected


def test_the_headline_is_the_row_of_the_table(tmp_path: Path) -> None:
    outcomes, pains = random_department(3, 40)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    for name in ("same_day_discharge", "recovery_hours", "pain_score_hours_24_72", "procedures"):
        row, table = headline_row(warehouse, read_catalogue()[name]), summarise(warehouse, read_catalogue()[name])
        for column in ("eligible", "recorded", "gate", "generation", "as_of"):
            assert table[column].iloc[0] == row[column]
        for column in ("value", "lower", "upper"):
            np.testing.assert_equal(table[column].iloc[0], row[column])


def test_every_metric_can_be_summarised_in_every_way(tmp_path: Path) -> None:
    outcomes, pains = random_department(5, 30)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    for metric in read_catalogue().values():
        assert len(figure_rows(warehouse, metric)) >= 1
        assert len(figure_rows(warehouse, metric, period="quarter")) >= 1
        if metric.kind != "category":
            assert figure_rows(warehouse, metric, by="setting")


def test_a_curve_counts_those_who_reach_each_threshold(tmp_path: Path) -> None:
    outcomes, pains = random_department(8, 60)
    warehouse = warehouse_of(tmp_path / "g.duckdb", outcomes, pains)
    halved_here = summarise(warehouse, read_catalogue()["responders_50_hours_24_72"]).iloc[0]
    curve = cumulative_shares(warehouse, read_curves()["pain_fall_hours_24_72"], [0, 50, 100])
    assert curve["numerator"].iloc[1] == halved_here["numerator"]
    assert curve["recorded"].iloc[1] == halved_here["recorded"]
    assert curve["value"].is_monotonic_decreasing
    within = summarise(warehouse, read_catalogue()["recovered_within_6_hours"]).iloc[0]
    ready = cumulative_shares(warehouse, read_curves()["hours_to_ready"], [6])
    assert (ready["numerator"].iloc[0], ready["recorded"].iloc[0]) == (within["numerator"], within["recorded"])


def test_quantiles_are_of_type_7(tmp_path: Path) -> None:
    rows = [outcome(place, recovery_hours=hours) for place, hours in enumerate([4.0, 5.0, 6.0, 7.0], start=1)]
    table = metric_quantiles(warehouse_of(tmp_path / "g.duckdb", rows), read_catalogue()["recovery_hours"])
    assert table[["p25", "p50", "p75", "p90"]].iloc[0].tolist() == pytest.approx([4.75, 5.5, 6.25, 6.7])
