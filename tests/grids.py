"""Cases of which some are tried every day, and all by `make test-all`."""

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def sample(cases: Iterable[object], everyday: int = 1) -> list[ParameterSet]:
    """All cases for `parametrize`; only so many, spread from the first to the last, run in `make test`."""
    given = [case if isinstance(case, ParameterSet) else _parameters(case) for case in cases]
    step = (len(given) - 1) / max(1, everyday - 1)
    chosen = {round(place * step) for place in range(everyday)}
    return [
        one if place in chosen else pytest.param(*one.values, marks=(*one.marks, pytest.mark.thorough), id=one.id)
        for place, one in enumerate(given)
    ]


def _parameters(case: object) -> ParameterSet:
    return pytest.param(*case) if isinstance(case, tuple) else pytest.param(case)
