"""Which columns of an unknown table may be which fields: what they hold comes first, what they are called second."""

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from data.field_dictionary import Field, every_field
from etl.propose.column_profile import ROMAN, Look
from etl.propose.heading_meanings import FieldWords, field_words
from etl.propose.proposed_values import known_share
from etl.sources.canonical import ALL_KINDS
from etl.sources.language.model import NEEDED

# A field is proposed from this fit on; from these on without a question.
LEAST, SURE_NAME, SURE_CONTENT, EQUAL = 0.65, 0.85, 0.9, 0.005
CODED = frozenset({"timepoint", *(one.name for one in every_field() if one.type in ("closed", "flag"))})
NUMBERS = {one.name: one for one in every_field() if one.type in ("number", "grade")}
# Numbers that come again in tables of what a person or a procedure has several of.
OF_OTHERS = ("patient_id", "procedure_id")
# What may stand in several columns and be meant together: volumes, first and last vertebra.
TOGETHER = ("cement_ml", "levels")
SLOTS = ("", "date", "time")
# Fields whose texts are like no others.
TOLD_BY_TEXTS = ("levels", "sex", "indication", "sedation", "technique", "setting", "disposition")
TOLD = 0.9


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which columns of the file may be a canonical column, best first; several when they fit equally.

    `time` is the column of the time of day where `looks` holds the day. `doubt` says what a person must decide.
    """

    name: str
    looks: tuple[Look, ...]
    time: Look | None = None
    doubt: str = ""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well one column fits one field, and the slot that it takes there: a day, a time of day, or everything."""

    name: str
    slot: str
    place: int
    heading: float
    content: float
    is_sure: bool
    is_unique: bool = False

    @property
    def score(self) -> float:
        """The fit of name and content together; of two numbers the one that never comes twice is the better."""
        return self.heading * (0.5 + self.content / 2) + 0.02 * self.is_unique

    def is_rival(self, best: "Fit") -> bool:
        """Whether the column might as well be the field as the one chosen."""
        is_of_slot = (self.name, self.slot) == (best.name, best.slot) and self.place != best.place
        is_as_sure = self.is_sure and self.content >= SURE_CONTENT
        return is_of_slot and (is_as_sure or abs(best.heading - self.heading) < EQUAL)


