"""Sending systems: one TOML file each, data and not code. Shipped ones lie here, a hospital's own ones in its home."""

from pathlib import Path

from pydantic import ValidationError

from data.errors import UsageProblem
from data.home import department_home
from etl.sources.canonical import ALL_KINDS
from etl.sources.language import mistakes
from etl.sources.language.layers import FOLDER, layered, shown_path
from etl.sources.language.model import FACTS, LINKABLE, Fact, Source

__all__ = [
    "FACTS",
    "LINKABLE",
    "Fact",
    "Source",
    "read_source",
    "source_names",
    "source_path",
    "source_schema",
    "validate_source",
]

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
# What a source is called and its hash come from its file.
NOT_IN_TOML = ("name", "sha256")


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
    return validate_source(path.read_bytes(), name, shown_path(path))


def validate_source(content: bytes, name: str, where: str) -> Source:
    """A source from the bytes of its TOML, on top of the source that it extends."""
    entries, sha256 = layered(content, where, (name,), source_path)
    try:
        return Source(name=name, sha256=sha256, **entries).with_treatment()
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(filter(None, (where, mistakes.place_of(first, entries))))
        raise UsageProblem(place, mistakes.expected_words(first), "Correct it; docs/sources.md has all keys") from None


def source_schema() -> dict[str, object]:
    """The JSON Schema of a source's TOML."""
    schema = Source.model_json_schema(by_alias=True)
    for name in NOT_IN_TOML:
        del schema["properties"][name]
    names = sorted({name for kind in ALL_KINDS for name in kind.text_columns})
    schema["$defs"]["Record"]["properties"]["columns"]["propertyNames"] = {"enum": names}
    # A source that extends another one may leave everything to it.
    del schema["required"]
    return {"$schema": JSON_SCHEMA, **schema}
