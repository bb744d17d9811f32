"""A bundle as tables of text and numbers, and whether its files are the ones its manifest names."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import UsageProblem
from data.field_dictionary import fact_fields

TEXTS = (
    "procedure_id", "patient_key", "score_id", "category", "period", "group", "by", "levels", "generation", "filters",
    *(one.fact for one in fact_fields() if one.type in ("grade", "flag")),
)  # fmt: skip


@dataclass(frozen=True)
class Bundle:
    """The tables of a bundle by name, its manifest, and what is wrong with its files."""

    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any]
    problems: tuple[str, ...]

    @property
    def has_dates(self) -> bool:
        """Whether the profile keeps dates, so that figures can be split."""
        return self.manifest["profile"] != "safe_harbor"


def read_bundle(path: Path) -> Bundle:
    """Read a bundle. `UsageProblem` when the file is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(files["manifest.json"])
    except (OSError, zipfile.BadZipFile, KeyError, json.JSONDecodeError):
        raise UsageProblem(str(path), "is not a bundle", "Give a zip made by `python -m dashboard bundle`") from None
    if "timepoints" not in manifest:
        raise UsageProblem(str(path), "was made by an earlier version, without its windows", "Export it again")
    tables = {
        name.removesuffix(".csv"): _read_table(content) for name, content in files.items() if name.endswith(".csv")
    }
    return Bundle(tables, manifest, tuple(_find_problems(files, tables, manifest)))


def _read_table(content: bytes) -> pd.DataFrame:
    names = content.decode("utf-8-sig").split("\n", 1)[0].split(",")
    text = {name: "str" for name in names if name in TEXTS}
    return pd.read_csv(io.BytesIO(content), dtype=text, keep_default_na=False, na_values=[""], low_memory=False)


def _find_problems(files: dict[str, bytes], tables: dict[str, pd.DataFrame], manifest: dict[str, Any]) -> list[str]:
    told = manifest["files"]
    found = [f"{name}: is missing" for name in told if name not in files]
    found += [f"{name}: is not in the manifest" for name in files if name not in told and name != "manifest.json"]
    for name, content in files.items():
        if name in told and hashlib.sha256(content).hexdigest() != told[name]["sha256"]:
            found.append(f"{name}: is not as it was written (sha256)")
        rows = told.get(name, {}).get("rows")
        if rows is not None and rows != len(tables[name.removesuffix(".csv")]):
            found.append(f"{name}: {len(tables[name.removesuffix('.csv')])} rows instead of {rows}")
    return found
