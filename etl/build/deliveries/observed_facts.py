"""What the new rows of every delivery are like, kind by kind: counts and histograms, no row of anybody."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from data.field_sql import read_filled
from etl.build.staging import StagedFile
from etl.build.statements import SQL, insert_rows, run_sql

KINDS = ("procedures", "pain_scores", "complications", "contacts")


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """The new rows of one kind in one file: neither copies nor later versions of rows of earlier files.

    `filled` and `unread` count by canonical column, `days` and `values` are histograms by column. `sites_sent` are
    those of all rows, also of rejected ones. `stem` is the file's name without figures: files of one name are compared
    with each other. `received_at` is UTC, ISO 8601.
    """

    kind: str
    file_id: int
    stem: str
    received_at: str
    rows: int
    sites: Counter[str] = field(default_factory=Counter)
    sites_sent: frozenset[str] = frozenset()
    filled: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    days: dict[str, Counter[date]] = field(default_factory=dict)
    values: dict[str, Counter[float]] = field(default_factory=dict)

    @property
    def own_days(self) -> Counter[date]:
        """The days of the records themselves; empty where no row has one."""
        return next(iter(self.days.values()), Counter())


def watch_sources(
    connection: duckdb.DuckDBPyConnection, staged: Iterable[StagedFile], new: Sequence[StagedFile]
) -> None:
    """Name the sources of new files that sent some before, in `watched_sources`; forget what was compared before."""
    received = {one.delivery.source: one.delivery.received_at for one in new}
    known = {one.delivery.source for one in staged if one.delivery.received_at < received.get(one.delivery.source, "")}
    connection.execute("create or replace temp table watched_sources (source varchar)")
    insert_rows(connection, "watched_sources", [(one,) for one in sorted(known)])
    connection.execute(
        "create or replace temp table later_copies"
        " (kind varchar, source_file_id integer, source_row integer, place integer)"
    )


def list_copies(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Remember which rows of the kind whose versions were just settled are no news."""
    if kind in KINDS and connection.execute("select 1 from repeated limit 1").fetchall():
        connection.execute("set variable judged_kind = ?", [kind])
        run_sql(connection, "2_judge/28_later_copies.sql")


def read_first_days(connection: duckdb.DuckDBPyConnection) -> dict[int, Counter[date]]:
    """New file of a source that sent nothing before → the days of its procedures."""
    rows = connection.execute(read_filled(SQL / "2_judge/29_first_days.sql")).fetchall()
    return {file_id: Counter(days) for file_id, days in rows}


def read_delivered(
    connection: duckdb.DuckDBPyConnection, kind: str, staged: Sequence[StagedFile]
) -> dict[str, list[Delivered]]:
    """Source → its deliveries of a kind that have new rows, in order of receipt."""
    files = {one.source_file_id: one for one in staged}
    sent = _sites_sent(connection) if kind == "procedures" else {}
    run = connection.execute(read_filled(SQL / f"2_judge/29_observed_{kind}.sql"))
    names = [column[0] for column in run.description]
    listed: dict[str, list[Delivered]] = {}
    for row in run.fetchall():
        told = dict(zip(names, row, strict=True))
        one = files[told["source_file_id"]]
        listed.setdefault(one.delivery.source, []).append(
            _delivered(kind, one, told | {"sites_sent": sent.get(one.source_file_id)})
        )
    return listed


def _sites_sent(connection: duckdb.DuckDBPyConnection) -> dict[int, list[str]]:
    """File → the sites in any of its rows, whatever became of them."""
    found = connection.execute(
        "select source_file_id, list(distinct site) from typed_procedures semi join watched_sources using (source)"
        " group by source_file_id"
    )
    return dict(found.fetchall())


def _delivered(kind: str, staged: StagedFile, told: dict) -> Delivered:
    def parts(prefix: str) -> dict:
        return {name.removeprefix(prefix): value for name, value in told.items() if name.startswith(prefix)}

    return Delivered(
        kind=kind,
        file_id=staged.source_file_id,
        stem=re.sub(r"\d+", "", staged.name),
        received_at=staged.delivery.received_at,
        rows=told["rows"],
        sites=Counter(told.get("sites") or {}),
        sites_sent=frozenset(told["sites_sent"] or ()),
        filled=parts("filled_"),
        unread=parts("unread_"),
        days={name: Counter(days or {}) for name, days in parts("days_").items()},
        values={name: Counter(values or {}) for name, values in parts("values_").items()},
    )


def pooled(parts: Sequence[Delivered]) -> Delivered:
    """Deliveries of one kind as one, named by the last of them."""
    last = parts[-1]
    return Delivered(
        kind=last.kind,
        file_id=last.file_id,
        stem=last.stem,
        received_at=last.received_at,
        rows=sum(one.rows for one in parts),
        sites=sum((one.sites for one in parts), Counter()),
        filled={name: sum(one.filled[name] for one in parts) for name in last.filled},
        unread={name: sum(one.unread[name] for one in parts) for name in last.unread},
        days={name: sum((one.days[name] for one in parts), Counter()) for name in last.days},
        values={name: sum((one.values[name] for one in parts), Counter()) for name in last.values},
    )
