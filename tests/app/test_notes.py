"""Notes, rebases and explained causes: who may write them, what is shown, and that nothing written is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from dashboard.access.rights import AccessDenied
from dashboard.journal import notes
from dashboard.view import reader_view
from dashboard.view.reader_view import View
from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from queries.catalogue.filters import Filters
from tests.records import Records, loaded
from tests.signed_in import as_reader

DAY = date(2025, 3, 3)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("notes"))
    records = Records()
    records.procedure("2026-01-12")
    records.procedure("2026-01-13", site="Lakeside")
    loaded(home, records)
    return home


@pytest.fixture
def lead(filled: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    monkeypatch.setenv("OUTCOMES_HOME", str(filled.root))
    as_reader(monkeypatch, "lead")
    yield reader_view.open_view(Filters())
    filled.journal.unlink(missing_ok=True)


def texts(view: View, *metrics: str) -> list[str]:
    return [note.text for note in notes.notes_for(view, *metrics)]


def test_a_note_stands_on_the_charts_of_its_topic_and_on_no_other(lead: View) -> None:
    notes.add_note(lead, DAY, text="nurse call at 48 h introduced", topics=["discharge"])
    notes.add_note(lead, date(2025, 1, 1), text="new  software\n", topics=())
    assert texts(lead, "day_case_completed") == ["new software", "nurse call at 48 h introduced"]
    assert texts(lead, "recovery_hours") == ["new software"]
    assert len(texts(lead)) == 2
    note = notes.notes_for(lead, "day_case_completed")[1]
    assert (note.author, note.on) == ("one lead", DAY)
    assert note.at.endswith("Z")


def test_a_correction_takes_the_place_of_a_note_and_the_old_words_stay(lead: View, filled: Home) -> None:
    notes.add_note(lead, DAY, text="nurse cal", topics=["discharge"])
    (first,) = notes.notes_for(lead, "day_case_completed")
    notes.correct_note(lead, first, date(2025, 3, 4), "nurse call")
    (second,) = notes.notes_for(lead, "day_case_completed")
    assert (second.text, second.on, second.first_id) == ("nurse call", date(2025, 3, 4), first.id)
    # Two people correct the same words: the later one counts, and the chart shows one note.
    notes.correct_note(lead, first, DAY, "nurse call at 48 h")
    assert texts(lead, "day_case_completed") == ["nurse call at 48 h"]
    notes.withdraw_note(lead, notes.notes_for(lead, "day_case_completed")[-1])
    assert [event.words for event in Journal(filled.journal).events()][:2] == ["nurse cal", "nurse call"]


@pytest.mark.parametrize("role", ["viewer", "quality", "coordinator", "admin"])
def test_who_may_not_write_cannot(role: str, lead: View, monkeypatch: pytest.MonkeyPatch, filled: Home) -> None:
    other = View(lead.path, lead.info, as_reader(monkeypatch, role), lead.filters)  # type: ignore[arg-type]
    for write in (
        lambda: notes.add_note(other, DAY, text="x"),
        lambda: notes.rebase_metric(other, "recovery_hours", DAY, "x"),
        lambda: notes.explain_cause(other, "recovery_hours", first="2025-01", last="2025-03", words="x"),
    ):
        with pytest.raises(AccessDenied):
            write()
    assert Journal(filled.journal).events() == []


def test_a_lead_of_one_site_writes_for_that_site_only(lead: View, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = as_reader(monkeypatch, "lead", ["Lakeside"])
    limited = reader_view.open_view(Filters())
    notes.add_note(limited, DAY, text="for us", topics=(), site="Lakeside")
    for site in (None, "Riverside"):
        with pytest.raises(AccessDenied):
            notes.add_note(limited, DAY, text="for all", topics=(), site=site)
    notes.add_note(lead, DAY, text="for them", topics=(), site="Riverside")
    assert texts(limited) == ["for us"]
    assert reader.sites == {"Lakeside"}


def test_a_rebase_and_an_explanation_are_recorded_with_who_when_and_why(lead: View) -> None:
    notes.rebase_metric(lead, "recovery_hours", DAY, "the new ward opened")
    (one,) = notes.rebases_of_metric(lead, "recovery_hours")
    assert (one.start, one.reason, one.author) == (DAY, "the new ward opened", "one lead")
    notes.rebase_metric(lead, "recovery_hours", None, "a mistake")
    assert notes.rebases_of_metric(lead, "recovery_hours") == ()
    notes.explain_cause(lead, "day_case_completed", first="2025-08", last="2026-04", words="the nurse's call")
    (cause,) = notes.explanations_of_metric(lead, "day_case_completed")
    assert (cause.first, cause.last, cause.words) == ("2025-08", "2026-04", "the nurse's call")


def test_an_explanation_speaks_of_its_own_signal_only(lead: View) -> None:
    here = reader_view.open_view(Filters.of({"site": ["Lakeside"]}))
    notes.explain_cause(
        here,
        "day_case_completed",
        first="2025-08",
        last="2026-01",
        words="new nurse",
        site="Lakeside",
        step="month",
        direction="higher",
    )

    def explains(view: View, metric: str, first: date, last: date, direction: str) -> bool:
        return notes.explanation_of(view, metric, first, last, direction) is not None

    run = (date(2025, 9, 1), date(2026, 4, 30))
    assert explains(here, "day_case_completed", *run, "higher")
    assert not explains(here, "day_case_completed", *run, "lower")
    assert not explains(here, "day_case_completed", date(2026, 2, 1), date(2026, 9, 30), "higher")
    assert not explains(here, "recovery_hours", *run, "higher")
    assert not explains(lead, "day_case_completed", *run, "higher")


def test_a_new_baseline_of_a_site_moves_no_other_chart(lead: View) -> None:
    notes.rebase_metric(lead, "recovery_hours", DAY, "the new ward opened", "Lakeside")
    views = [reader_view.open_view(Filters.of({"site": [site]})) for site in ("Lakeside", "Riverside")]
    assert [len(notes.rebases_of_metric(view, "recovery_hours")) for view in (*views, lead)] == [1, 0, 0]


def test_who_may_write_for_which_site(lead: View, monkeypatch: pytest.MonkeyPatch) -> None:
    assert notes.sites_to_write_for(lead) == (None, "Lakeside", "Riverside")
    notes.add_note(lead, DAY, text="for all")
    notes.add_note(lead, DAY, text="for us", topics=(), site="Lakeside")
    as_reader(monkeypatch, "lead", ["Lakeside"])
    limited = reader_view.open_view(Filters())
    assert notes.sites_to_write_for(limited) == ("Lakeside",)
    assert [(note.text, notes.may_change(limited, note)) for note in notes.notes_for(limited)] == [
        ("for all", False),
        ("for us", True),
    ]


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_words_are_demanded_and_bounded(text: str, lead: View) -> None:
    with pytest.raises(UsageProblem):
        notes.add_note(lead, DAY, text=text)


def test_notes_written_at_once_are_all_kept(lead: View) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: notes.add_note(lead, DAY, text=f"note {number}"), range(40)))
    assert sorted(texts(lead)) == sorted(f"note {number}" for number in range(40))
