"""How a settings file is read: the shipped one, the hospital's own over it, checked as a whole."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from data.errors import UsageProblem
from data.home import SETTINGS


class Setting(BaseModel):
    """A frozen piece of settings; an unknown key is an error, not a silent wish."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Kind = TypeVar("Kind", bound=Setting)


def read_settings(path: Path, kind: type[Kind], own: Path | None = None) -> Kind:
    """Read one TOML file as `kind`; `UsageProblem` names the file and every key at fault, the first of them first.

    What `own`, the hospital's file of the same name, says holds over it key by key; lists are replaced as a whole.
    """
    where = f"data/settings/{path.name}" if path.parent == SETTINGS else str(path)
    content = read_toml(path, where)
    if own is not None and own.is_file():
        where = str(own)
        content = _laid_over(content, read_toml(own, where))
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first, *others = [(_key_of(one["loc"]), one["msg"]) for one in error.errors()]
        more = "".join(f"; {key}: {words}" for key, words in others)
        raise UsageProblem(f"{where}, {first[0]}", f"{first[1]}{more}", "Correct the value and start again.") from None


def _key_of(parts: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in parts) or "the whole file"


def read_toml(path: Path, where: str) -> dict[str, Any]:
    """The content of a TOML file; `UsageProblem` under the name `where`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageProblem(where, "the file is missing", "Restore it from the repository.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(where, f"not valid TOML ({error})", "Correct the line and start again.") from None


def _laid_over(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The shipped keys, with the hospital's own in their place."""
    both = {
        key: _laid_over(shipped[key], value)
        for key, value in own.items()
        if isinstance(value, dict) and isinstance(shipped.get(key), dict)
    }
    return shipped | own | both
