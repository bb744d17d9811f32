"""What each role gets from the data functions: exact figures or suppressed ones, own sites, operators or codes."""

import ast
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.access.rights import FUNCTION_RIGHTS, AccessDenied, may_see
from dashboard.access.rights_table import rights_table
from dashboard.access.roles import OUTSIDE_ONLY, PAGE_RIGHTS, REGISTRY_ONLY, RIGHTS, ROLES, Right, Viewer
from dashboard.access.settings import _open_store, account_store
from dashboard.contents import TITLES
from dashboard.exports import row_downloads
from dashboard.journal import notes
from dashboard.links.drill_through import Behind
from dashboard.links.page_files import page_files
from dashboard.pages import published
from dashboard.text import phrases
from dashboard.text.definitions import settings_in_force
from dashboard.view import readers_outside
from dashboard.view.operator_codes import operator_code
from dashboard.view.reader_view import View, open_view
from dashboard.view.readers_outside import NothingPublished
from data.errors import UsageProblem
from data.home import PROJECT, Home
from data.settings import read_disclosure
from data.storage.account_records import Account
from queries.catalogue.filters import Filters
from queries.catalogue.metrics import read_curves
from queries.figures.outside.outside_readers import Signature, read_signatures
from tests.app.data_functions import CALLS, NUMBERS, SAY_SO
from tests.app.pages import app, texts
from tests.grids import sample
from tests.signed_in import as_reader, sign_off

SITE = "Northfield Clinic"


