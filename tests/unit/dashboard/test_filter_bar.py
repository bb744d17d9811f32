"""The address and the choice: each gives the other, and nonsense in an address harms nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.links.filters import KEYS, OF_PAGES, Choice, read_address, to_address
from queries.catalogue.filters import ORDERED_VALUES, Filters
from queries.catalogue.spans import AGAINST_NAMES, Span

KNOWN = {key: (*ORDERED_VALUES.get(key, ()), "not_recorded") for key in KEYS} | {
    "site": ("Northfield Clinic", "Riverside Hospital"),
    "operator": ("A. Moreau", "B. Lindgren"),
    "technique": ("vertebroplasty", "balloon_kyphoplasty"),
}


def test_the_first_view_is_vertebroplasty_and_needs_no_address() -> None:
    choice = read_address({}, KNOWN)
    assert choice.values == {"technique": ("vertebroplasty",)}
    assert to_address(choice, KNOWN) == {}


def test_a_department_with_one_technique_needs_no_choice() -> None:
    assert read_address({}, {**KNOWN, "technique": ("vertebroplasty",)}).values == {}


def test_all_techniques_have_an_address_of_their_own() -> None:
    choice = read_address({"technique": ["all"]}, KNOWN)
    assert choice.values == {}
    assert choice.left_out == ()
    assert to_address(choice, KNOWN) == {"technique": ["all"]}


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ({"site": ["Nowhere"]}, ("site",)),
        ({"site": ["Riverside Hospital", "Nowhere"]}, ("site",)),
        ({"from": ["yesterday"]}, ("from",)),
        ({"levels": ["1' or 1=1"]}, ("levels",)),
        ({"colour": ["red"]}, ("colour",)),
        ({"span": ["forever"], "against": ["x"]}, ("span", "against")),
    ],
)
def test_what_is_not_understood_is_left_out_and_said(query: dict[str, list[str]], left_out: tuple[str, ...]) -> None:
    choice = read_address(query, KNOWN)
    assert choice.left_out == left_out
    for key, picked in choice.values.items():
        assert set(picked) <= set(KNOWN[key])


def test_a_last_day_before_the_first_is_told_as_that() -> None:
    choice = read_address({"from": ["2026-06-01"], "to": ["2026-01-01"]}, KNOWN)
    assert (choice.is_backwards, choice.left_out) == (True, ())
    assert (choice.date_from, choice.date_to) == (date(2026, 6, 1), None)


def test_an_address_can_be_read_by_people() -> None:
    choice = Choice(values={"levels": ("4+",), "age_band": ("70–79",), "baseline_band": ("[7,10]",), "sex": ("F",)})
    assert to_address(choice, {**KNOWN, "technique": ()}) == {
        "levels": ["4-or-more"], "age_band": ["70-79"], "baseline_band": ["7-to-10"], "sex": ["women"],
    }  # fmt: skip


def test_addresses_with_the_stored_values_are_understood_too() -> None:
    choice = read_address({"levels": ["4+"], "age_band": ["70–79"], "technique": ["all"]}, KNOWN)
    assert choice.values == {"levels": ("4+",), "age_band": ("70–79",)}
    assert choice.left_out == ()


@pytest.mark.parametrize("key", sorted(OF_PAGES))
def test_what_pages_put_into_the_address_is_no_mistake(key: str) -> None:
    assert read_address({key: ["x"]}, KNOWN).left_out == ()


choices = st.builds(
    Choice,
    values=st.fixed_dictionaries(
        {}, optional={key: st.lists(st.sampled_from(KNOWN[key]), min_size=1, unique=True) for key in KEYS}
    ).map(lambda drawn: {key: tuple(one for one in KNOWN[key] if one in picked) for key, picked in drawn.items()}),
    date_from=st.none() | st.dates(date(2020, 1, 1), date(2023, 1, 1)),
    date_to=st.none() | st.dates(date(2023, 1, 2), date(2026, 1, 1)),
    against=st.sampled_from(AGAINST_NAMES),
)


@given(choices)
def test_an_address_reproduces_its_choice(choice: Choice) -> None:
    assert read_address(to_address(choice, KNOWN), KNOWN) == choice


@given(st.dictionaries(st.sampled_from([*KEYS, "from", "to", "x"]), st.lists(st.text(max_size=30), max_size=3)))
def test_no_address_breaks_the_bar(query: dict[str, list[str]]) -> None:
    choice = read_address(query, KNOWN)
    assert read_address(to_address(choice, KNOWN), KNOWN).filters == choice.filters


def test_the_period_stands_in_the_address_by_its_name_unless_it_is_the_usual_one() -> None:
    assert read_address({}, KNOWN).period == Span("last-12-months", "before")
    choice = read_address({"span": ["this-year"], "against": ["year-before"]}, KNOWN)
    assert choice.period == Span("this-year", "year-before")
    assert to_address(choice, KNOWN) == {"span": ["this-year"], "against": ["year-before"]}
    own = read_address({"from": ["2026-01-01"], "span": ["all"]}, KNOWN)
    assert own.period == Span("own", "before")
    assert to_address(own, KNOWN) == {"from": ["2026-01-01"]}


def test_exactly_these_filters_have_an_address_whatever_the_usual_period_is() -> None:
    assert to_address(Choice.of_filters(Filters()), {**KNOWN, "technique": ()}) == {"span": ["all"]}
