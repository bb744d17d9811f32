"""The list of members: read strictly, mistakes named by file and key."""

import pytest

from data.errors import UsageProblem
from data.home import Home
from data.storage.registry_settings import read_members
from etl.registry.signature import public_text
from tests.pooled import list_members, signing_key


def test_every_cell_is_read(home: Home) -> None:
    list_members(home, "alpha", first="retain_days = 7", since="2026-01-01", until="2026-12-31")
    members = read_members(home)
    assert members.retain_days == 7
    assert home.kind == "registry"
    told = members.member[0].model_dump(mode="json", exclude={"public_key"})
    assert told == {
        "key": "alpha", "title": "Hospital alpha", "next_key": None, "peer_group": "a", "since": "2026-01-01",
        "until": "2026-12-31",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"colour": '"red"'}, "member.0.colour"),
        ({"public_key": '"short"'}, "member.0.public_key"),
        ({"next_key": '"short"'}, "member.0.next_key"),
        ({"since": '"spring"'}, "member.0.since"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "alpha: until is before since"),
    ],
)
def test_mistakes_name_file_and_key(cells: dict[str, str], key: str, home: Home) -> None:
    list_members(home, "alpha", **cells)
    with pytest.raises(UsageProblem) as caught:
        read_members(home)
    assert str(home.members) in str(caught.value)
    assert key in str(caught.value)


@pytest.mark.parametrize(
    ("sites", "cells", "words"),
    [
        (("alpha", "alpha"), {}, "alpha is listed twice"),
        (("alpha", "beta"), {"public_key": f'"{public_text(signing_key("x"))}"'}, "the same public key"),
        (("Alpha",), {}, "member.0.key"),
        ((), {}, "member"),
    ],
)
def test_members_are_told_apart(sites: tuple[str, ...], cells: dict[str, str], words: str, home: Home) -> None:
    list_members(home, *sites, **cells)
    with pytest.raises(UsageProblem, match=words):
        read_members(home)


def test_without_a_list_there_is_no_registry(home: Home) -> None:
    assert home.kind == "department"
    with pytest.raises(UsageProblem, match="the list of members is missing"):
        read_members(home)
