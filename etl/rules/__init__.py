"""The rule book: what a row must satisfy, in what order it is asked, and what to do when it does not."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from data.errors import UsageProblem
from data.field_sql import fields_named, pattern_words

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rule:
    """What a rule means to a person. `severity`: reject = the row is not used; warn = it is used, with a remark."""

    id: str
    severity: Literal["reject", "warn"]
    message: str
    remedy: str


@dataclass(frozen=True)
class FileRule:
    """Why a whole file is refused. `says` stands in the message of every refusal by this rule."""

    id: str
    says: str
    message: str
    remedy: str


class Condition(BaseModel):
    """When a rule is broken: SQL over the typed rows of one kind. `withdrawals`: also asked of withdrawing rows.

    `each` makes one condition for every field of these types that the dictionary describes, but for those in `but`;
    what may stand in braces in `when` is in `data/field_sql.py`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    field: str | None = None
    when: str = Field(min_length=1)
    withdrawals: bool = False
    each: str | None = None
    but: tuple[str, ...] = ()


@lru_cache
def read_rules() -> dict[str, Rule]:
    """The rule book by rule id."""
    book = tomllib.loads((FOLDER / "rules.toml").read_text(encoding="utf-8"))
    return {name: Rule(id=name, **entry) for name, entry in book.items()}


@lru_cache
def file_rules() -> dict[str, FileRule]:
    """The rules that refuse whole files, by id."""
    book = tomllib.loads((FOLDER / "files.toml").read_text(encoding="utf-8"))
    return {name: FileRule(id=name, **entry) for name, entry in book.items()}


@lru_cache
def conditions_of_kind(kind: str) -> tuple[Condition, ...]:
    """The conditions on rows of this kind, in the order in which they are asked."""
    listed = tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
    written = (Condition.model_validate(entry) for entry in listed["condition"])
    return tuple(one for condition in written for one in _fields_asked(kind, condition))


def _fields_asked(kind: str, condition: Condition) -> Iterator[Condition]:
    """The condition itself, or one for each field that it is asked of."""
    if condition.each is None:
        yield condition
        return
    for field in fields_named(kind, condition.each.split()):
        if field.name not in condition.but:
            when = condition.when.format_map(pattern_words(field))
            yield Condition(rule=condition.rule, field=field.name, when=when, withdrawals=condition.withdrawals)


def first_reject(kind: str) -> str:
    """SQL: the place, among the rejects of the kind, of the first that holds; null when the row passes."""
    whens = "\n".join(
        f"when {_guard_condition(one)} then {place}"
        for place, one in enumerate(_conditions_of_severity(kind, "reject"))
    )
    return f"case {whens} end"


def all_warnings(kind: str) -> str:
    """SQL: a number with one bit for every warning of the kind that holds (at most 126)."""
    bits = (
        f"(case when {_guard_condition(one)} then {1 << place} else 0 end)"
        for place, one in enumerate(_conditions_of_severity(kind, "warn"))
    )
    return f"cast({' | '.join(bits) or 0} as hugeint)"


def rule_book_sql(kind: str, severity: str) -> str:
    """SQL: a table of the rejects or warnings of a kind: `place`, `rule`, `field`."""
    rows = [
        f"({place}, '{one.rule}', {_sql_literal(one.field)})"
        for place, one in enumerate(_conditions_of_severity(kind, severity))
    ]
    rows.append("(-1, null, null)")
    return f"(select * from (values {', '.join(rows)}) as book(place, rule, field) where place >= 0)"


@contextmanager
def naming_conditions(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Say which condition it is that DuckDB cannot make sense of."""
    try:
        yield
    except (duckdb.BinderException, duckdb.ParserException) as error:
        raise _faulty_condition(connection) or error from error


def _faulty_condition(connection: duckdb.DuckDBPyConnection) -> UsageProblem | None:
    """The first condition that is no question about the rows of its kind; None when all are."""
    for (table,) in connection.execute(
        "select view_name from duckdb_views() where view_name like 'typed_%'"
    ).fetchall():
        kind = table.removeprefix("typed_")
        for one in conditions_of_kind(kind):
            try:
                rows = f"(select *, cast(null as date) as patient_died_on from {table})"
                connection.execute(f"select {_guard_condition(one)} from {rows} limit 0")
            except (duckdb.BinderException, duckdb.ParserException) as error:
                where = f"etl/rules/{kind}.toml, rule {one.rule}, field {one.field}, when"
                return UsageProblem(where, str(error).split("\n", 1)[0], "Correct the condition")
    return None


def _conditions_of_severity(kind: str, severity: str) -> list[Condition]:
    return [one for one in conditions_of_kind(kind) if _rule_of_condition(kind, one).severity == severity]


def _rule_of_condition(kind: str, condition: Condition) -> Rule:
    found = read_rules().get(condition.rule)
    if found is None:
        where = f"etl/rules/{kind}.toml, rule {condition.rule}"
        raise UsageProblem(where, "is not in the rule book", "Add it to etl/rules/rules.toml")
    return found


def _guard_condition(condition: Condition) -> str:
    return f"({condition.when})" if condition.withdrawals else f"(not is_withdrawn and ({condition.when}))"


def _sql_literal(text: str | None) -> str:
    return "null" if text is None else f"'{text}'"
