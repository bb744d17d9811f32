"""Text that is neither UTF-8 nor declared: in which code page it makes sense, and whether in one alone."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from charset_normalizer import from_bytes

# What programs of hospitals write, the commonest first.
CODE_PAGES = (
    "cp1252", "cp1250", "cp1254", "cp1257", "cp1251", "cp1253", "cp850", "cp852", "mac_roman", "iso8859_2", "koi8_r",
    "cp866", "cp932", "gb18030", "big5", "cp949",
)  # fmt: skip
USUAL = "cp1252"
# Words with a letter that is no ASCII, up to the cells that hold them.
WORD = re.compile(rb"[^\s,;|\x00-\x1f\"]*[\x80-\xff][^\s,;|\x00-\x1f\"]*")
MOST_BYTES = 1 << 16
MOST_NAMED = 3
# By so much the language of a text must speak for one code page.
CLEARLY = 0.3
LONG, MOST_MARKED = 5, 0.6
# How many words speak for one page, and by how much more than for another.
FEWEST_WORDS, MUCH_MORE = 2, 5
# Signs that stand within words.
WITHIN_WORDS = frozenset("-'.’`´·/()&+°\u00a0\u00ad")
# Signs of units and numbers, of no script.
OF_NUMBERS = frozenset("µªº²³½¼¾")
# A blank that does not break, within a word: the letter á of older pages.
BLANK_WITHIN = re.compile("[^\\W\\d_]\u00a0[^\\W\\d_A-Z]")
LANGUAGES = Path(__file__).parent / "languages.toml"
VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýāăąēėęěīįıōőœůūűų"
CONSONANTS = "bcdfghjkmnpqstvwxzßçðñþćčďđģğķļłńňśşšťţźżžĺľ"


@dataclass(frozen=True)
class Language:
    """The letters of a language beyond a to z, and what none of its words has."""

    letters: frozenset[str]
    never: re.Pattern[str]

    def has_word(self, word: str, letters: set[str]) -> bool:
        """Whether a word in lower case, with these letters beyond a to z, could be of this language."""
        return letters <= self.letters and not self.never.search(word)


def judge_code_page(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The code page of a text, and all that it could be; the second is empty where the first is certain.

    Certain is a text that only one page makes words of, that all pages that do read alike, or whose words speak for one
    page's languages and hardly for another's.
    """
    sample = b"\n".join(dict.fromkeys(WORD.findall(content)))[:MOST_BYTES]
    readings: dict[str, list[str]] = {}
    for page in CODE_PAGES:
        text = _decoded(sample, page)
        if text is not None and all(map(_is_sound, text.split("\n"))):
            readings.setdefault(text, []).append(page)
    if not readings:
        matches = from_bytes(sample, cp_isolation=[*CODE_PAGES], threshold=1.0)
        return USUAL, tuple(dict.fromkeys((*(match.encoding for match in matches), USUAL)))[:MOST_NAMED]
    pages = tuple(named[0] for named in readings.values())
    usual = next((text for text, named in readings.items() if USUAL in named), None)
    if len(pages) == 1 or (usual is not None and not _has_letters(usual) and not BLANK_WITHIN.search(usual)):
        return pages[0], ()
    best = _best_by_language(readings) or _clear_best(content[:MOST_BYTES], pages)
    return (best, ()) if best else (pages[0], pages)


def _decoded(sample: bytes, page: str) -> str | None:
    try:
        return sample.decode(page)
    except UnicodeDecodeError:
        return None


def _has_letters(text: str) -> bool:
    return any(sign.isalpha() and not sign.isascii() and sign not in OF_NUMBERS for sign in text)


def _clear_best(sample: bytes, pages: tuple[str, ...]) -> str | None:
    """The page that is much likelier than the others by the language of the text; None when two are about as likely."""
    matches = {match.encoding: match for match in from_bytes(sample, cp_isolation=[*pages], threshold=1.0)}
    ranked = sorted(pages, key=lambda page: matches[page].coherence if page in matches else 0.0, reverse=True)
    if not set(pages) <= set(matches):
        return None
    first, second = (matches[page].coherence for page in ranked[:2])
    return ranked[0] if first - second >= CLEARLY else None


def _is_sound(word: str) -> bool:
    """Whether a text could be words: letters of one script, no sign in its middle, no capital after the first."""
    if any(unicodedata.category(sign) in ("Cc", "Cn", "Co", "Cs") for sign in word):
        return False
    letters = [sign for sign in word if sign.isalpha() and sign not in OF_NUMBERS]
    if len({unicodedata.name(sign, "").partition(" ")[0] for sign in letters}) > 1:
        return False
    if re.search(r"[^\W\d_][ªº°²³½¼¾][^\W\d_]", word):
        return False
    if any(_is_odd(one) and other.isalpha() for pair in pairwise(word) for one, other in (pair, pair[::-1])):
        return False
    return all(_is_sound_part(part) for part in re.findall(r"[^\W\d_]+", word))


@lru_cache(maxsize=1)
def _languages() -> dict[str, list[Language]]:
    """Code page → the languages that are written in it."""
    pages: dict[str, list[Language]] = {}
    for one in tomllib.loads(LANGUAGES.read_text(encoding="utf-8"))["language"]:
        never = one["never"].replace("V", f"[{VOWELS}]").replace("C", f"[{CONSONANTS}]")
        language = Language(frozenset(one["letters"]), re.compile(never))
        for page in one["pages"]:
            pages.setdefault(page, []).append(language)
    return pages


def _best_by_language(readings: dict[str, list[str]]) -> str | None:
    """The page of the reading that, compared with each other one, has words of its languages where that has none.

    A word or two of another language, such as a name, decide nothing.
    """
    fitting = {
        text: {place for place, word in enumerate(text.split("\n")) if _is_of_languages(word, pages)}
        for text, pages in readings.items()
    }
    for text, words in fitting.items():
        speaking = [(len(words - others), len(others - words)) for other, others in fitting.items() if other != text]
        if all(more >= FEWEST_WORDS and more >= MUCH_MORE * less for more, less in speaking):
            return readings[text][0]
    return None


def _is_of_languages(text: str, pages: list[str]) -> bool:
    """Whether a text could be words of a language of one of these pages; also where none of a page is known."""
    known = _languages()
    if not all(page in known for page in pages):
        return True
    return all(
        not letters or any(one.has_word(word, letters) for page in pages for one in known[page])
        for word in (one.lower() for one in re.findall(r"[^\W\d_]+", text))
        for letters in [{sign for sign in word if not sign.isascii()}]
    )


def _is_odd(sign: str) -> bool:
    return not sign.isascii() and not sign.isalpha() and sign not in WITHIN_WORDS | OF_NUMBERS


def _is_sound_part(part: str) -> bool:
    others = [sign for sign in part if not sign.isascii()]
    if not part.isupper() and any(sign.isupper() and not sign.isascii() for sign in part[1:]):
        return False
    # A language with Latin letters has hardly a word of which most letters carry marks.
    is_latin = all(unicodedata.name(sign, "").startswith("LATIN") for sign in part)
    return not (is_latin and len(part) >= LONG and len(others) > MOST_MARKED * len(part))
