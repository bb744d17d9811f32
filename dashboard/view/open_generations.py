"""Generations that this process holds open, few at a time, and those let go whose files are gone."""

import time

from dashboard.view import operator_codes
from queries.bounded_memory import BoundedMemory
from queries.warehouse import Warehouse

OPEN_GENERATIONS = 6
# A page that is being made may still ask the generation that it began with.
LET_GO_SECONDS = 60.0

_openings = BoundedMemory(OPEN_GENERATIONS, on_drop=Warehouse.let_go)
# Openings whose file is gone, and since when.
_missing_since: dict[str, float] = {}


def open_warehouse(path: str) -> Warehouse:
    """The generation of this opening name, kept open for all sessions."""
    return _openings.get(path, lambda: operator_codes.open_named(path))


def close_removed_generations() -> None:
    """Let go of generations whose file was removed a while ago: their space on the disk is free only then."""
    now = time.monotonic()

    def is_long_gone(name: str) -> bool:
        if operator_codes.opened_file(name).is_file():
            _missing_since.pop(name, None)
            return False
        return now - _missing_since.setdefault(name, now) >= LET_GO_SECONDS

    _openings.drop_where(is_long_gone)
    for name in [name for name, since in _missing_since.items() if now - since > 2 * LET_GO_SECONDS]:
        del _missing_since[name]
