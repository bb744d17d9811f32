"""Exports from a page: made for one reader, fetched by that reader alone, through an address of their own.

Nothing at patient level goes through `st.download_button`: its addresses need no sign-in, and two large files that
begin and end alike share one.
"""

import time
from pathlib import Path

import pandas as pd

from dashboard.access.rights import AccessDenied, Right, Viewer, require, requires
from dashboard.exports.bundle.archive import sha256_of
from dashboard.exports.bundle.bundle import PRIVATE_FILE, PRIVATE_FOLDER, Receipt, export_bundle
from dashboard.exports.bundle.order import Order, Profile
from dashboard.links.drill_through import to_address
from dashboard.view.reader_view import View, home_in_service, warehouse_of
from data import export_log
from data.errors import UsageProblem
from data.home import Home
from data.journal import Event
from queries.explain.selections import Behind, places_behind
from queries.explain.table_extracts import procedure_ids

KEPT_SECONDS = 24 * 3600
LOG_COLUMNS = ("when", "what", "profile", "for", "filters", "rows", "sha256", "generation", "purpose")
WORDS = {
    "bundle": "rows",
    "procedures": "rows",
    "scores": "rows",
    "figures": "figures",
    "report": "board report",
    "rejected_rows": "rejected rows",
    "shipment": "shipment to a registry",
}
ENDINGS = {"bundle": ".zip", "report": ".html"}
NEEDS: dict[str, tuple[Right, ...]] = {Profile.INTERNAL: ("local_numbers", "operator_names")}


def offered_profiles(reader: Viewer) -> list[Profile]:
    """The profiles that a reader may choose: local numbers and operators' names leave only with who may see them."""
    return [one for one in Profile if all(reader.has(right) for right in NEEDS.get(one, ()))]


@requires("exports")
def prepare_bundle(
    view: View,
    profile: Profile,
    *,
    recipient: str,
    purpose: str,
    behind: Behind,
    workbooks: bool = False,
    for_excel: bool = False,
) -> Receipt:
    """Make a bundle of what the reader sees and put it into the log; `fetchable` then lets this reader have it.

    `behind` = the row of a figure whose procedures are wanted; the default is every procedure of the view.
    `workbooks`: each table also as .xlsx; `for_excel`: each CSV marked as UTF-8.
    """
    for right in ("rows", *NEEDS.get(profile, ())):
        view.require(right)
    home, warehouse = home_in_service(), warehouse_of(view)
    _sweep_exports(home)
    selected = None
    if behind != Behind():
        selected = tuple(procedure_ids(warehouse)[places_behind(warehouse, view.filters_of(behind.metric), behind)])
    order = Order(
        profile=profile,
        filters=view.filters if selected is None else view.filters_of(behind.metric),
        recipient=recipient.strip() or None,
        selected=selected,
        selected_as="&".join(f"{name}={value}" for name, value in to_address(behind).items())
        if selected is not None
        else "",
        sites=view.reader.sites,
        workbooks=workbooks,
    )
    return export_bundle(
        home, warehouse, order=order, author=view.reader.name, purpose=purpose.strip() or None, for_excel=for_excel
    )


@requires("exports")
def prepare_report(view: View) -> str:
    """Make the board report of the view's site, else of the department, and give its id; other filters do not apply.

    `UsageProblem` when the reader sees several sites but not all, and has not chosen one.
    """
    from dashboard.exports.report.board import board_report, month_of  # noqa: PLC0415 - plotly.js, which no start waits for
    from dashboard.exports.report.numbers import Scope  # noqa: PLC0415
    from dashboard.exports.report.report_command import log_report  # noqa: PLC0415

    home, warehouse = home_in_service(), warehouse_of(view)
    sites = view.filters["site"]
    if len(sites) > 1:
        raise UsageProblem("site", "a report is of one site or of the whole department", "Choose one above, or all")
    _sweep_exports(home)
    scope = Scope(warehouse, sites[0] if sites else None, month_of(None, warehouse.info.as_of), "department")
    text = board_report(home, scope)
    home.exports.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    export_id = log_report(home, scope, text.encode(), view.reader.name, "report.html")
    path = home.exports / f"{export_id}{ENDINGS['report']}"
    path.touch(mode=PRIVATE_FILE)
    path.write_text(text, encoding="utf-8")
    return export_id


@requires("exports")
def fetchable_export(reader: Viewer, export_id: str) -> tuple[Path, Event]:
    """The file of an export and its log entry, for the reader who made it. `AccessDenied` for anyone and anything else.

    The reader's right and sites are asked anew, and the bytes held against the log.
    """
    home = home_in_service()
    event = export_log.find_export(home, export_id) if export_id.isalnum() else None
    path = home.exports / f"{export_id}{ENDINGS.get(event.payload['what'], '') if event else ''}"
    if event is None or event.author != reader.name or not path.is_file():
        raise AccessDenied("export", "there is none of this address for you", "Prepare it again on the Export page")
    sites = event.payload.get("sites")
    for site in sites if sites is not None else ([] if reader.sites is None else [""]):
        require("exports", site, reader=reader)
    for right in NEEDS.get(event.payload["profile"], ()):
        require(right, reader=reader)
    if sha256_of(path) != event.payload["sha256"]:
        raise AccessDenied("export", "the file is not the one in the log", "Prepare it again on the Export page")
    return path, event


@requires("exports")
def my_exports(view: View) -> pd.DataFrame:
    """What this reader exported, newest first, from the log."""
    mine = [one for one in export_log.read_exports(home_in_service()) if one.author == view.reader.name]
    rows = [
        (
            one.at, WORDS[one.payload["what"]], one.payload["profile"], one.payload["recipient"] or "",
            one.payload["filters"], one.payload["rows"], one.payload["sha256"][:12],
            one.payload["generation"], one.words or "",
        )
        for one in reversed(mine)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(LOG_COLUMNS))


def _sweep_exports(home: Home) -> None:
    """Files that nobody fetched within a day go; the log keeps their hash."""
    for path in home.exports.glob("*"):
        if (
            len(path.stem) == 32
            and path.suffix in ENDINGS.values()
            and time.time() - path.stat().st_mtime > KEPT_SECONDS
        ):
            path.unlink(missing_ok=True)
