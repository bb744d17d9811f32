"""Numbers of two systems that are of the same person or procedure: a change of system in the middle of a year."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from data.home import department_home
from tests.sent_files import Loaded, Sent, add_plain_source, canonical, load_in_turn, table

CASES = "Case,MRN,Sex,Age,Site,Surgeon,Date,Start,End,Discharge,Levels,Class,Updated"
SCORES = "MRN,When,Pain,Updated"
OLD_CASES = table(
    CASES,
    [
        "C1,M1,F,70,North,Able,06/02/2025,09:00,09:50,06/02/2025 15:00,T12,OP,06/02/2025 16:00",
        "C2,M2,F,71,North,Able,06/20/2025,09:00,09:50,06/20/2025 15:00,T12,OP,06/20/2025 16:00",
    ],
)
OLD_SCORES = table(
    SCORES,
    [
        "M1,06/01/2025 10:00,8,", "M1,06/04/2025 10:00,3,", "M2,06/19/2025 10:00,8,", "M3,06/30/2025 10:00,9,",
    ],
)  # fmt: skip
NEW_CASES = table(
    CASES,
    [
        "X2,N2,F,71,North,Baker,06/20/2025,09:00,09:50,,T12,OP,07/01/2025 16:00",
        "X3,N3,F,72,North,Able,07/01/2025,09:00,09:50,07/01/2025 15:00,L1,OP,07/01/2025 16:00",
    ],
)
NEW_SCORES = table(SCORES, ["N2,06/22/2025 10:00,2,", "N3,07/03/2025 10:00,4,", "N3,07/20/2025 10:00,4,"])
SYSTEMS = [
    Sent("old_cases.csv", OLD_CASES, "old"), Sent("old_scores.csv", OLD_SCORES, "old"),
    Sent("new_cases.csv", NEW_CASES, "new"), Sent("new_scores.csv", NEW_SCORES, "new"),
]  # fmt: skip
LINKS = [("patient", "N2", "M2"), ("patient", "N3", "M3"), ("procedure", "X2", "C2")]


def links(rows: Sequence[tuple[str, str, str]] = tuple(LINKS), **cells: object) -> Sent:
    written = [
        {"kind": kind, "source": "new", "number": number, "same_as_source": "old", "same_as_number": same} | cells
        for kind, number, same in rows
    ]
    return Sent("links.csv", canonical("links", written))


@pytest.fixture(autouse=True)
def systems() -> None:
    add_plain_source("old")
    add_plain_source("new")


def load_all(*sent: Sent) -> Loaded:
    return load_in_turn(sent)


def pairs(loaded: Loaded) -> list[tuple[int, ...]]:
    return loaded.tables.rows(
        "select cast(baseline as integer), cast(score as integer) from pain_outcomes"
        " where timepoint = 'hours_24_72' and status = 'recorded' order by all"
    )


def counts(loaded: Loaded) -> tuple[int, int]:
    return loaded.tables.rows("select (select count(*) from patients), (select count(*) from procedures)")[0]


def test_without_links_two_systems_are_two_departments() -> None:
    loaded = load_all(*SYSTEMS)
    assert counts(loaded) == (4, 4)
    assert [rule for _, rule in loaded.tables.warned()].count("looks_like_other_source") == 2


def test_linked_people_are_one_person_and_linked_procedures_one_procedure() -> None:
    loaded = load_all(*SYSTEMS, links())
    assert counts(loaded) == (3, 3)
    assert pairs(loaded) == [(8, 2), (8, 3), (9, 4)]
    assert "looks_like_other_source" not in [rule for _, rule in loaded.tables.warned()]


def test_the_order_of_arrival_does_not_matter() -> None:
    for first, second, third in list(permutations((SYSTEMS[:2], SYSTEMS[2:], [links()])))[::2]:
        assert pairs(load_all(*first, *second, *third)) == [(8, 2), (8, 3), (9, 4)]


def test_a_link_of_procedures_joins_their_people() -> None:
    assert counts(load_all(*SYSTEMS, links([("procedure", "X2", "C2")]))) == (3, 3)


def test_either_side_may_be_written_first() -> None:
    turned = [
        {"kind": kind, "source": "old", "number": same, "same_as_source": "new", "same_as_number": number}
        for kind, number, same in LINKS
    ]
    assert counts(load_all(*SYSTEMS, Sent("links.csv", canonical("links", turned)))) == (3, 3)


@pytest.mark.parametrize(
    ("order", "operator", "hour"), [('["old", "new"]', "Able", 15), ('["new", "old"]', "Baker", 15)]
)
def test_the_source_named_first_is_believed_where_it_records_something(order: str, operator: str, hour: int) -> None:
    folder = department_home().settings
    folder.mkdir(parents=True)
    (folder / "sources.toml").write_text(f"order = {order}\n", encoding="utf-8")
    loaded = load_all(*SYSTEMS, links())
    told = loaded.tables.rows(
        "select operator, hour(timezone('America/Chicago', timezone('UTC', discharged_at))) from procedures"
        " where performed_on = date '2025-06-20'"
    )
    assert told == [(operator, hour)]


def test_a_link_that_is_withdrawn_joins_nothing() -> None:
    taken_back = links(record_status="withdrawn", updated_at="2026-05-02T10:00")
    loaded = load_all(*SYSTEMS, links(updated_at="2026-05-01T10:00"), taken_back)
    assert counts(loaded) == (4, 4)


def test_links_that_find_nothing_are_counted() -> None:
    loaded = load_all(*SYSTEMS, links([*LINKS, ("patient", "N9", "M9"), ("procedure", "X3", "C9")]))
    told = [(one.rule, one.field, one.lines) for one in loaded.reports[-1].warnings]
    assert told == [("link_not_found", "same_as_number", (5, 6)), ("link_not_found", "number", (5,))]


def test_links_to_no_number_are_rejected() -> None:
    wrong = links([("patient", "UNKNOWN", "M2"), ("patient", "N2", "1.23457E+11"), ("person", "N3", "M3")])
    loaded = load_all(*SYSTEMS, wrong)
    assert counts(loaded) == (4, 4)
    assert [rule for _, rule in loaded.tables.rejected()] == [
        "number_stands_for_none", "number_rounded", "link_kind_unknown",
    ]  # fmt: skip


def test_numbers_of_one_system_may_be_joined_too() -> None:
    written = [{"kind": "patient", "source": "old", "number": "M1", "same_as_source": "old", "same_as_number": "M2"}]
    assert counts(load_all(*SYSTEMS[:2], Sent("links.csv", canonical("links", written)))) == (1, 2)


def test_a_table_of_the_new_system_may_hold_the_links() -> None:
    add_plain_source("new", extra=CROSSWALK)
    crosswalk = Sent("crosswalk.csv", table("New number,Old number", ["N2,M2", "N3,M3"]), "new")
    assert counts(load_all(*SYSTEMS, crosswalk)) == (3, 4)


def test_a_death_known_to_one_system_counts_in_the_other() -> None:
    dead = [{"procedure_id": "P1", "patient_id": "D1", "performed_on": "2025-05-01", "died_on": "2025-06-30"}]
    same = [{"kind": "patient", "source": "new", "number": "N3", "same_as_source": "canonical", "same_as_number": "D1"}]
    loaded = load_all(
        *SYSTEMS, Sent("p.csv", canonical("procedures", dead)), Sent("links.csv", canonical("links", same))
    )
    assert "procedure_after_death" in [rule for _, rule in loaded.tables.rejected()]


CROSSWALK = """
[[file]]
name = "crosswalk"
[[file.record]]
kind = "links"
[file.record.columns]
kind = { constant = "patient" }
number = "New number"
same_as_source = { constant = "old" }
same_as_number = "Old number"
"""


def told(loaded: Loaded, *rules: str) -> list[tuple[str, str | None, tuple[int, ...]]]:
    return [(one.rule, one.field, one.lines) for one in loaded.reports[-1].warnings if one.rule in rules]


NEW_RULES = ("linked_days_apart", "linked_to_several", "merged_in_circle", "merged_into_several")


def test_linked_procedures_on_days_far_apart_are_told() -> None:
    days = {"K1": "2025-06-05", "K2": "2025-06-06", "K3": "2025-05-29"}
    rows = [{"procedure_id": name, "patient_id": "D1", "performed_on": day} for name, day in days.items()]
    written = [
        {"kind": "procedure", "source": "old", "number": "C1", "same_as_source": "canonical", "same_as_number": name}
        for name in days
    ]
    for row, expected in zip(
        written, ([], [("linked_days_apart", "number", (2,))], [("linked_days_apart", "number", (2,))]), strict=True
    ):
        loaded = load_all(
            *SYSTEMS[:2], Sent("p.csv", canonical("procedures", rows)), Sent("links.csv", canonical("links", [row]))
        )
        assert told(loaded, *NEW_RULES) == expected
        assert counts(loaded)[1] == 4


def test_a_table_of_links_of_another_system_is_told_too() -> None:
    text = CROSSWALK.replace('"patient"', '"procedure"')
    add_plain_source("new", extra=text)
    crosswalk = Sent("crosswalk.csv", table("New number,Old number", ["X2,C2", "X3,C1"]), "new")
    assert told(load_all(*SYSTEMS, crosswalk), *NEW_RULES) == [("linked_days_apart", "number", (3,))]


def test_one_number_that_is_linked_to_two_of_one_system_is_told() -> None:
    loaded = load_all(*SYSTEMS, links([("patient", "N2", "M2"), ("patient", "N2", "M1"), ("patient", "N3", "M3")]))
    assert told(loaded, *NEW_RULES) == [("linked_to_several", "number", (2, 3))]
    assert counts(loaded) == (2, 4)


def test_a_circle_of_links_is_one_group() -> None:
    circle = [
        {"kind": "patient", "source": one, "number": number, "same_as_source": other, "same_as_number": same}
        for one, number, other, same in (
            ("new", "N2", "old", "M2"),
            ("old", "M2", "new", "N2"),
            ("old", "M2", "old", "M1"),
            ("old", "M1", "new", "N2"),
        )
    ]
    loaded = load_all(*SYSTEMS, Sent("links.csv", canonical("links", circle)))
    assert counts(loaded) == (2, 4)
