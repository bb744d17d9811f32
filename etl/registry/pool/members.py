"""The hospitals of `settings/members.toml`: with which keys they sign, and whether they may ship now."""

from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from data.errors import FileRefused
from data.storage.registry_settings import Member, Members
from etl.registry.signature import read_public_key


def public_keys(member: Member) -> list[Ed25519PublicKey]:
    """The keys that may have signed, the present one first."""
    return [read_public_key(text) for text in (member.public_key, member.next_key) if text is not None]


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
