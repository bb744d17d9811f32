"""Accounts, sign-ins and the audit by themselves, with a clock that we set."""

import sqlite3
import statistics
import time
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from typer.testing import CliRunner

from dashboard.__main__ import app as commands
from dashboard.access import identity, settings
from dashboard.access.settings import _open_store, account_store
from dashboard.access.sign_in import oidc, passwords
from dashboard.access.sign_in.groups import account_of_groups, fold_name
from dashboard.access.sign_in.passwords import hash_of, is_right
from data.accounts import BROWSER_SECONDS, Accounts, hash_secret
from data.errors import UsageProblem
from data.home import Home
from data.storage.account_records import Account

IDLE, ABSOLUTE = 30 * 60, 12 * 3600
PASSWORD = "correct horse battery staple"


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    kept = Accounts(tmp_path / "private" / "accounts.sqlite", clock)
    kept.save(Account(name="anna", way="accounts", role="lead"))
    return kept


def test_a_sign_in_ends_when_nothing_is_done_for_too_long(accounts: Accounts, clock: Clock) -> None:
    token = hash_secret(accounts.sign_in("anna", ABSOLUTE))
    clock.now += IDLE - 1
    held = accounts.signed_in(token, IDLE)
    assert held
    accounts.seen(held, IDLE)
    clock.now += IDLE - 1
    assert accounts.signed_in(token, IDLE)
    clock.now += 1
    assert accounts.signed_in(token, IDLE) is None


def test_a_sign_in_ends_at_its_latest_end_whatever_is_done(accounts: Accounts, clock: Clock) -> None:
    token = hash_secret(accounts.sign_in("anna", ABSOLUTE))
    for _ in range(12 * 4 - 1):
        clock.now += 15 * 60
        held = accounts.signed_in(token, IDLE)
        assert held
        accounts.seen(held, IDLE)
    clock.now += 15 * 60
    assert accounts.signed_in(token, IDLE) is None


@pytest.mark.parametrize("change", [{"is_disabled": True}, {"password": "another"}], ids=str)
def test_disabling_and_a_new_password_end_sign_ins(change: dict[str, object], accounts: Accounts) -> None:
    token = hash_secret(accounts.sign_in("anna", ABSOLUTE))
    accounts.save(replace(Account(name="anna", way="accounts", role="lead"), **change))
    assert accounts.signed_in(token, IDLE) is None


def test_a_journey_comes_back_once_to_its_own_browser_in_time(accounts: Accounts, clock: Clock) -> None:
    accounts.depart("state", "browser", "verifier", "nonce", 600)
    assert accounts.arrive("state", "another browser", 600) is None
    assert accounts.arrive("state", "browser", 600)
    assert accounts.arrive("state", "browser", 600) is None
    accounts.depart("late", "browser", "verifier", "nonce", 600)
    clock.now += 601
    assert accounts.arrive("late", "browser", 600) is None


def test_the_audit_shows_a_row_that_was_changed_or_removed(accounts: Accounts) -> None:
    for number in range(4):
        accounts.audit("anna", "sign in", str(number))
    assert accounts.broken_link() is None
    accounts.close()
    for statement in ("update audit set result = 'x' where id = 2", "delete from audit where id = 2"):
        with sqlite3.connect(accounts.path) as connection, pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
        connection.close()
    with sqlite3.connect(accounts.path) as connection:
        connection.execute("drop trigger audit_is_never_changed")
        connection.execute("update audit set result = 'x' where id = 2")
    connection.close()
    assert accounts.broken_link() == 2
    accounts.close()


def test_the_file_and_its_folder_are_their_owners(accounts: Accounts) -> None:
    assert accounts.path.stat().st_mode & 0o777 == 0o600
    assert accounts.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_row_missing_from_the_end_of_the_audit_is_missed(accounts: Accounts) -> None:
    for number in range(3):
        accounts.audit("anna", "sign in", str(number))
    accounts.close()
    for left in (2, 0):
        with sqlite3.connect(accounts.path) as connection:
            connection.execute("drop trigger if exists audit_is_never_removed")
            connection.execute("delete from audit where id > ?", (left,))
        connection.close()
        assert accounts.broken_link() == left + 1
        accounts.close()


