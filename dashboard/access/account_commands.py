"""Commands for accounts and the audit. A password comes from a prompt or standard input, never from an argument."""

import getpass
import json
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dashboard.access.roles import ROLES
from dashboard.access.settings import access_settings, account_store
from dashboard.access.sign_in.groups import fold_name
from dashboard.access.sign_in.passwords import guessed_name, hash_of
from dashboard.access.sign_in.second_factor import address_of_secret, make_secret
from data.errors import ExitCode, UsageProblem
from data.export_log import head_of, read_exports
from data.home import department_home
from data.journal import Journal
from data.storage.account_records import OPERATOR_ROLE, Account, Act
from data.storage.chain_heads import find_disagreements, read_heads

app = typer.Typer(no_args_is_help=True, help="Who may sign in.")
# The members are the roles of one table; a checker of types cannot follow that.
RoleName = StrEnum("RoleName", [(role.upper(), role) for role in ROLES])  # type: ignore[misc]

Name = Annotated[str, typer.Argument(help="The name that the person signs in with.")]
Operators = Annotated[
    list[str] | None,
    typer.Option("--operator", help="For the role operator: whose results are their own, as the records write it."),
]
Sites = Annotated[list[str] | None, typer.Option("--site", help="Only this site; repeat for more. Default: all.")]


@app.command("add")
def add_account(
    name: Name, role: Annotated[RoleName, typer.Option()], site: Sites = None, operator: Operators = None
) -> None:
    """Add somebody who signs in with a password."""
    key = fold_name(name)
    if not key:
        raise UsageProblem("name", "letters, digits, spaces and . @ _ - + ' only", "Choose another")
    if account_store().find(key):
        raise UsageProblem("name", "there is such an account already", "Change it with `user role` or `user password`")
    operators = _own_operators(role, operator)
    _save_account(
        Account(
            name=key,
            way="accounts",
            role=role.value,
            sites=tuple(site) if site else None,
            password=hash_of(_ask_password(key)),
            operators=operators,
        ),
        "add",
    )


@app.command("list")
def list_all() -> None:
    """Everybody who may sign in, or might not any more."""
    for one in account_store().all():
        sites = "all sites" if one.sites is None else ", ".join(one.sites)
        role = f"{one.role} of {', '.join(one.operators) or 'nobody'}" if one.role == OPERATOR_ROLE else one.role
        print("\t".join((one.name, role, sites, one.way, "disabled" if one.is_disabled else "")).rstrip())


@app.command("second-factor")
def set_second_factor(
    name: Name, remove: Annotated[bool, typer.Option("--remove", help="Take it away; a lost phone.")] = False
) -> None:
    """Give somebody a second factor: prints the secret once, for their authenticator app. Their sign-ins end."""
    known = _find_account(name)
    if known.way != "accounts":
        raise UsageProblem("name", "this person signs in elsewhere", "Set the second factor there")
    secret = None if remove else make_secret()
    account_store().set_second_factor(known.name, secret)
    action = "second factor removed" if remove else "second factor set"
    account_store().audit(f"{getpass.getuser()} (command line)", action, known.name)
    if secret is not None:
        print(f"{secret}\n{address_of_secret(known.name, secret)}")


@app.command("sign-ins")
def list_sign_ins() -> None:
    """Who is signed in now: since when, last seen, and when it ends at the latest; times are UTC."""
    for one in account_store().list_signed_in(access_settings().sessions.idle_seconds):
        times = (_utc_text(at) for at in (one.started_at, one.seen_at, one.ends_at))
        print("\t".join((one.account.name, one.account.role, *times)))


@app.command("end")
def end_sign_ins(name: Name) -> None:
    """End all sign-ins of somebody, who may sign in again; their open pages close."""
    known = _find_account(name)
    count = account_store().end_sign_ins_of(known.name)
    account_store().audit(f"{getpass.getuser()} (command line)", "sign-ins ended", known.name)
    print(f"{known.name}: {count} ended")


@app.command("role")
def set_role(name: Name, role: Annotated[RoleName, typer.Argument()], operator: Operators = None) -> None:
    """Give somebody another role; open tabs close. The role operator needs whose results it sees."""
    known = _find_account(name)
    _save_account(replace(known, role=role.value, operators=_own_operators(role, operator)), "role")


@app.command("sites")
def set_sites(name: Name, site: Sites = None) -> None:
    """Give somebody rights for these sites only; none named: for all."""
    _save_account(replace(_find_account(name), sites=tuple(site) if site else None), "sites")


