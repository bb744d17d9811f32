"""What the words of a heading mean, in the languages of `heading_words.toml`, and which fields it may name."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from data.field_dictionary import VERSIONS, read_fields

WORDS = Path(__file__).parent / "heading_words.toml"
LANGUAGES = ("en", "de", "fr", "es", "pt", "nl", "it", "sv", "ja")
# Words that say nothing of their own, in these languages.
FILLING = frozenset({
    "of", "the", "a", "an", "to", "at", "for", "by", "on", "is", "was", "if", "or", "and", "tx", "s",
    "der", "die", "das", "den", "dem", "des", "und", "zum", "zur", "d", "de", "du", "l", "la", "le", "les", "et", "en",
    "el", "clinica", "los", "las", "del", "al", "y", "do", "da", "e", "di", "dei", "della", "een", "het", "van",
})  # fmt: skip
# Within a compound a word is found from this length on; another ending may be this long.
COMPOUND, ENDING = 4, 3
# What one more meaning, or a word that nobody knows, takes from a fit.
OTHER_MEANING, UNKNOWN_WORD = 0.4, 0.2
WEAK = 0.1
NUMBER_SIGNS = re.compile("n[°º]|№|#", re.IGNORECASE)


@cache
def read_words() -> dict[str, Any]:
    """The file of words."""
    words: dict[str, Any] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return words


def plain_word(text: str) -> str:
    """In lower case and without accents."""
    spread = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words and numbers of a heading or a text."""
    spaced = NUMBER_SIGNS.sub(" number ", re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", text))
    spaced = re.sub(r"\b\w/\w\b", " ", spaced)
    joined = re.sub(r"\b(?:\w[.]){2,}", lambda match: match[0].replace(".", ""), plain_word(spaced))
    return re.findall(r"[0-9]+|[^\W\d_]+", joined)


@cache
def _meanings() -> dict[str, frozenset[tuple[str, str]]]:
    """Word → its meanings, each with the language in which it has it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for language in LANGUAGES:
        for meaning, words in read_words()[language].items():
            for word in words.split():
                found.setdefault(plain_word(word), set()).add((meaning, language))
    return {word: frozenset(meanings) for word, meanings in found.items()}


Meanings = frozenset[tuple[str, str]]


@lru_cache(maxsize=10_000)
def _parts(word: str) -> tuple[Meanings, ...]:
    """The meanings of one word, or of the two parts of a compound; one that is empty for a word that nobody knows."""
    known = _meanings()
    if word in known:
        return (known[word],)
    if not word.isascii():
        return tuple(known[part] for part in known if part in word and not part.isascii()) or (frozenset(),)
    if len(word) < COMPOUND:
        return (frozenset(),)
    if word[-2:] in ("nr", "id", "no") and word[:-2] in known:
        return known[word[:-2]], known[word[-2:]]
    starts = [part for part in known if len(part) >= COMPOUND and word.startswith(part)]
    start = max(starts, key=len, default="")
    shortest = 2 if start else COMPOUND
    ends = [
        part for part in known if len(part) >= shortest and word.endswith(part) and len(start) + len(part) <= len(word)
    ]
    end = max(ends, key=len, default="")
    if start and end and len(word) - len(start) - len(end) <= ENDING:
        return known[start], known[end]
    if start and len(word) - len(start) <= ENDING:
        return (known[start],)
    # One part that is known is better than none; the other one is a word that nobody knows.
    part = start if len(start) >= len(end) else end
    return (known[part], frozenset()) if len(part) >= COMPOUND else (frozenset(),)


@dataclass(frozen=True)
class HeadingWords:
    """The words of a heading that say something, each with its meanings."""

    words: tuple[str, ...]
    meanings: tuple[frozenset[str], ...]
    languages: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All meanings."""
        return frozenset(one for meanings in self.meanings for one in meanings)

    def fit(self, needed: frozenset[str], beside: frozenset[str]) -> float:
        """How well the heading says `needed`, 0 to 1; `beside` may be said too."""
        if not needed <= self.all:
            return 0.0
        rest = [one for one in self.meanings if not one & (needed | beside)]
        return max(0.0, 1.0 - sum(OTHER_MEANING if one else UNKNOWN_WORD for one in rest))


@lru_cache(maxsize=10_000)
def heading_words(heading: str) -> HeadingWords:
    """The meanings of a heading."""
    words = [word for word in words_of(heading) if word not in FILLING or word in _meanings()]
    found = [(word, part) for word in words for part in _parts(word)]
    kept = [(word, part) for word, part in found if part or not _says_nothing(word)]
    return HeadingWords(
        tuple(word for word, _ in kept),
        tuple(frozenset(meaning for meaning, _ in one) for _, one in kept),
        frozenset(language for _, one in kept for _, language in one),
    )


def _says_nothing(word: str) -> bool:
    return word in FILLING or word.isdigit() or len(word) == 1


@dataclass(frozen=True)
class FieldWords:
    """How the headings of a field may be made: sets of meanings, the best first, and what may stand beside them.

    `called`: what senders call it, each a set of plain words.
    """

    sure: tuple[frozenset[str], ...]
    weak: tuple[frozenset[str], ...]
    beside: frozenset[str]
    called: tuple[frozenset[str], ...] = ()

    def fit(self, heading: HeadingWords) -> tuple[float, bool]:
        """How well a heading fits, 0 to 1, and whether it is a name that leaves no doubt."""
        sure = max((heading.fit(one, self.beside) + len(one) / 100 for one in self.sure), default=0.0)
        weak = max((heading.fit(one, self.beside) - WEAK + len(one) / 100 for one in self.weak), default=0.0)
        sure = max(sure, self.fit_called(heading))
        return (sure, True) if sure >= weak and sure > 0.5 else (max(sure, weak, 0.0), False)

    def fit_called(self, heading: HeadingWords) -> float:
        """How well a heading is one of the names that senders use, 0 to 1: all words of the name, few others."""
        said = [one for one in dict.fromkeys(heading.words) if one not in FILLING]
        known = frozenset().union(*self.called)
        rest = sum(not _is_form_of(word, known) for word in said)
        named = [name for name in self.called if all(_is_form_of(part, said, part) for part in name)]
        return max(0.0, 1.0 - UNKNOWN_WORD * rest + max(map(len, named)) / 100) if named else 0.0


def _is_form_of(word: str, others: Iterable[str], stem: str = "") -> bool:
    """Whether a word is one of these, or `stem` is with another ending."""
    return word in others or any(
        len(begin) >= COMPOUND and longer.startswith(begin) and len(longer) - len(begin) <= ENDING
        for other in others
        for begin, longer in ([(stem, other)] if stem else [(other, word)])
    )


@cache
def field_words(kind: str) -> Mapping[str, FieldWords]:
    """The fields of a kind of record."""
    fields = (*read_fields()[kind].fields, *read_fields()[VERSIONS].fields)
    return {one.name: _field(one.headings, one.called) for one in fields if one.headings or one.called}


def _field(alternatives: Iterable[str], called: Mapping[str, Iterable[str]]) -> FieldWords:
    sure = tuple(frozenset(one.split()) for one in alternatives if one[0] not in "?+")
    weak = tuple(frozenset(one[1:].split()) for one in alternatives if one[0] == "?")
    beside = frozenset(word for one in alternatives if one[0] == "+" for word in one[1:].split())
    names = (words_of(name) for phrases in called.values() for name in phrases)
    return FieldWords(sure, weak, beside, tuple(frozenset(name) - FILLING for name in names))


def language_of(headings: Iterable[str]) -> str:
    """The language that explains the most words of the headings; English where none does."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for heading in headings:
        for word in words_of(heading):
            for language in {one for part in _parts(word) for _, one in part}:
                counts[language] += 1
    best = max(counts.values(), default=0)
    return "en" if counts["en"] == best else max(counts, key=lambda one: counts[one])
