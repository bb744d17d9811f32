"""Files with procedures of which none is the treatment that their source asks for: refused, not taken as none."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from data.errors import FileRefused
from etl.sources.language.treatment import OTHER

if TYPE_CHECKING:
    import duckdb

    from etl.build.staging import StagedFile

# What may be shown of what procedures are called: codes, never words.
CODE = re.compile(r"(?=[^;]*[0-9])[A-Za-z0-9][A-Za-z0-9.:/_-]{0,24}(?:; [A-Za-z0-9][A-Za-z0-9.:/_-]{0,24})*")
CODES_SHOWN = 5


def list_other_codes(connection: duckdb.DuckDBPyConnection, source_file_id: int) -> str:
    """What the procedures of a staged file are, where none is the treatment: how many, and their codes seen most.

    Empty where one is, and where there are no procedures.
    """
    seen = connection.execute(
        "select technique, record_status, count(*) from text_procedures where source_file_id = ?"
        " and lower(coalesce(record_status, '')) <> 'withdrawn' group by all order by count(*) desc, technique",
        [source_file_id],
    ).fetchall()
    if not seen or any(standing != OTHER for _, standing, _ in seen):
        return ""
    counts: Counter[str] = Counter()
    for coded, _, count in seen:
        # A coding of FHIR says its system first.
        code = "; ".join(one.rpartition("|")[2] for one in (coded or "").split("; "))
        counts[code] += count if CODE.fullmatch(code) else 0
    codes = [f"{code} ({count})" for code, count in counts.most_common() if count]
    named = ", ".join(codes[:CODES_SHOWN]) or "no row has a code"
    return f"none of its {sum(count for *_, count in seen)} procedures is the treatment; codes seen most often: {named}"


def refuse_untreated(staged: StagedFile) -> FileRefused | None:
    """Why a file is not taken whose procedures are all something else; None where one of them is the treatment."""
    if not staged.other_codes:
        return None
    return FileRefused(
        staged.name,
        staged.other_codes,
        f"If one of them is the treatment, name its code or its words under [treatment] in a source of your own that"
        f" extends {staged.delivery.source}; else leave the file out",
    )
