"""The hospitals that may ship to a registry: `settings/members.toml` of its home."""

from datetime import date
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AliasChoices, Field, model_validator

from data.errors import FileRefused, UsageProblem
from data.home import Home
from data.storage.settings_files import Setting, read_settings
from etl.registry.shipment_manifest import SiteKey
from etl.registry.signature import read_public_key


class Member(Setting):
    """A hospital. `next_key` is believed too, so that a key can be changed; `since` and `until` are included days."""

    key: SiteKey
    title: str = ""
    public_key: str
    next_key: str | None = None
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


def read_members(home: Home) -> Members:
    """The list in force; `UsageProblem` names the file and the key at fault."""
    path = home.members
    if not path.is_file():
        raise UsageProblem(
            str(path), "the list of members is missing", "List the hospitals there, each with its public key"
        )
    members = read_settings(path, Members)
    for place, one in enumerate(members.member):
        public_keys(one, f"{path}, member.{place}")
    return members


def public_keys(member: Member, where: str) -> list[Ed25519PublicKey]:
    """The keys that may have signed, the present one first."""
    named = {"public_key": member.public_key, "next_key": member.next_key}
    return [read_public_key(text, f"{where}.{name}") for name, text in named.items() if text is not None]


def admit_member(members: Members, key: str, where: str, today: date) -> Member:
    """The member that ships under this key; `FileRefused` for a stranger, and outside the days of a membership."""
    member = members.find(key)
    if member is None:
        remedy = "Add it to members.toml with the public key that it printed, if it may ship to this registry"
        raise FileRefused(where, "its site is not among the members of this registry", remedy)
    remedy = "Correct since or until in members.toml, if it may ship"
    if member.since and today < member.since:
        raise FileRefused(where, f"{key} is not a member before {member.since}", remedy)
    if member.until and today > member.until:
        raise FileRefused(where, f"{key} is no longer a member since {member.until}", remedy)
    return member
