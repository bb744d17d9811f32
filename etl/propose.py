"""A source TOML proposed for an unknown file, with the evidence beside each line and every open decision left open.

What nobody has decided is written so that the TOML does not validate: a person decides, and `check` shows the effect.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.canonical import ALL_KINDS
from etl.parse.levels import read_levels
from etl.profile import Look, fit, look
from etl.readers import Extract, Wanted, fhir, plain
from etl.readers.encoding import to_utf8
from etl.readers.guess import guess_tables
from etl.sources.model import NEEDED
from queries.errors import FileRefused

WORDS = Path(__file__).parent / "heading_words.toml"
CODED = frozenset({"indication", "setting", "sedation", "disposition", "technique", "delay_reason", "context"})
# Words of headings that may name anything; a column beside a procedure needs a better one to be a score.
VAGUE = ("value", "wert", "valor", "värde")
ENOUGH = 0.5
LINES_SHOWN = 5
HABITS = (("dates", "date"), ("times", "time"), ("date_times", "date_time"))


@dataclass(frozen=True)
class Choice:
    """Which columns of the file may be a canonical column, best first; several when they fit equally."""

    name: str
    looks: tuple[Look, ...]


def propose(content: bytes, name: str) -> str:
    """The text of a source TOML for a file. `FileRefused` when it is no table at all, or one that needs no proposal."""
    _refuse_known_kinds(content, name)
    tables = _different(guess_tables(content, name))
    lines = [
        f'title = "{Path(name).stem}"',
        'time_zone = ""  # decide: zone of its local times, such as Europe/Berlin',
        "sends = []  # decide: recovery, deaths, readmissions, complications, leaks, intended_stay",
        "",
    ]
    lines += _habits([one for extract in tables for one in _looks(extract)])
    for extract in tables:
        lines += _file(extract, name, content)
    return "\n".join(lines) + "\n"


def _refuse_known_kinds(content: bytes, name: str) -> None:
    """Files that have readers of their own are not proposed from their headings."""
    if fhir.share_found(content, fhir.Options(kind="fhir"), Wanted()):
        raise FileRefused(
            name,
            "FHIR resources, not a table",
            "Load it with --source fhir_bulk, or copy that TOML and change its codes",
        )
    if re.match(rb"[^\n]*redcap_(event_name|repeat_instrument)", content):
        raise FileRefused(
            name,
            "a REDCap export",
            "Copy etl/sources/redcap.toml, put in your fields, and name the data dictionary too",
        )


def _different(tables: list[Extract]) -> list[Extract]:
    """One table of each shape: sheets with the same header are described once, by the longest."""
    longest: dict[tuple[str, ...], Extract] = {}
    for extract in tables:
        known = longest.get(extract.header)
        if known is None or extract.rows.num_rows > known.rows.num_rows:
            longest[extract.header] = extract
    return list(longest.values())


def _looks(extract: Extract) -> list[Look]:
    return [
        look(
            heading,
            extract.rows.column(str(place)).to_pylist(),
            extract.sheet is not None,
            extract.rows.column("source_line").to_pylist(),
        )
        for place, heading in enumerate(extract.header)
        if heading.strip()
    ]


def _habits(looks: Sequence[Look]) -> Iterator[str]:
    yield "[formats]"
    for which, key in HABITS:
        if key == "time" and not any(one.forms("times") and not one.forms("dates") for one in looks):
            continue
        seen = [(one, forms) for one in looks if (forms := one.forms(which))]
        if not seen:
            continue
        common = set.intersection(*(set(forms) for _, forms in seen))
        forms = sorted(common) or sorted({form for _, forms in seen for form in forms})
        if len(common) == 1:
            yield f"{key} = {_text(forms[0])}  # reads {_evidence(seen, forms[0], which)}"
            for one, _ in seen:
                if lines := one.unread(forms[0]):
                    yield f"# {one.heading.strip()}: not a date or time in this form on {_places(lines)}"
        else:
            yield f"# decide: {' or '.join(forms)}; {_why_open(seen, which)}"
            yield f'{key} = ""'
    yield ""


def _evidence(seen: Sequence[tuple[Look, list[str]]], form: str, which: str) -> str:
    return ", ".join(f"{one.heading.strip()} {getattr(one, which).get(form, 0):.1%} of {one.filled}" for one, _ in seen)


def _why_open(seen: Sequence[tuple[Look, list[str]]], which: str) -> str:
    one, forms = max(seen, key=lambda found: len(found[1]))
    if len(forms) > 1:
        return f"each reads {getattr(one, which)[forms[0]]:.1%} of the {one.filled} cells of {one.heading.strip()}"
    return "the columns are written in different forms: a list of them, or formats at a column"


def _file(extract: Extract, name: str, content: bytes) -> Iterator[str]:
    looks = _looks(extract)
    kind, choices = _kind(looks)
    yield "[[file]]"
    yield f"name = {_text(extract.sheet or Path(name).stem)}"
    if extract.sheet:
        yield 'reader = { kind = "excel" }'
    else:
        encoding = to_utf8(content, name)[1]
        yield f'reader = {{ kind = "csv", delimiter = {_text(extract.delimiter)} }}  # read as {encoding}'
    yield f"# {extract.rows.num_rows} rows below line {extract.header_line}"
    if extract.groups:
        yield "header_rows = 2"
    yield '# decide: is there a totals row? aside = [{ rule = "totals_row", when = [{ column = "…", is = "Total*" }] }]'
    yield ""
    yield "[[file.record]]"
    yield f'kind = "{kind}"'
    yield "[file.record.columns]"
    used = set()
    day = next((one.looks[0] for one in choices if one.name == "performed_on" and len(one.looks) == 1), None)
    for choice in choices:
        yield from _column(choice, extract, day)
        used |= {one.heading for one in choice.looks}
    ticks = [one for one in looks if one.heading not in used and _vertebra(one)] if kind == "procedures" else []
    if len(ticks) > 1 and not any(choice.name == "levels" for choice in choices):
        meanings = ", ".join(f"{_text(one.heading.strip())} = {_text(_vertebra(one))}" for one in ticks)
        yield "# decide: which texts count as a tick? marks"
        yield f'levels = {{ ticked = {{ {meanings} }}, marks = "" }}  # {len(ticks)} columns named after vertebrae'
        used |= {one.heading for one in ticks}
    yield from _missing(kind, choices)
    beside = [one for one in looks if one.heading not in used and _is_score(one)] if kind == "procedures" else []
    for one in beside:
        yield from _score_beside(one, choices, extract)
        used.add(one.heading)
    left = [one.heading.strip() for one in looks if one.heading not in used]
    if left:
        yield f"# not mapped: {', '.join(left)}"
    yield ""


def _vertebra(one: Look) -> str:
    """The vertebra that a heading names; empty when it is none."""
    found = read_levels(one.heading).vertebrae or ()
    return found[0] if len(found) == 1 else ""


def _missing(kind: str, choices: Sequence[Choice]) -> Iterator[str]:
    """Every column without which a record of this kind is none, and no heading looks like it."""
    found = {choice.name for choice in choices}
    for names in NEEDED[kind]:
        if not found & set(names):
            name = names[0]
            words = " or ".join(names)
            yield f'# missing: no heading looks like {words}. Name a column, or build it: {{ parts = ["…", "…"] }}'
            yield f"{name} = {{}}"


def _is_score(one: Look) -> bool:
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))["pain_scores"]["score"]
    return fit(one.heading, [word for word in words if word not in VAGUE]) > 0 and one.scores + one.numbers > ENOUGH


def _score_beside(one: Look, choices: Sequence[Choice], extract: Extract) -> Iterator[str]:
    """A record for a score that stands in the row of its procedure: when it was asked is for a person to say."""
    named = {choice.name: choice.looks[0].heading.strip() for choice in choices if len(choice.looks) == 1}
    heading = one.heading.strip()
    repeated = sum(plain(name) == plain(heading) for name in extract.header) > 1
    yield ""
    yield "[[file.record]]"
    yield 'kind = "pain_scores"'
    yield 'only_with = "score"'
    if one.scores < ENOUGH:
        yield f"# decide: {one.scores:.1%} read as scores from 0 to 10; is the scale 0 to 100? scale = 100"
    yield "[file.record.columns]"
    yield f"score_id = {{ parts = [{_text(named.get('procedure_id', '…'))}, {{ constant = {_text(heading)} }}] }}"
    yield f"patient_id = {_text(named.get('patient_id', '…'))}"
    yield f"procedure_id = {_text(named.get('procedure_id', '…'))}"
    yield "# decide: when was it asked? baseline, hours_24_72, follow_up, month_1 …, or measured_at with its column"
    yield "timepoint = {}"
    which = ", number = 1" if repeated else ""
    told = f"{one.filled} cells, {one.different} different{_reads('score', one)}"
    if unread := one.unread("score"):
        yield f"# {heading}: cannot be read on {_places(unread)}"
    yield f"score = {{ column = {_text(heading)}{which} }}  # {told}"


def _places(lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_SHOWN])
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def _kind(looks: Sequence[Look]) -> tuple[str, list[Choice]]:
    """The kind of record that explains the most columns, and what each of its columns may be."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    found = {kind: _choices(kind, patterns, looks) for kind, patterns in words.items()}
    return max(found.items(), key=lambda one: _explained(*one))


