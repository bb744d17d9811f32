"""The app on a registry's pool: which pages, by role; hospitals instead of sites; letters for a hospital's reader."""

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.rights import may_see
from dashboard.access.roles import ROLES
from dashboard.contents import TITLES
from dashboard.pages.compare.adjusted_export import adjusted_figures
from dashboard.pages.overview.digest import digest_view, make_digest
from dashboard.pages.overview.signals import find_signals
from dashboard.view.operator_codes import hospital_names
from dashboard.view.pool.pooled_hospitals import peer_groups, pooled_hospitals
from dashboard.view.reader_view import open_view
from data.errors import UsageProblem
from data.home import Home
from data.journal import Journal
from etl.rehearsal import CORRECTED, LATE, OTHER_SCHEMA, TAMPERED
from queries.catalogue.filters import NOT_RECORDED, Filters
from tests.app.pages import app, texts
from tests.registries import FEWER, registry_home
from tests.signed_in import as_reader, sign_off

SHOWN = (
    "overview", "pain_relief", "levels_treated", "recovery", "same_day_discharge", "safety", "compare", "follow_up",
    "what_we_tell_patients", "hospitals", "sign_off", "methods",
)  # fmt: skip
RECORDS = [one.title for one in FEWER if one.what == "records"]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return registry_home(tmp_path_factory)


