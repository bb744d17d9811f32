"""What becomes of rows that share a sender's number: `20_versions.sql` by itself, on rows that passed every rule."""

from dataclasses import dataclass
from itertools import permutations

import duckdb

from etl.build.statements import insert_rows, run_sql

EARLY, LATE, LATEST = "2026-02-01T06:00", "2026-03-01T06:00", "2026-04-01T06:00"
COLUMNS = (
    "source_file_id integer, source_row integer, source_line integer, place integer, is_cell boolean, source varchar,"
    " number varchar, number_hash ubigint, updated_utc timestamp, is_withdrawn boolean, is_void boolean,"
    " content varchar"
)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A row about P001. `updated_at` None = the sender does not say when it was changed."""

    file: int
    row: int = 1
    content: str = "content"
    updated_at: str | None = None
    withdrawn: bool = False

    def cells(self) -> tuple[object, ...]:
        return (
            self.file, self.row, self.row + 1, 1, False, "canonical", "P001", 1, self.updated_at, self.withdrawn, False,
            self.content,
        )  # fmt: skip


def fates(*versions: Version) -> dict[tuple[int, int], str]:
    """(file, row) → the reason why it is not in force."""
    with duckdb.connect() as connection:
        connection.execute(f"create temp table candidates ({COLUMNS})")
        insert_rows(connection, "candidates", [one.cells() for one in versions])
        run_sql(connection, "2_judge/20_repeated.sql")
        run_sql(connection, "2_judge/20_versions.sql")
        query = "select source_file_id, source_row, reason from version_fates"
        return {(file, row): reason for file, row, reason in connection.execute(query).fetchall()}


def in_force(*versions: Version) -> list[str]:
    gone = fates(*versions)
    return [one.content for one in versions if (one.file, one.row) not in gone]


def test_the_newest_version_holds_in_any_order_of_deliveries() -> None:
    for order in permutations(((EARLY, "first"), (LATE, "second"), (LATEST, "third"))):
        versions = [Version(file=file, content=name, updated_at=at) for file, (at, name) in enumerate(order, start=1)]
        assert in_force(*versions) == ["third"]


def test_without_a_version_the_later_delivery_holds() -> None:
    versions = Version(file=1, content="earlier"), Version(file=2, content="later")
    assert in_force(*versions) == ["later"]
    assert fates(*versions) == {(1, 1): "corrected"}


def test_an_older_version_that_comes_later_is_set_aside() -> None:
    versions = (
        Version(file=1, content="newer", updated_at=LATE),
        Version(file=2, content="older", updated_at=EARLY),
    )
    assert in_force(*versions) == ["newer"]
    assert fates(*versions) == {(2, 1): "older_version"}


def test_a_withdrawal_takes_the_row_and_itself_out() -> None:
    versions = Version(file=1, updated_at=EARLY), Version(file=2, updated_at=LATE, content="bare", withdrawn=True)
    assert fates(*versions) == {(1, 1): "withdrawn", (2, 1): "withdrawal"}


def test_a_withdrawn_row_can_come_back() -> None:
    versions = (
        Version(file=1, updated_at=EARLY),
        Version(file=2, updated_at=LATE, content="bare", withdrawn=True),
        Version(file=3, updated_at=LATEST, content="back"),
    )
    assert in_force(*versions) == ["back"]


def test_an_identical_row_is_a_duplicate_of_the_first() -> None:
    assert fates(Version(file=1, row=1), Version(file=1, row=2)) == {(1, 2): "identical"}


def test_two_rows_that_claim_the_same_moment_are_both_rejected() -> None:
    versions = Version(file=1, updated_at=EARLY), Version(file=1, row=2, updated_at=EARLY, content="other")
    assert fates(*versions) == {(1, 1): "id_conflict", (1, 2): "id_conflict"}


def test_a_file_split_in_two_gives_the_same_conflicts() -> None:
    for second in (
        Version(file=1, row=2, updated_at=EARLY, content="b"),
        Version(file=2, updated_at=EARLY, content="b"),
    ):
        assert in_force(Version(file=1, updated_at=EARLY, content="a"), second) == []
