"""Static files go out compressed to browsers that take it, once compressed and then from memory."""

import gzip
from typing import Any

import pytest

from dashboard.static_files import CompressedAssets
from tests.event_loops import run_alone

BODY = b"let a = 1;\n" * 500


class Files:
    """An app that serves one file and counts how often it is asked."""

    def __init__(self, status: int = 200, kind: bytes = b"application/javascript", body: bytes = BODY) -> None:
        self.status, self.kind, self.body, self.asked = status, kind, body, 0

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.asked += 1
        headers = [
            (b"content-type", self.kind),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"public, immutable, max-age=31536000"),
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        half = len(self.body) // 2
        await send({"type": "http.response.body", "body": self.body[:half], "more_body": True})
        await send({"type": "http.response.body", "body": self.body[half:]})


def ask(app: CompressedAssets, path: str, **headers: str) -> tuple[dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    run_alone(app(scope, None, send))  # type: ignore[arg-type]
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


def test_a_script_is_compressed_once_and_may_be_kept_for_a_year() -> None:
    files = Files()
    app = CompressedAssets(files)
    for _ in range(3):
        headers, body = ask(app, "/static/js/index.js", accept_encoding="gzip, br")
        assert gzip.decompress(body) == BODY
        assert headers[b"content-encoding"] == b"gzip"
        assert int(headers[b"content-length"]) == len(body) < len(BODY) / 3
        assert b"immutable" in headers[b"cache-control"]
    assert files.asked == 1


@pytest.mark.parametrize(
    ("files", "path", "headers"),
    [
        (Files(), "/static/js/index.js", {}),
        (Files(), "/static/js/index.js", {"accept_encoding": "gzip", "range": "bytes=0-9"}),
        (Files(), "/static/js/index.js", {"accept_encoding": "gzip", "if_none_match": '"x"'}),
        (Files(), "/overview", {"accept_encoding": "gzip"}),
        (Files(status=404), "/static/js/gone.js", {"accept_encoding": "gzip"}),
        (Files(kind=b"font/woff2"), "/static/media/a.woff2", {"accept_encoding": "gzip"}),
        (Files(body=b"small"), "/static/js/small.js", {"accept_encoding": "gzip"}),
    ],
)
def test_everything_else_passes_untouched(files: Files, path: str, headers: dict[str, str]) -> None:
    given, body = ask(CompressedAssets(files), path, **headers)
    assert body == files.body
    assert b"content-encoding" not in given
