"""Case mix on real warehouses: which period is fitted, who is left out, what an auditor can compute again."""

import math
import random
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from data.errors import UsageProblem
from queries.case_mix.covariates import choose_facts
from queries.case_mix.risk_models import RiskModel, TooFew, assign_folds, find_model, read_settings
from queries.case_mix.unit_ratios import cases_at_risk, compare_ratios, model_table
from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import read_catalogue
from queries.warehouse import Warehouse
from tests.departments import outcome, warehouse_of

DAY_CASE = read_catalogue()["day_case_completed"]
FIRST, SHOWN = date(2023, 1, 2), date(2025, 1, 1)
SITES = ("A", "B", "C", "D", "E")


def department(path: Path, days: int = 1_000, **fixed: object) -> Warehouse:
    """A case a day: older people and those with a higher ASA class go home less often; each site treats others."""
    chance, rows = random.Random(11), []
    for place in range(days):
        site = chance.randrange(5)
        age, asa = round(chance.gauss(72 + 2 * site, 8)), chance.choice([1, 2, 2, 3, 3, 4])
        is_home = chance.random() < special.expit(1.2 - 0.06 * (age - 75) - 0.7 * (asa - 2.5))
        facts = {
            "site": SITES[site], "age_years": age, "asa_class": asa, "level_count": chance.choice([1, 1, 1, 2, 3]),
            "baseline": chance.choice([5, 6, 7, 8, 9]), "indication": chance.choice(["osteoporotic"] * 4 + ["myeloma"]),
            "discharge_day": 0 if is_home else 1, "disposition": "home",
        } | fixed  # fmt: skip
        rows.append(outcome(place + 1, performed_on=FIRST + timedelta(days=place), **facts))
    return warehouse_of(path / "generation.duckdb", rows)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return department(tmp_path_factory.mktemp("case_mix"))


@pytest.fixture(scope="module")
def model(whole: Warehouse) -> RiskModel:
    found = find_model(whole, DAY_CASE, EVERYTHING, SHOWN)
    assert isinstance(found, RiskModel)
    return found


def in_span(site: str | None = None) -> Filters:
    return Filters.of({"site": [site]} if site else {}, SHOWN, date(2025, 9, 1))


def test_the_fit_period_is_the_first_with_enough_and_stays(whole: Warehouse, model: RiskModel) -> None:
    assert (model.first, model.last) == (date(2023, 1, 1), date(2023, 12, 31))
    assert model.cases == 364
    later = find_model(whole, DAY_CASE, EVERYTHING, date(2025, 6, 1))
    assert isinstance(later, RiskModel)
    assert (later.last, later.fit.slopes.tolist()) == (model.last, model.fit.slopes.tolist())


def test_a_period_is_never_fitted_on_what_is_shown(whole: Warehouse, model: RiskModel) -> None:
    assert isinstance(find_model(whole, DAY_CASE, EVERYTHING, date(2023, 12, 31)), TooFew)
    reaching = {"before": Filters.of({}, date(2023, 12, 1), SHOWN), "open": Filters(), "now": in_span()}
    found = compare_ratios(whole, model, reaching)
    assert found.in_fit == ("before", "open")
    assert list(found.units["label"]) == ["now"]


@pytest.mark.parametrize(
    ("days", "fixed", "reason"),
    [
        (180, {}, "cases"),
        (700, {"discharge_day": 0}, "events"),
        (700, {"setting": "already_inpatient"}, "cases"),
        (0, {}, "cases"),
    ],
)
def test_too_few_cases_say_what_is_there(days: int, fixed: dict[str, object], reason: str, tmp_path: Path) -> None:
    found = find_model(department(tmp_path, days, **fixed), DAY_CASE, EVERYTHING, SHOWN)
    assert isinstance(found, TooFew)
    assert found.reason == reason
    assert found.events == 0 or reason == "cases"


