"""Names and numbers in one form of bytes: what looks the same on paper is the same to the warehouse."""

import re
import unicodedata

import duckdb
import pyarrow as pa

from etl.sources.canonical import Kind

# Columns by which records are found and compared. Case counts: two sites may differ in nothing else.
COMPARED = (
    "procedure_id", "patient_id", "score_id", "complication_id", "contact_id", "stay_id", "row_id", "merged_into",
    "replaces", "site", "operator", "source", "number", "same_as_source", "same_as_number",
)  # fmt: skip
BLANKS = re.compile(r"\s+")


def fold_name(written: str) -> str:
    """A name after NFKC, without signs that have no width, with single blanks."""
    seen = (sign for sign in unicodedata.normalize("NFKC", written) if unicodedata.category(sign) != "Cf")
    return BLANKS.sub(" ", "".join(seen)).strip()


def fold_names(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Fold the names in the text table of a kind. Where all is plain ASCII with single blanks nothing is written."""
    table = f"text_{kind.name}"
    for name in [one for one in COMPARED if one in kind.text_columns]:
        odd = f"strlen({name}) <> length({name}) or contains({name}, '  ')"
        written = [row[0] for row in connection.execute(f"select distinct {name} from {table} where {odd}").fetchall()]
        if written:
            folded = {"written": written, "folded": [fold_name(one) or None for one in written]}
            connection.register("folded_names", pa.table(folded))
            connection.execute(
                f"update {table} set {name} = folded from folded_names where {table}.{name} = folded_names.written"
            )
            connection.unregister("folded_names")
