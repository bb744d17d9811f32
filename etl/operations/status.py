"""What is in service: the generation, its counts, every file with the accounting of its rows, and past loads."""

from typing import Any

from data.home import Home
from data.journal import Journal
from queries.explain.record_quality import heard_words, list_senders
from queries.warehouse import Warehouse, current_path

TABLES = (
    "patients", "procedures", "treated_levels", "pain_scores", "score_assignments", "complications", "contacts",
    "outcomes", "pain_outcomes", "source_files", "rejected_rows", "row_warnings", "replaced_rows", "check_results",
)  # fmt: skip


def read_status(home: Home) -> dict[str, Any]:
    """The state of a home as plain values; `NoGeneration` when nothing was ever published."""
    path = current_path(home)
    warehouse = Warehouse(path)
    info = warehouse.info
    return {
        "generation": info.generation,
        "path": str(path),
        "as_of": info.as_of.isoformat() if info.as_of else None,
        "synthetic": info.is_synthetic,
        "counts": {table: warehouse.rows(f"select count(*) from {table}")[0][0] for table in TABLES},
        "senders": list_senders(warehouse),
        "files": _file_rows(warehouse),
        **_last_load(home),
        "loads": [
            {"at": event.at, "by": event.author, **event.payload} for event in Journal(home.journal).events("load")
        ],
    }


def lines_of_status(told: dict[str, Any]) -> list[str]:
    """The same in words."""
    reach = f"data to {told['as_of']}" if told["as_of"] else "no records"
    lines = [f"generation {told['generation']}, {reach}"]
    lines += [f"  {table:<18} {count:>10,}" for table, count in told["counts"].items()]
    lines += [
        f"  {sender['source']}, {kind}: {heard}" for sender in told["senders"] for kind, heard in heard_words(sender)
    ]
    lines += [
        f"{one['name']}: {one['rows_read']} rows read, {one['rows_loaded']} loaded,"
        f" {one['rows_duplicate']} duplicate, {one['rows_superseded']} superseded, {one['rows_rejected']} rejected"
        for one in told["files"]
    ]
    return lines


def _last_load(home: Home) -> dict[str, Any]:
    """What the last load that took or refused files replaced, and what was unlike in it."""
    loads = [event.payload for event in Journal(home.journal).events("load") if "surprises" in event.payload]
    last = loads[-1] if loads else {}
    keys = {
        "surprises": ("file", "about", "what", "severity"),
        "replaced": ("file", "earlier_file", "rows", "identity_changed"),
    }
    return {name: [{key: one[key] for key in wanted} for one in last.get(name, ())] for name, wanted in keys.items()}


def _file_rows(warehouse: Warehouse) -> list[dict[str, Any]]:
    files = warehouse.records("select * from source_files order by source_file_id")
    rejected = _by_file(warehouse, "rejected_rows", ", scope")
    warned = _by_file(warehouse, "row_warnings", ", scope")
    return [
        {
            "name": one["name"],
            "folder": one["folder"],
            "source": one["source"],
            "kind": one["kind"],
            "sha256": one["sha256"],
            "time_zone": one["time_zone"],
            "received_at": one["received_at"].isoformat(),
            "encoding": one["encoding"],
            **{key: one[key] for key in one if key.startswith("rows_")},
            "rejected": rejected.get(one["source_file_id"], []),
            "warned": warned.get(one["source_file_id"], []),
        }
        for one in files
    ]


def _by_file(warehouse: Warehouse, table: str, extra: str) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = warehouse.records(
        f"select source_file_id, source_row as row, source_line as line, field, rule{extra} from {table}"
        " order by source_file_id, source_row, field, rule"
    )
    for row in rows:
        found.setdefault(row.pop("source_file_id"), []).append(row)
    return found
