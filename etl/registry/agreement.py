"""What a hospital has agreed to ship to a registry: `settings/registry.toml` of its home."""

from pathlib import Path

from data.errors import UsageProblem
from data.home import Home
from data.storage.registry_settings import AGREEMENT_FILE, Agreement, What, read_agreement_file
from data.storage.settings_files import read_toml


def read_agreement(home: Home, site: str | None = None, what: What | None = None) -> Agreement:
    """The agreement; `site` and `what` are the command's, and hold where the hospital's file leaves it open.

    `UsageProblem` where there is no agreement, a key of it is wrong, or the command asks for more than was agreed.
    """
    own = home.settings / AGREEMENT_FILE
    if not own.is_file():
        raise UsageProblem(
            str(own),
            "there is no agreement with a registry, so nothing is shipped",
            'Write a line such as site_key = "alpha" there; data/settings/registry.toml lists what else it can say',
        )
    agreed = read_agreement_file(home)
    written = read_toml(own, str(own))
    if site is not None and written.get("site_key", site) != site:
        raise UsageProblem(
            "--site", f"the agreement in {own} names another site_key", "Leave out --site, or correct it"
        )
    if what == "records" and written.get("what") == "cells":
        raise UsageProblem("--what records", f'the agreement in {own} says what = "cells"', "Ship cells")
    chosen = {"site_key": site or agreed.site_key, "what": what or agreed.what}
    if not chosen["site_key"]:
        raise UsageProblem(f"{own}, site_key", "is missing", 'Write site_key = "alpha", as the registry calls you')
    return read_chosen(agreed, chosen)


def read_chosen(agreed: Agreement, chosen: dict[str, str]) -> Agreement:
    """The agreement with what the command chose, checked again."""
    try:
        return Agreement.model_validate(agreed.model_dump() | chosen)
    except ValueError:
        raise UsageProblem("--site", "is no site key", "Write 2 to 16 of a-z, 0-9 and _") from None


def signing_key_path(home: Home) -> Path:
    """Where the signing key lies, or will: as the hospital's file says, relative to its home."""
    return home.root / read_agreement_file(home).signing_key
