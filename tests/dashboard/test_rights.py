"""What each role gets from the data functions: exact figures or suppressed ones, own sites, operators or codes."""

import re
from datetime import date

import pytest

from dashboard.access import AccessDenied
from dashboard.contents import PAGES
from dashboard.openings import code
from dashboard.outside import NothingPublished
from dashboard.roles import PAGE_RIGHTS
from dashboard.session import open_view
from data import Home
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
    assert {name for name, _ in PAGES} <= set(PAGE_RIGHTS)


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
        lambda: view.curve("pain_fall", (1, 2)),
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
