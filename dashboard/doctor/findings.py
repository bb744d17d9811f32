"""What a look at a home finds, and the looks themselves. Nothing here changes anything."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.access.settings import access_settings, way_in
from dashboard.access.way_check import check_way
from dashboard.text.department import read_department
from dashboard.view.load_watch import missed_load
from data import export_log, settings
from data.accounts import Accounts
from data.errors import NoGeneration, OutcomesError, UsageProblem
from data.home import PROJECT, Home
from data.journal import Journal
from data.storage import chain_heads
from data.storage.settings_files import read_toml
from data.storage.storage_faults import find_storage_problem
from queries.catalogue.metrics import read_catalogue
from queries.figures.cohort import read_cohort
from queries.figures.own_metrics import read_own
from queries.settings_mistakes import find_every_mistake
from queries.warehouse import Warehouse, current_path

ROOM_LEFT_SHARE = 0.1
FEWEST_BYTES = 2 * 1024**3
BACKUP_DAYS = 8
DRILL_DAYS = 40
MANY_ERRORS = 50
OTHERS_MAY = stat.S_IRWXO


@dataclass(frozen=True)
class Finding:
    """Something to look into. `is_wrong`: it should not stay; else it is good to know."""

    is_wrong: bool
    where: str
    what: str
    remedy: str

    def to_line(self) -> str:
        """One line for people."""
        return f"{'wrong' if self.is_wrong else 'note'}: {self.where}: {self.what}. {self.remedy}"


@dataclass(frozen=True)
class SettingInForce:
    """A key that the hospital or the environment sets over the shipped one."""

    file: str
    key: str
    value: str
    shipped: str


def find_own_settings(home: Home) -> list[SettingInForce]:
    """Every key that the hospital's files set, with what was shipped; and the variables of the environment."""
    found = []
    for path in sorted(home.settings.glob("*.toml")):
        shipped_file = settings.SETTINGS / path.name
        shipped = dict(_leaves(read_toml(shipped_file, path.name))) if shipped_file.is_file() else {}
        for key, value in _leaves(read_toml(path, str(path))):
            found.append(SettingInForce(path.name, key, repr(value), repr(shipped.get(key, "not set"))))
    names = sorted(name for name in os.environ if name.startswith("OUTCOMES_"))
    secret = ("SECRET", "PASSWORD", "KEY")
    for name in names:
        shown = "set" if any(word in name for word in secret) else os.environ[name]
        found.append(SettingInForce("environment", name, shown, "not set"))
    return found


