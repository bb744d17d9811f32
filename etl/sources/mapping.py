"""From the table of a sending system to canonical text: SQL made from the source's TOML, run once over all rows.

Every row ends in one of three ways: set aside by name, or taken by a first record, whose fate is the row's own, and by
any number of further records (`is_cell`), which live only while the row does.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import duckdb

from etl.readers import BLANKS, WHY, Extract, narrow, plain_heading
from etl.readers.workbooks.excel import Options as ExcelOptions
from etl.sources import declared_text, lookups
from etl.sources.canonical import NUMBER_COLUMNS, Kind
from etl.sources.declared_text import Clock, sql_literal
from etl.sources.headings import Columns
from etl.sources.language.cells import ISO, Cell, Condition, Heading
from etl.sources.language.model import FileMapping, Record, Source
from etl.sources.session_lines import join_lines

# Columns that may hold a date alone; in the others a date without a time says nothing.
NUMBERED = ("_id", "merged_into", "part_of")
NUMBERS = NUMBER_COLUMNS - {"score"}
PLAIN_SCORE = "-?[0-9]{1,4}(?:[.][0-9]{1,2}0*)?"


@dataclass(frozen=True)
class MappedTable:
    """One delivered table and how its source says to read it."""

    source: Source
    mapping: FileMapping
    columns: Columns
    clock: Clock

    @property
    def extract(self) -> Extract:
        """The table."""
        return self.columns.extract

    def stage(self, connection: duckdb.DuckDBPyConnection, source_file_id: int) -> None:
        """Put the rows into the text tables, and those that are no record into `set_aside`."""
        self._read_sheet(connection)
        connection.execute(
            "insert into set_aside select ?, source_row, source_line, null, aside from sheet_rows"
            " where aside is not null",
            [source_file_id],
        )
        taken = ", ".join(f"bool_or(takes_{place})" for place in range(len(self.mapping.record)))
        held = connection.execute(f"select {taken} from sheet_rows where aside is null").fetchall()[0]
        for place, record in enumerate(self.mapping.record):
            statement, parameters = self._record_sql(source_file_id, place, record)
            if not held[place]:
                continue
            connection.execute(statement, parameters)
            if record.lines_of_one_session:
                join_lines(connection, source_file_id, record.canonical.text_columns)
        connection.execute("drop table sheet_rows")

    def named_aside(self, connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[int, int, str]]:
        """Row, line and what would stand for a canonical column, of the rows that no record takes."""
        values = {self._value(name, record) for record in self.mapping.record if name in record.columns}
        self._read_sheet(connection)
        told = "select distinct source_row, source_line, unnest([{}]) as named from sheet_rows where aside <> '{}'"
        query = told.format(", ".join(sorted(values)) or "cast(null as varchar)", "excluded_person")
        found = connection.execute(f"select * from ({query}) where named is not null").fetchall()
        connection.execute("drop table sheet_rows")
        return found

    def _read_sheet(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.register("extract_rows", self.extract.rows)
        try:
            connection.execute(f"create or replace temp table sheet_rows as {self._sheet_sql()}")
        finally:
            connection.unregister("extract_rows")

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Columns of the table that nothing reads, as written."""
        names = enumerate(plain_heading(name) for name in self.extract.header)
        unread = (place for place, name in names if name != WHY and place not in self._used_places)
        shown = (place for place in unread if self.extract.header[place].strip() or self.extract.holds_any(place))
        return tuple(self.columns.field(place) for place in shown)

    def _sheet_sql(self) -> str:
        """Trimmed cells, whether each record takes the row, and why a row is set aside."""
        trimmed = ", ".join(f'{self._trimmed(place)} as "{place}"' for place in range(len(self.extract.header)))
        problem = "problem" if "problem" in self.extract.rows.schema.names else "cast(null as varchar)"
        takes = [f"{self._takes(record)} as takes_{place}" for place, record in enumerate(self.mapping.record)]
        own = " ".join(f"when takes_{place} then {place}" for place in range(len(takes)))
        asides = " ".join(
            f"when {self._all_hold(aside.when)} then {sql_literal(aside.rule)}" for aside in self.mapping.aside
        )
        used = ", ".join(f'"{place}"' for place in sorted(self._used_places))
        return (
            f"with cells as (select source_row, source_line, has_other_width, {problem} as problem, {trimmed}"
            f" from extract_rows), asked as (select cells.*, {', '.join(takes)},"
            f" hash({used}) as cells_hash from cells),"
            f" owned as (select asked.*, case {own} end as own_record from asked)"
            f" select owned.*, case when problem is not null then problem {asides}"
            " when has_other_width and own_record is null then 'column_count'"
            " when own_record is null then 'other_measure' end as aside from owned"
        )

    @cached_property
    def _used_places(self) -> set[int]:
        return {place for heading in self.mapping.headings for place in self.columns.places(heading)} or {0}

    def _trimmed(self, place: int) -> str:
        written = f'trim("{place}", {sql_literal(BLANKS)})' if self.extract.has_edge_blanks else f'"{place}"'
        cell = f"nullif({declared_text.without_our_apostrophe(written)}, '')"
        if self.source.formats.empty:
            cell = f"case when {declared_text.is_one_of(cell, self.source.formats.empty)} then null else {cell} end"
        cell = declared_text.read_whole_number(cell) if self.source.formats.whole_numbers else cell
        if any(place in self.columns.places(heading) for heading in self.mapping.fill_down):
            cell = f"last_value({cell} ignore nulls) over (order by source_row)"
        return cell

    def _takes(self, record: Record) -> str:
        present = [f"({self._value(name, record)}) is not null" for name in record.only_with]
        return " and ".join([self._all_hold(record.when), *present])

    def _all_hold(self, conditions: tuple[Condition, ...]) -> str:
        return " and ".join(map(self._holds, conditions)) or "true"

    def _holds(self, condition: Condition) -> str:
        if inner := (*condition.any_, *condition.none_):
            return f"({'' if condition.any_ else 'not '}({' or '.join(map(self._holds, inner))}))"
        sql = self._column(condition)
        tests = []
        if condition.is_:
            tests.append(declared_text.is_one_of(sql, condition.is_))
        if condition.is_not:
            tests.append(f"not {declared_text.is_one_of(sql, condition.is_not)}")
        if condition.empty is not None:
            tests.append(f"({sql}) is {'' if condition.empty else 'not '}null")
        return f"({' and '.join(tests)})"

    def _record_sql(self, source_file_id: int, place: int, record: Record) -> tuple[str, list[object]]:
        kind: Kind = record.canonical
        names = [name for name in kind.text_columns if name in record.columns]
        values = ", ".join(self._value(name, record) for name in names)
        own = f"own_record = {place}"
        statement = (
            f"insert into text_{kind.name} (source_file_id, source_row, source_line, place, is_cell, has_other_width,"
            f" cells_hash, {', '.join(names)}) select ?, source_row, source_line, ?, not ({own}),"
            f" has_other_width, case when {own} then cells_hash end, {values}"
            f" from sheet_rows where aside is null and takes_{place}"
        )
        return statement, [source_file_id, place]

    def _value(self, name: str, record: Record) -> str:
        """SQL of one canonical column."""
        cell = record.columns[name]
        if name.endswith(("_on", "_at")):
            return self._moment_column(f"{record.kind}.{name}", cell)
        if name == "levels" and cell.parts:
            between = cell.between if "between" in cell.model_fields_set else ";"
            cell = cell.model_copy(update={"between": between, "skip_empty": cell.skip_empty is not False})
        sql = declared_text.read_whole_number(self._text(cell)) if name.endswith(NUMBERED) else self._text(cell)
        if name in NUMBERS:
            sql = declared_text.number_text(sql, cell.decimal or self.source.formats.decimal)
        if name == "score":
            sql = self._score(sql, cell, record)
        return sql

    def _score(self, sql: str, cell: Cell, record: Record) -> str:
        """Score text: a missing code becomes its reason, a bare number says its scale where that is not 0 to 10."""
        if (cell.decimal or self.source.formats.decimal) == ",":
            sql = f"regexp_replace({sql}, '([0-9]),([0-9])', '\\1.\\2', 'g')"
        if record.scale_of(self.extract.sheet) == 100:
            bare = f"regexp_extract({sql}, '^({PLAIN_SCORE}) ?(mm)?$', 1)"
            sql = f"case when {bare} <> '' then {bare} || '/100' else {sql} end"
        if cell.missing_codes:
            raw = self._origin(cell)
            whens = " ".join(
                f"when {declared_text.is_one_of(raw, (code,))} then {sql_literal(f'missing: {reason}')}"
                for code, reason in cell.missing_codes.items()
            )
            sql = f"case {whens} else {sql} end"
        return sql

    def _text(self, cell: Cell) -> str:
        """SQL of a value as text: found, without missing codes, cut out, padded, decoded."""
        sql = self._origin(cell)
        if cell.default is not None:
            sql = f"coalesce({sql}, {sql_literal(cell.default)})"
        if cell.missing_codes:
            sql = f"case when {declared_text.is_one_of(sql, tuple(cell.missing_codes))} then null else {sql} end"
        if cell.pattern is not None:
            sql = f"coalesce(nullif(regexp_extract({sql}, {sql_literal(narrow(cell.pattern))}, 1, 'i'), ''), {sql})"
        for word, meaning in cell.words.items():
            sql = f"regexp_replace({sql}, {sql_literal(re.escape(narrow(word)))}, {sql_literal(meaning)}, 'gi')"
        if cell.pad is not None:
            sql = declared_text.pad_zeros(sql, cell.pad)
        codes = lookups.codes_of(self.source, cell, self.columns)
        if cell.split is not None:
            pieces = f"string_split({sql}, {sql_literal(cell.split)})"
            decoded = declared_text.code_meaning(f"trim(one, {sql_literal(BLANKS)})", codes)
            return f"array_to_string(list_transform({pieces}, lambda one : {decoded}), ';')"
        return declared_text.code_meaning(sql, codes)

    def _origin(self, cell: Cell) -> str:
        if cell.name_of is not None:
            return sql_literal(
                (self.extract.sheet if cell.name_of == "sheet" else self.columns.where.split("#")[0]) or ""
            )
        if cell.constant is not None:
            return f"cast(nullif({sql_literal(cell.constant)}, '') as varchar)"
        if cell.parts:
            parts = [self._part(part) for part in cell.parts]
            if cell.skip_empty:
                return f"nullif(concat_ws({sql_literal(cell.between)}, {', '.join(parts)}), '')"
            joined = f" || {sql_literal(cell.between)} || ".join(f"coalesce({part}, '')" for part in parts)
            return f"case when coalesce({', '.join(parts)}, null) is not null then {joined} end"
        if cell.total:
            return declared_text.sum_text(
                [self._text(one) for one in cell.total], cell.decimal or self.source.formats.decimal
            )
        if cell.ticked:
            marks = [
                f"case when {declared_text.is_one_of(column, cell.marks)}"
                f" and not {declared_text.is_one_of(column, cell.unmarked)}"
                f" then {sql_literal(meaning)} end"
                for heading, meaning in cell.ticked.items()
                for column in [self._column(Heading(column=(heading,), optional=cell.optional))]
            ]
            return f"nullif(concat_ws(';', {', '.join(marks)}), '')"
        if cell.date is not None:
            return self._date_and_time(cell)
        return self._column(cell)

    def _part(self, cell: Cell) -> str:
        return self._moment(cell, ("date_time", "date", "time")) if cell.formats else self._text(cell)

    def _column(self, heading: Heading) -> str:
        places = self.columns.places(heading)
        if not places:
            return "cast(null as varchar)"
        quoted = [f'"{place}"' for place in places]
        return quoted[0] if len(quoted) == 1 else f"coalesce({', '.join(quoted)})"

    def _moment(self, cell: Cell, usual: tuple[str, ...]) -> str:
        """ISO text of a date, a time or both; what fits no declared format stays as sent."""
        habits = self.source.formats
        formats = cell.formats or tuple(one for name in usual for one in getattr(habits, name))
        if isinstance(self.mapping.reader, ExcelOptions) and ISO not in formats:
            formats = (*formats, ISO)
        text = self._text(cell)
        no_midnight = habits.midnight_is_no_time if cell.midnight_is_no_time is None else cell.midnight_is_no_time
        read = declared_text.moment_text(
            text, formats, words=habits.words, clock=self.clock, zone=cell.zone, no_midnight=no_midnight
        )
        return f"coalesce({read}, {text})"

    def _moment_column(self, name: str, cell: Cell) -> str:
        sql = self._date_and_time(cell) if cell.date is not None else self._moment(cell, ("date_time", "date"))
        while cell.plus is not None:
            amount = declared_text.number_text(self._text(cell.plus), cell.plus.decimal or self.source.formats.decimal)
            sql = declared_text.later_moment(sql, amount, cell.plus_unit)
            cell = cell.plus
        return declared_text.bind_name("moment", sql, declared_text.cut_moment("moment", name))

    def _date_and_time(self, cell: Cell) -> str:
        """A day and a time of day as one; the day alone where the time is empty; as sent where one is unreadable."""
        assert cell.date is not None
        sent_day = self._moment(cell.date, ("date", "date_time"))
        if cell.time is None:
            return sent_day
        is_day = f"regexp_full_match(sent_day, '{declared_text.ISO_DATE}(T.*)?')"
        is_time = f"regexp_full_match(clock, '{declared_text.ISO_TIME}')"
        day = "left(sent_day, 10)"
        whole = f"{day} || 'T' || clock"
        if cell.next_day_before is not None:
            earlier = self._time_of_day(cell.next_day_before)
            later_day = (
                f"strftime(try_cast({day} as date) + interval 1 day, '{declared_text.DATE_FORM}') || 'T' || clock"
            )
            whole = f"case when clock < {earlier} then {later_day} else {whole} end"
        joined = (
            "case when sent_day is null then null"
            f" when clock is null and {is_day} then {day} when {is_day} and {is_time} then {whole}"
            " else nullif(concat_ws(' ', sent_day, clock), '') end"
        )
        return declared_text.bind_name(
            "sent_day", sent_day, declared_text.bind_name("clock", self._time_of_day(cell.time), joined)
        )

    def _time_of_day(self, cell: Cell) -> str:
        """The time of day; of a full date and time only its time."""
        return f"regexp_replace({self._moment(cell, ('time', 'date_time'))}, '^{declared_text.ISO_DATE}T', '')"