def test_wrong_passwords_are_forgotten_after_a_right_one_and_with_time(accounts: Accounts, clock: Clock) -> None:
    most = {"name anna": 3, "address 10.0.0.7": 5}
    assert [accounts.may_try(most, 900) for _ in range(4)] == [True, True, True, False]
    # What was refused is not counted: the address bears two more.
    assert [accounts.may_try({"name olga": 9, "address 10.0.0.7": 5}, 900) for _ in range(3)] == [True, True, False]
    accounts.right("name anna", "address 10.0.0.7")
    assert accounts.may_try(most, 900)
    assert not accounts.may_try(most, 900)
    clock.now += 900
    assert accounts.may_try(most, 900)


def test_a_browser_is_known_for_one_name_until_a_new_password(accounts: Accounts, clock: Clock) -> None:
    accounts.save(Account(name="olga", way="accounts", role="lead"))
    token = hash_secret(accounts.remember_browser("anna"))
    assert accounts.knows_browser(token, "anna")
    assert not accounts.knows_browser(token, "olga")
    accounts.save(Account(name="anna", way="accounts", role="lead", sites=None, password="another"))
    assert not accounts.knows_browser(token, "anna")
    late = hash_secret(accounts.remember_browser("anna"))
    clock.now += BROWSER_SECONDS
    assert not accounts.knows_browser(late, "anna")


@pytest.mark.parametrize("password", ["", "short", "x" * 201, "abababababababab"])
def test_a_password_has_a_sensible_length(password: str) -> None:
    with pytest.raises(UsageProblem):
        hash_of(password)


@pytest.mark.thorough
def test_a_wrong_name_takes_as_long_as_a_wrong_password() -> None:
    known = Account(name="anna", way="accounts", role="lead", sites=None, password=hash_of(PASSWORD))
    assert is_right(known, PASSWORD)
    assert not is_right(None, PASSWORD)
    assert not is_right(replace(known, is_disabled=True), PASSWORD)
    assert not is_right(Account(name="olga", way="oidc", role="lead"), PASSWORD)
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(5):
        for exists in (True, False):
            begun = time.perf_counter()
            is_right(known if exists else None, "wrong password!")
            times[exists].append(time.perf_counter() - begun)
    ratio = statistics.median(times[True]) / statistics.median(times[False])
    assert 0.5 < ratio < 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [("Anna", "anna"), (" ANNA ", "anna"), ("Ａnna", "anna"), ("a@b.org", "a@b.org"), ("", ""), ("a\nb", ""),
     ("<b>", ""), ("a" * 201, ""), ("\ud800", "")],
)  # fmt: skip
def test_a_name_has_one_spelling(given: str, kept: str) -> None:
    assert fold_name(given) == kept


GROUPS = """
way = "oidc"
[oidc]
issuer = "https://idp.example"
client_id = "outcomes"
[[group]]
name = "leads"
role = "lead"
sites = ["Riverside"]
[[group]]
name = "more leads"
role = "lead"
sites = ["Hillside"]
[[group]]
name = "quality"
role = "quality"
[[group]]
name = "admins"
role = "admin"
"""


OPERATORS = """
[[group]]
name = "operators"
role = "operator"
"""


def test_groups_decide_role_and_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "access.toml").write_text(GROUPS, encoding="utf-8")
    monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(tmp_path / "access.toml"))
    assert account_of_groups("oidc", "Olga", ["unknown"]) is None
    assert account_of_groups("oidc", "Olga", ["quality"]) == Account(name="olga", way="oidc", role="quality")
    both = account_of_groups("oidc", "Olga", ["leads", "more leads", "quality", "admins"])
    assert both == Account(name="olga", way="oidc", role="lead", sites=("Hillside", "Riverside"))
    assert account_of_groups("oidc", "Adam", ["admins"]).role == "admin"
    account_store().save(replace(both, is_disabled=True))
    assert account_of_groups("oidc", "Olga", ["leads"]) is None
    account_store().close()
    _open_store.cache_clear()


