"""The example extracts, loaded by command, equal their truth in every number that the truth gives."""

import csv
import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from data.home import PROJECT, Home
from etl.operations.status import read_status
from queries.catalogue.metrics import read_catalogue
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse, open_current
from tests.records import take

ZONE = "America/Chicago"
RECEIVED_AT = "2026-10-01T12:00:00"
# The example extracts of other sending systems; each is loaded by the source of its name.
OTHER_SYSTEMS = ("us_ehr_csv", "uk_audit_xlsx", "redcap", "fhir_bulk")


def truth_of(examples: Path, name: str) -> dict[str, Any]:
    return json.loads((examples / name / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def homes(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Homes with canonical; with canonical and then late; and with both in the other order."""
    made = {}
    for name, sets in (
        ("canonical", ["canonical"]),
        ("late", ["canonical", "late"]),
        ("reversed", ["late", "canonical"]),
    ):
        made[name] = Home(tmp_path_factory.mktemp(name) / "home")
        for one in sets:
            take(made[name], examples / one, zone=ZONE, received_at=RECEIVED_AT)
    return made


def row(warehouse: Warehouse, metric: str) -> dict[str, Any]:
    return summarise(warehouse, read_catalogue()[metric]).iloc[0].to_dict()


def test_what_is_known_of_few_leaves_with_the_share_followed_up(homes: dict[str, Home]) -> None:
    """Of 257 something is known from day 300 on, or a death: too few for a rate, and none goes outside."""
    warehouse = open_current(homes["late"])
    late, dead, either = warehouse.rows(
        "select count(*) filter (last_known_day >= 300), count(*) filter (any_death_day is not null), "
        "count(*) filter (last_known_day >= 300 or any_death_day is not null) from outcomes where observed_days >= 365"
    )[0]
    assert (late, dead, either) == (38, 23, 51)
    for name in ("new_fracture_12_months", "new_fracture_cumulative_incidence_12_months"):
        figure = row(warehouse, name)
        assert (figure["followed_up"], figure["followed_up_of"], figure["gate"]) == (51, 257, "bounds_only")
        assert figure["numerator"] == 23 and figure["value"] > 0
        outside = summarise(warehouse, read_catalogue()[name], audience="outside").iloc[0]
        assert outside["gate"] == "bounds_only"
        assert outside[["value", "lower", "upper", "lower_if_missing_no", "upper_if_missing_yes"]].isna().all()
        assert outside["followed_up_of"] == outside["eligible"]


def near(got: object, want: float | None) -> bool:
    """None is wanted where nothing is recorded."""
    if want is None:
        return math.isnan(float(got))  # type: ignore[arg-type]
    return math.isclose(float(got), want, rel_tol=1e-5, abs_tol=1e-5)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ["canonical", "late", "reversed"])
def test_timepoints_equal_the_truth(case: str, homes: dict[str, Home], examples: Path) -> None:
    truth = truth_of(examples, "canonical" if case == "canonical" else "late")["figures"]["timepoints"]
    compare_timepoints(open_current(homes[case]), truth)


def compare_timepoints(warehouse: Warehouse, truth: dict[str, Any]) -> None:
    for timepoint, want in truth.items():
        asked = row(warehouse, f"recorded_{timepoint}")
        assert {name: asked[f"excluded_{name}"] for name in ("not_due", "died", "retreated")} == {
            name: want[name] for name in ("not_due", "died", "retreated")
        }
        assert (asked["eligible"], asked["numerator"]) == (want["eligible"], want["recorded"])
        assert near(row(warehouse, f"pain_score_{timepoint}")["value"], want["mean_score"])
        change = row(warehouse, f"pain_change_{timepoint}")
        assert change["recorded"] == want["pairs"]
        assert near(change["value"], want["mean_change"])
        for name in ("responders_30", "responders_50", "responders_2_points"):
            got = row(warehouse, f"{name}_{timepoint}")
            assert (got["numerator"], got["recorded"], got["eligible"]) == tuple(
                want[name][key] for key in ("yes", "n", "eligible")
            )
            assert got["baseline_missing"] == want["baseline_missing"]
            assert near(got["lower_if_missing_no"], 100 * want[name]["lower_bound"])
            assert near(got["upper_if_missing_yes"], 100 * want[name]["upper_bound"])
        for name in ("mild_pain", "worse"):
            got = row(warehouse, f"{name}_{timepoint}")
            assert (got["numerator"], got["recorded"]) == (want[name]["yes"], want[name]["n"])
    strict = row(warehouse, "strictly_within_24_72_hours")
    assert strict["numerator"] == truth["hours_24_72"]["strictly_within_24_72_hours"]


@pytest.mark.parametrize("case", ["canonical", "late", "reversed"])
def test_discharge_recovery_levels_and_safety_equal_the_truth(
    case: str, homes: dict[str, Home], examples: Path
) -> None:
    warehouse = open_current(homes[case])
    figures = truth_of(examples, "canonical" if case == "canonical" else "late")["figures"]
    assert row(warehouse, "procedures")["value"] == figures["procedures"]
    assert str(warehouse.info.as_of) == figures["as_of"]
    assert warehouse.rows("select count(*) from patients") == [(figures["patients"],)]
    assert near(row(warehouse, "pain_score_baseline")["value"], figures["baseline"]["mean"])
    for name in ("same_day_discharge", "recovered_within_6_hours", "recovered_within_4_hours"):
        got, want = row(warehouse, name), figures[name]
        assert (got["numerator"], got["recorded"], got["eligible"]) == (
            want["yes"], want["recorded"], want["eligible"],
        )  # fmt: skip
    for by in ("operator", "site"):
        got = {
            one.group: one for one in summarise(warehouse, read_catalogue()["same_day_discharge"], by=by).itertuples()
        }
        for name, want in figures[f"same_day_discharge_by_{by}"].items():
            assert (got[name].numerator, got[name].recorded, got[name].eligible) == tuple(want.values())
    months = summarise(warehouse, read_catalogue()["same_day_discharge"], period="month").set_index("period")
    for month, want in figures["same_day_discharge_by_month"].items():
        assert months.loc[month, ["numerator", "recorded", "eligible"]].tolist() == list(want.values())
    for name in ("recovery_hours", "stay_hours"):
        assert row(warehouse, name)["recorded"] == figures[name]["n"]
        assert near(row(warehouse, name)["value"], figures[name]["median"])
    minutes = summarise(warehouse, read_catalogue()["procedure_minutes"], by="levels").set_index("group")
    for levels, want in figures["procedure_minutes_by_levels"].items():
        assert near(minutes.loc[levels.replace("4", "4+"), "value"], want["median"])
    for metric, key in (
        ("nights_in_hospital", "nights_in_hospital"), ("not_same_day_reason", "not_same_day_reason"),
        ("levels_per_procedure", "levels_per_procedure"), ("treated_vertebra", "treated_vertebra"),
    ):  # fmt: skip
        table = summarise(warehouse, read_catalogue()[metric])
        want = {name: count for name, count in figures[key].items() if name not in ("not_recorded", "not_readable")}
        assert dict(zip(table["category"], table["numerator"], strict=True)) == want
    for name, want in figures["safety"].items():
        assert (row(warehouse, name)["numerator"], row(warehouse, name)["recorded"]) == (want["yes"], want["n"])
    for name in ("pre_call_24_48_hours", "follow_up_visit_within_14_days", "arrive_2_to_4_hours_before"):
        got, want = row(warehouse, name), figures["promises"][name]
        assert (got["numerator"], got["recorded"], got["eligible"]) == tuple(want.values())
    for name in ("procedure_within_60_minutes", "accepted_indication", "multi_level"):
        want = figures["promises"].get(name) or figures[name]
        assert (row(warehouse, name)["numerator"], row(warehouse, name)["recorded"]) == (want["yes"], want["n"])


@pytest.mark.parametrize("case", ["canonical", "late"])
def test_the_accounting_equals_the_truth(case: str, homes: dict[str, Home], examples: Path) -> None:
    warehouse = open_current(homes[case])
    truth = truth_of(examples, case)["files"]
    for file in warehouse.records("select * from source_files"):
        name = file["name"] if case == "canonical" else f"{Path(file['folder']).name}/{file['name']}"
        want = truth[name]
        assert {key: file[key] for key in file if key.startswith("rows_")} == {
            key: want[key] for key in want if key.startswith("rows_")
        }
        told = warehouse.rows(
            "select source_row, source_line, reason from replaced_rows where source_file_id = $id order by source_row",
            {"id": file["source_file_id"]},
        )
        superseded = [(one["row"], one["line"], one["reason"]) for one in want.get("superseded", [])]
        duplicate = [(one["row"], one["line"], "identical") for one in want.get("duplicate", [])]
        assert told == sorted(superseded + duplicate)


@pytest.fixture(scope="session")
def other_homes(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """A home for each other sending system, its whole folder loaded by its own source."""
    made = {}
    for name in OTHER_SYSTEMS:
        made[name] = Home(tmp_path_factory.mktemp(name) / "home")
        zone = truth_of(examples, name)["time_zone"]
        take(made[name], examples / name, source=name, zone=zone, received_at="2026-12-01T12:00:00")
    return made


@pytest.mark.parametrize("name", OTHER_SYSTEMS)
def test_every_row_of_another_system_has_the_fate_that_the_truth_gives_it(
    name: str, other_homes: dict[str, Home], examples: Path
) -> None:
    truth = truth_of(examples, name)
    files = {one["name"]: one for one in read_status(other_homes[name])["files"]}
    assert set(files) == set(truth["files"])
    warehouse = open_current(other_homes[name])
    for file, want in truth["files"].items():
        got = files[file]
        assert {key: got[key] for key in want if key.startswith("rows_")} == {
            key: want[key] for key in want if key.startswith("rows_")
        }
        assert [(one["row"], one["line"], one["rule"]) for one in got["rejected"] if one["scope"] == "row"] == [
            (one["row"], one["line"], one["reason"]) for one in want.get("rejected", [])
        ]
        known = set(want["warnings"])
        assert [
            (one["row"], one["line"], one["rule"])
            for one in got["warned"]
            if one["scope"] == "row" and one["rule"] in known
        ] == [(one["row"], one["line"], one["reason"]) for one in want.get("warned", [])]
        told = warehouse.rows(
            "select source_row, source_line, reason from replaced_rows"
            " inner join source_files on replaced_rows.source_file_id = source_files.source_file_id"
            " where source_files.name = $file order by source_row",
            {"file": file},
        )
        superseded = [(one["row"], one["line"], one["reason"]) for one in want.get("superseded", [])]
        duplicate = [(one["row"], one["line"], "identical") for one in want.get("duplicate", [])]
        assert told == sorted(superseded + duplicate)


def test_score_cells_of_the_workbook_that_cannot_be_used_are_listed_and_leave_their_row_loaded(
    other_homes: dict[str, Home], examples: Path
) -> None:
    truth = truth_of(examples, "uk_audit_xlsx")
    want = sorted((one["sheet"], one["row"], one["line"], one["reason"]) for one in truth["score_cells_not_used"])
    got = [
        (file["name"].partition("#")[2], one["row"], one["line"], one["rule"])
        for file in read_status(other_homes["uk_audit_xlsx"])["files"]
        for one in (*file["rejected"], *file["warned"])
        if one["scope"] == "cell" and one["field"] == "score"
    ]
    assert sorted(got) == want
    labels = open_current(other_homes["uk_audit_xlsx"]).rows(
        "select label, count(*) from pain_scores where measured_on is null and score is not null group by label"
    )
    assert dict(labels) == truth["labels_without_date"]


@pytest.mark.thorough
@pytest.mark.parametrize("name", OTHER_SYSTEMS)
def test_the_commands_give_the_figures_of_another_system(name: str, examples: Path) -> None:
    checker = examples.parent / "tools" / "check_truth.py"
    done = subprocess.run(
        [sys.executable, str(checker), "--source", name, str(examples / name)],
        capture_output=True, text=True, cwd=PROJECT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", OTHER_SYSTEMS)
def test_every_figure_of_another_system_equals_the_truth(
    name: str, other_homes: dict[str, Home], examples: Path
) -> None:
    warehouse = open_current(other_homes[name])
    figures = truth_of(examples, name)["figures"]
    compare_timepoints(warehouse, figures["timepoints"])
    assert row(warehouse, "procedures")["value"] == figures["procedures"]
    assert str(warehouse.info.as_of) == figures["as_of"]
    assert warehouse.rows("select count(*) from patients") == [(figures["patients"],)]
    assert near(row(warehouse, "pain_score_baseline")["value"], figures["baseline"]["mean"])
    proportions = {
        **{metric: figures[metric] for metric in ("same_day_discharge", "accepted_indication", "multi_level")},
        **{metric: figures[metric] for metric in ("recovered_within_6_hours", "recovered_within_4_hours")},
        **figures["safety"],
        **{
            metric: figures["promises"][metric]
            for metric in ("procedure_within_60_minutes", "arrive_2_to_4_hours_before", "pre_call_24_48_hours")
        },
    }
    for metric, want in proportions.items():
        got = row(warehouse, metric)
        if want is None:
            assert got["recorded"] == 0, metric
        else:
            assert (got["numerator"], got["recorded"]) == (want["yes"], want.get("recorded", want.get("n"))), metric
    for metric in ("recovery_hours", "stay_hours"):
        assert row(warehouse, metric)["recorded"] == figures[metric]["n"]
        if figures[metric]["n"]:
            assert near(row(warehouse, metric)["value"], figures[metric]["median"])
    for metric in ("treated_vertebra", "levels_per_procedure", "nights_in_hospital"):
        table = summarise(warehouse, read_catalogue()[metric])
        want = {key: count for key, count in figures[metric].items() if key != "not_readable"}
        assert {key: count for key, count in zip(table["category"], table["numerator"], strict=True) if count} == want
    for by in ("operator", "site"):
        groups = {
            one.group: one for one in summarise(warehouse, read_catalogue()["same_day_discharge"], by=by).itertuples()
        }
        for group, want in figures[f"same_day_discharge_by_{by}"].items():
            assert (groups[group].numerator, groups[group].recorded) == (want["yes"], want["recorded"])


def test_the_order_of_deliveries_changes_no_figure(homes: dict[str, Home]) -> None:
    one, other = open_current(homes["late"]), open_current(homes["reversed"])
    for metric in read_catalogue().values():
        if metric.name == "registration_delay_days":
            continue
        left, right = (summarise(warehouse, metric).drop(columns="generation") for warehouse in (one, other))
        assert left.equals(right), metric.name


def test_the_command_line_gives_the_same_figures(examples: Path, home: Home) -> None:
    files = [str(path) for path in sorted((examples / "canonical").glob("*.csv"))]
    for command in (["etl", "load", *files, "--timezone", ZONE], ["dashboard", "export", "same_day_discharge"]):
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=PROJECT, check=True)
    exported = next(csv.DictReader(io.StringIO(done.stdout)))
    want = truth_of(examples, "canonical")["figures"]["same_day_discharge"]
    assert (int(exported["numerator"]), int(exported["recorded"])) == (want["yes"], want["recorded"])
