"""Levels and scores from text: a value, a reason for its absence, or the rule that it breaks."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.parse.levels import read_levels
from etl.parse.scores import read_score


@pytest.mark.parametrize(
    ("written", "vertebrae"),
    [
        ("L1", ("L1",)),
        ("T12;L1", ("T12", "L1")),
        ("L1;T12", ("T12", "L1")),
        ("t12, l1", ("T12", "L1")),
        ("T12/L1 + L2", ("T12", "L1", "L2")),
        ("T12;T12", ("T12",)),
        ("Ｔ12", ("T12",)),
        ("C7;S1", ("C7", "S1")),
        ("T13", ("T13",)),
    ],
)
def test_levels_are_read_from_the_head_downwards(written: str, vertebrae: tuple[str, ...]) -> None:
    assert read_levels(written).vertebrae == vertebrae


@pytest.mark.parametrize("written", ["L7", "T15", "7", "T12;", "L1 (old)", "T12 or L1?", "T-12", "none"])
def test_one_unreadable_part_makes_the_levels_unreadable(written: str) -> None:
    assert read_levels(written).problem == "level_unreadable"
    assert read_levels(written).vertebrae is None


@pytest.mark.parametrize("written", ["7", "0", "10", " 7.5 ", "７", "7.25"])
def test_scores_from_0_to_10_are_read(written: str) -> None:
    assert read_score(written).score == Decimal(unicodedata.normalize("NFKC", written).strip())


@pytest.mark.parametrize("written", [None, "N/A", "n/a", "-", "unable", "declined", "DNA", "died"])
def test_words_for_missing_are_reasons(written: str | None) -> None:
    reading = read_score(written)
    assert reading.missing_reason
    assert reading.score is None
    assert reading.problem is None


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("11", "score_out_of_range"),
        ("-1", "score_out_of_range"),
        ("100", "score_out_of_range"),
        ("10.01", "score_out_of_range"),
        ("7-8", "score_interval"),
        ("7 to 8", "score_interval"),
        ("7–8", "score_interval"),
        (">10", "score_censored"),
        (">=7", "score_censored"),
        ("<1", "score_censored"),
        ("7+", "score_censored"),
        ("seven", "score_unreadable"),
        ("7,5", "score_unreadable"),
        ("1e1", "score_unreadable"),
        ("0x7", "score_unreadable"),
        ("1_0", "score_unreadable"),
        ("NaN", "score_unreadable"),
        ("inf", "score_unreadable"),
        ("7.125", "score_unreadable"),
        ("2026-07-08", "score_unreadable"),
    ],
)
def test_what_is_no_score_breaks_its_own_rule(written: str, rule: str) -> None:
    assert read_score(written).problem == rule


@given(st.text(max_size=12))
def test_every_text_is_exactly_one_of_score_reason_and_problem(written: str) -> None:
    reading = read_score(written)
    assert sum(one is not None for one in (reading.score, reading.missing_reason, reading.problem)) == 1
