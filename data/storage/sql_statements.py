"""Files of several short statements, each below a line with its name."""

import re
from collections.abc import Mapping
from pathlib import Path

NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def read_statements(path: Path) -> Mapping[str, str]:
    """The statements of a file by name; what stands above the first name is about the file."""
    _, *parts = NAME.split(path.read_text(encoding="utf-8"))
    return {name: sql.strip().rstrip(";") for name, sql in zip(parts[::2], parts[1::2], strict=True)}
