"""Those without a follow-up score beside those with one."""

import math
import random
from datetime import date
from pathlib import Path

import pytest

from dashboard.view import lost_to_follow_up as words_of
from queries.catalogue.filters import EVERYTHING, Filters
from queries.figures.lost_to_follow_up import Lost, lost_to_follow_up
from tests.departments import Row, outcome, warehouse_of


def department(path: Path, size: int, answer_more: bool = True, seed: int = 3) -> Lost:
    """Patients in more pain answer less often, and more pain before means less relief."""
    chance = random.Random(seed)
    rows, pains = [], []
    for place in range(1, size + 1):
        before = chance.randint(4, 10)
        age = chance.choice(["70–79", "80–89"])
        rows.append(
            outcome(place, performed_on=date(2025, 9, 1), baseline=before, age_band=age, level_count=1 + place % 2)
        )
        answered = chance.random() < ((0.95 if before < 7 else 0.6) if answer_more else 0.3)
        after = before // 3 if before < 7 or chance.random() < 0.4 else before - 1
        pains.append(_pain(rows[-1], before, after if answered else None))
    return lost_to_follow_up(warehouse_of(path, rows, pains), "follow_up", EVERYTHING)


def _pain(row: Row, before: int, after: int | None) -> Row:
    return {
        "procedure_id": row["procedure_id"],
        "timepoint": "follow_up",
        "status": "missing" if after is None else "recorded",
        "baseline": before,
        "score": after,
    }


def test_those_without_a_score_are_compared_in_what_is_known_of_them(tmp_path: Path) -> None:
    found = department(tmp_path / "w.duckdb", 400)
    before = next(fact for fact in found.facts if fact.fact == "pain before")
    assert found.with_score + found.without == 400
    assert before.difference > 0 and before.lower > 0
    assert "differ in: pain before" in words_of.lost_sentence(found, "follow_up")


def test_few_are_not_compared(tmp_path: Path) -> None:
    found = department(tmp_path / "w.duckdb", 15)
    assert all(math.isnan(fact.difference) for fact in found.facts)
    assert "too few" in words_of.lost_table(found).iloc[0]["without"]


def test_nobody_is_no_error(tmp_path: Path) -> None:
    found = lost_to_follow_up(warehouse_of(tmp_path / "w.duckdb", [outcome(1)]), "follow_up", EVERYTHING)
    assert words_of.lost_sentence(found, "follow_up") == "Nobody could be asked yet."
    assert found.weighted.reason


def test_filters_choose_who_is_compared(tmp_path: Path) -> None:
    rows = [outcome(1, baseline=8), outcome(2, baseline=8, site="Northfield")]
    pains = [_pain(rows[0], 8, 2), _pain(rows[1], 8, None)]
    warehouse = warehouse_of(tmp_path / "w.duckdb", rows, pains)
    found = lost_to_follow_up(warehouse, "follow_up", Filters.of({"site": ["Northfield"]}))
    assert (found.with_score, found.without) == (0, 1)


@pytest.mark.parametrize(("size", "answer_more", "why"), [(60, True, "it needs 100"), (400, False, "fewer than 60 %")])
def test_weighting_is_shown_only_where_it_can_be_estimated(
    size: int, answer_more: bool, why: str, tmp_path: Path
) -> None:
    found = department(tmp_path / "w.duckdb", size, answer_more)
    assert why in found.weighted.reason
    assert "is not shown" in words_of.weighted_sentence(found)


def test_weighting_corrects_for_who_answers(tmp_path: Path) -> None:
    found = department(tmp_path / "w.duckdb", 600)
    assert not found.weighted.reason
    assert found.weighted.estimate < found.weighted.observed
    assert found.weighted.effective_n < found.weighted.answered
    assert "assumes" in words_of.weighted_sentence(found)