def agreement(name: str, look: Look) -> float:
    """How much of a column reads as what the field is, 0 to 1; a column without any cell says nothing, 0.5."""
    if not look.filled:
        return 0.5
    if name.endswith("_on"):
        return max(look.share("dates"), look.share("date_times"))
    if name.endswith("_at"):
        return look.share(look.moment) if look.moment else 0.0
    if name.endswith("_id"):
        return _is_number_of(name, look)
    tests: dict[str, Callable[[Look], float]] = {
        "levels": lambda one: one.levels, "score": lambda one: one.scores, "age_years": _is_age, "asa_class": _is_asa,
        "cement_ml": _is_cement, "severity": _is_grade,
    }  # fmt: skip
    if name in tests:
        return tests[name](look)
    if name in NUMBERS:
        return _is_within(NUMBERS[name], look)
    if look.moment or look.levels > 0.5:
        return 0.0
    known = known_share(look, name)
    if name in CODED:
        return max(known, 0.7 if look.is_category else 0.0)
    return 1.0 - look.numbers if look.different <= max(6, look.filled // 2) else 0.5 * (1.0 - look.numbers)


def _is_number_of(name: str, look: Look) -> float:
    """A number of a person or a record: short, without a decimal sign, and no date or time."""
    if look.moment or (look.filled > 5 and look.different <= look.filled / 3 and name not in OF_OTHERS):
        return 0.0
    return look.share_of(
        lambda text: len(text) <= 40 and text.count(" ") < 3 and not re.fullmatch("[0-9]+[.,][0-9]+", text)
    )


def _is_age(look: Look) -> float:
    ages = {text: re.fullmatch(r"([0-9]{1,3})(?: ?[^\W\d_]+[.]?)?", text) for text in look.counts}
    years = [int(match[1]) for match in ages.values() if match and int(match[1]) <= 115]
    usual = statistics.median(years or [0]) >= 18
    return look.share_of(lambda text: ages[text] is not None) if usual else 0.0


def _is_asa(look: Look) -> float:
    pattern = re.compile(rf"(asa)?[ -]*([1-5]|{'|'.join(ROMAN)})e?", re.IGNORECASE)
    return look.share_of(lambda text: bool(pattern.fullmatch(text)))


def _is_within(field: Field, look: Look) -> float:
    """A number within the bounds of a field, with or without a unit behind it."""
    pattern = re.compile(r"(-?[0-9]{1,6})(?:[.,][0-9]+)?(?: ?[^\W\d_]+[.]?)?")
    low, high = field.least if field.least is not None else -1e6, field.most if field.most is not None else 1e6
    found = {written: pattern.fullmatch(written) for written in look.counts}
    return look.share_of(lambda written: bool((one := found[written]) and low <= int(one[1]) <= high))


def _is_grade(look: Look) -> float:
    return look.share_of(lambda text: bool(re.fullmatch("[A-Fa-f1-6]", text)))


def _is_cement(look: Look) -> float:
    pattern = re.compile(r"([0-9]{1,2}(?:[.,][0-9]+)?) ?(ml|cc)?[.]?", re.IGNORECASE)
    return look.share_of(lambda text: bool(pattern.fullmatch(text)))


def _fits(kind: str, looks: Sequence[Look]) -> list[Fit]:
    """Every fit of a column to a field whose content agrees, the best first."""
    found = []
    for name, words in field_words(kind).items():
        for place, look in enumerate(looks):
            heading, is_sure = max(words.fit(one) for one in look.words)
            content = agreement(name, look)
            if name in ("setting", "technique") and not is_sure and known_share(look, name) < 0.8:
                continue
            if heading >= LEAST and content >= 0.5:
                slot = {"dates": "date", "times": "time"}.get(look.moment, "") if name.endswith("_at") else ""
                is_unique = look.is_unique and name == NEEDED[kind][0][0]
                sure = is_sure and heading >= SURE_NAME
                found.append(
                    Fit(
                        name=name,
                        slot=slot,
                        place=place,
                        heading=heading,
                        content=content,
                        is_sure=sure,
                        is_unique=is_unique,
                    )
                )
    return sorted(found, key=lambda one: -one.score)


def choose_fields(kind: str, looks: Sequence[Look]) -> list[Choice]:
    """The fields of a kind of record with the columns that they may be made of, each column for one field."""
    fits = _fits(kind, looks)
    taken: dict[int, Fit] = {}
    slots: dict[tuple[str, str], Fit] = {}
    for fit in fits:
        if fit.place not in taken and (fit.name, fit.slot) not in slots:
            taken[fit.place] = slots[fit.name, fit.slot] = fit
    rivals = {
        key: [one for one in fits if one.is_rival(best) and one.place not in taken] for key, best in slots.items()
    }
    columns = next(one for one in ALL_KINDS if one.name == kind).text_columns
    named = {name: _choice(name, kind, slots, rivals, looks) for name in columns}
    by_content = _by_content(kind, [name for name in columns if named[name] is None], looks, taken)
    return [one for name in columns if (one := named[name] or by_content.get(name)) is not None]


def _by_content(kind: str, names: Sequence[str], looks: Sequence[Look], taken: Mapping[int, Fit]) -> dict[str, Choice]:
    """Fields that no heading names and the content of a column does: levels, and texts whose meanings are known."""
    found: dict[str, Choice] = {}
    left = [look for place, look in enumerate(looks) if place not in taken and look.filled and not look.moment]
    for name in names if kind == "procedures" else ():
        shares = [(look.levels if name == "levels" else known_share(look, name), look) for look in left]
        share, best = max(shares, key=lambda one: one[0], default=(0.0, None))
        if name in TOLD_BY_TEXTS and best is not None and share >= TOLD:
            found[name] = Choice(name=name, looks=(best,), doubt=f"is {best.name} {name}? {share:.1%} of it reads so")
            left.remove(best)
    return found


def _choice(
    name: str,
    kind: str,
    slots: Mapping[tuple[str, str], Fit],
    rivals: Mapping[tuple[str, str], Sequence[Fit]],
    looks: Sequence[Look],
) -> Choice | None:
    own = {slot: slots[name, slot] for slot in SLOTS if (name, slot) in slots}
    if not own:
        return None
    best = own.get("") or own.get("date") or own["time"]
    time = own["time"] if best.slot == "date" and "time" in own else None
    others = rivals[name, best.slot]
    # Columns of one name cannot be told apart.
    same = [one for one in others if name in TOGETHER or looks[one.place].name == looks[best.place].name]
    doubt = _doubt(best, time, looks, kind)
    if others and not same:
        named = [looks[place].name for place in sorted(one.place for one in (best, *others))]
        doubt = f"{' or '.join(named)} fit {name} equally"
    return Choice(
        name=name,
        looks=tuple(looks[one.place] for one in (best, *same)),
        time=looks[time.place] if time else None,
        doubt=doubt,
    )


def _doubt(best: Fit, time: Fit | None, looks: Sequence[Look], kind: str) -> str:
    """What a person must decide of a choice; empty when heading and content leave no doubt."""
    look = looks[best.place]
    if not look.filled:
        return f"{look.name} is empty in this file"
    if not best.is_sure or (time and not time.is_sure):
        return f"is {look.name} {best.name}? Its heading may mean something else"
    if best.content < SURE_CONTENT and best.name not in CODED:
        return f"is {look.name} {best.name}? {best.content:.1%} of it reads so"
    if best.name == NEEDED[kind][0][0] and not look.is_unique:
        return f"{look.name} comes more than once: several lines of one record, or another number?"
    return ""


def explained(kind: str, looks: Sequence[Look]) -> float:
    """How many columns a kind explains by their headings; what it cannot do without counts double, or is missed."""
    found: dict[str, float] = {}
    for name, words in field_words(kind).items():
        fits = [_heading_fit(name, words, look) for look in looks]
        if max(fits, default=0.0) >= LEAST / 2:
            found[name] = max(fits)
    needed = sum(1 if any(found.get(name, 0) > 0.5 for name in names) else -1 for names in NEEDED[kind])
    return sum(found.values()) + needed


def _heading_fit(name: str, words: FieldWords, look: Look) -> float:
    """How well a heading fits, whatever it holds; what may mean something else counts half."""
    score, is_sure = max(words.fit(one) for one in look.words)
    agrees = 1.0 if agreement(name, look) >= 0.5 else 0.7
    return (score if is_sure else score / 2) * agrees if score >= LEAST else 0.0


def is_score_column(look: Look) -> bool:
    """Whether a column holds pain scores: it is called so, and reads so."""
    other = {"asa", "age", "number", "other_scale", "medicine", "severity", "comment"} & look.meanings
    is_named = "pain" in look.meanings or ("score" in look.meanings and "row" not in look.meanings)
    is_filled = not look.filled or look.scores > 0.5
    return (
        is_named
        and not other
        and not _is_called_otherwise(look)
        and is_filled
        and not look.moment
        and look.levels < 0.5
    )


def _is_called_otherwise(look: Look) -> bool:
    """Whether a heading is what senders call another field, such as a medicine against pain."""
    called = (words for kind in ("procedures", "pain_scores") for words in field_words(kind).values() if words.called)
    return any(words.fit_called(one) > LEAST for words in called for one in look.words)
