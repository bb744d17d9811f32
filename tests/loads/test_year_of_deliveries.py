"""A year of deliveries of one hospital, one after the other: what each is told, and what the figures are after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.home import Home
from etl.build.file_report import lines_of_report
from queries.warehouse import open_current
from tests.records import take
from tests.sent_files import add_plain_source, canonical, table

CASES = "Case,MRN,Sex,Age,Site,Surgeon,Date,Start,End,Discharge,Levels,Class,Updated"
SCORES = "MRN,When,Pain,Updated"


def case(month: int, day: int, **other: str) -> str:
    """One case; its numbers tell month and day."""
    number = f"{month:02}{day:02}"
    date = f"{month:02}/{day:02}/2026"
    cells = {
        "Case": f"C{number}", "MRN": f"M{number}", "Sex": "F", "Age": f"{65 + day}", "Site": "North",
        "Surgeon": "Able", "Date": date, "Start": "09:00", "End": "09:50", "Discharge": f"{date} 15:00",
        "Levels": "T12", "Class": "OP", "Updated": f"{date} 16:00",
    }  # fmt: skip
    return ",".join((cells | other).values())


def month_of(month: int, days: Sequence[int] = range(1, 13), **other: str) -> bytes:
    return table(CASES, [case(month, day, **other) for day in days])


def scores_of(month: int, days: Sequence[int] = range(1, 13), after: bool = True) -> bytes:
    """Pain 8 in the hour before, and 3 three days after."""
    before = [f"M{month:02}{day:02},{month:02}/{day:02}/2026 08:30,8," for day in days]
    later = [f"M{month:02}{day:02},{month:02}/{day + 3:02}/2026 10:00,3," for day in days]
    return table(SCORES, [*before, *(later if after else [])])


@dataclass
class Hospital:
    """A home, its folder of files, and the day of the next receipt."""

    home: Home
    folder: Path
    day: int = 1
    words: str = ""
    refused: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)

    def send(self, name: str, content: bytes, source: str = "plain") -> None:
        path = self.folder / f"{self.day:02}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        received = f"2026-12-{self.day:02}T06:00:00"
        result = take(self.home, path, source=source, received_at=received)
        self.day += 1
        self.words = "\n".join(line for report in result.all_reports for line in lines_of_report(report))
        self.refused = [str(one.error) for one in result.refused]
        self.known = result.known

    def figures(self) -> tuple[int, int]:
        """Procedures, and pairs of pain before and after a day or two."""
        rows = open_current(self.home).rows(
            "select (select count(*) from procedures), count(*) from pain_outcomes"
            " where timepoint = 'hours_24_72' and status = 'recorded' and baseline is not null"
        )
        return rows[0]


@pytest.fixture
def hospital(home: Home, tmp_path: Path) -> Hospital:
    add_plain_source()
    return Hospital(home, tmp_path / "sent")


def test_a_year_of_deliveries(hospital: Hospital) -> None:
    send, figures = hospital.send, hospital.figures

    send("cases.csv", month_of(1))
    send("scores.csv", scores_of(1, after=False))
    assert figures() == (12, 0)

    # Overlaps: February comes with the last days of January; and January's scores come late.
    send("cases.csv", table(CASES, [*(case(1, day) for day in (10, 11, 12)), *(case(2, day) for day in range(1, 13))]))
    assert "15 rows read, 12 loaded, 3 duplicate" in hospital.words
    send("scores.csv", scores_of(1))
    assert figures() == (24, 12)

    # Corrections.
    corrected = [case(1, day, Surgeon="Baker", Updated="03/01/2026 10:00") for day in (1, 2, 3)]
    send("cases.csv", table(CASES, corrected))
    assert "replaces 3 rows of cases.csv" in hospital.words
    assert hospital.refused == []
    # The window of the last one is still open.
    send("scores.csv", scores_of(2))
    assert figures() == (24, 23)

    # A file twice.
    send("again.csv", scores_of(2))
    assert hospital.known == ["again.csv"]
    assert figures() == (24, 23)

    # Half a file, then the whole.
    send("cases.csv", month_of(3, range(1, 7)))
    assert figures() == (30, 24)
    send("cases.csv", month_of(3))
    assert "12 rows read, 6 loaded, 6 duplicate" in hospital.words
    assert figures() == (36, 24)

    # A column is renamed.
    send("cases.csv", month_of(4).replace(b"Surgeon", b"Operator"))
    assert ["missing column Surgeon" in one for one in hospital.refused] == [True]
    assert figures() == (36, 24)

    # A new code for half of the patients.
    mixed = [case(4, day, Class="DS" if day % 2 else "OP") for day in range(1, 13)]
    send("cases.csv", table(CASES, mixed))
    assert "mild surprise codes_unknown, setting: 6 of 12 codes are unknown, before 0%" in hospital.words
    assert hospital.refused == []
    assert figures() == (48, 24)

    # For a week, and then for a month, day and month change places.
    week = [case(5, day, Date=f"{day:02}/05/2026", Discharge="", Updated="") for day in range(4, 9)]
    send("cases.csv", table(CASES, week))
    assert "grave surprise days_exchanged, performed_on: days spread over 5 months" in hospital.words
    assert ["--accept-surprises" in one for one in hospital.refused] == [True]
    month = [case(6, day, Date=f"{day:02}/06/2026", Discharge="", Updated="") for day in range(1, 28, 2)]
    send("cases.csv", table(CASES, month))
    assert ["rows rejected" in one for one in hospital.refused] == [True]
    assert figures() == (48, 24)

    # Another hospital's file has the same numbers.
    other = {"Sex": "M", "Age": "40", "Site": "Elsewhere", "Surgeon": "Zed", "Updated": "12/01/2026 10:00"}
    send("cases.csv", month_of(1, **other))
    assert ["of another person, day or site" in one for one in hospital.refused] == [True]
    assert hospital.words.count("person, day or site change in 3") == 2
    assert figures() == (48, 24)

    # The clocks change: the next morning's case is a case like any other.
    send("cases.csv", table(CASES, [case(11, 1, Start="01:30", End="03:10")]))
    assert figures() == (49, 24)

    # The hospital changes its system: new numbers for everybody, one case is in both.
    add_plain_source("new")
    moved = [case(11, 1, Case="X1", MRN="N1"), case(11, 5, Case="X2", MRN="N2")]
    send("new_cases.csv", table(CASES, moved), "new")
    both = table(SCORES, ["N1,11/04/2026 10:00,2,", "N2,11/08/2026 10:00,2,", "N2,11/20/2026 10:00,2,"])
    send("new_scores.csv", both, "new")
    send("scores.csv", table(SCORES, ["M1101,10/31/2026 10:00,9,", "M1105,11/04/2026 10:00,9,"]))
    assert figures() == (51, 24)
    same = [
        {"kind": "patient", "source": "new", "number": "N1", "same_as_source": "plain", "same_as_number": "M1101"},
        {"kind": "patient", "source": "new", "number": "N2", "same_as_source": "plain", "same_as_number": "M1105"},
        {"kind": "procedure", "source": "new", "number": "X1", "same_as_source": "plain", "same_as_number": "C1101"},
    ]
    send("links.csv", canonical("links", same), "canonical")
    assert hospital.refused == []
    assert figures() == (50, 26)
