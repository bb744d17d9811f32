"""The surprises of all new files of a load, by file: drift, dates after receipt, and what a source's TOML expects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from data.errors import FileRefused
from data.field_sql import read_filled
from etl.build.deliveries import observed_facts
from etl.build.deliveries.expected_values import list_unexpected
from etl.build.deliveries.replaced_rows import Replaced, list_replaced, refusal_of
from etl.build.deliveries.surprises import Surprise, judge_first_days, list_surprises
from etl.build.file_report import FileReport
from etl.build.staging import StagedFile
from etl.build.statements import SQL
from etl.sources import Source

Listed = dict[int, tuple[Surprise, ...]]


def list_all(
    connection: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile], new: set[int], sources: Mapping[str, Source]
) -> Listed:
    """New file → its surprises. `new` are the numbers of the new files; all rows are judged."""
    listed: Listed = {}

    def add(file_id: int, surprise: Surprise) -> None:
        if surprise not in listed.get(file_id, ()):
            listed[file_id] = (*listed.get(file_id, ()), surprise)

    for file_id, days in observed_facts.read_first_days(connection).items():
        for surprise in judge_first_days("performed_on", days):
            add(file_id, surprise)
    has_earlier = connection.execute("select 1 from watched_sources limit 1").fetchall()
    for kind in observed_facts.KINDS if has_earlier else ():
        if not connection.execute(f"select 1 from typed_{kind} limit 1").fetchall():
            continue
        for source, deliveries in observed_facts.read_delivered(connection, kind, staged).items():
            for one in deliveries:
                if one.file_id in new:
                    for surprise in list_surprises(one, deliveries, "site" in sources[source].expect):
                        add(one.file_id, surprise)
    for file_id, column, count in connection.execute(
        "select source_file_id, field, count(*) from rejects semi join new_files using (source_file_id)"
        " where rule = 'future_date' group by all order by all"
    ).fetchall():
        add(file_id, Surprise(column, "date_jump", "mild", f"{count} dates later than the day of receipt"))
    for file_id, count in connection.execute(read_filled(SQL / "2_judge/29_other_scales.sql")).fetchall():
        says = f"{count} scores are above 10 and none of the others between 0 and 10: they may go to 100"
        add(file_id, Surprise("score", "shift", "grave", says))
    for sender in sources.values():
        if sender.expect:
            for file_id, surprise in list_unexpected(connection, sender.name, sender.expect):
                add(file_id, surprise)
    return listed


@dataclass(frozen=True)
class Unlike:
    """What the new files of a load replace, and what is unlike earlier deliveries in them, by number of the file."""

    replaced: Mapping[int, tuple[Replaced, ...]] = field(default_factory=dict)
    surprises: Mapping[int, tuple[Surprise, ...]] = field(default_factory=dict)

    def refusal(self, staged: StagedFile, accept_replaced: bool, accept_surprises: bool) -> FileRefused | None:
        """Why a file is refused for it; None where it is not."""
        number = staged.source_file_id
        error = None if accept_replaced else refusal_of(staged.name, self.replaced.get(number, ()))
        grave = [one for one in self.surprises.get(number, ()) if one.severity == "grave"]
        if error is not None or accept_surprises or not grave:
            return error
        return FileRefused(
            staged.name,
            f"unlike this sender's deliveries so far: {'; '.join(f'{one.about}: {one.says}' for one in grave)}",
            "Look at these columns; if the file is right, load it with --accept-surprises",
        )

    def told(self, report: FileReport, number: int) -> FileReport:
        """The report of a file with what is said here of it."""
        return replace(report, replaced=self.replaced.get(number, ()), surprises=self.surprises.get(number, ()))


def find_unlike(
    connection: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile], new: set[int], sources: Mapping[str, Source]
) -> Unlike:
    """All of it, for the files of these numbers, once the rows of every file were judged."""
    if not new:
        return Unlike()
    names = {one.source_file_id: one.name for one in staged}
    return Unlike(list_replaced(connection, names), list_all(connection, staged, new, sources))
