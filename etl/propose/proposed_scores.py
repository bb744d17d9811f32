"""Pain scores side by side: beside a procedure as records of their own, and as questionnaires in one block."""

from collections.abc import Iterator, Sequence

from etl.propose.column_profile import Look, is_score_of_ten
from etl.propose.proposed_columns import Table, column_lines, is_of_hundred, share_read
from etl.propose.proposed_fields import Choice
from etl.propose.proposed_values import places, text, timepoint_of

CONTEXTS = {"worst": "worst", "average": "average_24h", "activity": "activity", "rest": "rest"}
OPEN_TIME = "when was it asked? baseline, hours_24_72, follow_up, month_1 …, or measured_at with its column"


def timepoint_named(look: Look) -> tuple[str, str]:
    """The timepoint that a heading names, and what is left to decide; nothing where it names none."""
    named = timepoint_of(look.name)
    if named:
        return named, ""
    if "after" in look.meanings:
        return (
            "hours_24_72",
            "how long after was it asked? hours_24_72, follow_up, month_1 …, or measured_at with its column",
        )
    return "", OPEN_TIME


def context_named(look: Look) -> str:
    """The context that a heading names; empty where it names none."""
    return next((context for meaning, context in CONTEXTS.items() if meaning in look.meanings), "")


def score_beside(one: Look, choices: Sequence[Choice], table: Table) -> Iterator[str]:
    """A record for a score that stands in the row of its procedure: when it was asked is for a person to confirm."""
    named = {choice.name: choice for choice in choices if len(choice.looks) == 1}
    whose = {name: table.column(named[name].looks[0]) for name in ("patient_id", "procedure_id") if name in named}
    numbers = [whose[name] for name in ("procedure_id", "patient_id") if name in whose][:1]
    if "procedure_id" not in named and table.day is not None:
        numbers.append(table.column(table.day))
    yield ""
    yield "[[file.record]]"
    yield 'kind = "pain_scores"'
    yield 'only_with = "score"'
    yield from _scale_lines(one)
    yield "[file.record.columns]"
    if "procedure_id" not in named or named["procedure_id"].doubt:
        yield "# decide: put together; it must be another number for every score"
    yield f"score_id = {{ parts = [{', '.join([*numbers, f'{{ constant = {text(one.name)} }}'])}] }}"
    for name, cell in whose.items():
        if named[name].doubt:
            yield f"# decide: {named[name].doubt}"
        yield f"{name} = {cell}"
    if not whose:
        yield "# missing: no heading looks like patient_id or procedure_id"
    timepoint, doubt = timepoint_named(one)
    if doubt:
        yield f"# decide: {doubt}"
    yield f"timepoint = {{ constant = {text(timepoint)} }}" if timepoint else "timepoint = {}"
    if context := context_named(one):
        yield f"context = {{ constant = {text(context)} }}"
    if unread := one.unread("score"):
        yield f"# {one.name}: cannot be read on {places(unread)}"
    if not all(one.words[-1].meanings):
        yield f"# decide: is {one.name} a pain score? Its heading has a word that is not known"
    which = ", number = 1" if sum(other.name == one.name for other in table.looks) > 1 else ""
    told = f"{one.filled} cells, {one.different} different{share_read('score', one)}"
    yield f"score = {{ {table.keys(one)}{which} }}  # {told}"


def _scale_lines(one: Look) -> Iterator[str]:
    if one.filled and is_of_hundred(one):
        share = one.share_of(is_score_of_ten)
        if share < 0.5:
            yield f"# decide: {share:.1%} read as scores from 0 to 10; is the scale 0 to 100?"
            yield "scale = 100"
        else:
            yield f"# decide: {share:.1%} read as scores from 0 to 10; is the scale 0 to 100? scale = 100"


def block_lines(scores: Sequence[Look], choices: Sequence[Choice], table: Table) -> Iterator[str]:
    """A questionnaire: one row for each time a person was asked, or for each person, with several scores in it."""
    named = {choice.name: choice for choice in choices}
    yield "[[file.scores]]"
    for name in ("score_id", "patient_id", "procedure_id", "measured_at", "updated_at"):
        if name in named:
            yield from column_lines(named[name], table)
    if "patient_id" not in named and "procedure_id" not in named:
        yield "# missing: no heading looks like patient_id or procedure_id. Name a column"
        yield "patient_id = {}"
    hundred = [one for one in scores if is_of_hundred(one)]
    if hundred and len(hundred) >= len(scores) / 2:
        yield f"# decide: {', '.join(one.name for one in hundred)} have values above 10; is the scale 0 to 100?"
        yield "scale = 100"
    yield ""
    yield "[file.scores.columns]"
    has_day = "measured_at" in named
    for one in scores:
        timepoint, doubt = timepoint_named(one)
        if unread := ([] if is_of_hundred(one) else one.unread("score")):
            yield f"# {one.name}: cannot be read on {places(unread)}"
        if doubt and (timepoint or not has_day):
            yield f"# decide: {doubt}"
        said = {"label": timepoint, "context": context_named(one), "group": one.group if _repeats(one, table) else ""}
        keys = ", ".join(f"{key} = {text(value)}" for key, value in said.items() if value)
        yield f"{text(one.heading.strip())} = {{ {keys} }}" if keys else f"{text(one.heading.strip())} = {{}}"


def _repeats(one: Look, table: Table) -> bool:
    return sum(other.heading.strip() == one.heading.strip() for other in table.looks) > 1


def number_lines(choices: Sequence[Choice], asked: Look | None, table: Table) -> Iterator[str]:
    """A number for each score, put together where the sender has none: of whom, what was asked, and when."""
    named = {choice.name: choice for choice in choices if len(choice.looks) == 1}
    whose = [named[name].looks[0] for name in ("procedure_id", "patient_id") if name in named][:1]
    times = [named[name] for name in ("measured_at", "timepoint") if name in named][:1]
    when = [one for choice in times for one in (choice.looks[0], choice.time) if one is not None]
    if asked is None and "context" in named:
        asked = named["context"].looks[0]
    if whose and (when or asked):
        parts = ", ".join(table.column(one) for one in (*whose, *([asked] if asked else []), *when))
        yield "# decide: put together; it must be another number for every score"
        yield f"score_id = {{ parts = [{parts}] }}"
