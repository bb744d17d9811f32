"""How files are to be read, how strictly, and what a load did with them."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from data.errors import UsageProblem
from etl.build.build import Refusal
from etl.build.file_report import FileReport
from etl.sources import Source

ZONE_VARIABLE = "OUTCOMES_TIMEZONE"
# Set where the clock starts loads: then one that does not come is missed.
SCHEDULED_VARIABLE = "OUTCOMES_SCHEDULED"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How files are to be read and how strictly. `received_at` is UTC, ISO 8601 to the second."""

    source: Source
    zone: str
    strict: bool = False
    accept_rejects: bool = False
    accept_shrink: bool = False
    accept_replaced: bool = False
    accept_surprises: bool = False
    received_at: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"))


@dataclass(kw_only=True)
class LoadResult:
    """What a load did. `generation` is the file published, or None when there was nothing new to publish."""

    generation: str | None = None
    reports: list[FileReport] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    companions: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def all_reports(self) -> list[FileReport]:
        """Of the files taken and of those refused whose rows could be read."""
        return [*self.reports, *(one.report for one in self.refused if one.report)]


def time_zone(chosen: str | None, source: Source) -> str:
    """The zone of local times: `--timezone`, else the mapping, else `OUTCOMES_TIMEZONE`; else a usage problem."""
    zone = chosen or source.time_zone or os.environ.get(ZONE_VARIABLE)
    if not zone:
        raise UsageProblem(
            "time zone",
            "local times cannot be read without it",
            f"Give --timezone such as America/Chicago, or time_zone in etl/sources/{source.name}.toml,"
            f" or {ZONE_VARIABLE} in the environment",
        )
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageProblem(f"time zone {zone}", "no such zone", "Use a name such as Europe/London") from None
    return zone
