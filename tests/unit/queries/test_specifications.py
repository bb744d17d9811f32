"""Every metric and curve has a specification table, and does what it says."""

from pathlib import Path

import pytest

from queries.catalogue.metric_versions import read_earlier
from queries.catalogue.metrics import read_catalogue, read_curves
from tests.unit.queries.specification import FOLDER, answers_of, read_specification

DEFINITIONS = {
    name.replace(f"_{one.timepoint}", "") if one.timepoint else name: one
    for name, one in reversed([*read_catalogue().items(), *read_curves().items(), *read_earlier().items()])
}


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_every_definition_does_what_its_specification_says(name: str) -> None:
    path = FOLDER / f"{name}.md"
    assert path.exists(), f"write tests/unit/queries/specifications/{name}.md"
    specification = read_specification(path)
    expected = {row["procedure"]: row["value"] for row in specification.tables["expected"]}
    assert answers_of(specification, DEFINITIONS[name]) == expected


def test_no_specification_is_left_over() -> None:
    assert {path.stem for path in Path(FOLDER).glob("*.md")} == set(DEFINITIONS)
