"""What membership of groups elsewhere means here, and the names of people."""

import unicodedata
from collections.abc import Iterable

from dashboard.access.roles import ROLES
from dashboard.access.settings import Way, access_settings, account_store
from data.storage.account_records import OPERATOR_ROLE, Account

LONGEST = 200


def fold_name(name: str) -> str:
    """A person's name as it is kept: one spelling, whatever the case; empty for what cannot be a name."""
    try:
        text = unicodedata.normalize("NFKC", name).strip().casefold()
    except UnicodeError:
        return ""
    is_name = 0 < len(text) <= LONGEST and all(letter.isalnum() or letter in " .@_-+'" for letter in text)
    return text if is_name else ""


def account_of_groups(
    way: Way, name: str, memberships: Iterable[str], operators: tuple[str, ...] | None = None
) -> Account | None:
    """The account of somebody who signed in elsewhere, kept up to date with the groups; None when not let in.

    Of several groups the role that opens most counts (admin only where it is the only one), at the sites of all groups
    of that role. `operators`: whose results are this person's own, None: as bound here by command. An account that was
    disabled here stays so, whatever is said elsewhere.
    """
    name = fold_name(name)
    wanted = {one.strip() for one in memberships}
    found = [group for group in access_settings().group if group.name in wanted]
    known = account_store().find(name) if name else None
    if not name or not found or (known and (known.is_disabled or known.way != way)):
        return None
    role = max((group.role for group in found), key=lambda role: (role != "admin", ROLES.index(role)))
    of_role = [group for group in found if group.role == role]
    everywhere = any(not group.sites for group in of_role)
    sites = None if everywhere else tuple(sorted({site for group in of_role for site in group.sites}))
    if operators is None:
        operators = known.operators if known else ()
    own = tuple(sorted(operators)) if role == OPERATOR_ROLE else ()
    account = Account(name=name, way=way, role=role, sites=sites, operators=own)
    if account != known:
        account_store().save(account)
    return account
