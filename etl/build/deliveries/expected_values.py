"""What a hospital expects of a source's rows, from `[expect]` in its TOML, asked of the rows that are new."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from etl.build.deliveries.surprises import Surprise
from etl.build.folded_names import fold_name
from etl.sources.declared_text import sql_literal
from etl.sources.language.expectations import EXPECTED, Expectation


@dataclass(frozen=True)
class Asked:
    """A column of typed rows and what is expected of it."""

    name: str
    column: str
    expectation: Expectation

    @property
    def broken(self) -> str:
        """SQL: whether a row is not as expected. What is not recorded breaks nothing."""
        wanted, column = self.expectation, self.column
        parts = []
        if wanted.between is not None:
            parts.append(f"not {column} between {wanted.between[0]!r} and {wanted.between[1]!r}")
        if wanted.one_of:
            listed = ", ".join(sql_literal(fold_name(one)) for one in wanted.one_of)
            parts.append(f"cast({column} as varchar) not in ({listed})")
        if wanted.days_before_receipt is not None:
            parts.append(f"date_diff('day', {column}, received_on) > {wanted.days_before_receipt}")
        return f"coalesce({' or '.join(parts)}, false)"


def list_unexpected(
    connection: duckdb.DuckDBPyConnection, source: str, expect: Mapping[str, Expectation]
) -> Iterator[tuple[int, Surprise]]:
    """New file and what in it is not as its source's TOML says."""
    for kind, columns in EXPECTED.items():
        asked = [Asked(name, columns[name], wanted) for name, wanted in expect.items() if name in columns]
        if not asked:
            continue
        counts = ", ".join(f"count(*) filter ({one.broken})" for one in asked)
        rows = connection.execute(
            f"select source_file_id, {counts} from typed_{kind} as typed"
            " semi join new_files on typed.source_file_id = new_files.source_file_id"
            f" anti join (from rejects where kind = '{kind}') as gone on typed.source_file_id = gone.source_file_id"
            " and typed.source_row = gone.source_row and typed.place = gone.place"
            f" anti join (from later_copies where kind = '{kind}') as copies"
            " on typed.source_file_id = copies.source_file_id and typed.source_row = copies.source_row"
            " and typed.place = copies.place where source = ? and not is_withdrawn group by source_file_id",
            [source],
        ).fetchall()
        for file_id, *broken in rows:
            for one, count in zip(asked, broken, strict=True):
                if count:
                    says = f"{count} row{'' if count == 1 else 's'} not as the source's [expect] says"
                    yield file_id, Surprise(one.name, "expect", one.expectation.severity, says)
