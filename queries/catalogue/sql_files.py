"""SQL files whose leading comment is a TOML header."""

import re
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from data.errors import UsageProblem
from data.field_sql import fill_fields

FOLDER = Path(__file__).parents[1]
BLOCK = re.compile(r"\A\s*/\*(?P<header>.*?)\*/(?P<body>.*)\Z", re.DOTALL)
LINES = re.compile(r"\A\s*(?P<header>(?:--[^\n]*\n)+)(?P<body>.*)\Z", re.DOTALL)


class Header(BaseModel):
    """The TOML header of a SQL file; unknown and missing keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Kind = TypeVar("Kind", bound=Header)


def read_sql_file(path: Path, kind: type[Kind]) -> tuple[Kind, str]:
    """Header and SQL of one file; `UsageProblem` names the file and the key at fault."""
    where = f"{path.parent.name}/{path.name}"
    text = path.read_text(encoding="utf-8")
    found = BLOCK.match(text) or LINES.match(text)
    if found is None:
        raise UsageProblem(where, "no header comment", "Begin the file with its TOML header in a comment")
    written = found["header"]
    if text.lstrip().startswith("--"):
        written = re.sub(r"^-- ?", "", written, flags=re.MULTILINE)
    try:
        header = kind.model_validate(tomllib.loads(written))
    except tomllib.TOMLDecodeError as error:
        raise UsageProblem(where, f"the header is not valid TOML ({error})", "Correct the header") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageProblem(f"{where}, {key}", first["msg"], "Correct the header") from None
    return header, fill_fields(found["body"]).strip().rstrip(";")
