"""Statements made of the field dictionary: `/*each TABLE WORDS: PATTERN*/` becomes the pattern once for each field.

Words are types, of which a field has one (`closed grade`), and marks, all of which it has: `stored`, `outcomes`,
`windows`, `weighed` (either of both), `banded`, `bounded`, `safe_harbor`, `uncompleted` (no stay or person adds to it).
Without `stored`, fields with SQL of their own are left out. What may stand in braces is in `pattern_words`; what types
mean is in `field_types.toml`.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from data.errors import UsageProblem
from data.field_dictionary import COMPLETING, Field, every_field, field_of, read_fields
from data.home import DATA, SCHEMA

EACH = re.compile(r"/\*each (?P<table>\w+)(?P<words>[\w ]*):\s(?P<pattern>.*?)\s*\*/", re.DOTALL)
LISTS = re.compile(r"/\*each list:\s(?P<pattern>.*?)\s*\*/", re.DOTALL)
TYPES = ("text", "closed", "flag", "number", "grade", "date", "time")
MARKS = ("stored", "outcomes", "windows", "weighed", "banded", "bounded", "safe_harbor", "uncompleted")


def fill_fields(sql: str) -> str:
    """A statement with its patterns filled in."""
    if "/*each " not in sql:
        return sql
    sql = LISTS.sub(lambda found: "\n".join(_list_statements(found["pattern"])), sql)
    return EACH.sub(_filled, sql)


@lru_cache
def read_filled(path: Path) -> str:
    """The text of a file of SQL, filled in."""
    return fill_fields(path.read_text(encoding="utf-8"))


def schema_sql() -> str:
    """The statements that make the tables of a generation."""
    return read_filled(SCHEMA)


def typed_column(field: Field) -> str:
    """What a field's reading is called, where its type decides how it is read."""
    return pattern_words(field)["typed"]


def pattern_words(field: Field) -> dict[str, str]:
    """What may stand in braces in a pattern."""
    words = {
        "name": field.name,
        "stem": field.stem,
        "table": field.table,
        "list": field.list_name or field.name,
        "least": str(field.least),
        "most": str(field.most),
        "fact": field.fact,
        "band": field.filter_key,
        "meaning": field.meaning.replace("'", "''"),
    }
    kind = _read_types()["whole" if field.whole else field.type if field.type != "id" else "text"]
    words |= {key: pattern.format_map(words) for key, pattern in kind.items()}
    ends = ((">=", "<", field.least), ("<=", ">", field.most))
    within = " and ".join(f"{field.name} {inside} {end}" for inside, _, end in ends if end is not None)
    words["outside"] = " or ".join(f"{words['typed']} {outside} {end}" for _, outside, end in ends if end is not None)
    checked = f" check ({within})" if within and field.type == "number" else ""
    words["extracted"] = field.leaves_as or words["extracted"]
    words["column"] = field.stored or f"{words['stored']}{checked}"
    bands = zip(field.bands or (), field.filter_values, strict=False)
    below = " ".join(f"when facts.{words['typed']} < {end} then '{name}'" for end, name in bands)
    last = f"when facts.{words['typed']} is not null then '{field.filter_values[-1]}'" if below else ""
    words["bands"] = f"{below} {last}"
    return words


def fields_named(table: str, asked: Sequence[str]) -> list[Field]:
    """The fields of a table that have one of the types and all of the marks asked for, in the order of the table."""
    if table not in read_fields() or set(asked) - {*TYPES, *MARKS}:
        raise UsageProblem(
            f"each {table} {' '.join(asked)}", "no such table or word", f"Words are {', '.join((*TYPES, *MARKS))}"
        )
    types = [word for word in asked if word in TYPES]
    return [
        field
        for field in read_fields()[table].stored
        if (not types or field.type in types)
        and ("stored" in asked or not field.own)
        and all(_has_mark(field, word) for word in asked if word in MARKS)
    ]


def _filled(found: re.Match[str]) -> str:
    chosen = fields_named(found["table"], found["words"].split())
    return "\n".join(found["pattern"].format_map(_words_of_entry(field.table, field.name)) for field in chosen)


@cache
def _words_of_entry(table: str, name: str) -> dict[str, str]:
    """The words of a field of the dictionary, made once: many statements ask for them."""
    return pattern_words(next(one for one in read_fields()[table].fields if one.name == name))


def _has_mark(field: Field, mark: str) -> bool:
    return {
        "stored": True,
        "outcomes": field.outcomes,
        "windows": field.windows,
        "weighed": field.outcomes or field.windows,
        "banded": field.outcomes and bool(field.bands),
        "bounded": field.least is not None or field.most is not None,
        "safe_harbor": "safe_harbor" in field.profiles,
        "uncompleted": not any(field_of(other, field.name) for other in COMPLETING),
    }[mark]


def _list_statements(pattern: str) -> list[str]:
    """The pattern once for each closed list; `unknown` is its last value."""
    lists: dict[str, tuple[str, ...]] = {}
    for field in every_field():
        if field.type == "closed":
            name = field.list_name or field.name
            if lists.setdefault(name, field.values) != field.values:
                raise UsageProblem(
                    f"data/fields/{field.table}.toml, {field.name}",
                    f"another field has a list {name} with other values",
                    "Give this one a list_name of its own",
                )
    return [
        pattern.format(list=name, values=", ".join(f"'{value}'" for value in (*values, "unknown")))
        for name, values in lists.items()
    ]


@lru_cache
def _read_types() -> dict[str, dict[str, str]]:
    written: dict[str, dict[str, str]] = tomllib.loads((DATA / "field_types.toml").read_text(encoding="utf-8"))
    return written
