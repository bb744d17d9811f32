"""Terms on the screen: each that a page uses is in the glossary, and explained where it stands."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.text import definitions, glossary
from dashboard.text.glossary import GROUPS, TERMS, explain_terms
from data.home import Home
from tests.app.pages import NAMES, app, texts
from tests.grids import sample

PAGES = tuple(name for name in NAMES if name != "methods")
# Words of the field that may appear on a page; each must be among the terms.
FIELD = (
    "interval", "median", "baseline", "indication", "vertebroplasty", "thoraco-lumbar", "sham", "ASA", "day case",
    "regression to the mean", "generation", "CUSUM", "odds", "funnel", "overdispersion", "SIR class", "CIRSE grade",
    "Clopper", "cement leak", "radicular pain", "not adjusted", "3-sigma", "Plausibility", "special cause",
    "sedation", "kyphoplasty", "centre line", "asked and answered", "Anhøj",
)  # fmt: skip


def helps(at: AppTest) -> str:
    groups = (at.header, at.subheader, at.caption, at.markdown, at.title, at.get("page_link"))
    return "\n".join(element.proto.help for group in groups for element in group if element.proto.help)


@pytest.mark.usefixtures("synthetic")
@pytest.mark.parametrize("page", sample(PAGES, 5))
def test_every_term_on_a_page_is_explained_there(page: str) -> None:
    at = app(page)
    shown, explained = re.sub(r"<style>.*?</style>|<[^>]*>", " ", texts(at), flags=re.DOTALL), helps(at)
    for term, (pattern, _) in TERMS.items():
        if re.search(pattern, shown):
            assert f"**{term}**" in explained, (page, term)


@pytest.mark.parametrize("word", FIELD)
def test_words_of_the_field_are_terms(word: str) -> None:
    assert explain_terms(word), word


def test_every_term_is_on_the_methods_page_and_found_by_its_own_pattern() -> None:
    text = definitions.glossary_text()
    assert sorted(term for group in GROUPS.values() for term in group) == sorted(TERMS)
    for term, (pattern, meaning) in TERMS.items():
        assert f"**{term}**: {meaning}" in text
        assert meaning.endswith("."), term
        assert re.compile(pattern), term


def test_nothing_is_explained_where_no_term_stands() -> None:
    assert explain_terms("Nothing is waiting.") is None
    assert Path(glossary.__file__).exists()
    assert Home is not None
