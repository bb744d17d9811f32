"""Every mistake of the settings: those that the data side reads, and those that only figures need."""

from collections.abc import Callable

from data.errors import UsageProblem
from data.settings import find_mistakes, refuse_mistakes
from queries.case_mix.risk_models import read_settings as read_case_mix
from queries.catalogue.published_trials import published_comparisons
from queries.catalogue.selection_rules import read_rules

READERS: tuple[Callable[[], object], ...] = (read_case_mix, read_rules, published_comparisons)


def find_every_mistake() -> list[UsageProblem]:
    """Mistakes of all settings files that figures rest on, each with file and key."""
    found = find_mistakes()
    for read in READERS:
        try:
            read()
        except UsageProblem as problem:
            found.append(problem)
    return found


def check_every_setting() -> None:
    """`UsageProblem` that names all mistakes, so that they show at start and not on the page that needs the file."""
    refuse_mistakes(find_every_mistake())
