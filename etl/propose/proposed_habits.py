"""How the dates, times and numbers of a file are written: its `[formats]`, and what is left to decide of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from etl.propose.column_moments import replaced
from etl.propose.column_profile import Look
from etl.propose.heading_meanings import language_of
from etl.propose.proposed_values import places, text

HABITS = (("dates", "date"), ("times", "time"), ("date_times", "date_time"))
# So many days in order, and not in order when day and month are exchanged, say which is which.
ENOUGH_DAYS = 10


@dataclass(frozen=True)
class Habit:
    """The forms in which one kind of moment is written, and why a person must look at them."""

    which: str
    forms: tuple[str, ...]
    looks: tuple[Look, ...]
    doubt: str = ""


def find_habits(looks: Sequence[Look], language: str = "") -> dict[str, Habit]:
    """Key of `[formats]` → how the columns that hold dates or times are written."""
    language = language or language_of([one.heading for one in looks])
    found = {}
    for which, key in HABITS:
        mine = tuple(one for one in looks if one.moment == which and one.forms(which))
        if mine:
            found[key] = _habit(which, mine, language)
    return found


def _habit(which: str, looks: tuple[Look, ...], language: str) -> Habit:
    options = [set(one.forms(which)) for one in looks]
    common = sorted(set.intersection(*options))
    if len(common) == 1:
        return Habit(which, (common[0],), looks)
    if common:
        return _chosen(which, common, looks, language)
    # No form reads all columns: those that can be told apart in each may stand side by side.
    alone = sorted({form for one in options if len(one) == 1 for form in one})
    if all(one & set(alone) for one in options) and not _are_exchanged(alone):
        return Habit(which, tuple(alone), looks)
    return Habit(which, tuple(sorted({form for one in options for form in one})), looks, "forms")


def _chosen(which: str, forms: list[str], looks: tuple[Look, ...], language: str) -> Habit:
    """One of several forms that read as much: by the order of the rows, by the language of the headings, or none."""
    day_first = [form for form in forms if _is_day_first(form)]
    ordered = [form for form in forms if any(_is_in_order(one, form) for one in looks)]
    if len(ordered) == 1:
        return Habit(
            which,
            (ordered[0],),
            looks,
            f"the rows are in the order of {ordered[0]}; or is it {_others(forms, ordered[0])}?",
        )
    if len(day_first) == 1 and (language != "en" or "." in day_first[0]):
        sure = language != "en" and "." in day_first[0]
        doubt = "" if sure else f"day before month, as usual there; or is it {_others(forms, day_first[0])}?"
        return Habit(which, (day_first[0],), looks, doubt)
    month_first = [form for form in forms if form not in day_first and "%p" in form]
    if len(month_first) == 1:
        doubt = f"month before day, as usual beside AM and PM; or is it {_others(forms, month_first[0])}?"
        return Habit(which, (month_first[0],), looks, doubt)
    return Habit(which, tuple(forms), looks, "open")


def _others(forms: Sequence[str], chosen: str) -> str:
    return " or ".join(form for form in forms if form != chosen)


def _is_day_first(form: str) -> bool:
    return "%d" in form and "%m" in form and form.index("%d") < form.index("%m")


def _are_exchanged(forms: Sequence[str]) -> bool:
    """Whether two forms read one text as two different days."""
    swapped = {form.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m") for form in forms}
    return any(form in swapped for form in forms)


def _is_in_order(look: Look, form: str) -> bool:
    """Whether the days of a column never go back, when read in a form, and change often."""
    days = [_day(replaced(written, look.replacements), form) for _, written in look.typed]
    known = [day for day in days if day is not None]
    return len(set(known)) >= ENOUGH_DAYS and known == sorted(known)


def _day(written: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(written, form)  # noqa: DTZ007
    except ValueError:
        return None


def habit_lines(habits: dict[str, Habit], numbers: Sequence[Look]) -> Iterator[str]:
    """The table `[formats]`; `numbers` are the columns of numbers."""
    yield "[formats]"
    for key, habit in habits.items():
        yield from _form_lines(key, habit)
    words = {
        word: meaning for habit in habits.values() for one in habit.looks for word, meaning in one.replacements.items()
    }
    if words:
        yield f"words = {{ {', '.join(f'{text(word)} = {text(meaning)}' for word, meaning in words.items())} }}"
    commas = [one for one in numbers if one.has_commas]
    if commas:
        yield f'decimal = ","  # as in {", ".join(one.name for one in commas)}'
    yield ""


def _form_lines(key: str, habit: Habit) -> Iterator[str]:
    if habit.doubt in ("open", "forms"):
        yield f"# decide: {' or '.join(habit.forms)}; {_why_open(habit)}"
        yield f'{key} = ""'
        return
    if habit.doubt:
        yield f"# decide: {habit.doubt}"
    value = text(habit.forms[0]) if len(habit.forms) == 1 else f"[{', '.join(map(text, habit.forms))}]"
    yield f"{key} = {value}  # reads {_evidence(habit)}"
    for one in habit.looks:
        unread = set(one.unread(habit.forms[0]))
        for form in habit.forms[1:]:
            unread &= set(one.unread(form))
        if unread:
            yield f"# {one.name}: not a date or time in this form on {places(sorted(unread))}"


def _evidence(habit: Habit) -> str:
    return ", ".join(
        f"{one.name} {max(getattr(one, habit.which).get(form, 0) for form in habit.forms):.1%} of {one.filled}"
        for one in habit.looks
    )


def _why_open(habit: Habit) -> str:
    if habit.doubt == "forms":
        return "the columns are written in different forms: a list of them, or formats at a column"
    one = max(habit.looks, key=lambda look: len(look.forms(habit.which)))
    return f"each reads {getattr(one, habit.which)[habit.forms[0]]:.1%} of the {one.filled} cells of {one.name}"
