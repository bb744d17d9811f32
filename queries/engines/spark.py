"""Any server that speaks Spark Connect, over the Parquet files of a registry's pool. In an environment of its own."""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.errors.exceptions.connect import AnalysisException, SparkConnectException
from pyspark.sql.connect.session import SparkSession

from data.errors import StorageProblem, UsageProblem
from queries.engines.spark_sql import spark_sql
from queries.engines.spark_views import ShippedFolder, open_session

if TYPE_CHECKING:
    import pyarrow as pa

STOP_SECONDS = 10
FAILURES = (SparkConnectException, OSError)
REMEDY = "See whether it runs and reads the files of the registry (docs/registry.md)"


class Spark:
    """A session on a server, with one view for each table of a pool."""

    def __init__(
        self, url: str, folders: Sequence[ShippedFolder], columns: Mapping[str, Mapping[str, str]], *, seconds: float
    ) -> None:
        """`columns`: of each table the DuckDB type of each column. A query is stopped after so many seconds."""
        self._url, self._folders, self._columns, self._seconds = url, folders, columns, seconds
        self._session: SparkSession | None = None

    def table(self, sql: str, parameters: dict[str, Any] | None = None) -> "pa.Table":
        """All rows of a select; asked once more where the server has forgotten or lost the session."""
        text = spark_sql(sql, parameters)
        try:
            return self._within_time(text)
        except AnalysisException as error:
            raise UsageProblem("--engine", f"the server refuses our SQL ({error.getCondition()})", REMEDY) from error
        except FAILURES:
            self._session = None
        try:
            return self._within_time(text)
        except FAILURES as error:
            raise StorageProblem("--engine", f"the server fails ({type(error).__name__})", REMEDY) from error

    def _within_time(self, text: str) -> "pa.Table":
        """Run it in a thread, because a server that is gone may never answer."""
        ended: list[Any] = []

        def run() -> None:
            try:
                self._session = self._session or open_session(self._url, self._folders, self._columns)
                ended.append(self._session.sql(text).toArrow())
            except FAILURES as error:
                ended.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self._seconds)
        if not ended and not thread.is_alive():
            raise StorageProblem("--engine", "the server fails", REMEDY)
        if not ended:
            if self._session is not None:
                stopping = threading.Thread(target=self._session.interruptAll, daemon=True)
                stopping.start()
                stopping.join(STOP_SECONDS)
            raise StorageProblem("--engine", f"no answer within {self._seconds:.0f} seconds", REMEDY)
        if isinstance(ended[0], Exception):
            raise ended[0]
        return ended[0]
