"""Values of the records in plain words, and parts of sentences. Says "procedures" where procedures are counted."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from dashboard.text.theme import PERCENT_SIGN, number_text, percent_text
from queries.catalogue.filters import FIELD_KEYS, Filters
from queries.figures.cohort import Extent
from queries.figures.gates import TargetState
from queries.figures.summarise import Row

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
    "plain": "as it stands",
    "caution": "with caution",
    "bounds_only": "the range only",
    "counts_only": "the counts only",
}
TARGET_WORDS: dict[TargetState, str] = {
    "met": "✓ target met",
    "missed": "✗ target missed",
    "unsaid": "? target: cannot be said",
    "": "? target: too little known",
}
# Their values are said as they are.
NAMED_BY_VALUE = ("technique", "indication", "setting")
YES_NO = {"true": "yes", "false": "no"}
FILTER_TITLES: dict[str, str] = {
    "hospital": "Hospital",
    "site": "Site",
    "operator": "Operator",
    "levels": "Vertebrae",
    "region": "Part of the spine",
    "age_band": "Age",
    "sex": "Sex",
    "baseline_band": "Pain before",
    "start_hour": "Hour of start",
    "weekday": "Weekday",
    **{key: field.fact_title for key, field in FIELD_KEYS.items()},
}
# How a group of patients is named in the sentence above every page; what is not here is said as its label.
PATIENTS_OF: dict[str, str] = {
    "outpatient": "outpatients",
    "already_inpatient": "already inpatients",
    "thoracic": "thoracic only",
    "thoraco-lumbar": "thoraco-lumbar only",
    "lumbar": "lumbar only",
    "several": "several parts of the spine",
}
PHRASES: dict[str, str] = {
    "age_band": "aged {}",
    "baseline_band": "pain before {}",
    "start_hour": "started {}",
    "weekday": "on a {}",
    "sex": "{}",
    **{key: field.phrase for key, field in FIELD_KEYS.items() if key not in NAMED_BY_VALUE},
}
# Between these characters a mark that nobody sees keeps Markdown from making a link of a bare address.
WORD_JOINER = "\u2060"
BEGINS_A_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
SPECIAL_IN_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~$&]|:(?=\w)|^[#+-])", re.MULTILINE)


def plain_text(text: str) -> str:
    """Text of the records for places that read Markdown: shown as it is written, also what looks like an address."""
    return SPECIAL_IN_MARKDOWN.sub(r"\\\1", BEGINS_A_LINK.sub(WORD_JOINER, text))


def filter_title(key: str) -> str:
    """The name of a filter for people; parts of an address that are none keep their own name."""
    return FILTER_TITLES.get(key, key)


def value_label(value: str, key: str | None = None) -> str:
    """A stored value in words."""
    if key == "levels" and value in ("1", "2", "3", "4+"):
        return {"1": "1 vertebra", "4+": "4 or more vertebrae"}.get(value, f"{value} vertebrae")
    if key in FIELD_KEYS and value not in LABELS:
        return YES_NO.get(value, value.replace("_", " "))
    return LABELS.get(value, value)


def inside_sentence(title: str) -> str:
    """A title as it stands inside a sentence: RMDQ stays as it is."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def join_words(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def count_of(part: int, whole: int) -> str:
    """`157 of 317`."""
    return f"{part:,} of {whole:,}"


def interval_words(row: Row) -> str:
    """The interval of a figure in words; empty when it has none."""
    if pd.isna(row["lower"]):
        return ""
    if row["unit"] == "%":
        return f"{row['lower']:.0f}–{row['upper']:.0f}{PERCENT_SIGN}"
    # Two ends below zero read badly with a dash between them.
    mark, digits = " to " if row["lower"] < 0 else "–", 2 if row["unit"] == "index" else 1
    return f"{row['lower']:.{digits}f}{mark}{row['upper']:.{digits}f}"


def value_words(row: Row) -> str:
    """The value of a figure in words; `not recorded` when nothing is."""
    return "not recorded" if pd.isna(row["value"]) else number_text(row["value"], row["unit"])


def range_words(row: Row) -> str:
    """From where to where a share could lie with everyone known: `47–61 %`; empty where nothing can be said so.

    Below ten no share is said at all, and where nothing is missing there is no range.
    """
    low, high = (row.get(name) for name in ("lower_if_missing_no", "upper_if_missing_yes"))
    if row["gate"] == "counts_only" or not pd.isna(row.get("followed_up_of")) or pd.isna(low) or pd.isna(high):
        return ""
    ends = f"{low:.0f}", f"{high:.0f}"
    return "" if ends[0] == ends[1] else f"{'–'.join(ends)}{PERCENT_SIGN}"


def capture_words(row: Row) -> str:
    """How much of what could be known is known."""
    if not row["eligible"]:
        return "nobody to count yet"
    share = percent_text(100 * row["recorded"] / row["eligible"])
    return f"{count_of(row['recorded'], row['eligible'])} recorded ({share})"


GATE_WORDS = {
    "plain": "",
    "caution": "Read with caution: more than one in five is missing.",
    "bounds_only": "Too much is missing to say how the department does; only the possible range is shown.",
    "counts_only": "Fewer than ten: only the counts are shown.",
}


