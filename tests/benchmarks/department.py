"""The department that speed is measured on: 50,000 procedures with 120,000 scores."""

from pathlib import Path

from etl.demo import synthetic_department

PROCEDURES, SCORES = 50_000, 120_000


def write_department(folder: Path) -> Path:
    """Canonical files of the department; scores beyond the first 120,000 are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    files = synthetic_department(PROCEDURES)
    scores = files["pain_scores.csv"].split("\n", SCORES + 1)
    files["pain_scores.csv"] = "\n".join(scores[: SCORES + 1]) + "\n"
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
