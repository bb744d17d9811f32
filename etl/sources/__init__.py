"""Sending systems: one TOML file each, data and not code."""

import hashlib
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from queries.errors import UsageProblem

FOLDER = Path(__file__).parent
Fact = Literal["recovery", "deaths", "readmissions", "complications", "leaks", "intended_stay"]
FACTS: tuple[Fact, ...] = ("recovery", "deaths", "readmissions", "complications", "leaks", "intended_stay")


class Source(BaseModel):
    """How one sending system writes, and what it sends. `sha256` is the hash of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str
    title: str = Field(min_length=1)
    sends: frozenset[Fact] = frozenset()
    is_synthetic: bool = False
    time_zone: str | None = None


def source_names() -> list[str]:
    """Names of all known sending systems."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_source(name: str) -> Source:
    """The mapping of a sending system; `UsageProblem` when there is none or it does not validate."""
    if name not in source_names():
        raise UsageProblem(f"--source {name}", "no such source", f"Choose one of {', '.join(source_names())}")
    content = (FOLDER / f"{name}.toml").read_bytes()
    try:
        entries = tomllib.loads(content.decode("utf-8"))
        return Source(name=name, sha256=hashlib.sha256(content).hexdigest(), **entries)
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(f"etl/sources/{name}.toml", f"not valid TOML ({error})", "Correct the line") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageProblem(f"etl/sources/{name}.toml, {key}", first["msg"], "Correct the value") from None
