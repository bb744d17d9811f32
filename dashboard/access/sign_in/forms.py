"""What is sent to the routes of signing in: small forms that come in time."""

from urllib.parse import parse_qs

import anyio
from starlette.requests import Request

LARGEST_FORM = 16 * 1024
FORM_SECONDS = 10


async def read_form(request: Request) -> dict[str, str] | None:
    """The first value of each field; None when the form is larger than ours can be, or takes too long to come."""
    body = b""
    with anyio.move_on_after(FORM_SECONDS) as waiting:
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_FORM:
                return None
    if waiting.cancelled_caught:
        return None
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}
