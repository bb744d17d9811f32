"""What the page on same-day discharge says."""

from dashboard.words import interval, of, value
from queries.gates import FIRM
from queries.summarise import Row


def answer(row: Row) -> str:
    """The answer of the page on same-day discharge."""
    if not row["recorded"]:
        return "When intended day cases left the hospital is not recorded."
    counts = of(row["numerator"], row["recorded"])
    if row["gate"] not in FIRM:
        return f"{counts} intended day cases with a recorded discharge went home the same day."
    return f"{counts} intended day cases went home the same day ({value(row)}; 95 % interval {interval(row)})."


def beside(row: Row, back: Row) -> str:
    """What must stand beside the headline: what is not known, what is not counted, who came back."""
    parts = []
    if row["missing"]:
        parts.append(f"For {row['missing']:,} the day of leaving is not recorded.")
    if row["excluded_setting"]:
        parts.append(f"{row['excluded_setting']:,} were not intended as day case and are shown apart.")
    if back["recorded"]:
        parts.append(
            f"Back in hospital within 7 days, of all discharged alive: {of(back['numerator'], back['recorded'])}."
        )
    return " ".join(parts)
