"""Settings that only some homes have: what a hospital agreed with a registry, and who may ship to a registry."""

import base64
import binascii
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AliasChoices, Field, model_validator

from data.errors import UsageProblem
from data.home import SETTINGS, Home
from data.storage.settings_files import Setting, read_settings

AGREEMENT_FILE = "registry.toml"
SITE_PATTERN = r"^[a-z0-9_]{2,16}$"
KEY_BYTES = 32
SiteKey = Annotated[str, Field(pattern=SITE_PATTERN)]
What = Literal["cells", "records"]


class Agreement(Setting):
    """The registry's name for the hospital, what leaves, and how much of it."""

    site_key: str = Field(pattern=f"^$|{SITE_PATTERN}")
    what: What
    signing_key: str = Field(min_length=1)
    operators: Literal["drop", "pseudonym"]
    age: Literal["band", "years"]
    dates: Literal["month", "day"]


def key_bytes(text: str) -> bytes:
    """The 32 bytes of a public key from its line; `ValueError` where it is none."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if len(content) != KEY_BYTES:
        raise ValueError("is no public key: write the line that `python -m etl ship --new-key` printed")
    return content


def _as_written(text: str) -> str:
    key_bytes(text)
    return text


PublicKey = Annotated[str, AfterValidator(_as_written)]


class Member(Setting):
    """A hospital. `next_key` is believed too, so that a key can be changed; `since` and `until` are included days."""

    key: SiteKey
    title: str = ""
    public_key: PublicKey
    next_key: PublicKey | None = None
    peer_group: str | None = None
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _has_an_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"{self.key}: until is before since")
        return self


class Members(Setting):
    """All of them, as tables `[[member]]`; and for how many days what is no longer in force is kept."""

    retain_days: int = Field(default=30, ge=0)
    member: tuple[Member, ...] = Field(min_length=1, validation_alias=AliasChoices("member", "members"))

    @model_validator(mode="after")
    def _are_told_apart(self) -> Self:
        keys = [one.key for one in self.member]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"{key} is listed twice")
        public = [text for one in self.member for text in {one.public_key, one.next_key} - {None}]
        if len(set(public)) < len(public):
            raise ValueError("two hospitals have the same public key")
        return self

    def find(self, key: str) -> Member | None:
        """The member of this key; None for a stranger."""
        return next((one for one in self.member if one.key == key), None)


def read_agreement_file(home: Home) -> Agreement:
    """What the hospital's file says over what was shipped; `UsageProblem` names the file and the key at fault."""
    return read_settings(SETTINGS / AGREEMENT_FILE, Agreement, home.settings / AGREEMENT_FILE)


def read_members(home: Home) -> Members:
    """The list in force; `UsageProblem` names the file and the key at fault."""
    path = home.members
    if not path.is_file():
        raise UsageProblem(
            str(path), "the list of members is missing", "List the hospitals there, each with its public key"
        )
    return read_settings(path, Members)


def registry_readers(home: Home) -> list[Callable[[], object]]:
    """What reads the files of these that a home has, for a look at all settings."""
    readers: list[Callable[[], object]] = [lambda: read_agreement_file(home)]
    return [*readers, lambda: read_members(home)] if home.members.is_file() else readers
