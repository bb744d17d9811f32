"""The rule book: what a row must satisfy, in what order it is asked, and what to do when it does not."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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
    """When a rule is broken: SQL over the typed rows of one kind. `withdrawals`: also asked of withdrawing rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    field: str | None = None
    when: str = Field(min_length=1)
    withdrawals: bool = False


@lru_cache
def rules() -> dict[str, Rule]:
    """The rule book by rule id."""
    book = tomllib.loads((FOLDER / "rules.toml").read_text(encoding="utf-8"))
    return {name: Rule(id=name, **entry) for name, entry in book.items()}


@lru_cache
def file_rules() -> dict[str, FileRule]:
    """The rules that refuse whole files, by id."""
    book = tomllib.loads((FOLDER / "files.toml").read_text(encoding="utf-8"))
    return {name: FileRule(id=name, **entry) for name, entry in book.items()}


@lru_cache
def conditions(kind: str) -> tuple[Condition, ...]:
    """The conditions on rows of this kind, in the order in which they are asked."""
    listed = tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))
    return tuple(Condition.model_validate(entry) for entry in listed["condition"])


def first_reject(kind: str) -> str:
    """SQL columns `rule` and `field` of the first reject that holds; null when the row passes."""
    rejects = [one for one in conditions(kind) if rules()[one.rule].severity == "reject"]
    by_rule = "\n".join(f"when {_guarded(one)} then {_literal(one.rule)}" for one in rejects)
    by_field = "\n".join(f"when {_guarded(one)} then {_literal(one.field)}" for one in rejects)
    return f"case {by_rule} end as rule, case {by_field} end as field"


def warnings(kind: str) -> tuple[tuple[str, str | None, str], ...]:
    """Rule, field and SQL condition of every warning."""
    return tuple(
        (one.rule, one.field, _guarded(one)) for one in conditions(kind) if rules()[one.rule].severity == "warn"
    )


def _guarded(condition: Condition) -> str:
    return f"({condition.when})" if condition.withdrawals else f"(not is_withdrawn and ({condition.when}))"


def _literal(text: str | None) -> str:
    return "null" if text is None else f"'{text}'"
