"""An operator's own results: first what so many cases can show, then the own course, and nobody else's figures."""

import json

import pytest

from dashboard.access import rights
from dashboard.access.rights import AccessDenied
from dashboard.access.roles import Viewer
from dashboard.contents import TITLES
from dashboard.links.page_files import page_files
from dashboard.pages.own_results.own_figures import MEASURES, count_own, read_own
from dashboard.pages.own_results.own_results import answer_sentence, beside_sentence, enough_table, how_sentence
from dashboard.view.reader_view import open_view
from data.home import Home
from etl.demo import NORTHFIELD, OPERATORS, RIVERSIDE
from queries.catalogue.filters import Filters
from tests.app.pages import app, texts
from tests.records import Records, loaded
from tests.signed_in import as_reader
from tests.synthetic import synthetic_home

MINE = OPERATORS[RIVERSIDE][0]
EVERYBODY = [name for names in OPERATORS.values() for name in names]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A department of seven operators with enough cases for a band."""
    return synthetic_home(tmp_path_factory, 1_100, 7)


@pytest.fixture
def me(busy: Home, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(busy.root))
    return reads_as(monkeypatch, MINE)


def reads_as(monkeypatch: pytest.MonkeyPatch, *operators: str, sites: list[str] | None = None) -> Viewer:
    reader = as_reader(monkeypatch, "operator", sites, operators)
    monkeypatch.setattr(rights, "viewer", lambda: reader)
    return reader


def test_the_own_figures_are_those_that_a_lead_sees_of_this_operator(
    me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {name: read_own(me, name) for name in MEASURES}
    counted = count_own(me).procedures
    as_reader(monkeypatch, "lead")
    assert counted == open_view(Filters.of({"operator": [MINE]})).extent().procedures
    for name, one in found.items():
        assert one is not None
        seen = open_view(Filters.of({"operator": [MINE], "technique": ["vertebroplasty"]}, *one.days)).figure(name)
        assert [one.row[part] for part in ("numerator", "recorded", "value")] == [
            seen[part] for part in ("numerator", "recorded", "value")
        ]


def test_first_stands_what_so_many_cases_can_show(me: Viewer) -> None:
    found = [one for name in MEASURES if (one := read_own(me, name))]
    pain = found[0]
    assert pain.band is not None
    assert answer_sentence(pain).startswith(f"{pain.row['recorded']} cases in the year to ")
    assert f"can show a fall of {-(-pain.smallest // 1):.0f} points or more in pain relief" in answer_sentence(pain)
    assert pain.band.lower < pain.compared_with < pain.band.upper
    table = enough_table(found)
    assert list(table)[-1] == "cases to show 10 points"
    assert table["can show"].iloc[0].startswith("a fall from ")
    assert table["can show"].iloc[-1].startswith("a rise from ")
    assert "Walker" in how_sentence(found)
    assert f"{pain.band.lower}–{pain.band.upper} %" in beside_sentence(pain)


def test_the_page_names_no_colleague_and_no_figure_of_another(me: Viewer) -> None:
    at = app("own_results")
    assert not at.exception
    assert not at.error
    shown = texts(at) + json.dumps([chart.proto.spec for chart in at.get("plotly_chart")])
    assert answer_sentence(read_own(me, MEASURES[0])) in shown  # type: ignore[arg-type]
    assert not [name for name in EVERYBODY if name in shown]
    assert "Operator " not in shown
    assert not at.get("link_button")


def test_every_other_page_and_every_view_is_closed(me: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    del me
    with pytest.raises(AccessDenied):
        open_view(Filters())
    with pytest.raises(AccessDenied):
        open_view(Filters.of({"operator": [MINE]}))
    at = app("own_results", operator=EVERYBODY[1], site=NORTHFIELD, procedure="0" * 32)
    assert not at.exception
    for page in set(TITLES) - {"own_results"}:
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            at.switch_page(str(page_files()[page]))
    # Nobody else gets the page or its functions, whatever operator they carry.
    for role in ("viewer", "quality", "coordinator", "lead", "admin"):
        other = Viewer("one", role, operators=frozenset({MINE}))
        monkeypatch.setattr(rights, "viewer", lambda other=other: other)
        with pytest.raises(AccessDenied):
            read_own(other, MEASURES[0])


def test_rights_by_site_hold_here_too(busy: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(busy.root))
    assert count_own(reads_as(monkeypatch, MINE, sites=[RIVERSIDE])).procedures > 0
    elsewhere = reads_as(monkeypatch, MINE, sites=[NORTHFIELD])
    assert count_own(elsewhere).procedures == 0
    # Of three operators at the site two are colleagues: no band.
    here = read_own(reads_as(monkeypatch, OPERATORS[NORTHFIELD][0], sites=[NORTHFIELD]), MEASURES[0])
    assert here is not None
    assert here.band is None
    assert "could give away the figures of one of them" in beside_sentence(here)


@pytest.mark.parametrize("bound", [(), ("Somebody else",), ("not_recorded",)])
def test_an_account_bound_to_nobody_in_the_records_sees_nothing(
    bound: tuple[str, ...], busy: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(busy.root))
    reader = reads_as(monkeypatch, *bound)
    assert read_own(reader, MEASURES[0]) is None
    at = app("own_results")
    assert not at.exception
    assert "No procedure of yours is in the records" in texts(at)
    assert not at.get("plotly_chart")


def test_of_two_operators_neither_sees_the_department(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    for place in range(60):
        day = f"2026-0{1 + place % 3}-{1 + place % 28:02}"
        row = records.procedure(day, operator="One" if place % 2 else "Two", technique="vertebroplasty")
        records.score(row, f"{day}T08:00", 8)
        records.score(row, f"2026-0{1 + place % 3}-{min(28, 3 + place % 28):02}T08:00", 3)
    records.reach("2026-05-30")
    loaded(home, records)
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    for name in MEASURES:
        one = read_own(reads_as(monkeypatch, "One"), name)
        assert one is not None
        assert one.band is None
    at = app("own_results")
    assert not at.exception
    assert "The department is not shown beside it" in texts(at)
