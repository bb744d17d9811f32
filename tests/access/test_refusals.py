"""Starts that would not be safe, by the real command: none of them comes to listen, each says which setting is why."""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.accounts import Accounts
from data.home import PROJECT, Home
from data.storage.account_records import Account
from tests.browser.serving import free_port
from tests.records import Records, loaded

ACCOUNTS = ""
PUBLIC = 'public_address = "https://outcomes.example.org"\n'
GROUP = '[[group]]\nname = "g"\nrole = "lead"\n'
OIDC = f'way = "oidc"\n{PUBLIC}[oidc]\nissuer = "https://i.example"\nclient_id = "c"\n{GROUP}'
PROXY = f'way = "proxy"\n[proxy]\naddresses = ["10.0.0.7"]\n{GROUP}'
WITHOUT_SIGN_IN, WITHOUT_TLS = "answers to this computer only", "without TLS"


@dataclass(frozen=True)
class Start:
    """A way to start: `access` None = nobody signs in. `told` must be among the words of the refusal."""

    told: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    access: str | None = None


COMMAND = (sys.executable, "-m", "streamlit", "run", str(PROJECT / "streamlit_app.py"))
EVERYWHERE = ("--server.address", "0.0.0.0")
STARTS = {
    "open, all addresses by flag": Start(WITHOUT_SIGN_IN, EVERYWHERE),
    "open, all addresses by variable": Start(WITHOUT_SIGN_IN, environment={"STREAMLIT_SERVER_ADDRESS": "::"}),
    "open, a host's name": Start(WITHOUT_SIGN_IN, environment={"STREAMLIT_SERVER_ADDRESS": socket.gethostname()}),
    "open, another loopback address": Start(WITHOUT_SIGN_IN, ("--server.address", "127.0.0.2")),
    "open, a name that others use": Start(
        "server.allowedHosts", environment={"STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost,outcomes.example.org"}
    ),
    "one computer, all addresses": Start(WITHOUT_SIGN_IN, EVERYWHERE, {"OUTCOMES_ACCESS": "this-computer"}),
    "one computer, a public address": Start(
        "public_address", environment={"OUTCOMES_ACCESS": "this-computer"}, access=PUBLIC
    ),
    "accounts, all addresses": Start(WITHOUT_TLS, EVERYWHERE, access=ACCOUNTS),
    "accounts, a public address and no proxy that ends TLS": Start(WITHOUT_TLS, EVERYWHERE, access=PUBLIC),
    "accounts, a name that others use": Start(
        WITHOUT_TLS, environment={"STREAMLIT_SERVER_ALLOWED_HOSTS": "outcomes.example.org"}, access=ACCOUNTS
    ),
    "accounts, details of errors": Start("client.showErrorDetails", ("--client.showErrorDetails=full",), access=PUBLIC),
    "accounts, forwarded by anyone": Start(
        "FORWARDED_ALLOW_IPS", environment={"FORWARDED_ALLOW_IPS": "*"}, access=ACCOUNTS
    ),
    "oidc, all addresses": Start(WITHOUT_TLS, EVERYWHERE, access=OIDC),
    "proxy, all addresses": Start(WITHOUT_TLS, ("--server.address", "::"), access=PROXY),
    "no such way": Start("no such way in", environment={"OUTCOMES_ACCESS": "everyone"}),
}  # fmt: skip
# One start of each reason; a start takes longer than all that is decided at it, which test_start.py asks for directly.
EVERY_DAY = (
    "open, all addresses by flag", "one computer, a public address", "accounts, forwarded by anyone",
)  # fmt: skip


def tried(start: Start, folder: Path) -> subprocess.CompletedProcess[str]:
    """Start it in a home of its own, and see what becomes of it."""
    environment = {**os.environ, "OUTCOMES_HOME": str(folder / "home"), "HOME": str(folder)}
    if start.access is not None:
        accounts = Accounts(folder / "home" / "private" / "accounts.sqlite")
        accounts.save(Account(name="anna", way="accounts", role="lead"))
        accounts.close()
        (folder / "access.toml").write_text(start.access, encoding="utf-8")
        environment["OUTCOMES_ACCESS_FILE"] = str(folder / "access.toml")
    return subprocess.run(
        [*COMMAND, "--server.port", str(free_port()), *start.arguments],
        cwd=PROJECT, env={**environment, **start.environment}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in EVERY_DAY else pytest.mark.thorough) for name in STARTS]
)
def test_an_unsafe_start_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    done = tried(STARTS[name], tmp_path)
    assert done.returncode == 2, done.stderr
    assert "Not started. " in done.stderr
    assert STARTS[name].told in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_users_own_configuration_does_not_open_the_app(tmp_path: Path) -> None:
    """Started from another folder, with Streamlit's settings of the user: what the project ships still holds."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n', encoding="utf-8")
    given = {**os.environ, "HOME": str(tmp_path), "STREAMLIT_SERVER_ADDRESS": ""}
    port = free_port()
    with subprocess.Popen(
        [*COMMAND, "--server.port", str(port)], cwd=tmp_path, env=given, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = next(line.strip() for line in process.stdout if "URL" in line)
        process.terminate()
    assert told == f"URL: http://127.0.0.1:{port}"


@pytest.fixture
def real(home: Home) -> Home:
    records = Records()
    records.procedure()
    loaded(home, records)
    return home


def test_records_that_every_user_of_the_computer_can_read_are_not_served(real: Home, tmp_path: Path) -> None:
    mine = {"OUTCOMES_ACCESS": "this-computer"}
    for folder in (real.root, real.generations):
        folder.chmod(0o755)
    done = tried(Start("", environment=mine | {"OUTCOMES_HOME": str(real.root)}), tmp_path / "user")
    assert (done.returncode, "every user of this computer can read" in done.stderr) == (2, True), done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_records_of_another_user_are_not_served_to_this_computer(real: Home, tmp_path: Path) -> None:
    os.chown(real.generations, 65534, 65534)
    given = {"OUTCOMES_ACCESS": "this-computer", "OUTCOMES_HOME": str(real.root)}
    done = tried(Start("", environment=given), tmp_path / "user")
    assert (done.returncode, "belongs to another user" in done.stderr) == (2, True), done.stderr
