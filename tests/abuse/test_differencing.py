"""The differencing attacks: nobody outside can be certain of a hidden count, under either rule."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.errors import UsageProblem
from queries.catalogue.filters import EVERYTHING, Filters
from queries.catalogue.metrics import read_catalogue
from queries.catalogue.periods import MONTHS as PERIODS
from queries.catalogue.periods import Period
from queries.figures.outside.outside_readers import closed_until
from queries.figures.summarise import summarise
from queries.warehouse import Warehouse
from tests.abuse.attacker import ANSWERS, Attacker, choices, in_period
from tests.departments import AS_OF, outcome, warehouse_of
from tests.grids import sample

RULES = [("cms_11", 10), ("nhs_8_round_5", 7)]
METRIC = "same_day_discharge"
SITES = ("Northfield", "Riverside", "Lakeside")
LEVELS = ("1", "2", "3")
MONTHS = ("2025-12", "2026-01", "2026-02", "2026-03")
QUARTER, MARCH = ((date(2026, first, 1), date(2026, 3, 31)) for first in (1, 3))
# As many values must be left of a count under the threshold, whatever else is asked.
FEWEST_VALUES = 3
SIZES = (500, 180)
FIRST_QUARTER = Period(date(2026, 1, 1), "quarter")
COUNTS = ("eligible", "recorded", "numerator", "missing", "procedures")
DAY = {"yes": 0, "no": 1, "missing": None}
People = list[tuple[str, str, str, str]]


@pytest.fixture(params=sample([pytest.param(rule, id=rule[0]) for rule in RULES]))
def limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("OUTCOMES_DISCLOSURE", request.param[0])
    return request.param[1]


def people(seed: int, size: int) -> People:
    """Site, vertebrae, month and answer of each procedure; some combinations are rare."""
    chance = random.Random(seed)

    def weighted(values: tuple[str, ...]) -> str:
        return chance.choices(values, [chance.choice((1, 4, 9)) for _ in values])[0]

    return [(weighted(SITES), weighted(LEVELS), weighted(MONTHS), weighted(ANSWERS)) for _ in range(size)]


def one_small_site(limit: int) -> People:
    them = [("Northfield", "1", "2026-01", "yes")] * (limit - 2) + [("Northfield", "1", "2026-01", "no")] * 30
    them += [("Riverside", "2", "2026-02", answer) for answer in ("yes", "no")] * 40
    return them + [("Lakeside", "3", "2026-03", answer) for answer in ("yes", "no")] * 60


def warehouse(path: Path, them: People) -> Warehouse:
    rows = [
        outcome(place, site=site, levels=levels, performed_on=date.fromisoformat(f"{month}-12"),
                discharge_day=DAY[answer], disposition="home")
        for place, (site, levels, month, answer) in enumerate(them, start=1)
    ]  # fmt: skip
    return warehouse_of(path, rows)


def ask(department: Warehouse, where: dict[str, str], by: str | None = None, period: str | None = None,
        dates: tuple[date | None, date | None] = (None, None), metric: str = METRIC) -> pd.DataFrame:  # fmt: skip
    filters = Filters.of({key: [value] for key, value in where.items()}, *dates)
    return summarise(department, read_catalogue()[metric], filters=filters, by=by, period=period, audience="outside")


@dataclass(frozen=True)
class Question:
    """What may be asked: filters, a key to group by, a period to group by, and one whole period to look at."""

    where: dict[str, str]
    by: str | None
    period: str | None = None
    span: Period | None = None


def questions(periods: Sequence[str] = ("month",), spans: Sequence[Period | None] = (None,)) -> Iterator[Question]:
    for site in choices(SITES):
        for levels in choices(LEVELS):
            where = {key: value for key, value in (("site", site), ("levels", levels)) if value}
            for by in choices(key for key in ("site", "levels") if key not in where):
                for period, span in product(choices(periods), spans):
                    yield Question(where, by, period, span)


def every_span() -> list[Period | None]:
    """No dates, and each month, quarter and year with records."""
    return [
        None,
        *(Period(date.fromisoformat(f"{month}-01"), "month") for month in MONTHS),
        Period(date(2025, 10, 1), "quarter"), FIRST_QUARTER, Period(date(2025, 1, 1), "year"),
    ]  # fmt: skip


def take_in(attacker: Attacker, department: Warehouse, asked: Iterable[Question], batches: int = 1) -> None:
    for one in asked:
        dates = (one.span.start, one.span.end) if one.span else (None, None)
        months = [month for month in MONTHS if in_period(month, one.span.label)] if one.span else None
        attacker.learn(ask(department, one.where, one.by, one.period, dates), one.where, one.by, months, batches)


def small_cells(them: People, limit: int) -> Iterator[tuple[dict[str, str], list[str], tuple[str, ...], int]]:
    """Counts from 1 to the limit by site, vertebrae or both, by any period: all who count, said yes, said no."""
    spans = sorted(
        {tuple(month for month in MONTHS if span is None or in_period(month, span.label)) for span in every_span()}
    )
    for site, levels, months, answers in product(choices(SITES), choices(LEVELS), spans, (ANSWERS, ("yes",), ("no",))):
        fixed = {key: value for key, value in (("site", site), ("levels", levels)) if value}
        count = sum(
            site in (None, one[0]) and levels in (None, one[1]) and one[2] in months and one[3] in answers
            for one in them
        )
        if 1 <= count <= limit:
            yield fixed, list(months), answers, count


def narrow(
    them: People, attacker: Attacker, limit: int, batches: Sequence[int] = (0,), values: int = FEWEST_VALUES
) -> list[Any]:
    """The small counts among these people, who came with these batches, of which fewer than so many values are left."""
    return [
        (fixed, months, answers, count)
        for fixed, months, answers, count in small_cells(them, limit)
        if attacker.fewest_values(attacker.cell(fixed, months, answers, batches), values) < values
    ]


def know_truth(attacker: Attacker, *batches: People) -> None:
    """Every number shown must be true of the people, or what is found out is about nobody."""
    truth = np.zeros(len(attacker.place))
    for batch, them in enumerate(batches):
        for one in them:
            truth[attacker.place[(batch, *one)]] += 1
    assert attacker.agrees(truth)
    attacker.solutions.append(truth)


def attacker_of(limit: int, **more: int) -> Attacker:
    return Attacker(sites=SITES, levels=LEVELS, months=MONTHS, limit=limit, **more)


# In `make test` one department is asked by months, in `make abuse` eight are by everything.
DEPARTMENTS = [(1, False), *(pytest.param(seed, True, marks=pytest.mark.thorough) for seed in range(1, 9))]


@pytest.mark.parametrize(("seed", "whole"), DEPARTMENTS)
def test_all_answers_together_leave_three_values_of_every_hidden_count(
    seed: int, whole: bool, limit: int, tmp_path: Path
) -> None:
    them = people(seed, SIZES[seed % 2])
    attacker = attacker_of(limit)
    asked = questions(tuple(PERIODS), every_span()) if whole else questions()
    take_in(attacker, warehouse(tmp_path / "g.duckdb", them), asked)
    know_truth(attacker, them)
    assert narrow(them, attacker, limit) == []


@pytest.mark.parametrize(("seed", "whole"), DEPARTMENTS)
def test_two_generations_together_make_no_count_certain(seed: int, whole: bool, limit: int, tmp_path: Path) -> None:
    before, late = people(seed, SIZES[seed % 2]), people(100 + seed, 12)
    attacker = attacker_of(limit, batches=2)
    for batches, them in ((1, before), (2, before + late)):
        department = warehouse(tmp_path / f"{batches}.duckdb", them)
        take_in(attacker, department, questions(tuple(PERIODS) if whole else ("month",)), batches)
    know_truth(attacker, before, late)
    assert narrow(before, attacker, limit, [0]) == []
    assert narrow(before + late, attacker, limit, [0, 1]) == []
    # Of what came in between two values may be all that is left, such as none or one: a count close above the
    # threshold that is shown in both leaves room for no more.
    assert narrow(late, attacker, limit, [1], 2) == []


def test_the_attack_finds_what_is_only_hidden_and_not_rounded(limit: int, tmp_path: Path) -> None:
    """The attacker is no straw man: exact sums around one blank row give it away."""
    them = one_small_site(limit)
    department = warehouse(tmp_path / "g.duckdb", them)
    total, sites = (summarise(department, read_catalogue()[METRIC], filters=EVERYTHING, by=by) for by in (None, "site"))
    attacker = attacker_of(limit, slack=0)
    attacker.learn(total, {}, None, None)
    attacker.learn(sites[sites["group"] != "Northfield"], {}, "site", None)
    know_truth(attacker, them)
    assert narrow(them, attacker, limit)


def test_a_slider_cannot_be_moved_by_a_day(limit: int, tmp_path: Path) -> None:
    department = warehouse(tmp_path / "g.duckdb", people(1, 180))
    answered = set()
    for place in range(150):
        first = date(2026, 1, 1) + timedelta(days=place)
        for last in (None, AS_OF, date(2026, 3, 31), first):
            try:
                ask(department, {}, dates=(first, last))
            except UsageProblem as problem:
                assert "whole closed periods" in str(problem)
            else:
                answered.add((first, last))
    assert answered == {QUARTER, MARCH}


def test_the_complement_of_a_group_cannot_be_asked(limit: int, tmp_path: Path) -> None:
    department = warehouse(tmp_path / "g.duckdb", people(1, 180))
    with pytest.raises(UsageProblem, match="several values"):
        summarise(department, read_catalogue()[METRIC], filters=Filters.of({"levels": ["2", "3"]}), audience="outside")
    for key in ("operator", "weekday", "start_hour", "asa_class"):
        with pytest.raises(UsageProblem, match="not shown outside"):
            summarise(department, read_catalogue()[METRIC], by=key, audience="outside")


def test_what_is_hidden_in_a_table_is_hidden_when_asked_for_alone(limit: int, tmp_path: Path) -> None:
    department = warehouse(tmp_path / "g.duckdb", one_small_site(limit))
    table = ask(department, {}, by="site").set_index("group")["suppressed"]
    assert table.to_dict() == {"Lakeside": False, "Northfield": True, "Riverside": True}
    for site, hidden in table.items():
        assert ask(department, {"site": site})["suppressed"].tolist() == [hidden]
    quarter = ask(department, {}, by="site", dates=QUARTER).set_index("group")["suppressed"]
    assert quarter.to_dict() == table.to_dict()


@pytest.mark.thorough
def test_one_more_patient_after_a_load_shows_nothing_certain(limit: int, tmp_path: Path) -> None:
    them = people(1, 180)
    before = warehouse(tmp_path / "before.duckdb", them)
    open_month = warehouse(tmp_path / "open.duckdb", [*them, ("Riverside", "1", f"{AS_OF:%Y-%m}", "yes")])
    assert closed_until(AS_OF) == date(2026, 5, 31)
    late = warehouse(tmp_path / "late.duckdb", [*them, ("Riverside", "1", "2026-02", "yes")])
    for one in questions():
        if len(one.where) > 1:
            continue
        shown = ask(before, one.where, one.by, one.period)
        assert ask(open_month, one.where, one.by, one.period).equals(shown)
        # A late record moves a count by nothing or by 5: never by the one that came.
        after = ask(late, one.where, one.by, one.period)
        if len(after) == len(shown):
            for name in COUNTS:
                assert set((after[name] - shown[name]).dropna()) <= {0, 5}


@pytest.mark.thorough
def test_a_rate_does_not_give_its_counts(limit: int, tmp_path: Path) -> None:
    """Many pairs of exact counts round to the numbers shown; the rate of the true pair is not what is printed."""
    them = people(1, 180)
    department = warehouse(tmp_path / "g.duckdb", them)
    seen = 0
    for one in questions():
        for row in ask(department, one.where, one.by, one.period).to_dict("records"):
            if pd.isna(row["value"]) or row["numerator"] in (0, row["recorded"]):
                continue
            seen += 1
            recorded, numerator = int(row["recorded"]), int(row["numerator"])
            assert row["value"] == pytest.approx(100 * numerator / recorded)
            pairs = [
                (yes, all_)
                for all_ in range(recorded - 2, recorded + 3)
                for yes in range(numerator - 2, numerator + 3)
                if limit < yes <= all_ and not 1 <= all_ - yes <= limit
            ]
            assert len(pairs) > 1
    assert seen


@pytest.mark.parametrize("size", [80, 7])
def test_a_mean_is_too_coarse_to_count_with(size: int, limit: int, tmp_path: Path) -> None:
    rows = [outcome(place, level_count=1 + place % 3, procedure_minutes=40 + place % 7) for place in range(size)]
    department = warehouse_of(tmp_path / "g.duckdb", [row | {"outcome_no": place} for place, row in enumerate(rows, 1)])
    levels, minutes = (ask(department, {}, metric=name).iloc[0] for name in ("mean_levels", "procedure_minutes"))
    if size <= limit:
        assert pd.isna(levels["value"])
        return
    for name in ("value", "lower", "upper"):
        assert levels[name] == round(levels[name], 1)
        assert minutes[name] == round(minutes[name])


def test_the_helper_knows_its_calendar() -> None:
    assert in_period("2026-02", "2026-Q1") and not in_period("2026-04", "2026-Q1")
