"""Single procedures: a page of a list, and everything known of one. Times are given as local times of the hospital."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd

from data.field_dictionary import read_fields
from queries.catalogue.metrics import ViewHeader
from queries.catalogue.sql_files import FOLDER, read_sql_file
from queries.catalogue.vertebrae import VERTEBRAE
from queries.explain.facts import recorded_value
from queries.warehouse import Warehouse

# Days of events, gravest first, with their names in a list.
EVENT_DAYS = {
    "death_day": "died",
    "serious_complication_day": "serious",
    "unclassified_event_day": "not classified",
    "complication_day": "not serious",
}
EARLY_DAYS = 30
LISTED = (
    "procedure_id", "patient_key", "site", "operator", "performed_on", "technique", "indication", "setting", "source",
    "vertebrae", "pain_before", "pain_hours_24_72", "pain_follow_up", "status_hours_24_72", "status_follow_up",
    "recovery_hours", "home", "event",
)  # fmt: skip
TIMES = ("arrived_at", "started_at", "ended_at", "recovery_ready_at", "discharged_at", "pre_call_at")
# Fields of the dictionary stand behind this, so that none hides a fact.
OF_FIELD = "field_"


@dataclass(frozen=True)
class Procedure:
    """Everything known of one procedure: its facts by name, its vertebrae, its scores, contacts and events.

    Times are local to the hospital, without a zone.
    """

    facts: dict[str, Any]
    vertebrae: tuple[str, ...]
    scores: tuple[dict[str, Any], ...]
    happenings: tuple[dict[str, Any], ...]


@lru_cache
def _facts_sql(name: str) -> str:
    return read_sql_file(FOLDER / "facts" / f"{name}.sql", ViewHeader)[1]


def told_fields(table: str, row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Title and value in words of the fields that pages name and that a procedure or a score has."""
    fields = (one for one in read_fields()[table].stored if one.title and not one.own)
    known = ((one, row[f"{OF_FIELD}{one.name}"]) for one in fields)
    return tuple((one.shown_title, recorded_value(one, value)) for one, value in known if value is not None)


def list_procedures(warehouse: Warehouse, places: Sequence[int]) -> pd.DataFrame:
    """What a list shows of the procedures at these places of `outcomes` (from 0), in the order given.

    Columns: `procedure_id`, `patient_key`, `site`, `operator`, `performed_on`, `technique`, `indication`, `setting`,
    `source`, `vertebrae` (`T12, L1`; empty text when not recorded), `pain_before`, `pain_hours_24_72`,
    `pain_follow_up`, `status_hours_24_72` and `status_follow_up` of their windows, `recovery_hours`,
    `home` and `event` in words (empty text when not recorded or none).
    """
    numbers = [int(place) + 1 for place in places]
    found = {row["outcome_no"]: row for row in warehouse.records(_facts_sql("listed"), {"places": numbers})}
    levels: dict[int, list[str]] = {}
    for number, vertebra in warehouse.rows(_facts_sql("listed_levels"), {"places": numbers}):
        levels.setdefault(number, []).append(vertebra)
    # Fifty plain rows cost a third of what as many columns of a table do.
    rows = [found[number] for number in numbers]
    for row in rows:
        row["vertebrae"] = _in_order(levels.get(row["outcome_no"], []))
        row["home"] = _home_words(row["discharge_day"], row["disposition"])
        row["event"] = _event_words(row)
        row["operator"] = row["operator"] and warehouse.operator_shown(row["operator"])
    return pd.DataFrame(rows, columns=LISTED)


def _home_words(day: int | None, disposition: str | None) -> str:
    """When the patient left, and how where it was not for home; empty text when not recorded."""
    if day is None:
        return ""
    when = "same day" if day == 0 else "next day" if day == 1 else f"after {day} nights"
    return when if disposition not in ("died", "other_hospital") else f"{disposition.replace('_', ' ')}, {when}"


def _event_words(row: Mapping[str, Any]) -> str:
    """The gravest event within 30 days and its day; empty text for none."""
    days = ((words, row[name]) for name, words in EVENT_DAYS.items())
    return next((f"{words}, day {day}" for words, day in days if day is not None and day <= EARLY_DAYS), "")


def _in_order(vertebrae: Sequence[str]) -> str:
    return ", ".join(sorted(vertebrae, key=VERTEBRAE.index))


def places_of_keys(
    warehouse: Warehouse, procedures: Sequence[str], patients: Sequence[str]
) -> list[tuple[int, str | None]]:
    """Place in `outcomes` (from 0) and site of the procedures with these keys, or of patients with these."""
    asked = {"procedures": [*procedures, ""], "patients": [*patients, ""]}
    return [(number - 1, site) for number, site in warehouse.rows(_facts_sql("places_of_keys"), asked)]


def read_procedure(warehouse: Warehouse, procedure_id: str) -> Procedure | None:
    """Everything known of one procedure; None when there is none of this key."""
    try:
        asked = {"procedure": str(UUID(procedure_id))}
    except ValueError:
        return None
    found = warehouse.records(_facts_sql("one_procedure"), asked)
    if not found:
        return None
    facts = found[0]
    zone = ZoneInfo(facts["time_zone"]) if facts["time_zone"] else None
    facts |= {
        name: _local_time(value, zone)
        for name, value in facts.items()
        if name in TIMES or (name.startswith(OF_FIELD) and isinstance(value, datetime))
    }
    facts["operator"] = facts["operator"] and warehouse.operator_shown(facts["operator"])
    scores = warehouse.records(_facts_sql("one_scores"), asked)
    for score in scores:
        score["measured_at"] = _local_time(score["measured_at"], zone)
    levels = [
        vertebra for _, vertebra in warehouse.rows(_facts_sql("listed_levels"), {"places": [facts["outcome_no"]]})
    ]
    happenings = warehouse.records(_facts_sql("one_happenings"), asked)
    return Procedure(
        facts,
        tuple(sorted(levels, key=VERTEBRAE.index)),
        tuple(sorted(scores, key=_by_time)),
        tuple(sorted(happenings, key=lambda one: (one["happened_on"], one["sort"], one["kind"]))),
    )


def _by_time(score: dict[str, Any]) -> tuple:
    return str(score["measured_at"] or "undated"), score["reason"], str(score["score"])


def _local_time(when: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    if when is None or zone is None:
        return when
    return when.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None)
