"""How far a pool reaches, and who is behind."""

from datetime import date, timedelta

import pytest

from etl.registry.pool.hospital_clock import Reach, days_late, pool_clock

END = date(2026, 6, 30)


def behind(*hospitals: tuple[int | None, int]) -> list[Reach]:
    """Hospitals by days behind 30 June (None = no records) and procedures of a year."""
    return [
        Reach(f"h{place}", None if days is None else END - timedelta(days=days), procedures)
        for place, (days, procedures) in enumerate(hospitals)
    ]


@pytest.mark.parametrize(
    ("hospitals", "days"),
    [
        (((0, 100),), 0),
        (((0, 100), (5, 100)), 5),
        # Nine of ten procedures are enough, one less is not.
        (((0, 90), (40, 10)), 0),
        (((0, 89), (40, 11)), 40),
        (((0, 50), (3, 45), (60, 5)), 3),
        # One that is silent for more than a quarter keeps no month open, however large.
        (((0, 100), (1, 100), (100, 300)), 1),
        (((0, 100), (400, 100)), 0),
        # Nobody is silent where half of the hospitals are no further.
        (((0, 10), (100, 100), (110, 100)), 110),
        (((0, 0), (0, 0)), 0),
        (((None, 500), (2, 10)), 2),
    ],
)
def test_the_pool_reaches_what_nine_of_ten_procedures_have_reached(
    hospitals: tuple[tuple[int | None, int], ...], days: int
) -> None:
    assert pool_clock(behind(*hospitals)) == END - timedelta(days=days)


def test_nobody_waits_for_a_hospital_that_left() -> None:
    left = Reach("left", END - timedelta(days=80), 500, until=END - timedelta(days=60))
    assert pool_clock([*behind((0, 10), (1, 90)), left]) == END - timedelta(days=1)


def test_lateness_is_counted_in_days() -> None:
    early, late, empty = behind((0, 1), (12, 1), (None, 1))
    assert [days_late(one, END) for one in (early, late, empty)] == [0, 12, 0]
    assert days_late(late, None) == 0
    assert pool_clock([empty]) is None
