"""`/export/<id>` and `/figures/<id>`: files for the reader who prepared them, or whose page shows their figures."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from dashboard.access.requests.paths import EXPORT, FIGURES

PATH = f"{EXPORT}{{export_id}}"
FIGURES_PATH = f"{FIGURES}{{offer_id}}"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
TYPES = {
    ".zip": "application/zip",
    ".html": "application/octet-stream",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def fetch_export(request: Request) -> Response:
    """The file, never kept by browsers or proxies. `AccessDenied` becomes the gate's plain page."""
    from dashboard.access.identity import reader_of  # noqa: PLC0415
    from dashboard.exports.row_downloads import fetchable_export  # noqa: PLC0415 - pandas and duckdb, which no start should wait for

    path, event = fetchable_export(reader_of(request), request.path_params["export_id"])
    name = f"vertebroplasty-{event.payload['profile']}-{event.payload['generation']}{path.suffix}"
    return FileResponse(path, media_type=TYPES[path.suffix], filename=name, headers=HEADERS)


def fetch_figures(request: Request) -> Response:
    """What a tab shows as a file, put into the log as it is asked for."""
    from dashboard.access.identity import reader_of  # noqa: PLC0415 - as above
    from dashboard.exports.figure_downloads import fetch_download  # noqa: PLC0415

    if request.method == "HEAD":
        # It would put a file into the log that nobody got.
        return Response(status_code=405, headers={"Allow": "GET"})
    name, content = fetch_download(reader_of(request), request.path_params["offer_id"])
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=TYPES[name[name.rindex(".") :]], headers=headers)


EXPORT_ROUTES = [Route(PATH, fetch_export, methods=["GET"]), Route(FIGURES_PATH, fetch_figures, methods=["GET"])]