@pytest.fixture(autouse=True)
def served(department: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("OUTCOMES_DEMO_HOME", str(department.root))
    department.journal.unlink(missing_ok=True)
    return department


def test_every_page_has_its_right() -> None:
    assert set(TITLES) <= set(PAGE_RIGHTS)


def test_a_reader_of_one_site_sees_only_that_site(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "lead")
    of_site = open_view(Filters.of({"site": [SITE]})).figure("procedures")["eligible"]
    operators = open_view(Filters()).values("operator")
    as_reader(monkeypatch, "lead", [SITE])
    view = open_view(Filters())
    assert view.figure("procedures")["eligible"] == of_site
    assert set(view.figures("procedures", by="site")["group"]) == {SITE}
    assert view.values("site") == (SITE,)
    assert set(view.values("operator")) <= set(operators)
    with pytest.raises(AccessDenied):
        open_view(Filters.of({"site": ["Riverside Hospital"]}))


@pytest.mark.parametrize("role", ["quality", "coordinator"])
def test_operators_are_codes_without_the_right_to_their_names(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "lead")
    named = open_view(Filters()).figures("procedures", by="operator")
    as_reader(monkeypatch, role)
    view = open_view(Filters())
    coded = view.figures("procedures", by="operator")
    assert sorted(named["eligible"]) == sorted(coded["eligible"])
    assert all(re.fullmatch("Operator [A-Z2-7]{5}|not_recorded", group) for group in coded["group"])
    one = view.values("operator")[0]
    chosen = open_view(Filters.of({"operator": [one]}))
    assert chosen.figure("procedures")["eligible"] == coded.set_index("group").loc[one, "eligible"]
    assert one in chosen.figures("procedures")["filters"][0].replace("+", " ")


def test_a_code_is_stable_and_tells_nothing_without_the_key() -> None:
    assert operator_code(b"k" * 32, "A. Surgeon") == operator_code(b"k" * 32, "A. Surgeon")
    assert operator_code(b"k" * 32, "A. Surgeon") != operator_code(b"l" * 32, "A. Surgeon")


def test_outside_readers_see_nothing_before_a_month_is_signed_off(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "viewer")
    with pytest.raises(NothingPublished):
        open_view(Filters())


def test_outside_readers_see_suppressed_figures_of_closed_periods(
    served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "viewer")
    fine = Filters.of({"site": [SITE], "operator": ["F. Bianchi"]}, date(2025, 1, 17), date(2026, 6, 10))
    assert open_view(fine).filters == Filters.of({"site": [SITE]})
    quarter = Filters.of({"site": [SITE]}, date(2025, 1, 1), date(2025, 3, 31))
    assert open_view(quarter).filters == quarter
    view = open_view(fine)
    shown = view.figures("day_case_completed", period="quarter")
    assert set(shown["audience"]) == {"outside"}
    assert shown["suppressed"].any()
    counts = shown[["eligible", "recorded", "numerator"]].stack().dropna()
    assert (counts % 5 == 0).all()
    assert all("signed_off=2026-03" in text for text in shown["filters"])
    assert view.values("operator") == ()


def test_outside_readers_get_no_exact_figure_no_curve_and_no_fine_group(
    served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "viewer")
    view = open_view(Filters())
    for ask in (
        lambda: view.figure("procedures"),
        lambda: view.curve(next(iter(read_curves())), (1, 2)),
        lambda: view.quantiles("recovery_hours"),
    ):
        with pytest.raises(AccessDenied):
            ask()
    with pytest.raises(UsageProblem):
        view.figures("procedures", by="operator")


def test_the_department_may_keep_its_own_quality_role_to_suppressed_figures(
    served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_off(served, "2026-03")
    reader = as_reader(monkeypatch, "quality")
    assert "small numbers exact, for this department only" in texts(app())
    kept = read_disclosure().model_copy(update={"own_department": "suppressed"})
    for module in ("dashboard.access.roles", "dashboard.text.definitions"):
        monkeypatch.setattr(f"{module}.read_disclosure", lambda: kept)
    assert {right for right in get_args(Right) if reader.has(right)} == RIGHTS["viewer"]
    assert [may_see(reader, page) for page in ("published", "overview", "export")] == [True, False, False]
    view = open_view(Filters())
    assert set(view.figures("day_case_completed", period="quarter")["audience"]) == {"outside"}
    with pytest.raises(AccessDenied):
        view.figure("procedures")
    with pytest.raises(AccessDenied):
        row_downloads.prepare_bundle(view, "limited", recipient="x", purpose="y", behind=Behind())
    assert "for its own quality role" in texts(app())
    assert ("for the department's own quality role", "small numbers hidden, as for readers outside") in (
        settings_in_force()
    )
    for role in ("lead", "coordinator"):
        assert open_view(Filters()).audience == "outside"
        as_reader(monkeypatch, role)
        assert open_view(Filters()).audience == "department"
        as_reader(monkeypatch, "quality")


@pytest.mark.parametrize("page", ["overview", "pain_relief", "same_day_discharge"])
def test_a_page_outside_the_role_is_not_in_the_navigation(
    page: str, served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "viewer")
    at = app()
    assert not at.exception
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        at.switch_page(str(page_files()[page]))


def test_the_address_of_a_closed_page_says_so_and_opens_nothing(served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "viewer")
    at = app()
    monkeypatch.setattr("dashboard.contents.open_view", lambda _: pytest.fail("a closed page opened the records"))
    at._page_hash = calc_hash("overview")  # As a browser asks for it: `switch_page` knows files only.
    at.run()
    assert [title.value for title in at.title] == ["Not open to you"]
    assert "not open to the role viewer" in texts(at)


def test_an_admin_sees_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "admin")
    with pytest.raises(AccessDenied):
        open_view(Filters())
    at = app()
    assert not at.exception
    assert "Data to" not in texts(at)
    assert not at.get("plotly_chart")


def test_the_table_is_in_the_documentation() -> None:
    """To renew it: `python -m dashboard.access.rights_table`."""
    assert rights_table() in (PROJECT / "docs" / "access.md").read_text(encoding="utf-8")


def test_the_table_names_every_function_of_a_view() -> None:
    public = {name for name in vars(View) if not name.startswith("_")} - {"audience", "require", "unit"}
    fields = set(View.__dataclass_fields__)
    assert {f"View.{name}" for name in public - fields} == {
        name for name in FUNCTION_RIGHTS if name.startswith("View.")
    }


ASKING = {"require", "_require", "_require_right", "warehouse_of", "home_in_service", "open_warehouse"}
# Yes or no to a reader about the reader's own rights.
TELL_RIGHTS = {"reviews.may_review", "call_rights.may_call", "call_rights.require_call"}
# What commands give out goes into the export log first, and to nobody who looks at a page.
COMMANDS = {"digest.note_file", "signals.tell_signals"}
# What a department aims at, and what it is called, is no patient's record.
AIMS = {"targets.target_of", "department.read_department", "page_parts.show_identity"}
# The server's own look at the pointer; no reader sees what it says. And what whoever watches the machine is told: ages.
OF_THE_SERVER = {"warm_up.generation_name", "health.find_readiness"}


def test_the_table_names_every_function_that_gives_data() -> None:
    """Whatever opens the records or the journal, or asks for a right, `requires` one."""
    found = set()
    for path in (PROJECT / "dashboard").rglob("*.py"):
        for one in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(one, ast.FunctionDef) and not one.name.startswith("_") and _asked_in(one) & ASKING:
                found.add(f"{path.stem}.{one.name}")
    unknown = found - set(FUNCTION_RIGHTS) - set(NUMBERS) - TELL_RIGHTS - OF_THE_SERVER - AIMS - COMMANDS
    assert {name for name in unknown if not name.startswith(("reader_view.", "rights."))} == set()
    assert set(CALLS) == set(FUNCTION_RIGHTS)


def _asked_in(function: ast.FunctionDef) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("function", sample(FUNCTION_RIGHTS, 26))
def test_a_function_gives_a_role_what_the_table_says(
    function: str, role: str, served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called with a view made for a lead and handed to another role: what an old tab or a fragment would hold."""
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "lead")
    view = replace(open_view(Filters()), reader=Viewer("one", role))
    if FUNCTION_RIGHTS[function] not in RIGHTS[role]:
        with pytest.raises(AccessDenied):
            CALLS[function](view)
    elif function not in SAY_SO:
        CALLS[function](view)


@pytest.mark.parametrize("function", NUMBERS)
def test_numbers_are_empty_words_without_the_right(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "lead")
    view = open_view(Filters())
    assert set(NUMBERS[function](replace(view, reader=Viewer("one", "quality")))) <= {""}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_finds_the_pages_that_the_table_says(role: str, served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, role)
    at = app()
    assert not at.exception
    found = {page for page in TITLES if _opens(at, page)}
    exact = "exact_figures" in RIGHTS[role]
    elsewhere = {*REGISTRY_ONLY, *(OUTSIDE_ONLY if exact else ())}
    wanted = {page for page in TITLES if PAGE_RIGHTS[page] in RIGHTS[role]} - elsewhere
    assert found == wanted


def _opens(at: AppTest, page: str) -> bool:
    try:
        at.switch_page(str(page_files()[page]))
    except ValueError:
        return False
    return True


def test_the_page_for_outside_names_what_is_hidden(served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "viewer")
    at = app("published")
    assert not at.exception
    assert not at.error
    assert "Counts up to 10 are hidden" in texts(at)
    assert ">hidden</td>" in texts(at)
    spec = at.get("plotly_chart")[0].proto.spec
    at.selectbox("published_by").set_value("site").run()
    assert not at.exception
    assert at.get("plotly_chart")[0].proto.spec != spec


def test_the_page_for_outside_says_what_was_signed_and_when(served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-02")
    as_reader(monkeypatch, "viewer")
    today = phrases.day_words(datetime.now(UTC).date())
    told = published.signature_sentence(open_view(Filters()))
    assert f"signed off February 2026 last, on {today}" in told
    assert "may differ" not in told
    # The same records signed again change no figure; others do.
    sign_off(served, "2026-03")
    assert "may differ" not in published.signature_sentence(open_view(Filters()))
    before = Signature(Path("gen-before.duckdb"), "2026-01", "2026-02-03T10:00:00Z")
    monkeypatch.setattr(readers_outside, "read_signatures", lambda home: [*read_signatures(home), before])
    at = app("published")
    assert not at.exception
    assert f"signed off March 2026 last, on {today}" in texts(at)
    assert "records signed on 3 February 2026 with January 2026 were shown" in texts(at)
    assert "figures of the same months may differ" in texts(at)


def test_the_accounts_page_shows_accounts_and_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "admin")
    account_store().save(Account(name="anna_b", way="accounts", role="lead"))
    try:
        at = app("accounts")
        assert not at.exception
        assert "<th scope='row'>anna_b</th>" in texts(at)
    finally:
        account_store().close()
        _open_store.cache_clear()


def test_what_the_department_writes_is_not_shown_outside(served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "lead")
    notes.add_note(open_view(Filters()), date(2026, 1, 1), text="CANARY words", topics=("discharge",))
    as_reader(monkeypatch, "viewer")
    assert notes.notes_for(open_view(Filters())) == ()
    at = app("published")
    assert not at.exception
    assert "CANARY" not in texts(at)
    assert "CANARY" not in "".join(chart.proto.spec for chart in at.get("plotly_chart"))
