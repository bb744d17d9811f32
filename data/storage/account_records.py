"""What the file of accounts holds: people, sign-ins that hold, and rows of the audit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.storage.storage_faults import named_damage

# The one role that sees the results of certain operators only.
OPERATOR_ROLE = "operator"


@dataclass(frozen=True, kw_only=True)
class Account:
    """Someone who may sign in. `sites` None = all; `password` is a hash, None for people who sign in elsewhere.

    `operators`: as the records name them, those whose results an account of the role operator sees.
    """

    name: str
    way: str
    role: str
    sites: tuple[str, ...] | None = None
    password: str | None = None
    is_disabled: bool = False
    operators: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignedIn:
    """A sign-in that holds now."""

    token_hash: str
    account: Account
    started_at: float
    seen_at: float
    ends_at: float


@dataclass(frozen=True)
class Journey:
    """What a sign-in that went to the identity provider must bring back."""

    verifier: str
    nonce: str
    started_at: float


@dataclass(frozen=True, kw_only=True)
class Act:
    """A row of the audit."""

    at: str
    person: str
    action: str
    subject: str
    result: str
    address: str


def account_of_row(row: Sequence) -> Account:
    """An account from its row: name, way, role, sites, password, is_disabled."""
    name, way, role, sites, password, is_disabled = row
    with named_damage(Path("accounts.sqlite"), ValueError, TypeError):
        site_names = None if sites is None else tuple(json.loads(sites))
    return Account(
        name=name,
        way=way,
        role=role,
        sites=site_names,
        password=password,
        is_disabled=bool(is_disabled),
    )
