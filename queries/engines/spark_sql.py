"""Our SQL, written for DuckDB, as Spark understands it. Values go into the parse tree as literals, never into text."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp


def spark_sql(sql: str, parameters: Mapping[str, Any] | None = None) -> str:
    """A select with its $names filled in. KeyError for a name without a value."""

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter | exp.Placeholder):
            return _literal((parameters or {})[node.name])
        return node

    return _rewritten(sql).transform(fill).sql(dialect="spark")


@lru_cache(maxsize=512)
def _rewritten(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb").transform(_rewrite)


def _rewrite(node: exp.Expr) -> exp.Expr:
    # Both of Spark's other names give an approximation, one of them without a word.
    if isinstance(node, exp.PercentileCont | exp.Quantile):
        return exp.func("percentile", node.this, node.args.get("quantile") or node.expression)
    # Keys are text in Parquet.
    if isinstance(node, exp.Cast) and node.to.this == exp.DataType.Type.UUID:
        return exp.cast(node.this, exp.DataType.Type.TEXT)
    return node


def _literal(value: Any) -> exp.Expr:
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)
    return exp.convert(value)


def spark_type(kind: str) -> str:
    """A type of DuckDB as Spark names it; keys and closed lists are text."""
    if kind.startswith("ENUM") or kind == "UUID":
        return "string"
    return "bigint" if kind.startswith("U") else exp.DataType.build(kind, dialect="duckdb").sql("spark")
