"""Levels from text: vertebrae from the head downwards, or a named reason why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.parse.levels import read_levels
from queries.catalogue.vertebrae import VERTEBRAE

READ = [
    ("L1", "L1"),
    ("T12;L1", "T12 L1"),
    ("L1;T12", "T12 L1"),
    ("t12, l1", "T12 L1"),
    ("T12/L1", "T12 L1"),
    ("T12/L1 + L2", "T12 L1 L2"),
    ("T12;T12", "T12"),
    ("Ｔ12", "T12"),
    ("Ｌ１；Ｌ２", "L1 L2"),
    ("C7;S1", "C7 S1"),
    ("T13", "T13"),
    ("L6", "L6"),
    ("D12", "T12"),
    ("D12/L1", "T12 L1"),
    ("D10, D11", "T10 T11"),
    ("L3 & L5", "L3 L5"),
    ("D12 & L2 & L3", "T12 L2 L3"),
    ("Th12", "T12"),
    ("Th 12", "T12"),
    ("TH12 und L1", "T12 L1"),
    ("BWK 12", "T12"),
    ("BWK12/LWK1", "T12 L1"),
    ("LWK1", "L1"),
    ("LWK 1 und 2", "L1 L2"),
    ("HWK 7", "C7"),
    ("T. 12", None),
    ("T.12", "T12"),
    ("T 12", "T12"),
    ("12th thoracic", "T12"),
    ("1st lumbar", "L1"),
    ("2nd lumbar and 3rd lumbar", "L2 L3"),
    ("twelfth thoracic", "T12"),
    ("first lumbar", "L1"),
    ("thoracic 12", "T12"),
    ("Lumbar 1, 3", "L1 L3"),
    ("dorsal 12", "T12"),
    ("L1,3", "L1 L3"),
    ("T11/12", "T11 T12"),
    ("L1/2", "L1 L2"),
    ("L3,2", "L2 L3"),
    ("T12 and L1", "T12 L1"),
    ("T12 et L1", "T12 L1"),
    ("T12 L1", "T12 L1"),
    ("  L1  ", "L1"),
    ("L\u00a01", "L1"),
    ("L01", "L1"),
    ("L5;S1", "L5 S1"),
    ("S1", "S1"),
]
PAIRS = [
    ("L1-2", "L1 L2"),
    ("D10-11", "T10 T11"),
    ("T12-L1", "T12 L1"),
    ("T12–L1", "T12 L1"),
    ("T12 — L1", "T12 L1"),
    ("L2 to L3", "L2 L3"),
    ("L2-L1", "L1 L2"),
    ("L1-L1", "L1"),
    ("T12-L1-L2", "T12 L1 L2"),
    ("L5-S1", "L5 S1"),
]
RANGES = [
    ("T12-L2", "T12 L1 L2"),
    ("L1-3", "L1 L2 L3"),
    ("L1–5", "L1 L2 L3 L4 L5"),
    ("D8-11", "T8 T9 T10 T11"),
    ("D12-L3", "T12 L1 L2 L3"),
    ("T10 thru T12", "T10 T11 T12"),
    ("T10 through 12", "T10 T11 T12"),
    ("T10 to L1", "T10 T11 T12 L1"),
    ("BWK 10 bis LWK 1", "T10 T11 T12 L1"),
    ("L3-L1", "L1 L2 L3"),
    ("T5; L1-3", "T5 L1 L2 L3"),
    ("L1-3, T5", "T5 L1 L2 L3"),
    ("L4-S1", "L4 L5 S1"),
    ("T12-L6", "T12 L1 L2 L3 L4 L5 L6"),
]
REFUSED = [
    ("L7", "no_such_vertebra"),
    ("T15", "no_such_vertebra"),
    ("L0", "no_such_vertebra"),
    ("C8", "no_such_vertebra"),
    ("S6", "no_such_vertebra"),
    ("L1-7", "no_such_vertebra"),
    ("7", "no_region"),
    ("12", "no_region"),
    ("L1 3", "no_region"),
    ("12;L1", "no_region"),
    ("T12 or L1?", "uncertain"),
    ("T12 or L1", "uncertain"),
    ("D12 ?L1", "uncertain"),
    ("L1?", "uncertain"),
    ("T12 oder L1", "uncertain"),
    ("L1 (old)", "remark"),
    ("L1 [2]", "remark"),
    ("T12/1", "region_unclear"),
    ("L5/1", "region_unclear"),
    ("T8-T10-T12", "range_unclear"),
    ("T12;", "not_a_level"),
    ("T-12", "not_a_level"),
    ("none", "not_a_level"),
    ("see op note", "not_a_level"),
    ("L1 old", "not_a_level"),
    ("L1x", "not_a_level"),
    ("L123", "not_a_level"),
    ("L٣", "not_a_level"),
    ("LL1", "not_a_level"),
    ("2024-01-12", "not_a_level"),
    ("", "not_a_level"),
]


@pytest.mark.parametrize(("written", "vertebrae"), READ + PAIRS)
def test_levels_are_read_from_the_head_downwards(written: str, vertebrae: str | None) -> None:
    reading = read_levels(written)
    assert " ".join(reading.vertebrae or ()) == (vertebrae or "")
    assert reading.warnings == ()


@pytest.mark.parametrize(("written", "vertebrae"), RANGES)
def test_a_range_over_more_than_two_vertebrae_is_read_with_a_remark(written: str, vertebrae: str) -> None:
    reading = read_levels(written)
    assert " ".join(reading.vertebrae or ()) == vertebrae
    assert reading.warnings == ("range_expanded",)


@pytest.mark.parametrize(("written", "reason"), REFUSED)
def test_one_unreadable_part_makes_the_levels_unreadable(written: str, reason: str) -> None:
    reading = read_levels(written)
    assert (reading.problem, reading.reason, reading.vertebrae) == ("level_unreadable", reason, None)


def test_there_are_enough_examples() -> None:
    assert len(READ + PAIRS + RANGES + REFUSED) >= 60


@given(st.lists(st.sampled_from(VERTEBRAE), min_size=1, max_size=8))
def test_a_list_of_vertebrae_is_read_back(vertebrae: list[str]) -> None:
    wanted = tuple(one for one in VERTEBRAE if one in vertebrae)
    for separator in (";", ", ", "/", " + ", " & ", " and ", " "):
        assert read_levels(separator.join(vertebrae)).vertebrae == wanted


@given(st.text(max_size=12))
def test_every_text_is_levels_or_a_problem(written: str) -> None:
    reading = read_levels(written)
    assert (reading.vertebrae is None) == (reading.problem is not None) == (reading.reason is not None)
