"""A generation as a pure function of its files, mappings, settings, identity keys and code."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data.errors import FileRefused, UsageProblem
from data.settings import read_timepoints, source_order
from data.storage.storage_faults import named_damage
from etl import rules
from etl.build import snapshots, staging, typed_rows
from etl.build.cache import StagedCache
from etl.build.checks import run_checks
from etl.build.deliveries.observed_facts import watch_sources
from etl.build.deliveries.replaced_rows import watch_new
from etl.build.deliveries.unlike import Unlike, find_unlike
from etl.build.file_report import FileReport, file_report
from etl.build.refusals import list_lost_kinds, refuse_lost, refuse_rejects, refuse_shrunk, reject_counts
from etl.build.staging import StagedFile
from etl.build.statements import in_one_transaction, insert_rows, plan_for_rows, run_sql
from etl.build.untreated import refuse_untreated
from etl.build.versions_and_rules import judge_rows, show_live, write_warnings
from etl.generations.empty_generation import create_generation
from etl.generations.manifest import Delivery, Manifest, code_version
from etl.generations.stored_answers import write_answers
from etl.readers.delimited.encoding import refuse_unsure
from etl.sources import Source, canonical, read_source
from etl.sources.canonical import ENTERED
from queries.warehouse import SCHEMA_VERSION

CLOSING = "4_windows/52_pain_outcomes.sql"
SENT_BY_FEW = {"3_write/43_linked_clocks.sql": "linked_people", "3_write/44_counts.sql": "live_counts"}
# Rows of pain_outcomes that are made by one statement.
CLOSED_TOGETHER = 1_000_000
STEPS = (
    ("writing procedures", "3_write/40_procedures.sql"),
    ("writing scores and events", "3_write/41_events.sql"),
    ("reading the clocks", "3_write/42_clocks.sql"),
    ("reading the clocks", "3_write/43_linked_clocks.sql"),
    ("writing counts", "3_write/44_counts.sql"),
    ("finding the procedures of scores", "4_windows/49_score_roles.sql"),
    ("assigning scores to timepoints", "4_windows/50_score_assignments.sql"),
    ("closing windows", "4_windows/51_window_ends.sql"),
    ("closing windows", CLOSING),
    ("gathering facts", "5_outcomes/60_outcome_facts.sql"),
    ("writing outcomes", "5_outcomes/61_outcomes.sql"),
)
# A row of any kind of file has more bytes than this.
SHORTEST_ROW = 25
CONTEXTS = ("rest", "average_24h", "activity", "worst", "unspecified", "unknown")

OpenContent = Callable[[str], bytes]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Refusal:
    """A file that was not taken in, and why; with a report when its rows could be read."""

    delivery: Delivery
    error: FileRefused
    report: FileReport | None = None


@dataclass(kw_only=True)
class Build:
    """A generation in the making, inside one DuckDB connection."""

    connection: duckdb.DuckDBPyConnection
    cache: StagedCache | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    staged: list[StagedFile] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    unlike: Unlike = field(default_factory=Unlike)
    rows_expected: int = 0

    def stage(self, manifest: Manifest, new: set[int], open_content: OpenContent, progress: Progress) -> None:
        """Read all files. A new one that cannot be read is refused; an old one that cannot is an error."""
        plan_for_rows(self.connection, 0)
        create_generation(self.connection)
        run_sql(self.connection, "1_read/01_macros.sql")
        run_sql(self.connection, "1_read/02_readings.sql")
        run_sql(self.connection, "1_read/04_settings.sql")
        staging.create_tables(self.connection)
        self._write_settings()
        names = sorted({one.source for one in manifest.deliveries})
        self.sources = sources = {name: read_source(name) for name in names}
        for source in sources.values():
            staging.add_source(self.connection, source)
        self._refuse_mixture()
        for delivery in manifest.deliveries:
            progress(f"reading {delivery.name}")
            try:
                self.staged += self._staged(sources[delivery.source], delivery, open_content)
            except FileRefused as error:
                if delivery.sequence not in new:
                    raise
                typed_rows.take_out(self.connection, delivery.sequence, delivery.sequence + delivery.room - 1)
                self.refused.append(Refusal(delivery, error))

    def _staged(self, source: Source, delivery: Delivery, open_content: OpenContent) -> list[StagedFile]:
        """The rows of a file: as they were kept, else read anew."""
        kept = self.cache.load(self.connection, delivery) if self.cache else None
        if kept is not None:
            self._expect_rows(sum(one.rows_read for one in kept))
            return kept
        companion = open_content(delivery.companion) if delivery.companion else None
        content = open_content(delivery.sha256)
        self._expect_rows(len(content) // SHORTEST_ROW)
        staged = staging.stage_file(
            self.connection,
            source,
            delivery=delivery,
            content=content,
            companion=companion,
            after_part=lambda kinds: typed_rows.read_rows(self.connection, kinds),
        )
        if self.cache and staged:
            self.cache.keep(self.connection, delivery, staged)
        return staged

    def _expect_rows(self, rows: int) -> None:
        plan_for_rows(self.connection, self.rows_expected + rows, before=self.rows_expected)
        self.rows_expected += rows

    def judge(
        self,
        new: set[int],
        accept_rejects: bool,
        strict: bool,
        progress: Progress,
        accept_shrink: bool = False,
        *,
        accept_replaced: bool = False,
        accept_surprises: bool = False,
    ) -> None:
        """Apply rules and versions; refuse new files that cannot be right as a whole; judge the rest again."""
        progress("applying the rules")
        typed_rows.show_kept(self.connection)
        snapshots.list_snapshots(self.connection, self.staged, self.sources.values())
        files = [one for one in self.staged if one.delivery.sequence in new]
        watch_new(self.connection, [one.source_file_id for one in files])
        watch_sources(self.connection, self.staged, files)
        with rules.naming_conditions(self.connection):
            judge_rows(self.connection)
        numbers = {one.source_file_id for one in files}
        self.unlike = find_unlike(self.connection, self.staged, numbers, self.sources)
        rejected = reject_counts(self.connection)
        lost = {} if accept_rejects else list_lost_kinds(self.connection)
        shrunk = {} if accept_shrink else snapshots.find_shrunk(self.connection)
        refused = set()
        for one in files:
            count = rejected.get(one.source_file_id, 0)
            error = (
                refuse_unsure(one.name, one.encoding)
                or refuse_untreated(one)
                or refuse_rejects(one, count, accept_rejects, strict)
                or refuse_lost(one, lost.get(one.source_file_id))
                or refuse_shrunk(one, shrunk.get(one.source_file_id))
                or self.unlike.refusal(one, accept_replaced, accept_surprises)
            )
            if error is not None:
                refused.add(one.delivery.sequence)
                self.refused.append(Refusal(one.delivery, error, self._report(one)))
        if refused:
            for one in [one for one in self.staged if one.delivery.sequence in refused]:
                self.staged.remove(one)
                typed_rows.take_out(self.connection, one.source_file_id, one.source_file_id)
            self.judge(
                new, accept_rejects, strict, progress, accept_shrink,
                accept_replaced=accept_replaced, accept_surprises=accept_surprises,
            )  # fmt: skip

    def _report(self, staged: StagedFile) -> FileReport:
        return self.unlike.told(file_report(self.connection, staged), staged.source_file_id)

    def reports(self, wanted: set[int]) -> list[FileReport]:
        """Reports of the files with these sequences."""
        return [self._report(one) for one in self.staged if one.delivery.sequence in wanted]

    def manifest(self, manifest: Manifest) -> Manifest:
        """The manifest without what was refused."""
        return manifest.without({one.delivery.sequence for one in self.refused})

    def add_identities(self, known: Path | None) -> None:
        """Bring known keys, and mint keys for numbers never seen; `all_identities` then holds both."""
        if known is not None:
            with named_damage(known, duckdb.Error):
                self.connection.execute("insert into identities select * from read_parquet(?)", [str(known)])
        run_sql(self.connection, "3_write/30_new_identities.sql")
        run_sql(self.connection, f"3_write/31_{'shared' if self._holds_any('linked_people') else 'own'}_keys.sql")
        if ENTERED in self.sources:
            run_sql(self.connection, "3_write/32_entered_scores.sql")
            show_live(self.connection, canonical.PAIN_SCORES)

    def new_identities(self) -> int:
        """How many numbers were seen for the first time."""
        return self.connection.execute("select count(*) from new_identities").fetchall()[0][0]

    def write_tables(self, generation: str, progress: Progress) -> None:
        """Fill every table of the generation."""
        for step, name in STEPS:
            if name in SENT_BY_FEW and not self._holds_any(SENT_BY_FEW[name]):
                continue
            progress(step)
            if name != CLOSING:
                run_sql(self.connection, name)
                continue
            for timepoints_closed in self._closings():
                self.connection.execute("delete from closing")
                insert_rows(self.connection, "closing", [(one,) for one in timepoints_closed])
                run_sql(self.connection, name)
        progress("writing answers")
        with in_one_transaction(self.connection):
            write_answers(self.connection)
        # A transaction that met an error answers no further question: it ends before the condition is looked for.
        with rules.naming_conditions(self.connection), in_one_transaction(self.connection):
            write_warnings(self.connection)
            self._write_accounting()
            self._write_rules()
            self._write_info(generation)
            progress("checking")
            run_checks(self.connection)

    def _holds_any(self, table: str) -> bool:
        return bool(self.connection.execute(f"select 1 from {table} limit 1").fetchall())

    def _closings(self) -> list[list[str]]:
        """All timepoints, in the order of the table that they are written to, as many together as memory allows."""
        names = sorted(row[0] for row in self.connection.execute("select timepoint from known_timepoints").fetchall())
        procedures = self.connection.execute("select count(*) from keyed_procedures").fetchall()[0][0]
        together = max(1, CLOSED_TOGETHER // max(1, procedures))
        return [names[place : place + together] for place in range(0, len(names), together)]

    def _write_settings(self) -> None:
        """Windows, contexts and senders in the order in which they are believed."""
        timepoints = read_timepoints()
        windows = [
            (number, one.name, one.first_day, one.last_day, round(one.target_hours * 3600))
            for number, one in enumerate(timepoints.after, start=1)
        ]
        latest = max(one.last_day for one in timepoints.after)
        insert_rows(self.connection, "windows", windows)
        insert_rows(self.connection, "lookback", [(timepoints.baseline.lookback_days, latest)])
        insert_rows(self.connection, "context_order", [(name, place) for place, name in enumerate(CONTEXTS)])
        insert_rows(self.connection, "source_order", [(name, place) for place, name in enumerate(source_order())])

    def _refuse_mixture(self) -> None:
        kinds = self.connection.execute(
            "select count(distinct is_synthetic) from sources where source <> ?", [ENTERED]
        ).fetchall()[0][0]
        if kinds > 1:
            raise UsageProblem(
                "OUTCOMES_HOME",
                "synthetic and real records would be mixed",
                "Keep them in different homes; nothing was changed",
            )

    def _write_accounting(self) -> None:
        run_sql(self.connection, "5_outcomes/80_accounting.sql")
        files = [
            (
                one.source_file_id, one.delivery.source, one.name, one.delivery.folder, one.kind.name,
                one.delivery.sha256, one.delivery.time_zone, one.delivery.received_at, one.encoding, one.rows_read,
            )
            for one in self.staged
        ]  # fmt: skip
        insert_rows(self.connection, "staged_files", files)
        run_sql(self.connection, "5_outcomes/81_source_files.sql")

    def _write_rules(self) -> None:
        book = [(one.id, one.severity, one.message, one.remedy) for one in rules.read_rules().values()]
        insert_rows(self.connection, "rules", book)

    def _write_info(self, generation: str) -> None:
        self.connection.execute(
            "insert into generation_info select ?, ?, min(as_of), arg_min(source, (as_of, source)),"
            " coalesce((select bool_or(is_synthetic) from sources), false), ?, ? from leading_sources",
            [generation, SCHEMA_VERSION, read_timepoints().model_dump_json(), code_version()],
        )