def test_too_much_missing_is_not_adjusted(tmp_path: Path) -> None:
    """Nine in twenty leave on a recorded day: enough cases, but who they are nobody knows."""
    rows = [
        outcome(
            place + 1, performed_on=FIRST + timedelta(days=place // 2), age_years=60 + place % 30, level_count=1,
            asa_class=1 + place % 4, baseline=5 + place % 5, indication="osteoporotic", disposition="home",
            discharge_day=(place % 3 == 0) if place % 20 < 9 else None,
        )
        for place in range(1_400)
    ]  # fmt: skip
    warehouse = warehouse_of(tmp_path / "generation.duckdb", rows)
    found = find_model(warehouse, DAY_CASE, EVERYTHING, SHOWN)
    assert isinstance(found, TooFew)
    assert found.reason == "missing"


def test_a_hospital_may_fix_the_fit_period(
    whole: Warehouse, model: RiskModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings").mkdir()
    file = tmp_path / "settings" / "case_mix.toml"
    file.write_text("penalty = 4.0\nfirst_day = 2023-03-01\nlast_day = 2024-02-29\n", encoding="utf-8")
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    fixed = find_model(whole, DAY_CASE, EVERYTHING, SHOWN)
    assert isinstance(fixed, RiskModel)
    assert (fixed.first, fixed.last, fixed.cases) == (date(2023, 3, 1), date(2024, 2, 29), 366)
    # A greater penalty holds slopes nearer to none.
    assert (np.abs(fixed.fit.slopes).sum(), fixed.settings.folds) < (np.abs(model.fit.slopes).sum(), 11)
    assert isinstance(find_model(whole, DAY_CASE, EVERYTHING, date(2024, 2, 1)), TooFew)


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("penalty = 0.0\n", "case_mix.toml, penalty"),
        ("first_day = 2024-01-01\n", "give first_day and last_day"),
        ("first_day = 2024-01-01\nlast_day = 2023-01-01\n", "after last_day"),
        ("folds = 1\n", "case_mix.toml, folds"),
        ("ridge = 1\n", "case_mix.toml, ridge"),
    ],
)
def test_a_mistake_in_the_settings_names_its_key(
    own: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "case_mix.toml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    with pytest.raises(UsageProblem, match=re.escape(words)):
        read_settings()


def test_a_fact_that_is_missing_is_never_guessed(tmp_path: Path) -> None:
    """Often missing: a level of its own, whatever stands in its place. Hardly ever: its cases are left out."""
    chance = random.Random(4)
    rows = []
    for place in range(800):
        known = {
            "age_years": 60 + place % 30 if place not in (5, 6, 700, 701, 702) else None,
            "asa_class": None if place % 5 == 0 else 1 + place % 3,
            "indication": "haemangioma" if place in (20, 21) else "osteoporotic",
        }
        rows.append(
            outcome(
                place + 1, performed_on=FIRST + timedelta(days=place), level_count=1, disposition="home",
                discharge_day=int(chance.random() < (0.6 if place % 5 == 0 else 0.3)), **known,
            )
        )  # fmt: skip
    warehouse = warehouse_of(tmp_path / "generation.duckdb", rows)
    found = find_model(warehouse, DAY_CASE, EVERYTHING, date(2024, 6, 1))
    assert isinstance(found, RiskModel)
    # Nobody's pain before is recorded, so it is no fact here, and nobody is left out for it.
    assert found.terms.facts == ("age_years", "asa_class", "level_count", "indication")
    assert "asa_class: not recorded" in found.terms.names
    assert "indication: other" not in found.terms.names
    assert found.left_out == 4
    shown = cases_at_risk(warehouse, found, Filters.of({}, date(2024, 6, 1), None))
    assert shown.left_out == 3
    place = list(found.terms.names).index("asa_class: not recorded")
    stayed = shown.risks[shown.columns[:, place] == 1].mean()
    assert stayed < shown.risks[shown.columns[:, place] == 0].mean()


def test_where_a_patient_came_from_explains_no_discharge() -> None:
    assert "setting" not in choose_facts(DAY_CASE)
    assert "setting" not in choose_facts(read_catalogue()["home_ready_within_6_hours"])
    assert "setting" in choose_facts(read_catalogue()["responders_50_hours_24_72"])
    assert "setting" in choose_facts(read_catalogue()["any_complication"])


def test_folds_are_the_same_on_every_machine() -> None:
    """What `printf %s KEY | sha256sum` gives, divided by ten."""
    keys = [f"00000000-0000-0000-0000-{place:012d}" for place in range(1, 11)]
    assert assign_folds(keys, 10).tolist() == [2, 2, 2, 8, 0, 6, 5, 7, 3, 4]
    assert assign_folds(keys[3:4], 10).tolist() == [8]


def test_units_with_other_patients_are_told_apart_from_units_that_differ(whole: Warehouse, model: RiskModel) -> None:
    """The oldest patients' site goes home least, and just as often as expected of it."""
    found = compare_ratios(whole, model, {site: in_span(site) for site in SITES})
    crude = found.units["observed"] / found.units["cases"]
    assert crude.iloc[-1] < crude.iloc[0] - 0.1
    assert ((found.units["ratio_lower"] < 1) & (found.units["ratio_upper"] > 1)).all()
    assert found.found is not None
    assert (found.units["ratio_tail"] > 0.001).all()
    assert found.units["ratio_lower_998"].lt(found.units["ratio_upper_998"]).all()


def test_an_auditor_computes_every_risk_again(whole: Warehouse, model: RiskModel) -> None:
    """From the exported table and the facts alone, in plain arithmetic."""
    terms = model_table(model).to_dict("records")
    cases = cases_at_risk(whole, model, in_span("C"))
    rows = whole.records(
        "select age_years, asa_class, level_count, cast(baseline as double) as baseline, indication from outcomes "
        "where site = 'C' and performed_on between $first and $last and discharge_day is not null "
        "order by performed_on",
        {"first": SHOWN, "last": date(2025, 9, 1)},
    )
    assert len(rows) == len(cases.risks)
    for row, risk in zip(rows, cases.risks, strict=True):
        row["age_years"] = min(row["age_years"], 90)
        row["level_count"] = min(row["level_count"], 4)
        row["indication: tumour"] = float(row["indication"] in ("metastasis", "myeloma"))
        odds = terms[0]["coefficient"]
        for one in terms[1:]:
            odds += one["coefficient"] * (row[one["term"]] - one["mean"]) / one["deviation"]
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(risk, abs=1e-9)
    assert {(one["fit_cases"], one["penalty"], one["fit_last_day"]) for one in terms} == {(364, 1.0, model.last)}


def test_few_cases_have_counts_only(whole: Warehouse, model: RiskModel) -> None:
    few = Filters.of({"site": ["A"]}, SHOWN, SHOWN + timedelta(days=20))
    found = compare_ratios(whole, model, {"A": few})
    row = found.units.iloc[0]
    assert 0 < row["cases"] < 10
    assert np.isnan(row["ratio"])
    assert compare_ratios(whole, model, {}).units.empty
