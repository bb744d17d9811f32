"""Whether a text of SQL is one plain select of tables that are open to it, read from DuckDB's own parse tree."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from data.errors import UsageProblem
from queries.engines.duck import serialize_sql

REMEDY = "Write one `select procedure_id, … as value`"
# Parts of a statement that nobody needs for a figure; a recursion has no end that could be foreseen.
REFUSED = {"SHOW_REF": "show", "RECURSIVE_CTE_NODE": "with recursive"}


def admit_select(where: str, sql: str, tables: Collection[str], closed: Collection[str] = ()) -> None:
    """Refuse whatever is not one select of these tables and of what it names itself; nothing is run.

    `closed`: columns that it may not name.
    """
    told: dict[str, Any] = json.loads(serialize_sql(sql))
    if told["error"]:
        what = "it is not a single select" if "SELECT" in told["error_message"] else told["error_message"]
        raise UsageProblem(where, what, REMEDY)
    if len(told["statements"]) != 1:
        raise UsageProblem(where, "it does not hold exactly one statement", REMEDY)
    nodes = list(_nodes_of(told["statements"]))
    named = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    for node in nodes:
        kind = node.get("type")
        if kind in REFUSED:
            raise UsageProblem(where, f"{REFUSED[kind]} is not open to metrics", REMEDY)
        if kind == "TABLE_FUNCTION":
            name = f"{node['function']['function_name']}()"
        elif kind == "BASE_TABLE" and not _is_open(node, {*tables, *named}):
            name = node["table_name"]
        elif kind == "COLUMN_REF" and node["column_names"][-1].lower() in closed:
            name = f"the column {node['column_names'][-1]}"
        else:
            continue
        raise UsageProblem(
            where, f"{name} is not open to metrics", "Read from the tables and views that docs/exports.md names"
        )


def _is_open(node: dict[str, Any], known: Collection[str]) -> bool:
    is_here = not node["catalog_name"] and node["schema_name"] in ("", "main")
    return is_here and node["table_name"].lower() in known


def _nodes_of(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for one in tree:
            yield from _nodes_of(one)
