"""Scores from text: a number from 0 to 10, a reason for its absence, or the rule that it breaks."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.parse.scores import read_score

READ = [
    ("7", "7"), ("0", "0"), ("10", "10"), (" 7.5 ", "7.5"), ("７", "7"), ("7.25", "7.25"), (".5", "0.5"),
    ("07", "7"), ("7.0", "7"), ("7/10", "7"), ("7 / 10", "7"), ("0/10", "0"), ("10/10", "10"), ("7.5/10", "7.5"),
    ("7 of 10", "7"), ("7 out of 10", "7"), ("7 von 10", "7"), ("NRS 7/10", "7"), ("NRS: 7/10", "7"), ("nrs 7", "7"),
    ("NRS-11: 7", "7"), ("VAS 7", "7"), ("Pain 7/10", "7"), ("Pain score: 7", "7"), ("7 cm", "7"), ("seven", "7"),
    ("Zero", "0"), ("ten", "10"), ("7\u00a0/ 10", "7"), ("70/100", "7"), ("7/100", "0.7"),
]  # fmt: skip
READ_OF_100 = [
    ("70", "7"), ("75", "7.5"), ("0", "0"), ("100", "10"), ("70/100", "7"), ("VAS 70/100", "7"), ("VAS-100: 70", "7"),
    ("70 mm", "7"), ("33", "3.3"), ("99", "9.9"), ("7", "0.7"), ("72.5", "7.25"),
]  # fmt: skip
BROKEN = [
    ("11", "score_out_of_range"),
    ("-1", "score_out_of_range"),
    ("−1", "score_out_of_range"),
    ("100", "score_out_of_range"),
    ("10.01", "score_out_of_range"),
    ("12/10", "score_out_of_range"),
    ("105/100", "score_out_of_range"),
    ("45 mm", "score_out_of_range"),
    ("5 mm", "score_other_scale"),
    ("7-8", "score_interval"),
    ("7 - 8", "score_interval"),
    ("7 to 8", "score_interval"),
    ("7–8", "score_interval"),
    ("7 or 8", "score_interval"),
    ("7-8/10", "score_interval"),
    (">10", "score_censored"),
    (">=7", "score_censored"),
    ("<1", "score_censored"),
    ("≥ 7", "score_censored"),
    ("7+", "score_censored"),
    ("more than 7", "score_censored"),
    ("2026-07-08", "score_is_a_date"),
    ("2026-07-08 00:00:00", "score_is_a_date"),
    ("2026-07-08T00:00:00", "score_is_a_date"),
    ("08/07/2026", "score_is_a_date"),
    ("8-Jul", "score_is_a_date"),
    ("08. Jul", "score_is_a_date"),
    ("7/8", "score_unreadable"),
    ("7/11", "score_unreadable"),
    ("7,5", "score_unreadable"),
    ("5,5 or 6", "score_unreadable"),
    ("1e1", "score_unreadable"),
    ("0x7", "score_unreadable"),
    ("1_0", "score_unreadable"),
    ("NaN", "score_unreadable"),
    ("inf", "score_unreadable"),
    ("7.125", "score_unreadable"),
    ("٧", "score_unreadable"),
    ("7²", "score_unreadable"),
    ("7½", "score_unreadable"),
    ("7 8", "score_unreadable"),
    ("#N/A", "score_unreadable"),
    ("bad", "score_unreadable"),
]


@pytest.mark.parametrize(("written", "score"), READ)
def test_scores_from_0_to_10_are_read(written: str, score: str) -> None:
    assert read_score(written).score == Decimal(score)


@pytest.mark.parametrize(("written", "score"), READ_OF_100)
def test_scores_of_a_declared_scale_to_100_are_read_on_10(written: str, score: str) -> None:
    assert read_score(written, scale=100).score == Decimal(score)


@pytest.mark.parametrize(("written", "rule"), BROKEN)
def test_what_is_no_score_breaks_its_own_rule(written: str, rule: str) -> None:
    assert read_score(written).problem == rule


@pytest.mark.parametrize(
    ("written", "rule"),
    [("101", "score_out_of_range"), ("7 cm", "score_other_scale"),
     ("33.25", "score_unreadable"), ("70-80", "score_interval"), (">90", "score_censored")],
)  # fmt: skip
def test_the_declared_scale_decides(written: str, rule: str) -> None:
    assert read_score(written, scale=100).problem == rule


@pytest.mark.parametrize("written", [None, "", " ", "N/A", "n/a", "-", "unable", "declined", "DNA", "died"])
def test_words_for_missing_are_reasons(written: str | None) -> None:
    reading = read_score(written)
    assert reading.missing_reason
    assert reading.score is None
    assert reading.problem is None


def test_missing_codes_belong_to_an_instrument() -> None:
    assert read_score("99", missing_codes=("99", "-99")).missing_reason == "99"
    assert read_score("-99", missing_codes=("99", "-99")).missing_reason == "-99"
    assert read_score("UNK", missing_codes=("unk",)).missing_reason == "unk"
    assert read_score("99", scale=100).score == Decimal("9.9")
    assert read_score("99").problem == "score_out_of_range"


def test_a_mapping_may_say_why_a_score_is_missing() -> None:
    assert read_score("missing: asked-declined").missing_reason == "asked-declined"
    assert read_score("missing:").missing_reason == "blank"


def test_a_decimal_comma_is_read_only_where_it_is_declared() -> None:
    assert read_score("7,5", decimal_comma=True).score == Decimal("7.5")
    assert read_score("7.5", decimal_comma=True).score == Decimal("7.5")
    assert read_score("7,5/10", decimal_comma=True).score == Decimal("7.5")
    assert read_score("7,5").problem == "score_unreadable"


def test_there_are_enough_examples() -> None:
    assert len(READ + READ_OF_100 + BROKEN) >= 50


@given(st.text(max_size=12), st.sampled_from([10, 100]), st.booleans())
def test_every_text_is_exactly_one_of_score_reason_and_problem(written: str, scale: int, comma: bool) -> None:
    reading = read_score(written, scale=scale, decimal_comma=comma)
    assert sum(one is not None for one in (reading.score, reading.missing_reason, reading.problem)) == 1
    if reading.score is not None:
        assert 0 <= reading.score <= 10


@given(st.text(st.characters(categories=["Nd", "Nl", "No"]), min_size=1, max_size=3))
def test_only_plain_digits_are_digits(written: str) -> None:
    plain = unicodedata.normalize("NFKC", written)
    if not plain.isascii():
        assert read_score(written).score is None
