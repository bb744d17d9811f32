"""A restored home proved by use: its files are read and written as the app does it, and their chains followed."""

from data.accounts import Accounts, hash_secret
from data.errors import StorageProblem
from data.export_log import broken_links, head_of, read_exports
from data.home import Home
from data.journal import Journal
from data.storage.chain_heads import ChainHead

MOMENT_SECONDS = 60.0


def find_broken_chains(home: Home) -> list[str]:
    """What is wrong with the audit and the export log of a home, a sentence each; none = nothing was changed."""
    accounts = Accounts(home.accounts)
    try:
        row = accounts.broken_link()
    finally:
        accounts.close()
    audit = [] if row is None else [f"the audit was changed: row {row} does not follow from the row before it"]
    return audit + [f"the export log was changed: {one}" for one in broken_links(home)]


def last_heads(home: Home) -> list[ChainHead]:
    """The hash at the end of the audit and of the export log, to be kept elsewhere."""
    accounts = Accounts(home.accounts)
    try:
        ends = accounts.chain_heads()[-1:]
    finally:
        accounts.close()
    return ends + [head_of(event) for event in read_exports(home)[-1:]]


def use_home(home: Home) -> list[str]:
    """Sign in, write to the audit and the journal, read it back; then the broken chains. Only for a scratch home."""
    accounts, journal = Accounts(home.accounts), Journal(home.journal)
    try:
        before = len(accounts.acts())
        accounts.audit("restore drill", "drill")
        people = [one for one in accounts.all() if not one.is_disabled]
        if people:
            token = accounts.sign_in(people[0].name, MOMENT_SECONDS)
            if accounts.signed_in(hash_secret(token), MOMENT_SECONDS) is None:
                raise StorageProblem(str(home.accounts), "a sign-in is not found again", "Use another backup")
        event = journal.append("drill", "restore", {}, "restore drill")
        if len(accounts.acts()) != before + 1 or journal.events("drill")[-1].id != event:
            raise StorageProblem(str(home.private), "what was written is not found again", "Use another backup")
    finally:
        accounts.close()
    return find_broken_chains(home)
