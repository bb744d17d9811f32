"""The department as a band: shown only where no colleague follows from it."""

from typing import Any

import pytest

from data.settings import DisclosureRule
from queries.figures.outside.department_band import Band, department_band

RULE = DisclosureRule(title="CMS", hide_up_to=10, round_to=5, zeros="shown")


def rows(*counts: tuple[str, int, int], missing: int = 0) -> list[dict[str, Any]]:
    return [{"group": group, "numerator": yes, "recorded": of, "eligible": of + missing} for group, yes, of in counts]


FIVE = (("me", 20, 40), ("b", 18, 35), ("c", 14, 30), ("d", 22, 38), ("e", 15, 28))


def test_a_department_of_many_is_a_band_rounded_outwards() -> None:
    # 89 of 171, rounded to 90 of 170: 45.4 to 60.3 %.
    assert department_band(rows(*FIVE), {"me"}, RULE) == Band(45, 61)


@pytest.mark.parametrize(
    ("why", "counts"),
    [
        ("two operators: the other one", (("me", 20, 40), ("b", 18, 35))),
        ("two colleagues", FIVE[:3]),
        ("three colleagues, one of them with few cases", (*FIVE[:3], ("d", 5, 10))),
        ("one has most of what the colleagues have", (*FIVE[:3], ("d", 60, 120))),
        ("few yes among the colleagues", tuple((who, 20 if who == "me" else 2, of) for who, _, of in FIVE)),
        ("few no among the colleagues", tuple((who, of - (2 if who != "me" else 20), of) for who, _, of in FIVE)),
        ("nobody answered yes among the colleagues", tuple((who, 20 * (who == "me"), of) for who, _, of in FIVE)),
        ("procedures without an operator are no colleagues", (*FIVE[:2], ("not_recorded", 90, 180))),
        ("nobody at all", ()),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_no_band_stands_where_it_would_tell_of_one(why: str, counts: tuple[tuple[str, int, int], ...]) -> None:
    assert department_band(rows(*counts), {"me"}, RULE) is None, why


def test_no_band_stands_where_too_much_is_missing() -> None:
    assert department_band(rows(*FIVE, missing=30), {"me"}, RULE) is None


def test_subtraction_leaves_every_colleague_open() -> None:
    """What I can work out from my counts and the band: any number of yes that a colleague could have is possible."""
    shown = department_band(rows(*FIVE), {"me"}, RULE)
    me, *others = FIVE
    cases = sum(of for _, _, of in others)
    possible = {
        (yes, of)
        for of in range(cases - 40, cases + 41)
        for yes in range(11, of - 10)
        if department_band(rows(me, ("b", 0, of // 4), ("c", 0, of // 4), ("d", 0, of // 4),
                                ("e", yes, of - 3 * (of // 4))), {"me"}, RULE) == shown
    }  # fmt: skip
    assert len(possible) >= 25
    known = {yes for yes, of in possible if of == cases}
    # Even with all cases of the colleagues known, their yes together is not; of one of them nothing is.
    assert len(known) >= 5
    assert max(known) - min(known) >= 4
    # Who has most cases could have said yes in any number of them: the others could make up for it.
    most = max(of for _, _, of in others)
    assert all(yes - (cases - most) <= 0 and yes >= most for yes in known)
