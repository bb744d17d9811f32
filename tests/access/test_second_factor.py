"""Codes of an authenticator app: made here from the secret by another way, asked for by the real form."""

import base64
import hmac
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.access.sign_in import second_factor
from data.accounts import Accounts
from data.home import Home
from data.storage.account_records import Account
from tests.access.serving import PASSWORD, Answer, Gated, gated
from tests.commands import run_dashboard

# RFC 6238, appendix B: the secret of its examples, and the last six of the eight digits there.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


def code_at(secret: str, at: float) -> str:
    """RFC 4226 in its own words."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


@pytest.fixture
def store(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    accounts = Accounts(home.accounts)
    accounts.save(Account(name="anna", way="accounts", role="lead"))
    monkeypatch.setattr(second_factor, "account_store", lambda: accounts)
    yield accounts
    accounts.close()


@pytest.mark.parametrize("at", RFC_CODES)
def test_codes_are_those_of_the_standard(at: int, store: Accounts) -> None:
    store.set_second_factor("anna", RFC_SECRET)
    store.clock = lambda: float(at)
    assert code_at(RFC_SECRET, at) == RFC_CODES[at]
    assert second_factor.is_right_code("anna", RFC_CODES[at])


def test_a_code_is_good_once_and_around_its_half_minute(store: Accounts) -> None:
    secret = second_factor.make_secret()
    store.set_second_factor("anna", secret)
    now = [1_800_000_000.0]
    store.clock = lambda: now[0]
    code = code_at(secret, now[0])
    assert second_factor.is_right_code("anna", f"{code[:3]} {code[3:]}")
    assert not second_factor.is_right_code("anna", code)
    assert not second_factor.is_right_code("anna", code_at(secret, now[0] - 30)), "one before a used one"
    assert second_factor.is_right_code("anna", code_at(secret, now[0] + 30))
    now[0] += 3600
    assert not second_factor.is_right_code("anna", code_at(secret, now[0] - 90))
    for wrong in ("", "000", "abcdef", "१२३४५६", "1" * 500):
        assert not second_factor.is_right_code("anna", wrong)
    assert second_factor.is_right_code("anna", code_at(secret, now[0]))


@pytest.fixture(scope="module")
def app(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder: Path = tmp_path_factory.mktemp("second")
    with gated(folder, canaries, {"tina": ("lead", None), "una": ("lead", None)}) as running:
        yield running


def tried(app: Gated, name: str, code: str = "", password: str = PASSWORD) -> Answer:
    return app.post("/sign-in", name=name, password=password, code=code)


def test_somebody_with_a_second_factor_signs_in_by_both(app: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_HOME", str(app.home.root))
    before = app.sign_in("tina")
    done = run_dashboard("user", "second-factor", "tina")
    secret, address = done.stdout.split()
    assert re.fullmatch(r"otpauth://totp/.+[?&]secret=" + secret + ".*", address)
    assert app.get("/signed-in", Cookie=before).status == 401, "a sign-in of before goes on"
    now = app.accounts.clock()
    assert tried(app, "tina").status == 401
    assert tried(app, "tina", code_at(secret, now), "not the password").status == 401
    same = {tried(app, "tina", "000000").body, tried(app, "tina", password="not the password").body}
    assert len(same) == 1, "the answer tells which of both was wrong"
    assert tried(app, "tina", code_at(secret, app.accounts.clock())).status == 303
    assert app.sign_in("una")
    assert run_dashboard("user", "second-factor", "tina", "--remove").returncode == 0
    assert tried(app, "tina").status == 303
    assert secret not in app.server.log.read_text(encoding="utf-8")


def test_a_department_may_ask_everybody_for_one(canaries: Home, tmp_path: Path) -> None:
    (tmp_path / "access.toml").write_text('[passwords]\nsecond_factor = "required"\n', encoding="utf-8")
    given = {"OUTCOMES_ACCESS_FILE": str(tmp_path / "access.toml")}
    with gated(tmp_path, canaries, {"vic": ("lead", None)}, **given) as app:
        assert tried(app, "vic").status == 403
        secret = second_factor.make_secret()
        app.accounts.set_second_factor("vic", secret)
        assert tried(app, "vic", code_at(secret, app.accounts.clock())).status == 303
        app.accounts.set_second_factor("vic", None)
