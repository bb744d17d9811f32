"""A Spark session whose tables are the files of a registry's pool."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from urllib.parse import urlsplit

from pyspark.sql import functions
from pyspark.sql.connect.client.retries import DefaultPolicy
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.session import SparkSession

from queries.engines.spark_sql import spark_type

# The table that says whose a procedure is; all others follow it.
OUTCOMES = "outcomes"
# The client itself would try for many minutes, also when a command ends.
DEFAULT_PORT, CONNECT_SECONDS, RETRIES = 15002, 10, 5


@dataclass(frozen=True)
class ShippedFolder:
    """The files of a hospital, as the server names their folder; procedures after `last_day` are left out."""

    hospital: str
    folder: str
    last_day: date | None


def open_session(url: str, folders: Sequence[ShippedFolder], columns: Mapping[str, Mapping[str, str]]) -> SparkSession:
    """A session in UTC with a view for each table of `columns`, over the files of all folders.

    Columns that did not leave a hospital are null. OSError where nobody listens at the address.
    """
    address = urlsplit(url)
    socket.create_connection((address.hostname or "", address.port or DEFAULT_PORT), CONNECT_SECONDS).close()
    session = SparkSession.builder.remote(url).create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    session.conf.set("spark.sql.session.timeZone", "UTC")
    for table, kinds in columns.items():
        rows = _read_outcomes(session, folders) if table == OUTCOMES else _read_table(session, folders, table)
        present = set(rows.columns)
        absent = [
            functions.lit(None).cast(spark_type(kind)).alias(name)
            for name, kind in kinds.items()
            if name not in present
        ]
        rows.select("*", *absent).createOrReplaceTempView(table)
    return session


def _read_table(session: SparkSession, folders: Sequence[ShippedFolder], table: str) -> DataFrame:
    return session.read.option("mergeSchema", "true").parquet(*(f"{one.folder}/{table}.parquet" for one in folders))


def _read_outcomes(session: SparkSession, folders: Sequence[ShippedFolder]) -> DataFrame:
    parts = []
    for one in folders:
        part = session.read.parquet(f"{one.folder}/{OUTCOMES}.parquet")
        part = part.withColumn("hospital", functions.lit(one.hospital))
        parts.append(part if one.last_day is None else part.where(functions.col("performed_on") <= one.last_day))
    return reduce(lambda above, below: above.unionByName(below, allowMissingColumns=True), parts)
