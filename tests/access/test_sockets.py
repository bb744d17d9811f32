"""What a raw socket can ask for: every byte that comes back is searched."""

import re
import time
from dataclasses import replace

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard.access.roles import OUTSIDE_ONLY, PAGE_RIGHTS, REGISTRY_ONLY, RIGHTS
from dashboard.contents import TITLES
from tests.access.conftest import PEOPLE
from tests.access.serving import Gated


@pytest.mark.parametrize("headers", [{}, {"X-Outcomes-Badge": "x"}, {"Cookie": "outcomes=x"}, {"X-Remote-User": "leo"}])
def test_nobody_gets_no_socket(headers: dict[str, str], app: Gated) -> None:
    sent = {name.replace("-", "_"): value for name, value in headers.items()}
    with pytest.raises(InvalidStatus) as refused, app.tab(**sent):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("origin", [None, "https://evil.example", "http://127.0.0.1"])
def test_another_origin_gets_no_socket(origin: str | None, app: Gated) -> None:
    with pytest.raises(InvalidStatus), app.tab("leo", Origin=origin):
        pass


IN_THE_FULL_GRID = [pytest.param(who, marks=pytest.mark.thorough) for who in ("sid", "ada", "cora", "leo")]


@pytest.mark.parametrize("who", ["vera", "otto", "quentin", *IN_THE_FULL_GRID])
def test_no_role_gets_more_than_it_may_from_any_page(who: str, app: Gated) -> None:
    """All bytes of a visit to every page in the navigation, and to those of others by name."""
    role, sites = PEOPLE[who]
    with app.tab(who) as tab:
        tab.run()
        for digest in list(tab.pages.values()):
            tab.run(page_script_hash=digest)
        for page in {"overview", "procedures", "follow_up", "accounts"} - set(tab.pages):
            tab.run(page)
    assert b"went wrong" not in tab.bytes
    numbers = {int(number) for number in re.findall(rb"CANARY-(?:PATIENT|PROCEDURE)-([0-9]+)", tab.bytes)}
    assert bool(numbers) == ("local_numbers" in RIGHTS[role])
    assert (b"CANARY-OPERATOR" in tab.bytes) == ("operator_names" in RIGHTS[role])
    assert b"CANARY-SCORE" not in tab.bytes
    assert (b"OUR-OWN-METRIC" in tab.bytes) == ("exact_figures" in RIGHTS[role])
    if sites:
        assert b"Hillside" not in tab.bytes
        assert b"CANARY-OPERATOR-B" not in tab.bytes
        assert not [number for number in numbers if number % 3 == 0]
    if "exact_figures" not in RIGHTS[role]:
        assert b"data-card" not in tab.bytes
        assert set(re.findall(rb"plot_(?!bgcolor)[a-z]+", tab.bytes)) <= {b"plot_published", b"plot_own"}


@pytest.fixture(scope="module")
def hashes(app: Gated) -> dict[str, str]:
    """The hash of every page there is, as the readers who may see it are told. A page that nobody finds fails here."""
    found: dict[str, str] = {}
    for who, first in {"leo": "overview", "vera": "published", "ada": "accounts", "otto": "own_results"}.items():
        with app.tab(who) as tab:
            tab.run()
            found |= {name or first: digest for name, digest in tab.pages.items()}
    assert set(found) == set(TITLES) - set(REGISTRY_ONLY)
    return found


@pytest.mark.parametrize(
    "who", ["vera", "otto", *IN_THE_FULL_GRID, pytest.param("quentin", marks=pytest.mark.thorough)]
)
def test_no_page_outside_a_role_is_drawn_whatever_is_asked(who: str, app: Gated, hashes: dict[str, str]) -> None:
    """Every page of the others: by hash, by name, by address, with a fragment of before, in a tab of one's own."""
    role, _ = PEOPLE[who]
    is_inside = "exact_figures" in RIGHTS[role]
    without = {page for page, right in PAGE_RIGHTS.items() if right not in RIGHTS[role]}
    closed = without | (set(OUTSIDE_ONLY) if is_inside else set())
    assert closed
    with app.tab("leo") as lead:
        lead.run()
        fragment = next(iter(lead.fragments), "0" * 32)
    with app.tab(who) as tab:
        tab.run()
        for page in sorted(closed):
            if page in hashes:
                tab.run(page_script_hash=hashes[page])
            tab.run(page)
        # Of a fragment that is not this tab's nothing comes back, not even the end of a run.
        asked = BackMsg()
        asked.rerun_script.fragment_id = fragment
        asked.rerun_script.page_script_hash = hashes[min(closed & set(hashes))]
        assert b"CANARY" not in tab.send(asked.SerializeToString(), wait=1)
    assert tab.titles
    assert not {TITLES[page] for page in closed} & set(tab.titles)
    assert b"went wrong" not in tab.bytes


def test_a_viewer_reaches_no_other_page_by_its_hash(app: Gated) -> None:
    with app.tab("leo") as tab:
        tab.run()
        hashes = dict(tab.pages)
    assert {"pain_relief", "recovery"} <= set(hashes)
    with app.tab("vera") as tab:
        tab.run()
        assert set(tab.pages) <= {"methods", "published", ""}
        for digest in hashes.values():
            tab.run(page_script_hash=digest)
        assert b"data-card" not in tab.bytes
        assert set(re.findall(rb"plot_(?!bgcolor)[a-z]+", tab.bytes)) <= {b"plot_published"}
        assert b"went wrong" not in tab.bytes