def test_a_claim_binds_an_account_to_its_operators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the provider's claim where one is named, else as bound here; never of another role."""
    written = tmp_path / "access.toml"
    monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(written))

    def bound(claims: dict[str, object], extra: str = "") -> tuple[str, ...]:
        written.write_text(GROUPS.replace("[[group]]", f"{extra}\n[[group]]", 1) + OPERATORS, encoding="utf-8")
        settings._read_settings.cache_clear()
        arrived = oidc._admit_claims(
            {"email": "olga", "groups": ["operators"], "exp": time.time() + 60, "sub": "1", **claims}
        )
        assert not isinstance(arrived, oidc.Refused)
        found = account_store().find("olga")
        assert found is not None
        return found.operators

    claim = 'operator_claim = "operator"'
    assert bound({}) == ()
    assert bound({"operator": "A. Moreau"}) == ()
    assert bound({"operator": "A. Moreau"}, claim) == ("A. Moreau",)
    assert bound({}, "") == ("A. Moreau",)
    assert bound({"operator": ["B", "A", 7, ""]}, claim) == ("A", "B")
    assert bound({"operator": {"a": "b"}}, claim) == ()
    assert bound({"operator": "A"}, claim) == ("A",)
    assert bound({"operator": "A", "groups": ["operators", "quality"]}, claim) == ()
    headers = Headers(raw=[(b"x-op", b"A. Moreau; B")])
    assert identity._operators_named(headers, "") is None
    assert identity._operators_named(headers, "X-Op") == ("A. Moreau", "B")
    assert identity._operators_named(Headers(raw=[(b"x-op", b"A"), (b"x-op", b"B")]), "X-Op") == ()
    assert identity._operators_named(Headers(raw=[]), "X-Op") == ()
    account_store().close()
    _open_store.cache_clear()


def test_another_operator_is_another_badge_and_another_role_keeps_none(accounts: Accounts) -> None:
    anna = Account(name="anna", way="accounts", role="operator", operators=("A", "B"))
    accounts.save(anna)
    assert accounts.find("anna") == anna == accounts.all()[0]
    badges = {
        identity._make_person("key", replace(anna, operators=own), None).reader.badge for own in (("A",), ("A", "B"))
    }
    assert len(badges) == 2
    accounts.save(replace(anna, role="lead"))
    accounts.save(replace(anna, operators=()))
    assert accounts.find("anna") == replace(anna, operators=())


def test_accounts_of_an_earlier_version_are_read_without_the_table_of_operators(
    accounts: Accounts, clock: Clock
) -> None:
    accounts.close()
    with sqlite3.connect(accounts.path) as earlier:
        earlier.execute("drop table account_operator")
    found = Accounts(accounts.path, clock)
    assert [one.name for one in found.all()] == ["anna"]
    # The next write of a new version makes it.
    with sqlite3.connect(accounts.path) as earlier:
        earlier.execute("pragma user_version = 1")
    found.save(Account(name="anna", way="accounts", role="operator", operators=("A",)))
    assert found.find("anna").operators == ("A",)  # type: ignore[union-attr]
    found.close()


def test_commands_for_accounts(home: Home) -> None:
    run = CliRunner()

    def told(*words: str, given: str = "") -> str:
        done = run.invoke(commands, [*words], input=given)
        assert done.exit_code == 0, done.output
        return done.output

    told("user", "add", "Anna", "--role", "lead", "--site", "Riverside", given=f"{PASSWORD}\n")
    assert told("user", "list") == "anna\tlead\tRiverside\taccounts\n"
    assert isinstance(
        run.invoke(commands, ["user", "add", "anna", "--role", "lead"], input=PASSWORD).exception, UsageProblem
    )
    assert isinstance(run.invoke(commands, ["user", "disable", "nobody"]).exception, UsageProblem)
    told("user", "role", "anna", "quality")
    told("user", "sites", "anna")
    told("user", "disable", "anna")
    assert told("user", "list") == "anna\tquality\tall sites\taccounts\tdisabled\n"
    told("user", "enable", "anna")
    # The role operator goes with whose results are its own, and with no other role.
    for wrong in (["role", "anna", "operator"], ["role", "anna", "lead", "--operator", "A. Moreau"]):
        assert isinstance(run.invoke(commands, ["user", *wrong]).exception, UsageProblem)
    told("user", "role", "anna", "operator", "--operator", "A. Moreau")
    assert told("user", "list") == "anna\toperator of A. Moreau\tall sites\taccounts\n"
    told("user", "password", "anna", given=f"{PASSWORD} again\n")
    assert isinstance(
        run.invoke(commands, ["user", "password", "anna"], input="Anna's password\n").exception, UsageProblem
    )
    assert not [account_store().may_try({"name anna": 1}, 900) for _ in range(2)][1]
    told("user", "unlock", "anna")
    assert account_store().may_try({"name anna": 1}, 900)
    audit = told("audit")
    assert [line.split("\t")[2] for line in audit.splitlines()] == [
        "account add", "account role", "account sites", "account disable", "account enable", "account role",
        "account password",
        "account unlock",
    ]  # fmt: skip
    assert PASSWORD not in audit
    assert PASSWORD.encode() not in home.accounts.read_bytes()
    account_store().close()
    _open_store.cache_clear()


def test_no_more_than_two_passwords_are_checked_at_once() -> None:
    assert passwords._at_once._initial_value == 2
