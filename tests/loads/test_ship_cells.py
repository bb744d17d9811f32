"""A shipment of cells: figures of a hospital that tell of no few, by year, quarter and month."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.home import Home
from data.settings import read_disclosure
from etl.demo import RECEIVED_AT, TIME_ZONE, synthetic_department
from etl.registry.hospital_cells import Calendar, tabulate_cells
from etl.registry.shipment_manifest import read_manifest
from queries.catalogue.filters import KEYS
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import figure_rows
from queries.warehouse import open_current
from tests.commands import run_etl
from tests.departments import outcome, warehouse_of
from tests.leaks import parts
from tests.records import take

# A department of 12 procedures a month, of 30 months.
MONTHLY, MONTHS = 12, 30
# The cards of the board report and what else is no matter of a few: where nearly all or nearly none say yes, the rule
# itself hides the others, at any size of a department.
HEADLINES = (
    "procedures", "responders_50_hours_24_72", "pain_score_follow_up", "mean_levels", "recovery_hours",
    "home_ready_within_6_hours", "day_case_completed", "same_day_discharge",
)  # fmt: skip
FIGURES = ["eligible", "recorded", "numerator", "total", "squares", "median", "lower_quartile", "upper_quartile"]


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("hospital")
    (root / "sent").mkdir()
    for name, text in synthetic_department(MONTHLY * MONTHS, 7).items():
        (root / "sent" / name).write_text(text, encoding="utf-8", newline="")
    home = Home(root / "home")
    take(home, root / "sent", source="synthetic", zone=TIME_ZONE, received_at=RECEIVED_AT)
    home.settings.mkdir()
    (home.settings / "registry.toml").write_text('site_key = "alpha"\n', encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def folder(hospital: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTCOMES_HOME", str(hospital.root))
        run_etl("ship", "--new-key")
        done = run_etl("ship", "--to", str(tmp_path_factory.mktemp("out")))
        assert done.returncode == 0, done.stderr
        yield Path(done.stdout.partition(": ")[0])


@pytest.fixture(scope="module")
def cells(folder: Path) -> pd.DataFrame:
    return pq.read_table(folder / "hospital_cells.parquet").to_pandas()


def test_it_holds_one_file_and_nothing_of_a_person(hospital: Home, folder: Path) -> None:
    manifest = read_manifest((folder / "manifest.json").read_bytes(), "manifest.json")
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "manifest.sig", "hospital_cells.parquet"}
    assert (manifest.what, manifest.anonymous, list(manifest.files)) == ("cells", True, ["hospital_cells.parquet"])
    assert manifest.procedures_last_year % 5 == 0
    assert set(manifest.capture.values()) == {None}
    own = open_current(hospital)
    secret = [key for (key,) in own.rows("select cast(patient_key as varchar) from patients")]
    secret += [name for (name,) in own.rows("select distinct operator from procedures")]
    content = b"\n".join(part for path in folder.iterdir() for part in parts(path.read_bytes())).decode("latin-1")
    assert [one for one in (*secret, str(hospital.root)) if one in content] == []


def test_every_metric_is_there_by_every_key_and_period(cells: pd.DataFrame) -> None:
    assert set(cells["metric"]) == set(read_catalogue())
    assert set(cells["period_kind"]) == {"month", "quarter", "year"}
    procedures = cells[cells["metric"] == "procedures"]
    assert set(procedures["key"].dropna()) == set(KEYS) - {"operator", "hospital"}
    assert cells.loc[cells["period_kind"] == "month", "period"].max() <= "2026-06"
    place = ["metric", "key", "key_value", "period_kind", "period", "category"]
    assert not cells.duplicated(place).any()


def test_hidden_rows_hold_nothing_and_others_no_small_count(cells: pd.DataFrame) -> None:
    rule = read_disclosure().in_force
    assert cells.loc[cells["suppressed"], FIGURES].isna().all(axis=None)
    shown = cells[~cells["suppressed"]]
    for name in ("eligible", "recorded", "numerator"):
        counts = shown[name].dropna()
        assert (counts % rule.round_to == 0).all()
        assert ((counts == 0) | (counts >= rule.hide_up_to)).all()
    assert 0.02 < cells["suppressed"].mean() < 1


def test_what_is_shown_is_the_hospital_s_own_figure_rounded(hospital: Home, cells: pd.DataFrame) -> None:
    warehouse, rule = open_current(hospital), read_disclosure().in_force
    compared = 0
    for metric in read_catalogue().values():
        mine = cells[(cells["metric"] == metric.name) & cells["key"].isna() & (cells["period_kind"] == "year")]
        by_place = {(row.period, row.category): row for row in mine.itertuples()}
        for row in figure_rows(warehouse, metric, period="year"):
            told = by_place.get((row["period"], row["category"]))
            if told is None or told.suppressed:
                continue
            compared += 1
            for name in ("eligible", "recorded", "numerator"):
                if row[name] is not None and pd.notna(getattr(told, name)):
                    assert abs(getattr(told, name) - row[name]) <= rule.round_to / 2, (metric.name, name)
            if metric.kind == "mean" and told.recorded:
                assert abs(told.total / told.recorded - row["value"]) <= 0.5
            if metric.kind == "median" and pd.notna(told.median):
                assert abs(told.median - row["value"]) <= 0.5
    assert compared > 30


@pytest.mark.parametrize("key", ["site", "levels", "age_band", "sex", "weekday"])
def test_no_sum_has_a_single_hidden_part(cells: pd.DataFrame, key: str) -> None:
    """Where the whole of a period is shown, none or at least two of its values are hidden, or it is no small count."""
    whole = cells[cells["key"].isna() & cells["category"].isna() & ~cells["suppressed"]]
    of_key = cells[cells["key"] == key].merge(whole[["metric", "period_kind", "period"]])
    hidden = of_key.groupby(["metric", "period_kind", "period"])["suppressed"].sum()
    assert len(hidden) > 100
    assert not (hidden == 1).any()


def test_a_year_of_twelve_a_month_has_its_headlines(cells: pd.DataFrame) -> None:
    years = cells[cells["key"].isna() & (cells["period_kind"] == "year") & cells["metric"].isin(HEADLINES)]
    assert len(years) == 2 * len(HEADLINES)
    assert sorted(years.loc[years["suppressed"], "metric"]) == []


def test_a_look_tells_how_much_is_shown_and_hidden(
    hospital: Home, monkeypatch: pytest.MonkeyPatch, cells: pd.DataFrame
) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(hospital.root))
    before = sorted(hospital.root.rglob("*"))
    done = run_etl("ship", "--check")
    assert done.returncode == 0, done.stderr
    assert sorted(hospital.root.rglob("*")) == before
    line = next(line for line in done.stdout.splitlines() if line.split()[:2] == ["procedures", "year"])
    mine = cells[(cells["metric"] == "procedures") & (cells["period_kind"] == "year")]
    assert int(line.split()[2].replace(",", "")) == (~mine["suppressed"]).sum()


def test_a_month_that_is_not_over_is_not_told(tmp_path: Path) -> None:
    rows = [outcome(place, performed_on=date(2026, 4 + place // 40, 1 + place % 28)) for place in range(1, 110)]
    warehouse = warehouse_of(tmp_path / "gen.duckdb", rows)
    periods = Calendar.of(warehouse).periods
    assert [one.label for one in periods] == ["2026-04", "2026-05"]
    table = tabulate_cells(warehouse, read_disclosure().in_force).to_pandas()
    assert set(table["period"]) == {"2026-04", "2026-05"}
    empty = warehouse_of(tmp_path / "empty.duckdb", [])
    assert tabulate_cells(empty, read_disclosure().in_force).num_rows == 0
