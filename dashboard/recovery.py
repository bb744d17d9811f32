"""What the page on recovery says."""

from dashboard.theme import percent
from dashboard.words import interval, of, value
from queries.summarise import Row


def answer(median: Row, within: Row) -> str:
    """The answer of the page on recovery."""
    if not median["recorded"]:
        return "Times until ready to go home are not recorded."
    return (
        f"Half of those with a time were ready to go home within {median['value']:.1f} hours; of all who came from "
        f"home {of(within['numerator'], within['recorded'])} were ready within 6 hours "
        f"({value(within)}; {interval(within)})."
    )


def facts(median: Row, within_6: Row, within_4: Row) -> list[tuple[str, str]]:
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
