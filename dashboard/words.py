"""Values of the records in plain words, and sentences about figures. Says "procedures" where procedures are counted."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from dashboard.theme import number, percent
from queries.filters import Filters
from queries.summarise import Row

LABELS: dict[str, str] = {
    "not_recorded": "not recorded",
    "unknown": "unknown value",
    "balloon_kyphoplasty": "balloon kyphoplasty",
    "mechanical_augmentation": "mechanical augmentation",
    "haemangioma": "haemangioma",
    "disc_disease": "disc disease",
    "outpatient": "outpatient",
    "admitted_for_procedure": "admitted for the procedure",
    "already_inpatient": "already an inpatient",
    "transferred": "transferred in",
    "pain_not_controlled": "pain not controlled",
    "late_finish": "finished late",
    "no_transport": "no transport",
    "cardiopulmonary": "heart or lungs",
    "social": "nobody at home",
    "F": "women",
    "M": "men",
    "[0,4)": "0 to under 4",
    "[4,7)": "4 to under 7",
    "[7,10]": "7 to 10",
    "average_24h": "average of 24 hours",
    "activity": "on activity",
    "rest": "at rest",
    "unspecified": "not said how",
}
FILTER_TITLES: dict[str, str] = {
    "site": "Site",
    "operator": "Operator",
    "technique": "Technique",
    "indication": "Indication",
    "setting": "Setting",
    "levels": "Vertebrae",
    "age_band": "Age",
}


def label(value: str, key: str | None = None) -> str:
    """A stored value in words."""
    if key == "levels" and value in ("1", "2", "3", "4+"):
        return {"1": "1 vertebra", "4+": "4 or more vertebrae"}.get(value, f"{value} vertebrae")
    return LABELS.get(value, value)


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def of(part: int, whole: int) -> str:
    """`157 of 317`."""
    return f"{part:,} of {whole:,}"


def interval(row: Row) -> str:
    """The interval of a figure in words; empty when it has none."""
    if pd.isna(row["lower"]):
        return ""
    if row["unit"] == "%":
        return f"{row['lower']:.0f}–{row['upper']:.0f} %"
    return f"{row['lower']:.1f}–{row['upper']:.1f}"


def value(row: Row) -> str:
    """The value of a figure in words; `not recorded` when nothing is."""
    return "not recorded" if pd.isna(row["value"]) else number(row["value"], row["unit"])


def capture(row: Row) -> str:
    """How much of what could be known is known."""
    if not row["eligible"]:
        return "nobody to count yet"
    share = percent(100 * row["recorded"] / row["eligible"])
    return f"{of(row['recorded'], row['eligible'])} recorded ({share})"


GATE_WORDS = {
    "plain": "",
    "caution": "Read with caution: more than one in five is missing.",
    "bounds_only": "Too much is missing to say how the department does; only the possible range is shown.",
    "counts_only": "Fewer than ten: only the counts are shown.",
}


def day(when: date | None) -> str:
    """A date for people."""
    return f"{when.day} {when:%B %Y}" if when else "no date"


def month(when: date) -> str:
    """A month for people."""
    return f"{when:%B %Y}"


def choice_sentence(filters: Filters, procedures: int) -> str:
    """What is shown, as a sentence such as `Riverside Hospital, outpatient, from 1 March 2024: 412 procedures.`."""
    parts = [listed([label(value, key) for value in picked]).replace(" and ", " or ") for key, picked in filters.values]
    if not filters["site"]:
        parts.insert(0, "all sites")
    if filters.date_from and filters.date_to:
        parts.append(f"{day(filters.date_from)} – {day(filters.date_to)}")
    elif filters.date_from:
        parts.append(f"from {day(filters.date_from)}")
    elif filters.date_to:
        parts.append(f"to {day(filters.date_to)}")
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}: {counted(procedures)}."


def counted(procedures: int) -> str:
    """`1 procedure`, `412 procedures`."""
    return f"{procedures:,} procedure{'' if procedures == 1 else 's'}"


def levels_answer(vertebrae: pd.DataFrame, several: Row) -> str:
    """The answer of the page on levels."""
    total = int(vertebrae["numerator"].sum())
    if not total:
        return "No treated vertebrae could be read."
    most = vertebrae.loc[vertebrae["numerator"].idxmax()]
    return (
        f"{total:,} vertebrae in {int(several['recorded']):,} procedures; most often {most['category']} "
        f"({int(most['numerator']):,}); {of(several['numerator'], several['recorded'])} had more than one."
    )


def recovery_answer(median: Row, within: Row) -> str:
    """The answer of the page on recovery."""
    if not median["recorded"]:
        return "Times until ready to go home are not recorded."
    return (
        f"Half of those with a time were ready to go home within {median['value']:.1f} hours; of all who came from "
        f"home {of(within['numerator'], within['recorded'])} were ready within 6 hours "
        f"({value(within)}; {interval(within)})."
    )


def recovery_facts(median: Row, within_6: Row, within_4: Row) -> list[tuple[str, str]]:
    """From all procedures to those with a time, and what is ready when."""
    return [
        ("procedures", f"{median['procedures']:,}"),
        ("already inpatients or transferred in: not counted", f"{median['excluded_setting']:,}"),
        ("came from home", f"{median['eligible']:,}"),
        ("with a time until ready", f"{median['recorded']:,}"),
        ("stayed overnight without a time: count as not ready", f"{within_6['recorded'] - median['recorded']:,}"),
        ("nothing known", f"{within_6['missing']:,}"),
        ("ready within 4 hours", of(within_4["numerator"], within_4["recorded"])),
        ("ready within 6 hours", of(within_6["numerator"], within_6["recorded"])),
        (
            "ready within 6 hours, if every missing patient were not – were",
            f"{percent(within_6['lower_if_missing_no'])} – {percent(within_6['upper_if_missing_yes'])}",
        ),
    ]


def discharge_answer(row: Row) -> str:
    """The answer of the page on same-day discharge."""
    if not row["recorded"]:
        return "When intended day cases left the hospital is not recorded."
    counts = of(row["numerator"], row["recorded"])
    if row["gate"] not in ("plain", "caution"):
        return f"{counts} intended day cases with a recorded discharge went home the same day."
    return f"{counts} intended day cases went home the same day ({value(row)}; 95 % interval {interval(row)})."


def discharge_beside(row: Row, back: Row) -> str:
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
