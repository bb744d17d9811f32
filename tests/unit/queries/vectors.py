"""Published test vectors: input and the output of other tools. They lie beside the example extracts."""

import json
from typing import Any

import pytest

from tests.conftest import EXAMPLES

VECTORS = EXAMPLES.parent / "vectors"


def vector(name: str) -> dict[str, Any]:
    """One vector; the test that asks is skipped, visibly, where they are not."""
    path = VECTORS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the test vectors are not at {VECTORS}")
    return json.loads(path.read_text(encoding="utf-8"))
