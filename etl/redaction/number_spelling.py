"""Numbers as people type them beside numbers as systems send them."""

import re
from collections.abc import Iterable


def near_numbers(number: str, others: Iterable[str]) -> set[str]:
    """Those that differ from a number only in blanks, dashes and other signs, case, or leading zeros."""
    wanted = _bare_number(number)
    return {one for one in others if one != number and _bare_number(one) == wanted} if wanted else set()


def _bare_number(number: str) -> str:
    return re.sub(r"[\W_]", "", number).lower().lstrip("0")
