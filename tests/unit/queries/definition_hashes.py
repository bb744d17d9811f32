"""The hash of each metric's SQL, with that of the views it reads, beside its version: `definitions.csv` of this folder.

To write it anew: `python -m tests.unit.queries.definition_hashes [NAME …]`. A metric whose SQL changed without a new
version is refused, unless it is named: that says that no answer of it can be another.
"""

import csv
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from queries.catalogue.metric_versions import EarlierHeader
from queries.catalogue.metrics import AT, MetricHeader, needed_views
from queries.catalogue.sql_files import FOLDER, read_sql_file

FILE = Path(__file__).with_name("definitions.csv")
WHAT_TO_DO = (
    "{names}: the SQL is another, the version is not. Where an answer can now be another: keep the earlier file as "
    "NAME@VERSION.sql (CONTRIBUTING.md, another definition of a metric) and count the version up. Where none can: "
    "python -m tests.unit.queries.definition_hashes {names}"
)


def hash_definitions() -> dict[str, tuple[int, str]]:
    """Version and hash by name of the file. Spaces and the header do not count; a view that is read does."""
    found = {}
    for path in sorted((FOLDER / "metrics").glob("*.sql")):
        header, sql = read_sql_file(path, EarlierHeader if AT in path.stem else MetricHeader)
        parts = (sql, *(view.sql for view in needed_views(sql)))
        text = "\n".join(" ".join(part.split()) for part in parts)
        found[path.stem] = (header.version, hashlib.sha256(text.encode()).hexdigest()[:16])
    return found


def read_written() -> dict[str, tuple[int, str]]:
    """What the file holds."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {row["metric"]: (int(row["version"]), row["hash"]) for row in csv.DictReader(lines)}


def changed_silently(now: dict[str, tuple[int, str]], written: dict[str, tuple[int, str]]) -> list[str]:
    """The metrics whose SQL is another, and whose version is not."""
    return [
        name
        for name, (version, digest) in now.items()
        if name in written and written[name][0] == version and written[name][1] != digest
    ]


def write_definitions(same_answers: Sequence[str]) -> None:
    """Write the file; the program ends with what to do where a metric changed silently and is not named."""
    now = hash_definitions()
    silent = set(changed_silently(now, read_written())) if FILE.exists() else set()
    if others := sorted(silent - set(same_answers)):
        sys.exit(WHAT_TO_DO.format(names=" ".join(others)))
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(("metric", "version", "hash"))
        rows.writerows((name, *one) for name, one in now.items())


if __name__ == "__main__":
    write_definitions(sys.argv[1:])
