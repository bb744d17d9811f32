"""A registry behind real sign-ins: a hospital's reader gets its own name and letters for the others, in every byte."""

import re
from collections.abc import Iterator

import pytest

from dashboard.contents import TITLES
from tests.access.serving import Gated, gated
from tests.registries import FEWER, registry_home

OFFER = re.compile(rb"/figures/[0-9a-f]{32}")
OWN = "alder"
OTHERS = [word.encode() for one in FEWER if one.key != OWN for word in (one.key, one.key.title(), one.key.upper())]
PEOPLE = {"alice": ("lead", [OWN]), "quinn": ("quality", [OWN]), "rita": ("lead", None)}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    home = registry_home(tmp_path_factory)
    with gated(tmp_path_factory.mktemp("gated"), home, PEOPLE) as running:
        yield running


def read_all(app: Gated, who: str) -> tuple[bytes, dict[str, bytes]]:
    """All bytes of a visit to every page by name, closed ones too, and every file that they offer."""
    files = {}
    with app.tab(who) as tab:
        for page in ("", *TITLES):
            for query in ("", "split=hospital&between=hospital"):
                for offer in {one.decode() for one in OFFER.findall(tab.run(page, query))}:
                    answer = app.get(offer, who)
                    assert answer.status == 200
                    files[offer] = answer.body
        return tab.bytes, files


@pytest.mark.parametrize("who", ["alice", pytest.param("quinn", marks=pytest.mark.thorough)])
def test_a_hospitals_reader_gets_no_other_hospital_in_any_byte(who: str, app: Gated) -> None:
    pages, files = read_all(app, who)
    assert b"Alder Hospital" in pages and b"went wrong" not in pages
    assert re.search(rb"Hospital [A-H]\b", pages)
    assert len(files) > 5
    assert any(b"Hospital " in one for one in files.values())
    for content in (pages, *files.values()):
        assert [name for name in OTHERS if name in content] == []


def test_the_registrys_own_reader_gets_every_hospital_by_name(app: Gated) -> None:
    with app.tab("rita") as tab:
        page = tab.run("hospitals")
    assert all(one.title.encode() in page for one in FEWER)


def test_a_choice_of_another_hospital_by_its_key_or_name_shows_nothing_of_it(app: Gated) -> None:
    with app.tab("alice") as tab:
        for other in ("hazel", "Hazel+Hospital"):
            shown = tab.run("overview", f"hospital={other}")
            assert b"azel" not in shown