def _explained(kind: str, choices: Sequence[Choice]) -> float:
    """How many columns a kind explains; what it cannot do without counts double, and more when it is missing."""
    names = {choice.name for choice in choices}
    needed = sum(1 if set(one) & names else -1 for one in NEEDED[kind])
    return len(names) + needed


def _choices(kind: str, words: dict[str, list[str]], looks: Sequence[Look]) -> list[Choice]:
    taken: set[str] = set()
    choices: dict[str, Choice] = {}
    order = sorted(words, key=lambda name: -max((fit(one.heading, words[name]) for one in looks), default=0.0))
    for name in order:
        fits = {one.heading: fit(one.heading, words[name]) for one in looks if one.heading not in taken}
        best = max(fits.values(), default=0.0)
        chosen = tuple(one for one in looks if best and fits.get(one.heading) == best)
        if chosen:
            choices[name] = Choice(name, chosen)
            taken |= {one.heading for one in chosen}
    columns = next(one for one in ALL_KINDS if one.name == kind).text_columns
    return [choices[name] for name in columns if name in choices]


def _column(choice: Choice, extract: Extract, day: Look | None) -> Iterator[str]:
    name, looks = choice.name, choice.looks
    headings = list(dict.fromkeys(one.heading.strip() for one in looks))
    if len(headings) > 1:
        yield f"# decide: {' or '.join(headings)} fit {name} equally"
        yield f"{name} = {{}}"
        return
    if sum(heading.strip() == headings[0] for heading in extract.header) > 1:
        yield f"# decide: {headings[0]} appears more than once: say group, after or number"
        yield f"{name} = {{}}"
        return
    one = looks[0]
    told = f"{one.filled} cells, {one.different} different{_reads(name, one)}"
    if name in ("levels", "score") and (unread := one.unread(name)):
        yield f"# {headings[0]}: cannot be read on {_places(unread)}"
    if name in CODED or (name == "sex" and not one.is_known_sex):
        yield f"# decide: write [codes.{name}] for its {one.different} different texts"
        yield f"{name} = {{ column = {_text(headings[0])}, codes = {_text(name)} }}  # {told}"
    elif name.endswith("_at") and not one.forms("date_times") and one.forms("times") and not one.forms("dates"):
        on = (
            f" On that of the procedure: {{ date = {_text(day.heading.strip())}, time = {_text(headings[0])} }}"
            if day
            else ""
        )
        yield f"# decide: a time of day; on which date?{on}"
        yield f"{name} = {{ time = {_text(headings[0])} }}  # {told}"
    else:
        yield f"{name} = {_text(headings[0])}  # {told}"


def _reads(name: str, one: Look) -> str:
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


def _text(written: str) -> str:
    return json.dumps(written, ensure_ascii=False)
