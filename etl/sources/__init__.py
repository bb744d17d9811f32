"""Sending systems: one TOML file each, data and not code. Shipped ones lie here, a hospital's own ones in its home."""

import hashlib
import tomllib
from pathlib import Path

from pydantic import ValidationError

from data.errors import UsageProblem
from data.home import department_home
from etl.sources import mistakes
from etl.sources.model import FACTS, Fact, Source

__all__ = ["FACTS", "Fact", "Source", "read_source", "source_names", "source_path", "validate_source"]

FOLDER = Path(__file__).parent


def own_folder() -> Path:
    """Where a hospital keeps the TOML files of its own sending systems."""
    return department_home().root / "sources"


def source_names() -> list[str]:
    """Names of all known sending systems."""
    return sorted({path.stem for folder in (FOLDER, own_folder()) for path in folder.glob("*.toml")})


def source_path(name: str) -> Path:
    """The file of a sending system. A name of the hospital's own must not be one that the product ships."""
    if name not in source_names():
        raise UsageProblem(f"--source {name}", "no such source", f"Choose one of {', '.join(source_names())}")
    shipped, own = FOLDER / f"{name}.toml", own_folder() / f"{name}.toml"
    if shipped.is_file() and own.is_file():
        raise UsageProblem(str(own), "the product has a source of this name", "Rename the file, and use its new name")
    return own if own.is_file() else shipped


def read_source(name: str) -> Source:
    """The mapping of a sending system; `UsageProblem` names file and key when there is none or it does not validate."""
    path = source_path(name)
    where = f"etl/sources/{name}.toml" if path.parent == FOLDER else str(path)
    return validate_source(path.read_bytes(), name, where)


def validate_source(content: bytes, name: str, where: str) -> Source:
    """A source from the bytes of its TOML."""
    try:
        entries = tomllib.loads(content.decode("utf-8"))
        return Source(name=name, sha256=hashlib.sha256(content).hexdigest(), **entries).with_treatment()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(where, f"not valid TOML ({error})", "Correct the line") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(filter(None, (where, mistakes.place_of(first, entries))))
        raise UsageProblem(place, mistakes.expected_words(first), "Correct it; docs/sources.md has all keys") from None
