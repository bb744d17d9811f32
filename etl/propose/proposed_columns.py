"""Lines of a proposed TOML for single columns: which one is meant, what of it reads, and what a person must decide."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etl.propose.column_profile import ENOUGH, Look
from etl.readers import plain_heading

CODED = frozenset({"indication", "setting", "sedation", "disposition", "technique", "delay_reason", "context"})
LINES_SHOWN = 5


@dataclass(frozen=True)
class Choice:
    """Which columns of the file may be a canonical column, best first; several when they fit equally."""

    name: str
    looks: tuple[Look, ...]


def column_lines(choice: Choice, looks: Sequence[Look], day: Look | None) -> Iterator[str]:
    """What is proposed for one canonical column; `looks` are all columns of the table, `day` that of the procedure."""
    name = choice.name
    names = list(dict.fromkeys(one.name for one in choice.looks))
    if name.endswith("_at") and (both := _day_and_time(choice.looks)):
        day, time = both
        yield f"# {day.name} holds days, {time.name} times of day"
        yield f"{name} = {{ date = {cell_name(day, looks)}, time = {cell_name(time, looks)} }}"
        return
    if len(names) > 1:
        yield f"# decide: {' or '.join(names)} fit {name} equally"
        if name == "cement_ml" and all(one.numbers >= ENOUGH for one in choice.looks):
            parts = ", ".join(cell_name(one, looks) for one in choice.looks)
            yield f"# Or is it their sum, the volume of all vertebrae together? {{ total = [{parts}] }}"
        yield f"{name} = {{}}"
        return
    if sum(one.name == names[0] for one in looks) > 1:
        yield f"# decide: {names[0]} appears more than once: say group, after or number"
        yield f"{name} = {{}}"
        return
    one = choice.looks[0]
    told = f"{one.filled} cells, {one.different} different{share_read(name, one)}"
    if name in ("levels", "score") and (unread := one.unread(name)):
        yield f"# {one.name}: cannot be read on {line_words(unread)}"
    if name in CODED or (name == "sex" and not one.is_known_sex):
        yield f"# decide: write [codes.{name}] for its {one.different} different texts"
        yield f"{name} = {{ {_key_text(one, looks)}, codes = {toml_text(name)} }}  # {told}"
    elif name.endswith("_at") and not one.forms("date_times") and one.forms("times") and not one.forms("dates"):
        hour = cell_name(one, looks)
        procedure_day = f" On that of the procedure: {{ date = {cell_name(day, looks)}, time = {hour} }}" if day else ""
        yield f"# decide: a time of day; on which date?{procedure_day}"
        yield f"{name} = {{ time = {hour} }}  # {told}"
    else:
        yield f"{name} = {cell_name(one, looks)}  # {told}"


def score_beside(one: Look, choices: Sequence[Choice], looks: Sequence[Look]) -> Iterator[str]:
    """A record for a score that stands in the row of its procedure: when it was asked is for a person to say."""
    named = {choice.name: cell_name(choice.looks[0], looks) for choice in choices if len(choice.looks) == 1}
    procedure, patient = (named.get(name, toml_text("…")) for name in ("procedure_id", "patient_id"))
    yield ""
    yield "[[file.record]]"
    yield 'kind = "pain_scores"'
    yield 'only_with = "score"'
    if one.scores < ENOUGH:
        yield f"# decide: {one.scores:.1%} read as scores from 0 to 10; is the scale 0 to 100? scale = 100"
    yield "[file.record.columns]"
    yield f"score_id = {{ parts = [{procedure}, {{ constant = {toml_text(one.name)} }}] }}"
    yield f"patient_id = {patient}"
    yield f"procedure_id = {procedure}"
    yield "# decide: when was it asked? baseline, hours_24_72, follow_up, month_1 …, or measured_at with its column"
    yield "timepoint = {}"
    if unread := one.unread("score"):
        yield f"# {one.name}: cannot be read on {line_words(unread)}"
    which = ", number = 1" if sum(other.name == one.name for other in looks) > 1 else ""
    told = f"{one.filled} cells, {one.different} different{share_read('score', one)}"
    yield f"score = {{ {_key_text(one, looks)}{which} }}  # {told}"


def _day_and_time(looks: Sequence[Look]) -> tuple[Look, Look] | None:
    """Two columns that are a moment together: of one only days can be read, of the other only times of day."""
    days = [one for one in looks if one.forms("dates") and not one.forms("date_times")]
    times = [one for one in looks if one.forms("times") and not one.forms("dates")]
    return (days[0], times[0]) if len(looks) == 2 and len(days) == len(times) == 1 else None


def cell_name(one: Look, looks: Sequence[Look]) -> str:
    """A column as a source names it: by its heading, below its group where the heading repeats."""
    return f"{{ {_key_text(one, looks)} }}" if _group_text(one, looks) else toml_text(one.heading.strip())


def _key_text(one: Look, looks: Sequence[Look]) -> str:
    return f"{_group_text(one, looks)}column = {toml_text(one.heading.strip())}"


def _group_text(one: Look, looks: Sequence[Look]) -> str:
    repeated = sum(plain_heading(other.heading) == plain_heading(one.heading) for other in looks) > 1
    return f"group = {toml_text(one.group)}, " if repeated and one.group else ""


def line_words(lines: Sequence[int]) -> str:
    """Lines of a file in words, the first few of them."""
    shown = ", ".join(str(line) for line in lines[:LINES_SHOWN])
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def share_read(name: str, one: Look) -> str:
    """How much of a column reads as what it would be."""
    if name == "levels":
        return f", {one.levels:.1%} read as levels"
    if name == "score":
        return f", {one.scores:.1%} read as scores from 0 to 10"
    if name in ("age_years", "cement_ml", "asa_class"):
        return f", {one.numbers:.1%} plain numbers"
    if name.endswith(("_at", "_on")):
        shares = {**one.dates, **one.date_times, **one.times}
        return f", {max(shares.values(), default=0.0):.1%} read as a date or time"
    return ""


def toml_text(written: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(written, ensure_ascii=False)