@app.command("disable")
def disable_account(name: Name) -> None:
    """Let somebody in no more; their sign-ins end."""
    _save_account(replace(_find_account(name), is_disabled=True), "disable")


@app.command("enable")
def enable_account(name: Name) -> None:
    """Let somebody in again."""
    _save_account(replace(_find_account(name), is_disabled=False), "enable")


@app.command("password")
def set_password(name: Name) -> None:
    """Give somebody a new password; their sign-ins end."""
    known = _find_account(name)
    if known.way != "accounts":
        raise UsageProblem("name", "this person signs in elsewhere", "Change the password there")
    _save_account(replace(known, password=hash_of(_ask_password(known.name))), "password")
    account_store().right(guessed_name(known.name))


@app.command("unlock")
def unlock_account(name: Name) -> None:
    """Let somebody try again at once after too many wrong passwords."""
    known = _find_account(name)
    account_store().right(guessed_name(known.name))
    account_store().audit(f"{getpass.getuser()} (command line)", "account unlock", known.name)


def audit_command(
    verify: Annotated[bool, typer.Option("--verify", help="Only check that no row was changed or removed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for a SIEM.")] = False,
    since: Annotated[str, typer.Option("--since", help="Only from this moment on, UTC, 2026-11-29T08:00:00Z.")] = "",
    heads: Annotated[
        Path | None,
        typer.Option("--heads", help="Lines of syslog, or CHAIN_HEADS of a backup, to check against; - = stdin."),
    ] = None,
) -> None:
    """Sign-ins, denials, changes of accounts, procedures opened, and exports, oldest first."""
    if heads is not None:
        _compare_heads(sys.stdin.read() if str(heads) == "-" else heads.read_text(encoding="utf-8", errors="replace"))
    broken = account_store().broken_link()
    if broken is not None:
        sys.stderr.write(f"The audit was changed: row {broken} does not follow from the row before it.\n")
        raise typer.Exit(ExitCode.DISAGREEMENT)
    if verify:
        sys.stderr.write(f"{len(account_store().acts()):,} rows, none changed or removed.\n")
        return
    for act in sorted((*account_store().acts(), *export_acts()), key=lambda one: one.at):
        if act.at < since:
            continue
        if as_json:
            print(json.dumps(asdict(act)))
            continue
        print("\t".join((act.at, act.person or "-", act.action, act.subject, act.result, act.address)).rstrip())


def _compare_heads(text: str) -> None:
    """Compare the chains with what was sent away; exit code 1 where they differ, 2 where nothing was given."""
    sent = read_heads(text)
    if not sent:
        raise UsageProblem("--heads", "no line in it holds a head of ours", "Give lines with `outcomes chain …`")
    exports = map(head_of, read_exports(department_home()))
    now = {(one.chain, one.number): one.head for one in (*account_store().chain_heads(), *exports)}
    problems = find_disagreements(sent, lambda chain, number: now.get((chain, number)))
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        raise typer.Exit(ExitCode.DISAGREEMENT)
    sys.stderr.write(f"{len(set(sent)):,} heads as they were sent away.\n")


def export_acts() -> list[Act]:
    """The exports in the journal, as acts."""
    return [
        Act(
            at=event.at,
            person=event.author,
            action="export",
            subject=event.subject,
            result=str(event.payload.get("profile", "")),
            address="",
        )
        for event in Journal(department_home().journal).events("export")
    ]


def _own_operators(role: RoleName, named: list[str] | None) -> tuple[str, ...]:
    """Whose results an account of this role sees."""
    if (role.value == OPERATOR_ROLE) != bool(named):
        what = "the role operator sees its own results only" if not named else "only the role operator has an operator"
        remedy = 'Name whose they are: --operator "A. Moreau", as the records write it' if not named else "Leave it out"
        raise UsageProblem("--operator", what, remedy)
    return tuple(named or ())


def _utc_text(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _find_account(name: str) -> Account:
    found = account_store().find(fold_name(name))
    if found is None:
        raise UsageProblem("name", "there is no such account", "See `python -m dashboard user list`")
    return found


def _save_account(account: Account, action: str) -> None:
    account_store().save(account)
    account_store().audit(f"{getpass.getuser()} (command line)", f"account {action}", account.name)


def _ask_password(name: str) -> str:
    """A new password, asked twice on a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        first = sys.stdin.readline().rstrip("\n")
    else:
        first = getpass.getpass("New password: ")
        if first != getpass.getpass("Once more: "):
            raise UsageProblem("password", "the two differ", "Try again")
    if name in first.casefold():
        raise UsageProblem("password", "it holds the name that it belongs to", "Choose another")
    return first