# What may be said of events by how many are known to be followed up.
FOLLOWED_WORDS = {
    "plain": "",
    "caution": "",
    "bounds_only": "Below 60 % no percentage and no trend is shown.",
    "counts_only": GATE_WORDS["counts_only"],
}
NOT_A_RATE = "reported events, not a rate"
NO_RATE = ("caution", "bounds_only")
TOO_FEW_FOLLOWED = "too few followed up"
FEW_FOLLOWED = "“At least”: fewer than 80 % are known to be followed up; below 60 % no percentage."


def event_words(row: Row) -> str:
    """Events of procedures, with their rate as far as enough are followed up; a row of a figure of Safety."""
    if not row["recorded"]:
        return "not recorded"
    return f"{count_of(row['numerator'], row['recorded'])}{event_rate_words(row)}"


def followed_words(row: Row) -> str:
    """The same, and of how many such an event would be known."""
    if pd.isna(row["followed_up"]):
        return event_words(row)
    return f"{event_words(row)}; {count_of(row['followed_up'], row['followed_up_of'])} known to be followed up"


def event_rate_words(row: Row) -> str:
    """The rate and its interval as its gate allows, to go on with after the counts."""
    if row["gate"] == "counts_only":
        return ""
    if row["gate"] == "bounds_only":
        return f": {NOT_A_RATE}"
    rate = rate_interval_words(row)
    if row["gate"] == "plain":
        return f": {rate}" if rate else ""
    if not rate:
        return f": {NOT_A_RATE}"
    return f": {rate} ({count_of(row['followed_up_of'] - row['followed_up'], row['followed_up_of'])} not followed up)"


def rate_interval_words(row: Row) -> str:
    """`5.6 %, 2.1–11.7 %`; up to how much when there was none; empty where no percentage may be said.

    Where fewer than 80 % are known to be followed up, more may have happened than was reported: `at least 5.6 %`.
    """
    if row["gate"] in ("counts_only", "bounds_only"):
        return ""
    if row["gate"] == "caution":
        return f"at least {row['value']:.1f}{PERCENT_SIGN}" if row["numerator"] else ""
    if row["numerator"]:
        return f"{row['value']:.1f}{PERCENT_SIGN}, {row['lower']:.1f}–{row['upper']:.1f}{PERCENT_SIGN}"
    return "" if pd.isna(row["upper"]) else f"up to {row['upper']:.1f}{PERCENT_SIGN} by chance"


def day_words(when: date | None) -> str:
    """A date for people."""
    return f"{when.day} {when:%B %Y}" if when else "no date"


def written_day(at: str) -> str:
    """The day of a moment of the journal, for people."""
    return day_words(date.fromisoformat(at[:10]))


def broken_check(title: str, violations: int, of: int, examined: str) -> str:
    """A check that failed, without a full stop."""
    return f"“{title}” does not hold for {count_of(violations, of)} {examined}"


def month_words(when: date) -> str:
    """A month for people."""
    return f"{when:%B %Y}"


def choice_sentence(filters: Filters, extent: Extent, sites: int, techniques: int, unit: str = "site") -> str:
    """What is shown, as `Riverside, outpatients, March 2024 – August 2026: 412 procedures in 389 patients.`.

    `sites` and `techniques` are how many there are to choose from; `unit` is `hospital` in a registry.
    """
    shown = choice_words(filters, extent, sites, techniques, unit)
    return f"{shown}: {count_procedures(extent.procedures)} in {_patient_words(extent.patients)}."


def other_techniques(left_out: int) -> str:
    """What the first view leaves out: `81 with another technique not shown`."""
    return f"{left_out:,} with another technique not shown"


def choice_words(filters: Filters, extent: Extent, sites: int, techniques: int, unit: str = "site") -> str:
    """The same without its counts: `Riverside, outpatients, March 2024 – August 2026`."""
    picked = dict(filters.values)
    parts = [_filter_phrase(key, values) for key, values in filters.values]
    if not picked.get(unit) and sites > 1:
        parts.insert(0, f"both {unit}s" if sites == 2 else f"all {sites} {unit}s")
    if not picked.get("technique") and techniques > 1:
        parts.append("all techniques")
    parts.append(_date_words(filters, extent))
    text = ", ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}"


def _filter_phrase(key: str, values: Sequence[str]) -> str:
    named = [PATIENTS_OF.get(value, value_label(value, key)) for value in values]
    text = " or ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0]
    return PHRASES.get(key, "{}").format(text)


def _date_words(filters: Filters, extent: Extent) -> str:
    """From when to when: whole months by their name; without a choice, the months that the records reach over."""
    first, last = filters.date_from or extent.first, filters.date_to or extent.last
    if first is None or last is None:
        return f"from {day_words(first)}" if first else f"to {day_words(last)}" if last else ""
    whole_first = filters.date_from is None or first.day == 1
    whole_last = filters.date_to is None or (last + timedelta(days=1)).day == 1
    if whole_first and whole_last:
        return (
            month_words(first)
            if month_words(first) == month_words(last)
            else f"{month_words(first)} – {month_words(last)}"
        )
    return f"{day_words(first)} – {day_words(last)}"


def _patient_words(people: int) -> str:
    return f"{people:,} patient{'' if people == 1 else 's'}"


def count_procedures(procedures: int) -> str:
    """`1 procedure`, `412 procedures`."""
    return f"{procedures:,} procedure{'' if procedures == 1 else 's'}"
