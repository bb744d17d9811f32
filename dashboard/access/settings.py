"""The ways in: which one is in force, and its settings. Secrets stand in the environment or in files of mode 0600."""

import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from dashboard.access.roles import RIGHTS
from data.accounts import Accounts
from data.errors import UsageProblem
from data.home import SETTINGS, department_home
from data.storage.settings_files import Setting, read_settings

ACCESS_VARIABLE = "OUTCOMES_ACCESS"
FILE_VARIABLE = "OUTCOMES_ACCESS_FILE"
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Way = Literal["open", "this-computer", "accounts", "oidc", "proxy"]
OPEN: Way = "open"
THIS_COMPUTER: Way = "this-computer"
SIGN_IN_WAYS: tuple[Way, ...] = ("accounts", "oidc", "proxy")
CHOICES = (THIS_COMPUTER, *SIGN_IN_WAYS)


class Sessions(Setting):
    """How long a sign-in holds."""

    idle_minutes: float = Field(30, gt=0, le=24 * 60)
    absolute_hours: float = Field(12, gt=0, le=24 * 7)

    @property
    def idle_seconds(self) -> float:
        """After so long without anything done, a sign-in ends."""
        return self.idle_minutes * 60


class Passwords(Setting):
    """How many wrong passwords are borne."""

    wrong_per_name: int = Field(10, ge=1)
    wrong_per_address: int = Field(50, ge=1)
    within_minutes: float = Field(15, gt=0)
    second_factor: Literal["optional", "required"] = "optional"


class Oidc(Setting):
    """The identity provider. The client secret comes from OUTCOMES_OIDC_CLIENT_SECRET or `client_secret_file`."""

    issuer: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    name_claim: str = "email"
    groups_claim: str = "groups"
    operator_claim: str = ""
    scopes: tuple[str, ...] = ("openid", "email", "profile")


class Proxy(Setting):
    """A reverse proxy that has signed people in. Its secret comes from OUTCOMES_PROXY_SECRET or `secret_file`."""

    addresses: tuple[str, ...] = ()
    name_header: str = "X-Remote-User"
    groups_header: str = "X-Remote-Groups"
    operator_header: str = ""
    secret_header: str = "X-Proxy-Secret"
    secret_file: str = ""


class Group(Setting):
    """A group of the identity provider and what it means here. No sites = all sites."""

    name: str = Field(min_length=1)
    role: str
    sites: tuple[str, ...] = ()

    @field_validator("role")
    @classmethod
    def role_exists(cls, role: str) -> str:
        """Only roles that we know."""
        if role not in RIGHTS:
            raise ValueError(f"role must be one of {', '.join(RIGHTS)}")
        return role


class Access(Setting):
    """All of `access.toml`."""

    way: str = ""
    public_address: str = ""
    tls_proxies: tuple[str, ...] = ()
    sessions: Sessions = Sessions()
    passwords: Passwords = Passwords()
    oidc: Oidc = Oidc()
    proxy: Proxy = Proxy()
    group: tuple[Group, ...] = ()

    @property
    def tls_ends_at(self) -> frozenset[str]:
        """Proxies on other machines whose requests browsers sent by TLS."""
        signing_in = self.proxy.addresses if self.way == "proxy" else ()
        return frozenset((*self.tls_proxies, *signing_in)) if self.public_address else frozenset()

    @property
    def speak_for_others(self) -> frozenset[str]:
        """Proxies that are believed about whom they pass on: the listed ones only, also on this machine."""
        return frozenset((*self.tls_proxies, *(self.proxy.addresses if self.way == "proxy" else ())))

    @model_validator(mode="after")
    def says_enough(self) -> "Access":
        """What each way needs."""
        if self.way and self.way not in CHOICES:
            raise ValueError(f"way must be one of {', '.join(CHOICES)}")
        if self.public_address and not self.public_address.startswith("https://"):
            raise ValueError("public_address must begin with https://")
        if self.tls_proxies and not self.public_address:
            raise ValueError("tls_proxies need public_address: the https:// address that browsers use")
        if self.way == "oidc" and not (self.oidc.issuer and self.oidc.client_id and self.group):
            raise ValueError("the way oidc needs oidc.issuer, oidc.client_id and at least one [[group]]")
        if self.way == "proxy" and not self.proxy.addresses:
            raise ValueError("the way proxy needs proxy.addresses: those that may say who somebody is")
        return self


def access_settings() -> Access:
    """`OUTCOMES_ACCESS_FILE`, else `data/settings/access.toml`; `OUTCOMES_ACCESS` chooses the way over the file."""
    path = os.environ.get(FILE_VARIABLE)
    return _read_settings(Path(path) if path else SETTINGS / "access.toml", os.environ.get(ACCESS_VARIABLE) or "")


@lru_cache
def _read_settings(path: Path, chosen: str) -> Access:
    written = read_settings(path, Access)
    if not chosen:
        return written
    if chosen not in CHOICES:
        raise UsageProblem(ACCESS_VARIABLE, "no such way in", f"Choose one of {', '.join(CHOICES)}")
    try:
        return Access.model_validate(written.model_dump() | {"way": chosen})
    except ValueError as error:
        told = str(error).splitlines()[-2].strip() if str(error).count("\n") else str(error)
        raise UsageProblem(f"{ACCESS_VARIABLE}={chosen}, {path}", told, "Correct the file and start again") from None


def way_in() -> Way:
    """The way in force: the one chosen; else accounts where there are any; else open (to synthetic records only)."""
    chosen = access_settings().way
    if chosen:
        return chosen  # type: ignore[return-value]
    return "accounts" if account_store().has_people() else OPEN


def account_store() -> Accounts:
    """The accounts, sign-ins and audit of the department's home."""
    return _open_store(department_home().accounts)


@lru_cache(maxsize=4)
def _open_store(path: Path) -> Accounts:
    return Accounts(path)


def read_secret(variable: str, file: str) -> str:
    """A secret from the environment, else from a file that only its owner can read; empty when neither is given."""
    given = os.environ.get(variable)
    if given or not file:
        return given or ""
    path = Path(file)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except OSError:
        raise UsageProblem(str(path), "the secret cannot be read", f"Write it there, or set {variable}") from None
    if stat.S_IMODE(mode) & 0o077:
        raise UsageProblem(str(path), "others can read this secret", f"Run: chmod 600 {path}")
    return text
