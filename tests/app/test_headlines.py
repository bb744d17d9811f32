"""No sentence of a page denies its tables: whatever a department sends, and however little."""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports.figure_downloads import OFFERS
from dashboard.links.page_files import page_files
from dashboard.view.reader_view import VIEW_KEY, View
from dashboard.view.safety_events import HEADLINES, count_waiting, event_rows
from data.home import Home
from queries.catalogue.metrics import read_catalogue
from queries.figures.gates import FEWEST, FIRM
from queries.figures.summarise import Row
from tests.app.pages import NAMES, app
from tests.grids import sample
from tests.records import Records, take
from tests.synthetic import synthetic_home

EXAMPLES = {
    "canonical": ("canonical",), "late": ("canonical", "late"), "us_ehr_csv": ("us_ehr_csv",),
    "uk_audit_xlsx": ("uk_audit_xlsx",), "redcap": ("redcap",), "fhir_bulk": ("fhir_bulk",),
}  # fmt: skip
SMALL = (
    "none", "one", "nine", "twelve", "no_scores", "no_complications", "no_times", "no_day_cases", "mild",
)  # fmt: skip
# The figure that the headline of a page is about; of Safety any of several.
MAIN: dict[str, tuple[str, ...]] = {
    "pain_relief": ("responders_50_hours_24_72", "pain_change_hours_24_72"),
    "levels_treated": ("mean_levels",),
    "recovery": ("home_ready_within_6_hours",),
    "same_day_discharge": ("day_case_completed",),
    "safety": tuple(HEADLINES),
    "follow_up": ("recorded_hours_24_72", "recorded_follow_up"),
}
WITH_FIGURES = ("overview", *MAIN, "what_we_tell_patients", "compare")
DENIES = re.compile(
    r"\bnot (recorded|known|sent)\b|cannot be counted|could be (read|asked)|^(No|There are no) ", re.IGNORECASE
)
# Relief of 30 and 50 %, gates, intervals; and where there are enough for rates the ends of all shares.
OF_DEFINITIONS = {"30", "50", "60", "80", "95"}
FIXED = {*OF_DEFINITIONS, "0", "99", "99.8", "100"}
PAIR = re.compile(r"\b(\d[\d,]*) of (?:those |the |all )?(\d[\d,]*)\b")
PER_CENT = re.compile(r"(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))? %")
SAME_ENDS = re.compile(r"\b(\d+(?:\.\d+)?) ?%? ?(?:–|to|and) \1 ?%")
WAITING = re.compile(r"(?:\d[\d,]*|No) events? .{2,3} deaths? waits? for a review")
AVERAGE = re.compile(r"\d\.\d")
# Told of stretches of months, of trials, of what would be found, and of who is treated: no figure of the page.
ELSEWHERE = re.compile(
    r"since about|Earlier it was|would be (seen|found)|No change seen|hollow points|VERTOS|none of 84|such departments|"
    r"80 or older",
    re.IGNORECASE,
)


def small_department(name: str) -> Records:
    """Procedures of one day, with deaths and events, but for what the name says is not sent."""
    records = Records()
    size = {"none": 0, "one": 1, "nine": 9, "twelve": 12}.get(name, 24)
    untimed = dict.fromkeys(("started_at", "ended_at", "recovery_ready_at", "discharged_at", "disposition"))
    if not size:
        records.procedure("not a date")
    for place in range(size):
        row = records.procedure(
            "2026-01-12",
            died_on=f"2026-01-{14 + place}" if place < 5 and size > 12 else None,
            **(untimed if name == "no_times" else {}),
            **({"setting": "already_inpatient"} if name == "no_day_cases" else {}),
        )
        if name != "no_scores":
            before, after = (
                ("2026-01-11", "2026-01-14") if name == "no_times" else ("2026-01-12T09:00", "2026-01-14T09:00")
            )
            records.score(row, before, 3 if name == "mild" else 8)
            if place % 4 or size < FEWEST:
                records.score(row, after, 3 + 5 * (place % 2))
        if name != "no_complications" and not place % 5:
            records.complication(row, "2026-01-15", "haematoma", severity="D" if place % 10 else None)
        records.contact(row, f"2026-04-{10 + place % 9}T10:00", "follow_up_visit", "attended")
    return records


def make_department(name: str, folder: Path, examples: Path) -> Home:
    home = Home(folder / "home")
    if name in EXAMPLES:
        for one in EXAMPLES[name]:
            zone = json.loads((examples / one / "truth.json").read_text(encoding="utf-8"))["time_zone"]
            source = "canonical" if len(EXAMPLES[name]) > 1 or one == "canonical" else one
            take(home, examples / one, source=source, zone=zone, received_at="2026-12-01T12:00:00")
    else:
        take(home, small_department(name).write(folder / "in"), accept_rejects=True)
    return home


def shown_texts(at: AppTest) -> list[str]:
    """Every sentence of the page and of its charts, one after the other."""
    parts = (at.header, at.subheader, at.markdown, at.caption, at.info, at.warning)
    found = [element.value for group in parts for element in group]
    found += [re.sub(r"<[^>]+>", " ", one.value) for one in at.get("html") if "<style" not in one.value]
    for chart in at.get("plotly_chart"):
        meta = json.loads(chart.proto.spec)["layout"]["meta"]
        found += [meta["title"], meta["subtitle"], meta["alt"]]
    return [re.sub(r"\s+", " ", text.replace("\\", "")).strip() for text in found]


