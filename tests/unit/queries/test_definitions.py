"""No metric's SQL changes without a new version, or somebody who says that no answer can be another."""

from tests.unit.queries.definition_hashes import WHAT_TO_DO, changed_silently, hash_definitions, read_written


def test_no_definition_changed_without_a_new_version() -> None:
    silent = changed_silently(hash_definitions(), read_written())
    assert not silent, WHAT_TO_DO.format(names=" ".join(silent))


def test_every_definition_is_in_the_file() -> None:
    assert hash_definitions() == read_written(), "run: python -m tests.unit.queries.definition_hashes"


def test_another_hash_is_silent_only_with_the_same_version() -> None:
    written = {"one": (1, "a"), "two": (1, "a"), "three": (1, "a")}
    assert changed_silently({"one": (1, "b"), "two": (2, "b"), "three": (1, "a"), "new": (1, "c")}, written) == ["one"]
