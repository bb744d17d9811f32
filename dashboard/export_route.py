"""`/export/<id>`: hands a prepared file to the reader who prepared it."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

PATH = "/export/{export_id}"
TYPES = {".zip": "application/zip", ".html": "application/octet-stream"}


def fetch(request: Request) -> Response:
    """The file, never kept by browsers or proxies. `AccessDenied` becomes the gate's plain page."""
    from dashboard.exporting import fetchable  # noqa: PLC0415 - pandas and duckdb, which no start should wait for
    from dashboard.gate.identity import reader_of  # noqa: PLC0415

    path, event = fetchable(reader_of(request), request.path_params["export_id"])
    name = f"vertebroplasty-{event.payload['profile']}-{event.payload['generation']}{path.suffix}"
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=TYPES[path.suffix], filename=name, headers=headers)


EXPORT_ROUTE = Route(PATH, fetch, methods=["GET"])
