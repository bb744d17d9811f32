"""An independent program gives the same limits.

`controlchartspy` is the Python port of a health authority's charts, under the GPL: it checks ours in the test
environment and is never part of the product.
"""

import ast
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.home import PROJECT
from queries.statistics import control_charts
from queries.statistics.control_charts import ControlChart

SEED = 20260704
OURS_ONLY = ("data", "queries", "dashboard", "etl")


def theirs(kind: str, numerators: np.ndarray, denominators: np.ndarray | None = None) -> list[dict[str, Any]]:
    other = pytest.importorskip(
        "controlchartspy", reason="controlchartspy is in requirements-dev.txt, not installed here"
    )
    table = {
        "month": [date(2020 + place // 12, place % 12 + 1, 1) for place in range(len(numerators))],
        "x": [float(value) for value in numerators],
        "n": [
            1.0 if denominators is None else float(value)
            for value in (numerators if denominators is None else denominators)
        ],
    }
    settings = {"chart_type": kind}
    named = {} if denominators is None else {"denominators": "n"}
    return other.spc(data=table, keys="month", numerators="x", spc_settings=settings, **named).limits


def agrees(chart: ControlChart, limits: list[dict[str, Any]], scale: float = 1) -> None:
    for name, line in (("target", chart.centre), ("ll99", chart.lower), ("ul99", chart.upper)):
        np.testing.assert_allclose([row[name] / scale for row in limits], line, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("kind", "ours"), [("p", control_charts.p), ("pp", control_charts.p_prime)])
@pytest.mark.parametrize("size", [12, 400])
def test_proportions(kind: str, ours, size: int) -> None:
    chance = np.random.default_rng(SEED)
    n = chance.integers(size // 2, 2 * size, 24)
    x = chance.binomial(n, 0.8)
    agrees(ours(x, n), theirs(kind, x, n), scale=100)


@pytest.mark.parametrize(("kind", "ours"), [("u", control_charts.u), ("up", control_charts.u_prime)])
def test_rates(kind: str, ours) -> None:
    chance = np.random.default_rng(SEED)
    n = chance.integers(10, 40, 24)
    x = chance.poisson(1.4 * n)
    agrees(ours(x, n), theirs(kind, x, n))


def test_gaps_and_times_between_events() -> None:
    chance = np.random.default_rng(SEED)
    gaps = chance.geometric(0.05, 15) - 1
    agrees(control_charts.g(gaps), theirs("g", gaps))
    times = np.round(chance.exponential(30, 15), 1) + 0.5
    agrees(control_charts.t(times), theirs("t", times))


def imported_by(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def test_the_product_never_imports_it() -> None:
    for folder in OURS_ONLY:
        for path in (PROJECT / folder).rglob("*.py"):
            assert "controlchartspy" not in imported_by(path), path
    assert "controlchartspy" not in (PROJECT / "requirements.txt").read_text(encoding="utf-8")


def test_statistics_need_numbers_only() -> None:
    for path in (PROJECT / "queries" / "statistics").glob("*.py"):
        assert imported_by(path) <= {
            "numpy",
            "scipy",
            "queries",
            "collections",
            "dataclasses",
            "functools",
            "itertools",
            "typing",
        }, path
