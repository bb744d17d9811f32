"""What the texts of a column mean in the closed lists, as far as word lists tell, and drafts of code tables."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from data.field_dictionary import every_field
from data.settings import read_timepoints
from etl.propose.column_profile import Look
from etl.propose.heading_meanings import heading_words, plain_word, read_words, words_of

# A text that occurs less often may tell of a single person: it is drafted on a terminal only.
COMMON = 5
LINES_SHOWN = 5
# From this length on a word may be the beginning of a longer one.
STEM = 4
HOURS_OF_UNIT = {"hours": 1, "days": 24, "weeks": 168, "months": 730, "years": 8766}
# Two letters for the sexes mean different things together: hombre and mujer, homme and femme.
PAIRS_OF_SEXES = {frozenset("hm"): {"h": "M", "m": "F"}, frozenset("hf"): {"h": "M", "f": "F"}}


def text(written: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(written, ensure_ascii=False)


def places(lines: Sequence[int]) -> str:
    """Lines of a file in words, the first few of them."""
    shown = ", ".join(str(line) for line in lines[:LINES_SHOWN])
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


@cache
def _phrases(field: str) -> list[tuple[tuple[str, ...], str, bool]]:
    """Words of a phrase, its meaning, and whether it is sure; longer phrases first."""
    entries = [one for one in every_field() if one.name == field]
    texts = {meaning: phrases for one in entries for meaning, phrases in one.texts.items()}
    if not texts and any(one.type == "flag" for one in entries):
        texts = read_words()["yes_no"]
    found = [
        (tuple(words_of(phrase)), meaning.removeprefix("?"), meaning[0] != "?")
        for meaning, phrases in texts.items()
        for phrase in phrases.split(",")
    ]
    return sorted(found, key=lambda one: (-len(one[0]), -sum(map(len, one[0]))))


@lru_cache(maxsize=20_000)
def meaning_of(written: str, field: str) -> tuple[str, bool] | None:
    """The meaning of a text in a closed list, and whether it is sure; None where no word is known."""
    if field == "timepoint":
        label = timepoint_of(written)
        return (label, True) if label else None
    words = words_of(written) or [plain_word(written)]
    for phrase, meaning, is_sure in _phrases(field):
        if _begins(words, phrase):
            return meaning, is_sure
    return None


def _begins(words: list[str], phrase: tuple[str, ...]) -> bool:
    """Whether the words of a phrase stand in a row among these; long ones also as the beginning of a word."""
    if len("".join(phrase)) < STEM:
        return words == list(phrase)
    return any(
        all(
            word == part or (len(part) >= STEM and word.startswith(part))
            for word, part in zip(words[at:], phrase, strict=False)
        )
        for at in range(len(words) - len(phrase) + 1)
    )


def timepoint_of(written: str) -> str:
    """The timepoint that a heading or a text names: before, or so many hours, days, weeks or months after."""
    hours = hours_after(written)
    if hours is not None:
        days = hours / 24
        after = [one for one in read_timepoints().after if one.first_day <= days <= one.last_day]
        return min(after, key=lambda one: abs(one.target_hours - hours)).name if after else ""
    meanings = heading_words(written).all
    return "baseline" if "before" in meanings and "after" not in meanings else ""


def hours_after(written: str) -> float | None:
    """How many hours after the procedure a text says: `48 h`, `J+2`, `Tag 2`, `24-72 h`; None where it says none."""
    words = words_of(written)
    units = {plain_word(word): unit for unit, known in read_words()["units"].items() for word in known.split()}
    for place, word in enumerate(words):
        if not word.isdigit():
            continue
        numbers = [int(word)]
        behind = place + 1
        if behind < len(words) and words[behind].isdigit():
            numbers.append(int(words[behind]))
            behind += 1
        unit = units.get(words[behind]) if behind < len(words) else None
        unit = unit or (units.get(words[place - 1]) if place and not words[place - 1].isdigit() else None)
        if unit:
            return sum(numbers) / len(numbers) * HOURS_OF_UNIT[unit]
    return None


def known_share(look: Look, field: str) -> float:
    """How much of a column holds texts whose meaning is known."""
    return look.share_of(lambda written: meaning_of(written, field) is not None)


def sexes(look: Look) -> dict[str, str]:
    """Text → sex, where a pair of letters says more than each alone."""
    return PAIRS_OF_SEXES.get(frozenset(plain_word(written) for written in look.counts), {})


def code_lines(look: Look, field: str, choices: tuple[str, ...], show_rare: bool) -> Iterator[str]:
    """A code table for the texts of a column that occur often enough, each with its meaning or what to decide."""
    shown = {written: times for written, times in look.counts.most_common() if show_rare or times >= COMMON}
    pairs = sexes(look) if field == "sex" else {}
    for written, times in shown.items():
        known = (pairs[plain_word(written)], True) if plain_word(written) in pairs else meaning_of(written, field)
        if known is None:
            yield f"# decide: one of {', '.join(choices)}"
        elif not known[1]:
            yield f"# decide: {known[0]}, or another one of {', '.join(choices)}"
        yield f"{text(written)} = {text(known[0] if known else 'unknown')}  # {times} times"
    rare = len(look.counts) - len(shown)
    if rare:
        yield f"# {rare} rarer text{'s' if rare > 1 else ''}: map FILE --show-rare shows them, on the terminal only"


def has_common_texts(look: Look, show_rare: bool) -> bool:
    """Whether any text may be shown."""
    return any(show_rare or times >= COMMON for times in look.counts.values())


def is_yes_no(look: Look) -> bool:
    """Whether a column answers yes or no."""
    return bool(look.counts) and known_share(look, "symptomatic") == 1.0


def has_unit(look: Look) -> bool:
    """Whether numbers are written with their unit: `5,5 ml`."""
    return (
        look.share_of(lambda written: re.fullmatch(r"[0-9]+([.,][0-9]+)? ?(ml|cc)[.]?", written.lower()) is not None)
        > 0
    )
