"""What somebody might try: guessing, crowding, odd addresses, a forged proxy; and where canaries turn up."""

import http.client
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from websockets.exceptions import InvalidStatus

from dashboard.access.error_log import keep_values_out
from data.accounts import Accounts
from data.home import Home
from data.storage.account_records import Account
from etl.sources.canonical import KINDS
from tests.access.conftest import PEOPLE
from tests.access.serving import PASSWORD, Gated, gated
from tests.records import Records, take

CANARY = "CANARY"
HOSTILE = (
    "'; drop table outcomes; --", "' or '1'='1", "[1,2]", "{}", "null", "-1", "9999-99-99", "infinity", "epoch",
    "%00", "../../etc/passwd", "CANARY-TYPED", "<script>alert(1)</script>", "$(id)", "\u202e", "１",
)  # fmt: skip
KEYS = (
    "site",
    "operator",
    "technique",
    "levels",
    "age_band",
    "from",
    "to",
    "procedure",
    "metric",
    "group",
    "page",
    "x",
)


@pytest.fixture(scope="module")
def own(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    """An app of its own: what is guessed wrong here must not lock others out."""
    home = Home(tmp_path_factory.mktemp("own") / "home")
    home.private.mkdir(parents=True, mode=0o700)
    people = {"gus": ("quality", None), "ida": ("quality", None)}
    settings = home.root / "access.toml"
    settings.write_text("[passwords]\nwrong_per_name = 5\nwrong_per_address = 14\n", encoding="utf-8")
    with gated(
        home.root, home, people, OUTCOMES_ACCESS_FILE=str(settings), OUTCOMES_DEMO_HOME=str(canaries.root)
    ) as running:
        yield running


def test_guessing_is_stopped_for_names_that_exist_and_for_others_alike(own: Gated) -> None:
    for name in ("gus", "nobody"):
        codes = [own.post("/sign-in", name=name, password=f"guess number {place}").status for place in range(7)]
        assert codes == [401] * 5 + [429] * 2, name
    # The right password does not help while the name must wait; others still come in, until the address must wait.
    assert own.post("/sign-in", name="gus", password=PASSWORD).status == 429
    assert own.post("/sign-in", name="ida", password=PASSWORD).status == 303
    for place in range(4):
        own.post("/sign-in", name=f"other{place}", password="guess")
    assert own.post("/sign-in", name="ida", password=PASSWORD).status == 429


def test_what_was_typed_is_not_in_the_audit(own: Gated) -> None:
    own.post("/sign-in", name="CANARY typed", password="CANARY password")
    own.get("/CANARY-PATH?site=CANARY-QUERY")
    own.get("/_stcore/CANARY")
    own.accounts.close()
    assert CANARY.encode() not in own.accounts.path.read_bytes()
    assert CANARY.casefold().encode() not in own.accounts.path.read_bytes()


@pytest.mark.parametrize("body", [b"", b"x" * 100_000, b"name=%ff%fe&password=%00", b"name=a&name=b", b"\xff\xfe"])
def test_an_odd_form_signs_nobody_in(body: bytes, app: Gated) -> None:
    connection = http.client.HTTPConnection(app.host, timeout=20)
    connection.request("POST", "/sign-in", body, {"Host": app.host, "Origin": app.server.address})
    assert connection.getresponse().status in (400, 401, 413)
    connection.close()


def test_three_hundred_sockets_of_nobody_are_refused_before_a_session_exists(app: Gated) -> None:
    refused = []

    def knock() -> None:
        for _ in range(30):
            try:
                with app.tab():
                    pass
            except InvalidStatus as answer:
                refused.append(answer.response.status_code)

    threads = [threading.Thread(target=knock) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [403] * 300
    assert app.get("/signed-in", "leo").status == 204


@pytest.mark.parametrize(
    ("who", "step"), [("vera", 4), *(pytest.param(one, 1, marks=pytest.mark.thorough) for one in ("vera", "leo"))]
)
def test_odd_addresses_lead_to_the_first_view_and_are_not_repeated(who: str, step: int, app: Gated) -> None:
    with app.tab(who) as tab:
        for value in HOSTILE[::step]:
            query = "&".join(f"{key}={quote(value)}" for key in KEYS)
            got = tab.run(query=query)
            assert b"went wrong" not in got, value
            assert b"CANARY-TYPED" not in tab.shown
        for query in ("site=" + "x" * 60_000, "site=" + "x" * 1_000_000, "&".join(f"k{n}=v" for n in range(2_000)),
                      "site=%ed%a0%80", "site=%ff%fe", "=&=&&;"):  # fmt: skip
            assert b"went wrong" not in tab.run(query=query), query[:20]
        assert b"data-card" in tab.run() or who == "vera"
    assert "Traceback" not in app.server.log.read_text(encoding="utf-8")


def test_canaries_of_good_and_bad_files_stay_where_they_belong(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Planted in every column, they come back in no log, no audit, no traffic but a lead's names of operators."""
    home = Home(tmp_path / "home")
    records = Records()
    good = [records.procedure(f"2026-0{1 + place % 5}-1{place % 9}") for place in range(30)]
    for place, row in enumerate(good):
        row |= {
            "procedure_id": f"CANARY-P{place}",
            "patient_id": f"CANARY-N{place}",
            "operator": f"CANARY-O{place % 2}",
        }
        records.score(row, f"{row['performed_on']}T09:00", 8, score_id=f"CANARY-S{place}")
    for kind in KINDS:
        for column in kind.all_columns:
            base = _row(records, kind.name, good[0])
            base[column] = f"CANARY-BAD-{column}"
    take(home, records.write(tmp_path / "in"), accept_rejects=True)
    told = capfd.readouterr()
    assert CANARY not in told.out + told.err
    with gated(tmp_path, home, PEOPLE) as app:
        for who in ("quentin", "cora", "leo", "ada"):
            with app.tab(who) as tab:
                for page in ("overview", "data_quality", "safety", "compare", "methods"):
                    tab.run(page)
            seen = tab.bytes.replace(b"CANARY-O", b"") if who == "leo" else tab.bytes
            assert b"CANARY-N" not in seen
            assert b"CANARY-P" not in seen
            assert b"CANARY-S" not in seen
            if who != "leo":
                assert b"CANARY-O" not in seen
        assert CANARY not in app.server.log.read_text(encoding="utf-8")
        app.accounts.close()
        assert b"CANARY" not in home.accounts.read_bytes()
        assert b"CANARY" not in (home.journal.read_bytes() if home.journal.exists() else b"")


def _row(records: Records, kind: str, of: dict[str, object]) -> dict[str, object]:
    """A good row of a kind."""
    if kind == "procedures":
        return records.procedure()
    if kind == "pain_scores":
        return records.score(of, None, 5)
    if kind == "complications":
        return records.complication(of, "2026-03-01", "infection")
    return records.contact(of, "2026-03-01T10:00", "pre_call", "reached")


def test_a_log_line_never_carries_the_words_of_an_error(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    before = logging.getLogRecordFactory()
    hook = threading.excepthook
    home.private.mkdir(parents=True)
    try:
        keep_values_out()
        try:
            raise ValueError("bad row for CANARY")
        except ValueError:
            logging.getLogger("anything").exception("reading %s", "a row")
    finally:
        logging.setLogRecordFactory(before)
        threading.excepthook = hook
    assert "ValueError at" in caplog.text
    assert CANARY not in caplog.text
    kept = list(home.private.glob("error-*.txt"))
    assert len(kept) == 1
    assert CANARY in kept[0].read_text(encoding="utf-8")
    assert kept[0].stat().st_mode & 0o777 == 0o600


PROXY = """
way = "proxy"
[proxy]
addresses = [{address}]
[[group]]
name = "leads"
role = "lead"
"""


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ('"127.0.0.1"', {"X_Remote_User": "leo", "X_Remote_Groups": "leads", "X_Proxy_Secret": "shared"}, 204),
        ('"127.0.0.1"', {"X_Remote_User": "leo", "X_Remote_Groups": "leads"}, 401),
        ('"127.0.0.1"', {"X_Remote_User": "leo", "X_Remote_Groups": "leads", "X_Proxy_Secret": "guess"}, 401),
        ('"127.0.0.1"', {"X_Remote_User": "leo", "X_Remote_Groups": "strangers", "X_Proxy_Secret": "shared"}, 401),
        ('"127.0.0.1"', {"X_Remote_Groups": "leads", "X_Proxy_Secret": "shared"}, 401),
        ('"10.0.0.7"', {"X_Remote_User": "leo", "X_Remote_Groups": "leads", "X_Proxy_Secret": "shared"}, 401),
        (
            '"10.0.0.7"',
            {
                "X_Remote_User": "leo",
                "X_Remote_Groups": "leads",
                "X_Proxy_Secret": "shared",
                "X_Forwarded_For": "10.0.0.7",
            },
            401,
        ),
    ],
    ids=str,
)
def test_only_a_listed_proxy_with_the_secret_says_who_somebody_is(
    address: str, headers: dict[str, str], status: int, proxied: dict[str, Gated]
) -> None:
    assert proxied[address].get("/signed-in", **headers).status == status


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Gated]]:
    folder = tmp_path_factory.mktemp("proxied")
    first, second = '"127.0.0.1"', '"10.0.0.7"'
    homes = {address: Home(folder / str(place)) for place, address in enumerate((first, second))}
    for address, home in homes.items():
        home.root.mkdir()
        (home.root / "access.toml").write_text(PROXY.format(address=address), encoding="utf-8")
    given = {"OUTCOMES_PROXY_SECRET": "shared"}
    with (
        gated(
            homes[first].root, homes[first], {}, OUTCOMES_ACCESS_FILE=str(homes[first].root / "access.toml"), **given
        ) as one,
        gated(
            homes[second].root, homes[second], {}, OUTCOMES_ACCESS_FILE=str(homes[second].root / "access.toml"), **given
        ) as two,
    ):
        yield {first: one, second: two}


def test_a_disabled_name_is_refused_whatever_the_proxy_says(proxied: dict[str, Gated]) -> None:
    one = proxied['"127.0.0.1"']
    said = {"X_Remote_User": "Max", "X_Remote_Groups": "leads", "X_Proxy_Secret": "shared"}
    assert one.get("/signed-in", **said).status == 204
    accounts = Accounts(one.accounts.path)
    accounts.save(Account(name="max", way="proxy", role="lead", sites=None, password=None, is_disabled=True))
    accounts.close()
    assert one.get("/signed-in", **said).status == 401
