"""What must be so before the server starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.access import start_checks
from dashboard.access.settings import _open_store, account_store
from data.errors import UsageProblem
from data.home import PROJECT, Home
from data.storage.account_records import Account
from tests.grids import sample
from tests.records import Records, loaded

SAFE = start_checks.REQUIRED | {
    "server.allowedHosts": ["localhost"],
    "server.address": "127.0.0.1",
    "server.sslCertFile": None,
}


def started(monkeypatch: pytest.MonkeyPatch, **options: object) -> None:
    given = SAFE | {name.replace("__", "."): value for name, value in options.items()}
    monkeypatch.setattr(start_checks, "get_option", given.__getitem__)
    monkeypatch.setattr("dashboard.access.requests.headers.get_option", given.__getitem__)
    start_checks._check_options()
    start_checks._check_address()
    start_checks.check_way()


def test_the_options_we_ship_start(monkeypatch: pytest.MonkeyPatch) -> None:
    started(monkeypatch)


@pytest.mark.parametrize(
    ("name", "value"),
    sample([
        ("client.showErrorDetails", "full"), ("server.enableAgentApi", True), ("server.enableXsrfProtection", False),
        ("server.enableCORS", False), ("server.headless", False), ("server.enableStaticServing", True),
        ("server.scriptHealthCheckEnabled", True), ("server.unsafeMetricsUserAttributes", ["email"]),
        ("server.trustedUserHeaders", {"X-User": "email"}), ("global.developmentMode", True),
        ("browser.gatherUsageStats", True), ("logger.enableRich", True), ("client.disableDataExport", False),
        ("server.allowedHosts", []), ("server.allowedHosts", ["*"]), ("server.address", "0.0.0.0"),
        ("server.address", ""), ("server.address", None), ("server.address", "192.168.1.5"),
        ("server.allowedHosts", ["outcomes.example.org"]),
    ], 7),
)  # fmt: skip
def test_an_option_that_weakens_is_refused(name: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageProblem, match=name):
        started(monkeypatch, **{name.replace(".", "__"): value})


def test_another_address_needs_sign_in_and_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account_store().save(Account(name="anna", way="accounts", role="lead"))
    try:
        with pytest.raises(UsageProblem, match="without TLS"):
            started(monkeypatch, server__address="0.0.0.0")
        settings = tmp_path / "access.toml"
        settings.write_text('public_address = "https://outcomes.example.org"', encoding="utf-8")
        monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(settings))
        with pytest.raises(UsageProblem, match="tls_proxies"):
            started(monkeypatch, server__address="0.0.0.0")
        started(monkeypatch, server__address="0.0.0.0", server__sslCertFile="cert.pem")
        ends = tmp_path / "ends.toml"
        ends.write_text(f'{settings.read_text(encoding="utf-8")}\ntls_proxies = ["10.0.0.7"]', encoding="utf-8")
        monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(ends))
        started(monkeypatch, server__address="0.0.0.0")
    finally:
        account_store().close()
        _open_store.cache_clear()


def test_a_public_address_needs_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "access.toml"
    settings.write_text('public_address = "https://outcomes.example.org"', encoding="utf-8")
    monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(settings))
    with pytest.raises(UsageProblem, match="public_address"):
        started(monkeypatch)


def test_others_may_not_say_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with pytest.raises(UsageProblem, match="FORWARDED_ALLOW_IPS"):
        started(monkeypatch)


@pytest.mark.parametrize(
    ("text", "named"),
    sample(
        [
            ('way = "everyone"', "way must be one of"),
            ("[sessions]\nidle_minutes = 0", "sessions.idle_minutes"),
            ("[sessions]\nidle = 3", "sessions.idle"),
            ('[[group]]\nname = "x"\nrole = "god"', "group.0.role"),
            ('way = "oidc"', "oidc.issuer"),
            ('way = "proxy"', "proxy.addresses"),
            ('public_address = "http://x"', "https://"),
            ('tls_proxies = ["10.0.0.7"]', "public_address"),
            ("way = ", "not valid TOML"),
        ],
        4,
    ),
)
def test_a_mistake_in_the_settings_names_file_and_key(
    text: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "access.toml"
    settings.write_text(text, encoding="utf-8")
    monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(settings))
    with pytest.raises(UsageProblem) as raised:
        started(monkeypatch)
    assert str(settings) in str(raised.value)
    assert named in str(raised.value)


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s", encoding="utf-8")
    secret.chmod(0o644)
    settings = tmp_path / "access.toml"
    settings.write_text(
        f'way = "oidc"\n[oidc]\nissuer = "https://i"\nclient_id = "c"\nclient_secret_file = "{secret}"\n'
        '[[group]]\nname = "g"\nrole = "lead"',
        encoding="utf-8",
    )
    monkeypatch.setenv("OUTCOMES_ACCESS_FILE", str(settings))
    with pytest.raises(UsageProblem, match="others can read"):
        started(monkeypatch)
    secret.chmod(0o600)
    started(monkeypatch)


def test_real_records_without_a_way_in_do_not_start(home: Home) -> None:
    records = Records()
    records.procedure()
    loaded(home, records)
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", "0"],
        cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "real records are loaded" in done.stderr
    assert "python -m dashboard user add" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
