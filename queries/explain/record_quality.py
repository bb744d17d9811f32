"""How good the records are: the checks of a generation, its files month by month, and what was rejected or remarked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from queries.catalogue.metrics import needed_views
from queries.catalogue.sql_files import FOLDER, Header, read_sql_file

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from data.settings import Timepoint
    from queries.warehouse import Warehouse

Category = Literal["conformance", "completeness", "plausibility"]
CATEGORIES: tuple[Category, ...] = ("conformance", "completeness", "plausibility")


HEARD_WORDS = {
    "linked": "linked to a register",
    "noted": "noted by staff; those elsewhere may be unknown",
    None: "the source does not say how they are known",
}


class CheckHeader(Header):
    """What a check says about itself.

    `severity`: refuse = a generation that fails it is not published. `tolerated_share` of what is examined may break
    it. `examined`, `not_applicable` and `remedy` are words for people.
    """

    title: str = Field(min_length=1)
    category: Category
    severity: Literal["refuse", "warn"]
    tolerated_share: float = Field(ge=0, lt=1)
    examined: str = Field(min_length=1)
    not_applicable: str = Field(min_length=1)
    remedy: str = Field(min_length=1)


class TableHeader(Header):
    """What a table of `queries/quality/` is."""

    title: str = Field(min_length=1)
    grain: str = Field(min_length=1)


@lru_cache
def read_checks() -> dict[str, tuple[CheckHeader, str]]:
    """All checks by name: header and SQL, which gives one row `violations, examined`."""
    return {path.stem: read_sql_file(path, CheckHeader) for path in sorted((FOLDER / "checks").glob("*.sql"))}


@lru_cache
def _quality_sql(name: str) -> str:
    return read_sql_file(FOLDER / "quality" / f"{name}.sql", TableHeader)[1]


def _cached_table(warehouse: Warehouse, name: str) -> pd.DataFrame:
    """A table that no filter changes, read once per generation; whoever asks sorts a copy."""
    return warehouse.remember(("quality", name), lambda: warehouse.frame(_quality_sql(name)))


def list_files(warehouse: Warehouse) -> pd.DataFrame:
    """One row per file in order of receipt: its name, kind, source, day of receipt and rows by fate, with remarks."""
    return _cached_table(warehouse, "files").sort_values("source_file_id", ignore_index=True)


def heard_words(sender: dict[str, str | None]) -> list[tuple[str, str]]:
    """What a sender may hear of later, and in words how it knows of it."""
    return [(kind.replace("_", " "), HEARD_WORDS[heard]) for kind, heard in sender.items() if kind != "source"]


def list_senders(warehouse: Warehouse) -> list[dict[str, str | None]]:
    """How each sending system knows of deaths, and of what else it says how it knows."""
    found = sorted(warehouse.records(_quality_sql("senders")), key=lambda one: one["source"])
    return [{kind: heard for kind, heard in one.items() if heard is not None or kind == "deaths"} for one in found]


def count_cases(warehouse: Warehouse) -> list[dict[str, Any]]:
    """By month and site (null = all together): procedures `counted` by another system, and `held` by the records.

    Only months since the first record; the latest may not be over. Empty where nothing was counted.
    """
    return warehouse.remember(("quality", "case counts"), lambda: warehouse.records(_quality_sql("case_counts")))


def count_filled(warehouse: Warehouse) -> dict[str, list[dict[str, Any]]]:
    """By table of records, site and month: how many `records`, and in how many each field is filled (`filled_…`)."""
    return warehouse.remember(
        ("quality", "filled"),
        lambda: {
            table: warehouse.records(_quality_sql(name))
            for table, name in (("procedures", "filled_procedures"), ("pain_scores", "filled_scores"))
        },
    )


def answers_in_window(
    warehouse: Warehouse, window: Timepoint, *, in_hours: bool, low: int, high: int
) -> dict[str, np.ndarray]:
    """Whether pain was halved by the score nearest to the target between other ends: `outcome_no`, `is_halved`.

    Of those who count at the timepoint as it is. Ends are elapsed hours, else whole days from the procedure.
    """
    asked = {"timepoint": window.name, "target_hours": window.target_hours, "low": low, "high": high}

    def read() -> dict[str, np.ndarray]:
        sql = _quality_sql("moved_window")
        named = ", ".join(f"{view.name} as ({view.sql}\n)" for view in needed_views(sql))
        return warehouse.arrays(f"with {named}, {sql.removeprefix('with ')}", asked | {"in_hours": in_hours})

    return warehouse.remember(("moved window", window.name, str(in_hours), str(low), str(high)), read)


def selection_facts(warehouse: Warehouse) -> pd.DataFrame:
    """The facts that rules of selection may ask for, one row a procedure in the order of `outcomes`."""
    return _cached_table(warehouse, "selection_facts").sort_values("outcome_no", ignore_index=True)


def is_planned_stay_sent(warehouse: Warehouse) -> bool:
    """Whether any procedure comes from a sender that says which stay was planned."""
    return bool(_cached_table(warehouse, "planned_stay")["is_sent"].iloc[0])


def count_volumes(warehouse: Warehouse) -> pd.DataFrame:
    """Records in force by month and kind: `month` (first day), `kind`, `records`. Undated scores are left out."""
    return _cached_table(warehouse, "volumes").sort_values(["month", "kind"], ignore_index=True)


def file_months(warehouse: Warehouse) -> pd.DataFrame:
    """Records in force and remarks by file and month of the record: `name`, `month`, `records`, `remarks`.

    Rejected rows have no month: their dates may be what is wrong with them.
    """
    return warehouse.frame(_quality_sql("file_months")).sort_values(["source_file_id", "month"], ignore_index=True)


def records_by_site(warehouse: Warehouse) -> pd.DataFrame:
    """Records in force by `kind`, file (`source_file_id`, `name`, `received_on`), `month` (null = undated) and `site`.

    A score or event is of the sites of the procedures it was weighed for; what belongs to no site is left out.
    """
    return warehouse.frame(_quality_sql("records_by_site")).sort_values(
        ["source_file_id", "kind", "month", "site"], ignore_index=True
    )


def list_findings(warehouse: Warehouse) -> pd.DataFrame:
    """Rejects and remarks by file, rule and column: `name`, `severity`, `rule`, `field`, `findings`, `first_line`.

    `is_benign`: rows that say nothing about the quality of a file, such as a line of totals.
    """
    found = _cached_table(warehouse, "findings")
    return found.sort_values(
        ["severity", "findings", "name", "rule", "field"], ascending=[True, False, True, True, True], ignore_index=True
    )


def check_results(warehouse: Warehouse) -> pd.DataFrame:
    """One row per check that this code knows: `category`, `title`, `status`, `violations`, `examined`, and its words.

    Ordered by category, then failed, passed, not applicable.
    """
    import pandas as pd  # noqa: PLC0415 - loads run the checks and need no frames

    results = {row["check_id"]: row for row in warehouse.records(_quality_sql("check_results"))}
    rows = []
    for name, (header, _) in read_checks().items():
        found = results.get(name)
        if found is not None:
            words = header.model_dump(include={"title", "category", "tolerated_share", "examined", "not_applicable"})
            counts = {key: found[key] for key in ("status", "violations")}
            rows.append({"check": name, **words, **counts, "of": found["examined"], "remedy": header.remedy})
    table = pd.DataFrame(rows)
    order = table["category"].map(CATEGORIES.index) * 3 + table["status"].map(
        ("failed", "passed", "not applicable").index
    )
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)
