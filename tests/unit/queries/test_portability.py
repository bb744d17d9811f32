"""The SQL of the read side also runs elsewhere: what another engine refuses or computes otherwise is refused here."""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from data.home import PROJECT

FILES = sorted((PROJECT / "queries").rglob("*.sql"))


def statement(path: Path) -> exp.Expression:
    return sqlglot.parse_one(re.sub(r"\$(\w+)", r"':\1'", path.read_text(encoding="utf-8")), read="duckdb")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_query_can_be_written_for_spark(path: Path) -> None:
    assert sqlglot.transpile(statement(path).sql("duckdb"), read="duckdb", write="spark", unsupported_level=None)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_query_uses_what_differs_between_engines(path: Path) -> None:
    assert complaints(statement(path)) == []


def complaints(tree: exp.Expression) -> list[str]:
    found = []
    for node in tree.walk():
        if isinstance(node, exp.Distinct) and node.args.get("on"):
            found.append("DISTINCT ON")
        if isinstance(node, exp.Group) and node.args.get("all"):
            found.append("GROUP BY ALL")
        if isinstance(node, exp.Join) and node.args.get("using"):
            found.append("USING")
        if isinstance(node, exp.Qualify):
            found.append("QUALIFY")
        if isinstance(node, exp.PercentileDisc):
            found.append("quantile_disc")
        if isinstance(node, exp.Anonymous) and node.name.lower() == "quantile_disc":
            found.append("quantile_disc")
        if isinstance(node, exp.ArrayAgg) and isinstance(node.this, exp.Order):
            found.append("ordered list")
        if isinstance(node, exp.Literal) and not node.is_string and re.fullmatch(r"\d*\.\d+", node.name):
            found.append(f"decimal literal {node.name}")
        if isinstance(node, exp.Div) and not _safe(node.expression):
            found.append(f"division by {node.expression.sql()}")
    return found


def _safe(divisor: exp.Expression) -> bool:
    return isinstance(divisor, exp.Nullif) or (isinstance(divisor, exp.Literal) and float(divisor.name) != 0)


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("select distinct on (a) a, b from t", "DISTINCT ON"),
        ("select a, count(*) from t group by all", "GROUP BY ALL"),
        ("select * from t join u using (a)", "USING"),
        ("select a from t qualify row_number() over (order by a) = 1", "QUALIFY"),
        ("select quantile_disc(a, 0.5e0) from t", "quantile_disc"),
        ("select list(a order by b) from t", "ordered list"),
        ("select 1.5 * a from t", "decimal literal 1.5"),
        ("select a / b from t", "division by b"),
    ],
)
def test_the_check_finds_what_it_is_for(sql: str, complaint: str) -> None:
    assert complaint in complaints(sqlglot.parse_one(sql, read="duckdb"))


def test_no_query_orders_its_rows() -> None:
    """Nothing reads rows by their order, so no order needs to be total."""
    for path in FILES:
        assert not list(statement(path).find_all(exp.Order)), path
