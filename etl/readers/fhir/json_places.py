"""Where the elements of a JSON list stand in its text: first letter and the one after the last."""

import json
from collections.abc import Iterator

Place = tuple[int, int]
BLANKS = " \t\r\n"


def entry_places(text: str) -> list[Place]:
    """The places of what the `entry` of an object lists; of several such names the last counts, as everywhere."""
    decoder = json.JSONDecoder()
    found: list[Place] = []
    place = text.index("{") + 1
    while (key_at := _skip_letters(text, place, f"{BLANKS},")) < len(text) and text[key_at] == '"':
        key, place = decoder.raw_decode(text, key_at)
        place = _skip_letters(text, place, f"{BLANKS}:")
        if key == "entry":
            found = list(element_places(text, place)) if text[place] == "[" else []
        _, place = decoder.raw_decode(text, place)
    return found


def element_places(text: str, begins: int = 0) -> Iterator[Place]:
    """The places of the elements of a list that begins at or after a place."""
    decoder = json.JSONDecoder()
    place = text.index("[", begins) + 1
    while text[place := _skip_letters(text, place, f"{BLANKS},")] != "]":
        first = place
        _, place = decoder.raw_decode(text, first)
        yield first, place


def _skip_letters(text: str, place: int, letters: str) -> int:
    while place < len(text) and text[place] in letters:
        place += 1
    return place
