"""What every procedure answers to every metric and curve, written once by the load of a large generation."""

from pathlib import Path

import duckdb

from data.field_sql import read_filled
from queries.catalogue.metrics import Metric, read_catalogue, read_curves
from queries.engines.engine import Engine
from queries.figures.answers import Summary, answers_hash, compose_rows, compose_sql

SQL = Path(__file__).parent / "sql"
STATEMENTS: dict[Summary, str] = {"answers": "answers.sql", "categories": "answer_categories.sql"}
# With fewer procedures a reader's query is as quick as reading what is written, and two hundred statements would be
# most of a load.
STORED_FROM = 20_000


def write_answers(connection: duckdb.DuckDBPyConnection, engine: Engine | None = None) -> None:
    """Fill `answer_versions` and the tables of answers, where the generation has so many procedures.

    `engine`: what gives the answers in place of DuckDB, however few procedures there are.
    """
    if engine is None and connection.table("outcomes").count("*").fetchall()[0][0] < STORED_FROM:
        return
    for number, definition in enumerate([*read_catalogue().values(), *read_curves().values()], start=1):
        kinds: list[Summary] = ["answers"]
        if isinstance(definition, Metric) and definition.has_categories:
            kinds.append("categories")
        for kind in kinds:
            if engine is None:
                rows, parameters = compose_sql(definition, kind)
            else:
                connection.register("engine_rows", engine.table(*compose_rows(definition, kind)))
                rows, parameters = read_filled(SQL / "engine_rows.sql"), {}
            statement = f"with composed_rows as ({rows}) {read_filled(SQL / STATEMENTS[kind])}"
            connection.execute(statement, {**parameters, "metric_no": number})
        version = {"metric": definition.name, "metric_no": number, "sql_hash": answers_hash(definition)}
        connection.execute(read_filled(SQL / "answer_versions.sql"), version)
