"""What each role gets from the data functions: exact figures or suppressed ones, own sites, operators or codes."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import calls, exporting, lost, notes, quality, reviews, rows, safety, session, signing
from dashboard.access import AccessDenied
from dashboard.accounts import accounts_shown, audit_shown
from dashboard.behind import Behind
from dashboard.contents import TITLES
from dashboard.gate.ways import _store, store
from dashboard.local_numbers import local_numbers
from dashboard.openings import code
from dashboard.outside import NothingPublished
from dashboard.roles import FUNCTION_RIGHTS, OUTSIDE_ONLY, PAGE_RIGHTS, RIGHTS, ROLES, Viewer, matrix
from dashboard.session import View, open_view, warehouse_of
from data import PROJECT, Home
from data.accounts import Account
from queries.catalog import curves
from queries.errors import UsageProblem
from queries.filters import Filters
from tests.dashboard.test_pages import app, department, texts
from tests.signed_in import as_reader, sign_off

__all__ = ["department"]
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
    assert code(b"k" * 32, "A. Surgeon") == code(b"k" * 32, "A. Surgeon")
    assert code(b"k" * 32, "A. Surgeon") != code(b"l" * 32, "A. Surgeon")


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
        lambda: view.curve(next(iter(curves())), (1, 2)),
        lambda: view.quantiles("recovery_hours"),
    ):
        with pytest.raises(AccessDenied):
            ask()
    with pytest.raises(UsageProblem):
        view.figures("procedures", by="operator")


@pytest.mark.parametrize("page", ["overview", "pain_relief", "same_day_discharge"])
def test_a_page_outside_the_role_is_not_in_the_navigation(
    page: str, served: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "viewer")
    at = app()
    assert not at.exception
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        at.switch_page(f"../../dashboard/pages/{page}.py")


def test_an_admin_sees_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "admin")
    with pytest.raises(AccessDenied):
        open_view(Filters())
    at = app()
    assert not at.exception
    assert "Data to" not in texts(at)
    assert not at.get("plotly_chart")


def test_the_table_is_in_the_documentation() -> None:
    """To renew it: `python -c "from dashboard.roles import matrix; print(matrix())"`."""
    assert matrix() in (PROJECT / "docs" / "access.md").read_text(encoding="utf-8")


def test_the_table_names_every_function_of_a_view() -> None:
    public = {name for name in vars(View) if not name.startswith("_")} - {"audience", "require"}
    fields = set(View.__dataclass_fields__)
    assert {f"View.{name}" for name in public - fields} == {
        name for name in FUNCTION_RIGHTS if name.startswith("View.")
    }


NOBODY = "0" * 32


def somebody(view: View) -> str:
    """A procedure's key."""
    found = session._warehouse(view.path).rows("select procedure_id from outcomes order by procedure_id limit 1")
    return str(found[0][0])


CALLS = {
    "View.figures": lambda view: view.figures("procedures"),
    "View.values": lambda view: view.values("site"),
    "View.figure": lambda view: view.figure("procedures"),
    "View.rows": lambda view: view.rows("procedures"),
    "View.extent": lambda view: view.extent(),
    "View.curve": lambda view: view.curve(next(iter(curves())), (1, 2)),
    "View.quantiles": lambda view: view.quantiles("recovery_hours"),
    "View.by_vertebra": lambda view: view.by_vertebra("responders_50_hours_24_72"),
    "View.by_answer": lambda view: view.by_answer("responders_50_hours_24_72", "multi_level"),
    "warehouse_of": warehouse_of,
    "lost.lost": lambda view: lost.lost(view, "hours_24_72"),
    "safety.watched": safety.watched,
    "safety.events": safety.events,
    "rows.list_behind": lambda view: rows.list_behind(view, Behind()),
    "rows.one_procedure": lambda view: rows.one_procedure(view, NOBODY),
    "rows.why": lambda view: rows.why(view, SimpleNamespace(facts={"site": None, "procedure_id": NOBODY}), ()),
    "reviews.reviews": reviews.reviews,
    "reviews.record_review": lambda view: reviews.record_review(view, somebody(view), None, "words"),
    "local_numbers": lambda view: local_numbers(view.reader, Home(Path("/nonexistent")), pd.DataFrame()),
    "calls.call_list": calls.call_list,
    "calls.close": lambda view: calls.close(view, somebody(view), "hours_24_72", "declined"),
    "calls.recent_closings": calls.recent_closings,
    "notes.add_note": lambda view: notes.add_note(view, date(2026, 1, 1), "words", ("pain",)),
    "notes.rebase": lambda view: notes.rebase(view, "responders_50_hours_24_72", date(2026, 1, 1), "reason"),
    "notes.explain_cause": lambda view: notes.explain_cause(view, "mean_levels", "2026-01", "2026-03", "words"),
    "signing.signed_months": signing.signed_months,
    "signing.figures_of": lambda view: signing.figures_of(view, "2026-03"),
    "signing.restatements": signing.restatements,
    "signing.sign_off": lambda view: signing.sign_off(view, "2026-03"),
    "quality.read": quality.read,
    "quality.month_table": quality.month_table,
    "quality.load_facts": quality.load_facts,
    "exporting.prepare": lambda view: exporting.prepare(view, exporting.Profile.LIMITED, "", "", Behind()),
    "exporting.fetchable": lambda view: exporting.fetchable(view.reader, NOBODY),
    "exporting.my_exports": exporting.my_exports,
    "accounts_shown": lambda view: accounts_shown(view.reader),
    "audit_shown": lambda view: audit_shown(view.reader),
}
# Called with nothing there, these say so to whoever has the right.
SAY_SO = (
    "rows.one_procedure",
    "rows.why",
    "local_numbers",
    "reviews.record_review",
    "calls.close",
    "exporting.fetchable",
)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("function", FUNCTION_RIGHTS)
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


@pytest.mark.parametrize("role", ROLES)
def test_a_role_finds_the_pages_that_the_table_says(role: str, served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, role)
    at = app()
    assert not at.exception
    found = {page for page in TITLES if _opens(at, page)}
    exact = "exact_figures" in RIGHTS[role]
    wanted = {page for page in TITLES if PAGE_RIGHTS[page] in RIGHTS[role] and not (exact and page in OUTSIDE_ONLY)}
    assert found == wanted


def _opens(at: AppTest, page: str) -> bool:
    try:
        at.switch_page(f"../../dashboard/pages/{page}.py")
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
    cells = [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    assert "hidden" in cells
    spec = at.get("plotly_chart")[0].proto.spec
    at.selectbox("published_by").set_value("site").run()
    assert not at.exception
    assert at.get("plotly_chart")[0].proto.spec != spec


def test_the_accounts_page_shows_accounts_and_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    as_reader(monkeypatch, "admin")
    store().save(Account("anna_b", "accounts", "lead"))
    try:
        at = app("accounts")
        assert not at.exception
        assert at.table[0].value.iloc[0]["name"] == "anna\\_b"
    finally:
        store().close()
        _store.cache_clear()


def test_what_the_department_writes_is_not_shown_outside(served: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_off(served, "2026-03")
    as_reader(monkeypatch, "lead")
    notes.add_note(open_view(Filters()), date(2026, 1, 1), "CANARY words", ("discharge",))
    as_reader(monkeypatch, "viewer")
    assert notes.notes_for(open_view(Filters())) == ()
    at = app("published")
    assert not at.exception
    assert "CANARY" not in texts(at)
    assert "CANARY" not in "".join(chart.proto.spec for chart in at.get("plotly_chart"))
