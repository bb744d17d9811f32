"""A mistake in a source's TOML in words: where it stands, and what is expected there."""

from pydantic_core import ErrorDetails

A_CELL = "must be a heading in quotation marks or a table in { }"
EXPECTED = {
    "extra_forbidden": "there is no such key",
    "missing": "is missing",
    "string_type": "must be a text in quotation marks",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in [ ], or one text",
    "frozen_set_type": "must be a list in [ ]",
    "model_type": A_CELL,
    "dict_type": "must be a table in { }",
}
# What stands in a list: files of a source, records of a file, by the key that names each.
NAMED = {"file": "name", "record": "kind"}


def place_of(error: ErrorDetails, entries: dict[str, object]) -> str:
    """Where the mistake stands, files and records counted from one and called by what they are."""
    words: list[str] = []
    here: object = entries
    previous: str | int = ""
    for step in error["loc"]:
        here = _step_inside(here, step)
        if isinstance(step, int) and previous in NAMED:
            name = here.get(NAMED[str(previous)]) if isinstance(here, dict) else None
            words[-1] += f" {step + 1}" + (f" ({name})" if isinstance(name, str) else "")
        else:
            words.append(str(step))
        previous = step
    return ".".join(words)


def _step_inside(entry: object, step: str | int) -> object:
    if isinstance(entry, dict):
        return entry.get(step, entry)
    if isinstance(entry, (list, tuple)) and isinstance(step, int):
        return entry[step]
    return entry


def expected_words(error: ErrorDetails) -> str:
    """What is expected at that place."""
    if error["type"] == "union_tag_invalid":
        return f"must have a kind out of {error['ctx']['expected_tags']}"
    if error["type"] == "union_tag_not_found":
        return "must say its kind"
    told = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return EXPECTED.get(error["type"], told)