def test_a_tab_of_another_person_is_not_taken_over(app: Gated) -> None:
    """A browser that reconnects names its session as the third subprotocol. Somebody else's is not given."""
    with app.tab("leo") as tab:
        tab.run()
        session = tab.session
        assert session
        with app.tab("quentin", subprotocols=("streamlit", "x", session)) as other:
            other.run()
            assert other.session != session
        with app.tab("leo", subprotocols=("streamlit", "x", session)) as same:
            same.run()
            assert same.session == session


def test_a_file_of_a_page_goes_only_to_the_sign_in_whose_tab_shows_it(app: Gated) -> None:
    """The test that holds what `requests/media.py` knows of Streamlit's inside. Pages have one: their icon."""
    with app.tab("quentin") as tab:
        tab.run("overview")
        file = re.search(rb"/media/[0-9a-f]+\.png", tab.bytes)[0].decode()
        assert app.get(file, "quentin").status == 200
        for who, status in {None: 401, "leo": 403, "vera": 403, "ada": 403}.items():
            assert app.get(file, who).status == status
    with app.tab("quentin"):
        assert app.get(file, "quentin").status == 403


def test_figures_as_csv_go_only_to_the_sign_in_whose_tab_shows_them(app: Gated) -> None:
    with app.tab("quentin") as tab:
        tab.run("overview")
        assert b"/media/" not in re.sub(rb"/media/[0-9a-f]+\.png", b"", tab.bytes)
        file = re.search(rb"/figures/[0-9a-f]{32}", tab.bytes)[0].decode()
        answer = app.get(file, "quentin")
        assert answer.status == 200
        assert b"metric" in answer.body
        for who, status in {None: 401, "leo": 403, "vera": 403, "ada": 403}.items():
            answer = app.get(file, who)
            assert answer.status == status
            assert b"metric" not in answer.body


def message(**fields: object) -> bytes:
    asked = BackMsg()
    for name, value in fields.items():
        setattr(asked, name, value)
    return asked.SerializeToString()


@pytest.mark.parametrize(
    "kind", ["clear_cache", "set_run_on_save", "debug_shutdown_runtime", "debug_disconnect_websocket"]
)
@pytest.mark.parametrize("who", ["vera", pytest.param("leo", marks=pytest.mark.thorough)])
def test_what_nobody_may_ask_does_nothing_and_is_noted(kind: str, who: str, app: Gated) -> None:
    with app.tab(who) as tab:
        tab.run()
        assert tab.send(message(**{kind: True}), wait=0.5) == b""
        assert tab.closed_with is None
        assert len(tab.run()) > 100
    assert any((act.person, act.subject, act.result) == (who, kind, "denied") for act in app.accounts.acts())


def test_uploads_and_deferred_files_are_not_to_be_had(app: Gated) -> None:
    with app.tab("leo") as tab:
        tab.run()
        upload = BackMsg()
        upload.file_urls_request.request_id = "1"
        upload.file_urls_request.file_names.append("x.csv")
        deferred = BackMsg()
        deferred.backend_operation_request.request_id = "2"
        deferred.backend_operation_request.deferred_file.file_id = "0" * 32
        skills = BackMsg()
        skills.backend_operation_request.request_id = "3"
        skills.backend_operation_request.install_skills.SetInParent()
        for asked in (upload, deferred, skills):
            assert tab.send(asked.SerializeToString(), wait=0.5) == b""


@pytest.mark.parametrize(
    ("frame", "code"),
    [(b"x" * (26 * 1024 * 1024), 1009), (b"x" * (3 * 1024 * 1024), 1009), (b"\xff" * 40, 1002), ("text", 1003)],
    ids=["26 MB", "3 MB", "garbage", "text"],
)
def test_a_frame_that_is_no_message_closes_the_socket(frame: bytes | str, code: int, app: Gated) -> None:
    with app.tab("quentin") as tab:
        tab.run()
        assert tab.send(frame, wait=5) == b""
        assert tab.closed_with in (code, 1006)


def test_signing_out_closes_the_sockets_of_all_tabs_at_once(app: Gated) -> None:
    app.cookies["cora"] = app.sign_in("cora")
    with app.tab("cora") as first, app.tab("cora") as second:
        first.run()
        second.run()
        assert app.post("/sign-out", "cora").status == 200
        begun = time.monotonic()
        for tab in (first, second):
            assert tab.run() == b""
            assert tab.closed_with == 1008
        assert time.monotonic() - begun < 2
    assert app.get("/signed-in", "cora").status == 401
    del app.cookies["cora"]


@pytest.mark.parametrize(
    "change", [{"role": "viewer"}, {"sites": ("Hillside",)}, {"is_disabled": True}, {"password": "another"}], ids=str
)
def test_a_change_of_rights_closes_the_socket_before_the_next_byte(change: dict[str, object], app: Gated) -> None:
    """Also for a fragment, which would run without the script that checks the role."""
    before = app.accounts.find("quentin")
    app.cookies["quentin"] = app.sign_in("quentin")
    with app.tab("quentin") as tab:
        tab.run()
        app.accounts.save(replace(before, **change))
        try:
            assert tab.run(fragment_id=next(iter(tab.fragments), "0" * 32)) == b""
            assert tab.closed_with == 1008
        finally:
            app.accounts.save(before)
            del app.cookies["quentin"]


@pytest.mark.thorough
def test_an_open_socket_without_messages_closes_too(app: Gated) -> None:
    app.cookies["cora"] = app.sign_in("cora")
    before = app.accounts.find("cora")
    with app.tab("cora") as tab:
        tab.run()
        app.accounts.save(replace(before, is_disabled=True))
        try:
            with pytest.raises(ConnectionClosed, match="1008"):
                tab.socket.recv(timeout=15)
        finally:
            app.accounts.save(before)
            del app.cookies["cora"]
