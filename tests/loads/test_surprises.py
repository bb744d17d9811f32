"""What is unlike a sender's deliveries so far is told; what is gravely unlike refuses the file."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.grids import sample
from tests.sent_files import Loaded, Sent, add_plain_source, canonical, load_in_turn, table

Row = dict[str, object]
Change = Callable[[Row], Row]


def procedures(first: date, days: int, prefix: str, change: Change = dict, **cells: object) -> bytes:
    """One procedure a day; `change` says a row otherwise."""
    rows = []
    for number in range(days):
        day = first + timedelta(days=number)
        row: Row = {
            "procedure_id": f"{prefix}{number}", "patient_id": f"N{prefix}{number}", "sex": "F",
            "age_years": 70 + number % 9, "site": "Riverside", "operator": "A", "performed_on": f"{day}",
            "started_at": f"{day}T10:00", "ended_at": f"{day}T10:{40 + number % 10}", "technique": "vertebroplasty",
            "setting": "outpatient", "levels": "L1", "cement_ml": 4 + number % 3,
        } | cells  # fmt: skip
        rows.append(change(row))
    return canonical("procedures", rows)


JANUARY = Sent("january.csv", procedures(date(2026, 1, 1), 30, "J"))


def after_january(content: bytes, **how: bool) -> Loaded:
    return load_in_turn([JANUARY, Sent("february.csv", content, load=2)], **how)


def february(change: Change = dict, days: int = 28, **cells: object) -> Loaded:
    return after_january(procedures(date(2026, 2, 1), days, "F", change, **cells))


def at(number: int, **cells: object) -> Change:
    """The row of this number is said otherwise."""
    return lambda row: row | cells if row["procedure_id"] == f"F{number}" else row


def some(**cells: object) -> Change:
    """Half of the rows are said otherwise."""
    return lambda row: row | cells if int(str(row["procedure_id"])[1:]) % 2 else row


def test_an_ordinary_month_surprises_nobody() -> None:
    loaded = february()
    assert (loaded.surprises(), loaded.refused) == ([], [])


@pytest.mark.parametrize(
    ("change", "surprise"),
    sample(
        [
            (at(3, site="Elsewhere"), ("site", "new_site", "grave")),
            (at(3, performed_on="2026-05-20", started_at=None, ended_at=None), ("performed_on", "date_jump", "grave")),
            (some(setting="DS"), ("setting", "codes_unknown", "mild")),
            (lambda row: row | {"setting": "ward"}, ("setting", "codes_unknown", "grave")),
            (lambda row: row | {"cement_ml": None}, ("cement_ml", "column_empty", "mild")),
            (lambda row: row | {"age_years": 31}, ("age_years", "shift", "mild")),
        ],
        3,
    ),
)
def test_what_is_unlike_is_told(change: Change, surprise: tuple[str, str, str]) -> None:
    loaded = february(change)
    assert loaded.surprises() == [surprise]
    assert len(loaded.refused) == (surprise[2] == "grave")


def test_a_date_after_receipt_is_told() -> None:
    loaded = february(at(3, performed_on="2027-02-04", started_at=None, ended_at=None))
    assert loaded.surprises() == [("performed_on", "date_jump", "mild")]


def test_a_surprise_is_taken_when_it_is_accepted() -> None:
    content = procedures(date(2026, 2, 1), 28, "F", at(3, site="Elsewhere"))
    loaded = after_january(content, accept_surprises=True)
    assert (loaded.refused, loaded.surprises()) == ([], [("site", "new_site", "grave")])


def test_sites_in_another_form_of_bytes_are_the_same_site() -> None:
    assert february(lambda row: row | {"site": "Ｒiver\u200bside "}).surprises() == []


def two_sites(row: Row) -> Row:
    return row | {"site": "Lakeside"} if int(str(row["procedure_id"])[1:]) % 2 else row


@pytest.mark.parametrize(
    ("before", "surprises"),
    [
        (["jan"], [("site", "volume", "mild")]),
        (["jan", "early"], [("site", "volume", "mild")]),
        # Each site sends its own.
        (["jan", "riverside"], []),
    ],
)
def test_a_site_of_which_nothing_comes_is_told(before: list[str], surprises: list[tuple[str, str, str]]) -> None:
    sent = {
        "jan": Sent("jan.csv", procedures(date(2026, 1, 1), 24, "J", two_sites)),
        "early": Sent("early.csv", procedures(date(2026, 1, 25), 12, "E", two_sites), load=2),
        "riverside": Sent("riverside.csv", procedures(date(2026, 1, 25), 12, "R"), load=2),
    }
    february = Sent("feb.csv", procedures(date(2026, 2, 6), 24, "F"), load=3)
    assert load_in_turn([*(sent[name] for name in before), february]).surprises() == surprises


def test_half_of_the_rows_in_the_same_time_is_told() -> None:
    before = Sent("autumn.csv", procedures(date(2025, 10, 1), 120, "A"))
    rows = procedures(date(2026, 2, 1), 28, "F").decode().splitlines(keepends=True)
    half = "".join([rows[0], *rows[1::3], rows[-1]]).encode()
    loaded = load_in_turn([before, Sent("february.csv", half, load=2)])
    assert (loaded.surprises(), loaded.refused) == ([("performed_on", "volume", "mild")], [])


def test_a_week_of_exchanged_days_is_told() -> None:
    """The sender writes 03/02 for 2 March where 02/03 was meant, so that one week lies in seven months."""
    add_plain_source()
    header = "Case,MRN,Sex,Age,Site,Surgeon,Date,Start,End,Discharge,Levels,Class,Updated"

    def line(number: int, written: str) -> str:
        return f"C{number},M{number},F,70,North,Able,{written},09:00,09:50,,T12,OP,"

    month = [line(number, f"03/{number:02}/2026") for number in range(1, 31)]
    week = [line(50 + number, f"0{number}/04/2026") for number in range(1, 6)]
    loaded = load_in_turn(
        [Sent("march.csv", table(header, month), "plain"), Sent("april.csv", table(header, week), "plain", load=2)]
    )
    assert ("performed_on", "days_exchanged", "grave") in loaded.surprises()


def test_a_first_delivery_of_exchanged_days_is_told() -> None:
    """1 to 12 May, of which all months that are not over are taken."""
    days = [f"2026-{month:02}-05" for month in (1, 2, 3, 4, 5)] * 2
    rows = canonical(
        "procedures",
        [{"procedure_id": f"P{n}", "patient_id": f"N{n}", "performed_on": day} for n, day in enumerate(days)],
    )
    assert ("performed_on", "days_exchanged", "grave") in load_in_turn([Sent("first.csv", rows)]).surprises()


TREATED = Sent("cases.csv", procedures(date(2026, 1, 2), 60, "J", ended_at=None))


def asked(prefix: str, first: int, values: list[object], days: int) -> Sent:
    """Scores of people of `TREATED`, so many days after their procedures; before them where negative."""
    rows = [
        {"score_id": f"{prefix}{n}", "patient_id": f"NJ{n}", "score": value, "context": "rest",
         "measured_at": f"{date(2026, 1, 2) + timedelta(days=n + days)}T09:00"}
        for n, value in enumerate(values, start=first)
    ]  # fmt: skip
    return Sent(f"{prefix}.csv", canonical("pain_scores", rows), load=1 + first // 30)


@pytest.mark.parametrize("values", [[0.8, 0.9, 0.7] * 10, [4, 4, 3] * 10])
def test_scores_on_another_scale_are_refused(values: list[object]) -> None:
    loaded = load_in_turn([TREATED, asked("a", 0, [8, 9, 7] * 10, -1), asked("b", 30, values, -1)])
    assert loaded.surprises() == [("score", "shift", "grave")]
    assert len(loaded.refused) == 1


def test_scores_on_a_tenth_of_the_scale_are_refused_also_after_procedures() -> None:
    loaded = load_in_turn([TREATED, asked("a", 0, [4, 3, 2] * 10, 3), asked("b", 30, [0.4, 0.3, 0.2] * 10, 3)])
    assert loaded.surprises() == [("score", "shift", "grave")]


@pytest.mark.parametrize(
    ("values", "severity"), [([0.4, 0.3, 0.2, 0.7, 0.5] * 2, "grave"), ([0, 1, 1, 0, 1, 0, 1, 0, 1, 8], "mild")]
)
def test_a_good_week_after_procedures_is_no_other_scale(values: list[object], severity: str) -> None:
    """Chance explains both alike; a tenth of the scale is known by what lies between whole numbers."""
    loaded = load_in_turn([TREATED, asked("a", 0, [3, 2, 4, 5, 7, 3, 2, 6, 4, 7] * 3, 3), asked("b", 30, values, 3)])
    assert loaded.surprises() == [("score", "shift", severity)]


@pytest.mark.parametrize(
    ("values", "surprises"),
    sample(
        [
            ([30, 20, *[0, 10] * 5], [("score", "shift", "grave")]),
            ([30, 20, *[0, 10] * 4, 0, 1], []),
            ([30, *[0, 10] * 5], []),
            ([0, 10] * 5, []),
        ],
        2,
    ),
)
def test_scores_that_can_only_go_to_100_are_refused_also_in_a_first_delivery(
    values: list[object], surprises: list[tuple[str, str, str]]
) -> None:
    """Those of 0 and 10 would be taken for the least and the worst pain."""
    loaded = load_in_turn([TREATED, asked("a", 0, values, 3)])
    assert loaded.surprises() == surprises
    assert len(loaded.refused) == len(surprises)


def test_late_scores_are_lower_and_on_the_same_scale() -> None:
    late = asked("b", 30, [4, 3, 2] * 10, 3)
    assert load_in_turn([TREATED, asked("a", 0, [8, 9, 7] * 10, -1), late]).surprises() == []


def test_deliveries_of_older_dates_are_not_compared() -> None:
    loaded = after_january(procedures(date(2025, 11, 1), 28, "F", age_years=31, setting="ward"))
    assert loaded.surprises() == []


def test_small_deliveries_are_pooled_until_there_are_ten_rows() -> None:
    small = [
        Sent(f"day{load}.csv", procedures(date(2026, 2, 4 * load), 4, f"F{load}x", cement_ml=None), load=load)
        for load in (2, 3, 4)
    ]
    assert load_in_turn([JANUARY, *small[:2]]).surprises() == []
    assert load_in_turn([JANUARY, *small]).surprises() == [("cement_ml", "column_empty", "mild")]


def test_corrections_of_earlier_rows_are_not_judged() -> None:
    again = procedures(date(2026, 1, 1), 30, "J", cement_ml=None)
    assert after_january(again).surprises() == []


def test_files_of_one_load_are_not_compared_with_each_other() -> None:
    north = Sent("north.csv", procedures(date(2026, 1, 1), 30, "A"))
    south = Sent("south.csv", procedures(date(2026, 1, 1), 30, "B", site="South"))
    assert load_in_turn([north, south]).surprises() == []


EXPECT = """
[expect]
site = ["North", "South"]
cement_ml = [1, 15]
age_years = { between = [18, 110], severity = "mild" }
performed_on = { days_before_receipt = 400 }
"""


@pytest.mark.parametrize(
    ("cells", "surprises"),
    sample(
        [
            ("South,70,04/02/2026", []),
            ("Elsewhere,70,04/02/2026", [("site", "expect", "grave")]),
            ("North,17,04/02/2026", [("age_years", "expect", "mild")]),
            ("North,70,04/02/2024", [("performed_on", "expect", "grave")]),
        ],
        2,
    ),
)
def test_what_a_source_expects_is_asked_from_the_first_row_on(
    cells: str, surprises: list[tuple[str, str, str]]
) -> None:
    add_plain_source(extra=EXPECT)
    site, age, day = cells.split(",")
    header = "Case,MRN,Sex,Age,Site,Surgeon,Date,Start,End,Discharge,Levels,Class,Updated"
    content = table(header, [f"C1,M1,F,{age},{site},Able,{day},09:00,09:50,,T12,OP,"])
    assert load_in_turn([Sent("cases.csv", content, "plain")]).surprises() == surprises