@pytest.fixture
def registry(pool: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_HOME", str(pool.root))
    return pool


def everything(at: AppTest) -> str:
    """All that a page hands to the browser: texts, tables, charts, choices."""
    return f"{at.main}{at.sidebar}{texts(at)}" + "".join(str(one.proto) for one in at.get("plotly_chart"))


def test_bad_shipments_are_refused_and_the_others_pooled(registry: Home) -> None:
    told = Journal(registry.journal).events("pool")[-1].payload
    assert [one.split("/")[0] for one in told["refused"]] == [TAMPERED, OTHER_SCHEMA]
    assert "was changed or is cut off" in told["refused"][0]
    assert "same version of this program" in told["refused"][1]
    assert [one.split(":")[0] for one in told["taken"]] == [one.key for one in FEWER]
    assert f"{CORRECTED}: shipment 2 (records) is pooled" in told["taken"]


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_single_patients_are_in_no_navigation(
    registry: Home, monkeypatch: pytest.MonkeyPatch, role: Any
) -> None:
    reader = as_reader(monkeypatch, role)
    pages = {page for page in TITLES if may_see(reader, page)}
    closed = {"procedures", "calls", "export", "data_quality", "own_results", "ours"}
    assert not pages & closed
    assert ("hospitals" in pages) == (role in ("quality", "coordinator", "lead"))
    assert "sign_off" not in {page for page in TITLES if may_see(as_reader(monkeypatch, role, ["alder"]), page)}


@pytest.mark.parametrize("page", ["procedures", "calls", "own_results"])
def test_their_addresses_show_nothing(registry: Home, page: str) -> None:
    at = app(page)
    assert not at.exception
    assert [one.value for one in at.title] == ["Not open to you"]
    assert "in each hospital's own dashboard" in texts(at)


@pytest.mark.parametrize("page", SHOWN)
def test_pages_are_drawn_with_all_their_parts_open(registry: Home, page: str) -> None:
    at = app(page, open="case_mix")
    assert not at.exception and not at.error, texts(at)


def test_hospitals_stand_where_sites_would(registry: Home) -> None:
    overview = texts(app())
    assert all(name in overview for name in RECORDS)
    assert "Hospitals" in overview and "Clinic" not in overview
    compare = app("compare")
    assert "hospitals" in compare.header[0].value
    assert {"Between", "Peer group"} <= {one.label for one in compare.get("button_group")}
    one = app("overview", hospital="Alder Hospital")
    assert "Alder Hospital" in texts(one) and "A part of the link" not in texts(one)


def test_a_peer_group_is_compared_alone(registry: Home) -> None:
    groups = peer_groups(open_view(Filters()))
    assert set(groups) == {"general", "university"}
    assert "Hazel Hospital" in everything(app("compare")) and "Hazel Hospital" in texts(app("compare"))
    among = texts(app("compare", **{"peer-group": "university"}))
    assert "Alder Hospital" in among and "Hazel Hospital" not in among


def test_late_hospitals_are_said_first(registry: Home) -> None:
    rows = pooled_hospitals(open_view(Filters()))
    assert rows[0]["name"] == f"{LATE.title()} Hospital"
    page = texts(app("hospitals"))
    assert f"Late: {LATE.title()} Hospital" in page
    assert "counts as two people" in page and "medians only where not hidden" in page and "Cedar Hospital, 2025" in page
    assert "registry of 8 hospitals, 1 late" in texts(app())


@pytest.mark.parametrize("page", [page for page in SHOWN if page != "sign_off"])
def test_a_hospitals_reader_reads_no_other_name(registry: Home, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    as_reader(monkeypatch, "lead", ["alder"])
    shown = everything(app(page))
    others = [word for one in FEWER if one.key != "alder" for word in (one.key, one.key.title())]
    assert [name for name in others if name in shown] == []
    if page in ("overview", "hospitals"):
        # Which letters the others have was drawn.
        letters = set(re.findall(r"Hospital ([A-H])\b", shown))
        assert "Alder Hospital" in shown and len(letters) >= len(RECORDS) - 1


def test_a_hospitals_reader_outside_reads_no_name_of_a_site(registry: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(registry, "2026-03")
    as_reader(monkeypatch, "viewer", ["alder"])
    shown = everything(app("published", split="site"))
    assert not [one.title for one in FEWER if one.key.title() in shown]
    view = open_view(Filters())
    assert set(view.figures("procedures", by="site")["group"]) <= {"not told apart", NOT_RECORDED}


def test_letters_are_the_same_for_every_reader_and_tell_nothing_of_the_name() -> None:
    titles = {key: "Same" if key in "ab" else key for key in "abcdefgh"}
    names = hospital_names(titles, ["a"], b"k" * 32)
    assert names["a"] == "Same (a)"
    assert {names[key] for key in "bcd"} == {hospital_names(titles, ["h"], b"k" * 32)[key] for key in "bcd"}
    assert sorted({*names.values()}) != [f"Hospital {letter}" for letter in "ABCDEFGH"]
    assert len({*names.values()}) == len(titles)


def test_a_department_knows_nothing_of_it(synthetic: Home) -> None:
    at = app()
    assert "ospitals" not in texts(at)
    assert [one.value for one in app("hospitals").title] == ["Not open to you"]


def test_digest_and_signals_speak_of_hospitals_by_name(registry: Home) -> None:
    told = make_digest(digest_view(None)).text
    assert "\nHospitals\n" in told
    assert not re.search(r"\b[Ss]ites?\b", told)
    assert all(f"\n{title}: relief" in told for title in RECORDS)
    kinds = {one.kind for one in find_signals(digest_view(None))}
    assert kinds <= {"verdict", "difference", "case_mix", "safety", "late"}
    one = make_digest(digest_view(RECORDS[0])).text
    assert RECORDS[0] in one.splitlines()[-1]
    assert [line.split(":")[0] for line in one.splitlines() if ": relief" in line] == [RECORDS[0]]
    with pytest.raises(UsageProblem, match="no such hospital"):
        digest_view("Nowhere")


def test_adjusted_figures_compare_hospitals(registry: Home) -> None:
    table = adjusted_figures(["day_case_completed"], "hospital", Filters())
    assert set(table["group"]) <= {one.key for one in FEWER if one.what == "records"}
    assert len(table) > 2
    for by in ("site", "operator", None):
        with pytest.raises(UsageProblem, match=r"Give --by hospital$"):
            adjusted_figures(["day_case_completed"], by, Filters())