def mark_texts(at: AppTest) -> list[str]:
    """What is written at the marks of the charts and beside them; not on their axes."""
    found: list[str] = []
    for chart in at.get("plotly_chart"):
        spec = json.loads(chart.proto.spec)
        for trace in spec["data"]:
            told = trace.get("text") or []
            found += [told] if isinstance(told, str) else [str(text) for text in told]
        found += [str(note["text"]) for note in spec["layout"].get("annotations", [])]
    return [re.sub(r"\s+", " ", text) for text in found]


def table_rows(at: AppTest) -> Iterator[dict[str, str]]:
    """The rows of every table that the page gives; steps of a flow, one below the other, are one row."""
    for offer in at.session_state[OFFERS].values() if OFFERS in at.session_state else ():
        if not offer.name.endswith(".csv"):
            continue
        rows = list(csv.DictReader(io.StringIO(offer.write()[0].decode())))
        yield from rows
        yield {row["label"]: row["count"] for row in rows if "count" in row}


def figures_of(view: View) -> list[Row]:
    """Every figure of the catalogue for what the page shows: its period, the one before, and all months of charts."""
    names = read_catalogue()
    before = [(earlier, name) for name in names if (earlier := view.before(name))]
    views = [*before, *product((view, view.whole), names)]
    return [row for one, name in views for row in one.rows(name)]


def number_pairs(rows: list[Row], tables: list[dict[str, str]]) -> set[tuple[int, int]]:
    """Any two counts of one row."""
    names = (
        "numerator",
        "recorded",
        "eligible",
        "missing",
        "procedures",
        "followed_up",
        "followed_up_of",
        "baseline_missing",
    )
    counted = [[int(row[name]) for name in names if row.get(name) is not None] for row in rows]
    counted += [[int(cell) for cell in row.values() if cell and cell.isdigit()] for row in tables]
    return {pair for numbers in counted for pair in product(numbers, repeat=2)}


def shares_said(rows: list[Row], tables: list[dict[str, str]]) -> set[str]:
    """The percentages that may be said, as they are written: of ten and more, and as far as gates allow."""
    found: set[float] = set()
    for row in [*rows, *tables]:
        gate = row.get("gate")
        numbers = {name: float(row[name]) for name in row if name and _is_number(row[name])}
        eligible = numbers.get("eligible", 0)
        if eligible >= FEWEST:
            found |= {
                100 * numbers[name] / eligible for name in ("recorded", "numerator", "missing") if name in numbers
            }
        allowed = ["value", "lower", "upper"] if gate in FIRM or row.get("period") else []
        allowed += ["lower_if_missing_no", "upper_if_missing_yes"] if gate != "counts_only" else []
        found |= {numbers[name] for name in allowed if name in numbers}
    return {text for share in found for text in (f"{share:.0f}", f"{share:.1f}")} | FIXED


def _is_number(cell: object) -> bool:
    try:
        return float(str(cell)) == float(str(cell))
    except ValueError:
        return False


def problems_of(page: str, at: AppTest, view: View) -> Iterator[str]:
    """What the page says that its tables do not."""
    texts, tables, rows = shown_texts(at), list(table_rows(at)), figures_of(view)
    pairs, shares = number_pairs(rows, tables), shares_said(rows, tables)
    headline = at.header[0].value if at.header else ""
    if page in MAIN and DENIES.search(headline) and not PAIR.search(headline):
        known = [name for name in MAIN[page] if view.figure(name)["recorded"]]
        yield from (f"{page}: {headline!r} denies {name}" for name in known)
    told = [text for text in texts if not ELSEWHERE.search(text)]
    if view.extent().procedures < FEWEST:
        for text in (*told, *mark_texts(at)):
            if AVERAGE.search(text) or set(re.findall(r"(\d+(?:\.\d+)?) %", text)) - OF_DEFINITIONS:
                yield f"{page}: a rate or average of fewer than ten: {text}"
        return
    for text in told if page != "what_we_tell_patients" else ():
        for part, whole in PAIR.findall(text):
            pair = int(part.replace(",", "")), int(whole.replace(",", ""))
            if pair not in pairs and pair[1] != 10:
                yield f"{page}: {part} of {whole} stands in no table: {text}"
        for ends in PER_CENT.findall(text):
            if not set(filter(None, ends)) <= shares:
                yield f"{page}: {'–'.join(filter(None, ends))} % may not be said: {text}"


@pytest.mark.parametrize("name", sample(["synthetic", *SMALL, *EXAMPLES], 2))
def test_no_sentence_denies_the_tables_of_its_page(
    name: str, examples: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "synthetic":
        monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(synthetic_home(tmp_path_factory, 260, 7).root))
    else:
        monkeypatch.setenv("OUTCOMES_HOME", str(make_department(name, tmp_path, examples).root))
        monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    at = app()
    found, waiting, counted = [], set(), set()
    for page in NAMES:
        at.session_state[OFFERS] = {}
        at.switch_page(str(page_files()[page])).run()
        assert not at.exception, page
        told = " ".join(shown_texts(at))
        assert not SAME_ENDS.search(told), page
        if name == "none":
            assert page not in WITH_FIGURES or not PER_CENT.search(told), page
            continue
        view = at.session_state[VIEW_KEY]
        if page in WITH_FIGURES:
            found += problems_of(page, at, view)
        if page == "safety":
            counted = {count_waiting(event_rows(view)).words}
        waiting |= set(WAITING.findall(told))
    assert not found, "\n".join(found)
    assert waiting <= counted
