"""A server of the app, and a Chromium that looks at it. Also used to take the README's pictures."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

from data.home import PROJECT

CHROMIUM = os.environ.get("OUTCOMES_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_SECONDS = 30


@dataclass
class Server:
    """A running app. `environment` decides which home it serves."""

    address: str
    log: Path
    process_id: int

    def url(self, page: str = "", query: str = "") -> str:
        """The address of a page."""
        return f"{self.address}/{'' if page == 'overview' else page}{'?' if query else ''}{query}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    log: Path, script: Path | None = None, base: str = "", port: int | None = None, **environment: str
) -> Iterator[Server]:
    """Serve the app (or another script) until the end of the block; `base`: the path below which it is served.

    Few tests ask a server for all pages: it makes them when they are asked for, unless `OUTCOMES_WARM_UP` is all.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script or PROJECT / "streamlit_app.py")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--server.port", str(port), *(["--server.baseUrlPath", base] if base else [])],
            cwd=PROJECT, stdout=out, stderr=subprocess.STDOUT,
            env={**os.environ, "OUTCOMES_WARM_UP": "first", **environment},
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_healthy(f"{address}{base}/_stcore/health", process, log)
        yield Server(address, log, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start: {log.read_text(encoding='utf-8')[-2000:]}")


def launch(playwright: Playwright) -> Browser:
    """A Chromium without any of its own network use."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


@dataclass
class Watch:
    """What a page did that it should not: errors on the console, requests to other machines."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def on(self, page: Page) -> "Watch":
        """Begin to watch a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)
        return self

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.strangers.append(request.url)


def opened(page: Page, url: str, title: str) -> Page:
    """Open a page and wait until it stands."""
    page.goto(url)
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for(timeout=PATIENCE_SECONDS * 1000)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until the script has run and every chart is drawn."""
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
            return app && app.getAttribute('data-test-script-state') === 'notRunning'
                && !document.querySelector('[data-testid="stSkeleton"]')
                && charts.every(chart => chart.querySelector('.main-svg'));
        }""",
        timeout=PATIENCE_SECONDS * 1000,
    )
