"""Lines of a proposed TOML for single columns: which one is meant, what of it reads, and what a person must decide."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from etl.propose.column_profile import ROMAN, Look
from etl.propose.proposed_fields import CODED, NUMBERS, Choice
from etl.propose.proposed_habits import Habit
from etl.propose.proposed_values import has_common_texts, has_unit, meaning_of, places, sexes, text
from etl.readers import plain_heading
from etl.sources.declared_text import DATE_OR_TIME

WHICH = {"dates": "date", "times": "time", "date_times": "date_time"}
# What the heading of a duration may say besides.
OF_DURATION = frozenset({"duration", "procedure", "time", "volume", "end", "date"})
# Times of day that are on the day of the procedure as a matter of course.
ON_THE_DAY = ("started_at", "ended_at", "arrived_at")


@dataclass(frozen=True, kw_only=True)
class Table:
    """What the lines of a table need to know of it: its columns, how dates are written, the day of the procedure."""

    looks: Sequence[Look]
    habits: Mapping[str, Habit] = field(default_factory=dict)
    day: Look | None = None
    show_rare: bool = False

    def column(self, look: Look, **extras: str) -> str:
        """A column as a source names it: by its heading, below its group where the heading repeats."""
        if look.moment and (own := self._own_form(look)):
            extras["formats"] = text(own)
        keys = self.keys(look)
        if not extras and keys == f"column = {text(look.heading.strip())}":
            return text(look.heading.strip())
        return f"{{ {', '.join([keys, *(f'{key} = {value}' for key, value in extras.items())])} }}"

    def keys(self, look: Look) -> str:
        """The keys that name a column within a cell."""
        repeated = [one for one in self.looks if plain_heading(one.heading) == plain_heading(look.heading)]
        group = f"group = {text(look.group)}, " if len(repeated) > 1 and look.group else ""
        return f"{group}column = {text(look.heading.strip())}"

    def _own_form(self, look: Look) -> str:
        """The form of a column that is not written as the file usually is; empty where it is."""
        habit = self.habits.get(WHICH[look.moment])
        if habit is None or look not in habit.looks:
            return ""
        forms = look.forms(look.moment)
        if len(forms) != 1 or habit.doubt != "forms" or not _is_date_form(forms[0]):
            return ""
        return forms[0]


def _place_of(table: Table) -> Callable[[str], int]:
    names = [one.name for one in table.looks]
    return names.index


def _is_date_form(form: str) -> bool:
    return "%d" in form


def column_lines(choice: Choice, table: Table) -> Iterator[str]:
    """What is proposed for one canonical column."""
    name, one = choice.name, choice.looks[0]
    names = list(dict.fromkeys(look.name for look in choice.looks))
    if len(names) > 1 and name == "levels":
        own = [look for look in table.looks if look in choice.looks]
        ends = {"first", "last"} <= {meaning for look in own for meaning in look.meanings}
        between = ', between = "-"' if ends else ""
        yield f'# decide: {" and ".join(names)}: all that are named, or from the first to the last (between = "-")?'
        yield f"levels = {{ parts = [{', '.join(table.column(look) for look in own)}]{between} }}"
    elif len(names) > 1:
        yield f"# decide: {' or '.join(sorted(names, key=_place_of(table)))} fit {name} equally"
        if name == "cement_ml" and all(look.numbers >= 0.5 for look in choice.looks):
            parts = ", ".join(table.column(look) for look in table.looks if look in choice.looks)
            yield f"# Or is it their sum, the volume of all vertebrae together? {{ total = [{parts}] }}"
        yield f"{name} = {{}}"
    elif sum(look.name == names[0] for look in table.looks) > 1:
        yield f"# decide: {names[0]} appears more than once: say group, after or number"
        yield f"{name} = {{}}"
    elif name.endswith("_at"):
        yield from _moment_lines(choice, table)
    else:
        if name in ("levels", "score") and (unread := one.unread(name)):
            yield f"# {one.name}: cannot be read on {places(unread)}"
        cell, doubt = _cell_of(name, one, table)
        if choice.doubt or doubt:
            yield f"# decide: {choice.doubt or doubt}"
        yield f"{name} = {cell}  # {one.filled} cells, {one.different} different{share_read(name, one)}"


def _cell_of(name: str, one: Look, table: Table) -> tuple[str, str]:
    """The cell of a column, and what is left to decide of its texts."""
    if name == "sex" and one.is_known_sex:
        return table.column(one), ""
    if name in CODED:
        return table.column(one, codes=text(name)), _open_codes(name, one, table.show_rare)
    if name == "asa_class" and one.share_of(lambda written: written.upper() in ROMAN) > 0.5:
        meanings = ", ".join(f"{text(roman)} = {text(number)}" for roman, number in ROMAN.items())
        return table.column(one, codes=f"{{ {meanings} }}"), ""
    if name == "asa_class" and one.numbers < 1:
        return table.column(one, pattern=text("([1-5])")), ""
    if name == "age_years" and one.numbers < 1:
        return table.column(one, pattern=text("([0-9]{1,3})")), ""
    if name in NUMBERS and name not in ("score", "cement_ml") and one.numbers < 1:
        return table.column(one, pattern=text("(-?[0-9]+(?:[.,][0-9]+)?)")), ""
    if name == "cement_ml" and has_unit(one):
        return table.column(one, pattern=text("([0-9]+(?:[.,][0-9]+)?)")), ""
    return table.column(one), ""


def _open_codes(name: str, one: Look, show_rare: bool) -> str:
    if not has_common_texts(one, show_rare):
        return f"write [codes.{name}] for its {one.different} different texts"
    known = {written: meaning_of(written, name) for written in one.counts if written.lower() not in sexes(one)}
    is_open = any(meaning is None or not meaning[1] for meaning in known.values())
    return f"look through [codes.{name}], which is drafted above" if is_open else ""


def _moment_lines(choice: Choice, table: Table) -> Iterator[str]:
    """A moment: a column of its own, a day and a time of day, or a time on the day of the procedure."""
    name, one = choice.name, choice.looks[0]
    doubt, told = choice.doubt, f"{one.filled} cells, {one.different} different{share_read(name, one)}"
    if choice.time is not None:
        yield f"# {one.name} holds days, {choice.time.name} times of day"
        cell = f"{{ date = {table.column(one)}, time = {table.column(choice.time)} }}"
    elif one.moment == "times" and table.day is not None:
        cell = f"{{ date = {table.column(table.day)}, time = {table.column(one)} }}"
        if name not in ON_THE_DAY:
            doubt = doubt or f"a time of day; is it always on that of {table.day.name}?"
    elif one.moment == "times":
        doubt, cell = doubt or "a time of day; on which date?", f"{{ time = {table.column(one)} }}"
    else:
        cell = table.column(one)
        if one.moment == "dates" and name not in (*DATE_OR_TIME, "updated_at"):
            doubt = doubt or "days without a time say nothing here"
    if doubt:
        yield f"# decide: {doubt}"
    yield f"{name} = {cell}  # {told}"


def share_read(name: str, one: Look) -> str:
    """How much of a column reads as what it would be."""
    if name == "levels":
        return f", {one.levels:.1%} read as levels"
    if name == "score":
        return f", {one.scores:.1%} read as scores"
    if name in ("age_years", "cement_ml"):
        return f", {one.numbers:.1%} plain numbers"
    if name.endswith(("_at", "_on")):
        if sum(one.known.values()) > 0.5:
            return f", {sum(one.known.values()):.1%} are dates or times of the workbook"
        return f", {one.share(one.moment) if one.moment else 0:.1%} read as a date or time"
    return ""


def is_of_hundred(look: Look) -> bool:
    """Whether scores are on a scale to 100: some are above ten."""
    return any(value > 10 for value in look.values) or bool(
        look.share_of(lambda one: re.search("[0-9] ?mm", one) is not None)
    )


def end_by_duration(choices: Sequence[Choice], table: Table) -> Iterator[str]:
    """The end of a procedure from its start and how long it took, where nothing else says it."""
    named = {choice.name: choice.looks[0] for choice in choices if len(choice.looks) == 1}
    lasting = [one for one in table.looks if "duration" in one.meanings and one.meanings <= OF_DURATION and one.values]
    if len(lasting) != 1 or "ended_at" in named or "started_at" not in named:
        return
    start = table.column(named["started_at"])
    from_start = f"column = {start}"
    if named["started_at"].moment == "times" and table.day is not None:
        from_start = f"date = {table.column(table.day)}, time = {start}"
    yield f"# decide: is {lasting[0].name} the time from start to end, in minutes?"
    yield f"ended_at = {{ {from_start}, plus = {table.column(lasting[0])} }}"
