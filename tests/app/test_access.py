"""Who may look: the synthetic department on this computer; real records only after an explicit choice."""

import getpass
from types import SimpleNamespace

import pytest

from dashboard.access import rights
from dashboard.access.rights import AccessDenied, Viewer, require, viewer
from data.errors import UsageProblem
from data.home import Home, demo_home
from tests.records import Records, loaded


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The server's address and the host that the browser asked for."""
    asked = SimpleNamespace(address="127.0.0.1", host="127.0.0.1:8501")
    context = SimpleNamespace(headers=SimpleNamespace(get=lambda _, default: asked.host or default))
    monkeypatch.setattr(rights, "st", SimpleNamespace(get_option=lambda _: asked.address, context=context))
    return asked


def test_the_synthetic_department_is_open_on_this_computer(server: SimpleNamespace) -> None:
    assert viewer(is_synthetic=True).role == "lead"


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "", None])
def test_no_other_address_is_served(server: SimpleNamespace, address: str | None) -> None:
    server.address = address
    with pytest.raises(AccessDenied):
        viewer(is_synthetic=True)


@pytest.mark.parametrize("host", ["outcomes.example.org", "192.168.1.5:8501", "127.0.0.1.example.org"])
def test_a_proxy_or_another_name_is_not_this_computer(server: SimpleNamespace, host: str) -> None:
    server.host = host
    with pytest.raises(AccessDenied):
        viewer(is_synthetic=True)


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:9000", "[::1]:8501", "localhost"])
def test_this_computers_own_names_are_served(server: SimpleNamespace, host: str) -> None:
    server.host = host
    assert viewer(is_synthetic=True)


def test_real_records_need_an_explicit_choice(server: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AccessDenied, match="OUTCOMES_ACCESS=this-computer"):
        viewer(is_synthetic=False)
    monkeypatch.setenv("OUTCOMES_ACCESS", "everyone")
    with pytest.raises(UsageProblem, match="this-computer, accounts, oidc, proxy"):
        viewer(is_synthetic=False)
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    assert viewer(is_synthetic=False) == Viewer(getpass.getuser(), "lead")


def test_a_right_is_asked_for_each_site() -> None:
    reader = Viewer("someone", "lead", frozenset({"Riverside"}))
    require("figures", "Riverside", reader=reader)
    require("figures", reader=reader)
    with pytest.raises(AccessDenied):
        require("figures", "Northfield", reader=reader)
    with pytest.raises(AccessDenied):
        require("everything", "Riverside", reader=reader)  # type: ignore[arg-type]


def test_without_a_reader_whoever_looks_now_is_asked(server: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_ACCESS", "this-computer")
    assert viewer() == Viewer(getpass.getuser(), "lead")
    require("rows", "Riverside")
    server.host = "192.168.1.5:8501"
    with pytest.raises(AccessDenied):
        require("rows", "Riverside")


def test_without_being_told_the_records_in_service_are_asked_whose_they_are(
    server: SimpleNamespace, home: Home
) -> None:
    records = Records()
    records.procedure()
    loaded(demo_home(), records, source="synthetic")
    assert viewer() == Viewer("visitor", "lead")
    loaded(home, records)
    with pytest.raises(AccessDenied, match="OUTCOMES_ACCESS=this-computer"):
        viewer()