def _leaves(content: object, before: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _leaves(value, f"{before}.{key}" if before else str(key))
    else:
        yield before, content


def look_at_everything(home: Home) -> list[Finding]:
    """All findings. A look that fails is itself a finding, and keeps no other from being taken."""
    looks: tuple[Callable[[Home], Iterator[Finding]], ...] = (
        _settings, _department, _names_in_settings, _folders, _room, _generation, _loads, _accounts, _exports,
        _backups, _errors, _access,
    )  # fmt: skip
    found: list[Finding] = []
    for look in looks:
        try:
            found.extend(look(home))
        except OutcomesError as error:
            found.append(Finding(True, error.where, error.what, error.remedy))
        except OSError as error:
            fault = find_storage_problem(error) or UsageProblem(
                str(error.filename), error.strerror or "cannot be read", ""
            )
            found.append(Finding(True, fault.where, fault.what, fault.remedy))
    return found


def _settings(home: Home) -> Iterator[Finding]:
    for problem in (*find_every_mistake(), *read_own(home.settings).mistakes):
        yield Finding(True, problem.where, problem.what, problem.remedy)


def _department(_: Home) -> Iterator[Finding]:
    """Its file is read for itself: where it is wrong, every other look is still taken."""
    read_department()
    return iter(())


def _names_in_settings(_: Home) -> Iterator[Finding]:
    """Names in one settings file that another, or the catalogue, does not know."""
    known = set(read_catalogue())
    named = [("targets.toml", name) for name in settings.read_targets().targets]
    for promise in settings.read_promises().promise:
        named += [("promises.toml", name) for name in (promise.metric, promise.judged_by, *promise.beside) if name]
    for file, name in dict.fromkeys(named):
        if name not in known:
            yield Finding(True, f"{file}, {name}", "there is no such metric", "See the Methods page for all names")


def _folders(home: Home) -> Iterator[Finding]:
    if not home.root.is_dir():
        yield Finding(False, str(home.root), "there is no home yet", "`python -m etl load` makes it")
        return
    for folder in (home.root, home.private, home.archive, home.inbox, home.staging, home.generations):
        if not folder.is_dir():
            continue
        told = folder.stat()
        if stat.S_IMODE(told.st_mode) & OTHERS_MAY:
            yield Finding(True, str(folder), "every user of this computer may look in", f"Run: chmod o= {folder}")
        if told.st_uid not in (os.getuid(), 0) and os.getuid() != 0:
            yield Finding(True, str(folder), "it belongs to another user", "Run the program as that user")
        if not os.access(folder, os.W_OK):
            yield Finding(True, str(folder), "it cannot be written to", "Open it to this user, or free the disk")


def _room(home: Home) -> Iterator[Finding]:
    if home.root.is_dir():
        disk = shutil.disk_usage(home.root)
        if disk.free < FEWEST_BYTES or disk.free < ROOM_LEFT_SHARE * disk.total:
            room = f"{disk.free / 1024**2:,.0f} MiB of {disk.total / 1024**2:,.0f} MiB are free"
            yield Finding(True, str(home.root), room, "Make room: `python -m etl retain`, or a larger disk")


def _generation(home: Home) -> Iterator[Finding]:
    if not home.has_generation:
        yield Finding(False, str(home.root), "nothing has been loaded yet", "Run `python -m etl load` with your files")
        return
    path = current_path(home)
    read_cohort(Warehouse(path))
    manifest = home.manifests / path.with_suffix(".json").name
    if not manifest.is_file():
        yield Finding(True, str(manifest), "the manifest is gone: the next load fails", "Restore it from a backup")


def _loads(home: Home) -> Iterator[Finding]:
    journal = Journal(home.journal)
    late = missed_load(home)
    if late:
        yield Finding(True, "loads by the clock", late.rstrip("."), "See docs/operations.md, “Nothing new arrives”")
    died = [event for event in journal.events("load", latest=20) if event.payload.get("outcome") == "died"]
    if died:
        yield Finding(
            False, str(home.journal), f"{len(died)} of the last 20 loads died, the last was noted at {died[-1].at}",
            "See the log of that time (docs/operations.md)",
        )  # fmt: skip


def _accounts(home: Home) -> Iterator[Finding]:
    accounts = Accounts(home.accounts)
    try:
        row = accounts.broken_link()
        if row is not None:
            what = f"the audit was changed: row {row} does not follow from the row before it"
            yield Finding(True, str(home.accounts), what, "See docs/operations.md, “The audit was changed”")
        if accounts.has_people() and not any(one.role == "admin" and not one.is_disabled for one in accounts.all()):
            yield Finding(False, str(home.accounts), "nobody has the role admin", "Nobody sees the audit in the app")
    finally:
        accounts.close()


def _exports(home: Home) -> Iterator[Finding]:
    for problem in export_log.broken_links(home):
        yield Finding(True, str(home.journal), problem, "See docs/operations.md, “The audit was changed”")


def _backups(home: Home) -> Iterator[Finding]:
    if not home.has_generation:
        return
    journal = Journal(home.journal)
    for kind, days, command in (("backup", BACKUP_DAYS, "backup"), ("drill", DRILL_DAYS, "restore --drill")):
        event = journal.last_event(kind)
        age = None if event is None else (datetime.now(UTC) - datetime.fromisoformat(event.at)).days
        if age is None or age > days:
            told = "there was none" if age is None else f"the last was {age} days ago"
            yield Finding(True, f"etl {command}", told, f"Run `python -m etl {command}` by the clock")


def _errors(home: Home) -> Iterator[Finding]:
    count = sum(1 for _ in home.private.glob("error-*.txt"))
    if count >= MANY_ERRORS:
        what = f"{count} reports of mistakes in the program are kept"
        yield Finding(False, str(home.private), what, "Send one to whoever looks after the program; they hold records")


def _access(_: Home) -> Iterator[Finding]:
    try:
        check_way()
    except UsageProblem as problem:
        yield Finding(True, problem.where, f"the app does not start: {problem.what}", problem.remedy)
    chosen = access_settings()
    if chosen.public_address and not chosen.speak_for_others:
        yield Finding(
            False, "access.toml, tls_proxies", "no proxy is listed, so every browser counts as the proxy's address",
            'List it, such as tls_proxies = ["127.0.0.1"]',
        )  # fmt: skip
    if way_in() in ("accounts", "oidc", "proxy") and not chain_heads.is_sent():
        yield Finding(
            False, chain_heads.VARIABLE, "heads of the audit are sent nowhere",
            "Let this machine's syslog run and send it to another, or name one",
        )  # fmt: skip


def find_readable(home: Home) -> str:
    """The generation in service in a few words; empty where none can be read."""
    try:
        info = Warehouse(current_path(home)).info
    except NoGeneration:
        return ""
    return f"generation {info.generation}, data to {info.as_of}"


def program_place() -> str:
    """Where the program lies."""
    return str(PROJECT)
