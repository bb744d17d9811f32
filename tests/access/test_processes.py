"""Several app processes for one home behind nginx, as docs/deployment says: each browser stays with one of them."""

import asyncio
import os
import random
import re
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from data.accounts import Accounts
from data.export_log import broken_links, read_exports
from data.home import Home
from tests.access.conftest import PEOPLE
from tests.access.serving import PASSWORD, gated
from tests.access.test_behind_proxies import asked, proxy
from tests.benchmarks.tabs import Tab
from tests.browser.serving import Server, free_port, served
from tests.event_loops import run_alone

STICKY = "outcomes_process"
OFFER = re.compile(rb"/figures/[0-9a-f]{32}")
PAGES = ("pain_relief", "recovery", "same_day_discharge", "safety")
EVERY_DAY, WHOLE = (60, 2), (600, 12)
PATIENCE_SECONDS = 60


@dataclass
class Processes:
    """Three processes for one home, by port, and the proxy in front of them."""

    home: Home
    port: int
    folder: Path
    running: dict[int, tuple[ExitStack, Server]] = field(default_factory=dict)

    def start(self, port: int) -> None:
        """Serve the home from one more process."""
        stack = ExitStack()
        settings = {"OUTCOMES_ACCESS_FILE": str(self.folder / "access.toml"), "OUTCOMES_HOME": str(self.home.root)}
        self.running[port] = stack, stack.enter_context(served(self.folder / f"{port}.log", port=port, **settings))

    def kill(self, port: int) -> None:
        """As the machine does when memory runs out."""
        stack, server = self.running.pop(port)
        os.kill(server.process_id, signal.SIGKILL)
        stack.close()


@dataclass
class Browser:
    """The cookies of one person's browser, and what it asks through the proxy."""

    processes: Processes
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        """All cookies, as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def keep(self, headers: list[tuple[str, str]]) -> None:
        """Take the cookies of an answer."""
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies |= {one.key: one.value for one in SimpleCookie(value).values()}

    def sign_in(self, who: str, password: str = PASSWORD) -> int:
        """Sign in by the form."""
        form = {"Origin": self.address, "Content-Type": "application/x-www-form-urlencoded", "Cookie": self.header}
        answer = asked(self.processes.port, "/sign-in", "POST", urlencode({"name": who, "password": password}), **form)
        self.keep(answer.headers)
        return answer.status

    def fetch(self, path: str) -> int:
        """The status of a download."""
        answer = asked(self.processes.port, path, Cookie=self.header)
        self.keep(answer.headers)
        return answer.status

    def elsewhere(self) -> "Browser":
        """The same sign-in, but led to another process."""
        other = next(port for port in self.processes.running if str(port) != self.cookies[STICKY])
        return Browser(self.processes, self.cookies | {STICKY: str(other)})

    @property
    def address(self) -> str:
        """Where the proxy is."""
        return f"https://localhost:{self.processes.port}"

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        """A socket through the proxy."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        async with connect(
            f"wss://localhost:{self.processes.port}/_stcore/stream", origin=self.address, subprotocols=["streamlit"],
            additional_headers={"Cookie": self.header}, max_size=None, compression=None, ssl=trusting,
            open_timeout=PATIENCE_SECONDS,
        ) as socket:  # fmt: skip
            self.keep(list(socket.response.headers.raw_items()))
            yield Tab(socket)


@contextmanager
def several(folder: Path, home: Home) -> Iterator[Processes]:
    port, ports = free_port(), (free_port(), free_port(), free_port())
    # The accounts of everybody, and then no server of this one.
    with gated(folder, home, PEOPLE):
        pass
    (folder / "access.toml").write_text(
        f'public_address = "https://localhost:{port}"\ntls_proxies = ["127.0.0.1"]\n', encoding="utf-8"
    )
    processes = Processes(home, port, folder)
    try:
        for one in ports:
            processes.start(one)
        with proxy("nginx", folder, port, "", processes=ports):
            yield processes
    finally:
        for stack, _ in processes.running.values():
            stack.close()


@pytest.fixture(scope="module")
def processes(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with several(tmp_path_factory.mktemp("processes"), canaries) as found:
        yield found


def signed_in(processes: Processes, who: str = "leo") -> Browser:
    browser = Browser(processes)
    assert browser.sign_in(who) == 303
    return browser


def test_every_process_gets_browsers_and_each_browser_keeps_its_own(processes: Processes) -> None:
    named = set()
    for _ in range(24):
        browser = Browser(processes)
        browser.keep(asked(processes.port, "/healthz").headers)
        named.add(int(browser.cookies[STICKY]))
        again = asked(processes.port, "/healthz", Cookie=browser.header)
        assert not [value for name, value in again.headers if name == "set-cookie"]
    assert named == set(processes.running)


@pytest.mark.parametrize(("downloads", "people"), [EVERY_DAY, pytest.param(*WHOLE, marks=pytest.mark.thorough)])
def test_no_download_is_missed(downloads: int, people: int, processes: Processes) -> None:
    """Each reader's page lies in one process; no other has its files."""
    before = len(read_exports(processes.home))

    async def read(browser: Browser) -> list[int]:
        loop = asyncio.get_running_loop()
        async with browser.tab() as tab:
            await tab.open_page()
            offers = sorted({one for page in PAGES for one in await _offers_of(tab, page)})
            assert len(offers) > 3
            assert await loop.run_in_executor(None, browser.elsewhere().fetch, offers[0]) == 403
            wanted = [offers[place % len(offers)] for place in range(downloads // people)]
            return [await loop.run_in_executor(None, browser.fetch, path) for path in wanted]

    async def all_read() -> list[list[int]]:
        # A sign-in each: one may fetch 90 files a minute.
        return await asyncio.gather(*(read(signed_in(processes)) for _ in range(people)))

    got = [status for one in run_alone(all_read()) for status in one]
    assert len(got) == downloads
    assert set(got) == {200}
    # Three processes wrote into one log, whose links hold.
    assert len(read_exports(processes.home)) == before + downloads
    assert broken_links(processes.home) == []


async def _offers_of(tab: Tab, page: str) -> list[str]:
    """Where the files of what a page shows lie."""
    kept = []
    receive = tab.socket.recv

    async def keeping() -> bytes:
        kept.append(await receive())
        return kept[-1]

    tab.socket.recv = keeping  # type: ignore[method-assign]
    await tab.open_page(page)
    tab.socket.recv = receive  # type: ignore[method-assign]
    return [path.decode() for path in OFFER.findall(b"".join(kept))]


def test_a_sign_out_ends_what_is_open_in_every_process(processes: Processes) -> None:
    browser = signed_in(processes)

    async def sign_out_elsewhere() -> None:
        async with browser.elsewhere().tab() as tab:
            await tab.open_page()
            form = {"Origin": browser.address, "Content-Type": "application/x-www-form-urlencoded"}
            assert asked(processes.port, "/sign-out", "POST", "", Cookie=browser.header, **form).status == 200
            with pytest.raises(ConnectionClosed):
                while True:
                    await asyncio.wait_for(tab.socket.recv(), PATIENCE_SECONDS)

    run_alone(sign_out_elsewhere())


def test_wrong_passwords_are_counted_over_all_processes(processes: Processes) -> None:
    """Ten for a name, whichever process each of them reaches."""
    browsers = [Browser(processes, {STICKY: str(port)}) for port in processes.running]
    statuses = [browsers[place % 3].sign_in("quentin", "a wrong password") for place in range(12)]
    assert statuses.index(429) <= 10
    assert set(statuses[statuses.index(429) :]) == {429}
    Accounts(processes.home.accounts).right("name quentin", "address 127.0.0.1")


def test_sign_ins_at_once_in_every_process_are_all_in_the_audit(processes: Processes) -> None:
    before = len(Accounts(processes.home.accounts).acts())
    ports = list(processes.running)

    async def sign_in_often(port: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(8):
            assert await loop.run_in_executor(None, Browser(processes, {STICKY: str(port)}).sign_in, "leo") == 303

    async def all_at_once() -> None:
        await asyncio.gather(*(sign_in_often(port) for port in ports))

    run_alone(all_at_once())
    acts = Accounts(processes.home.accounts).acts()[before:]
    assert len([act for act in acts if act.action == "sign in" and act.result == "done"]) == 8 * len(ports)


@pytest.mark.parametrize(("readers", "kills"), [(4, 1), pytest.param(50, 30, marks=pytest.mark.thorough)])
def test_a_killed_process_leaves_nobody_stuck(readers: int, kills: int, processes: Processes) -> None:
    """Whoever was in it is in another after a reconnection, signed in, and can fetch what the page shows there."""
    chance = random.Random(18)
    stop = False

    async def read(browser: Browser) -> int:
        """Read pages until told to stop; how many times the tab was opened anew."""
        loop = asyncio.get_running_loop()
        opened = 0
        while not stop:
            opened += 1
            try:
                async with browser.tab() as tab:
                    while not stop:
                        answer = await tab.open_page(chance.choice(("", *PAGES)))
                        assert answer.errors == ()
                        await asyncio.sleep(chance.uniform(0.5, 2))
            except (ConnectionClosed, ConnectionError, InvalidStatus, TimeoutError, EOFError):
                await asyncio.sleep(0.5)
        # The last page stands for good, and so does its file.
        async with browser.tab() as tab:
            await tab.open_page()
            (path, *_) = await _offers_of(tab, "recovery")
            assert await loop.run_in_executor(None, browser.fetch, path) == 200
        return opened

    async def kill_often() -> list[int]:
        nonlocal stop
        loop = asyncio.get_running_loop()
        browsers = [signed_in(processes) for _ in range(readers)]
        reading = [asyncio.create_task(read(browser)) for browser in browsers]
        await asyncio.sleep(3)
        for _ in range(kills):
            # One that somebody reads in.
            port = int(chance.choice(browsers).cookies[STICKY])
            await loop.run_in_executor(None, processes.kill, port)
            await asyncio.sleep(1)
            await loop.run_in_executor(None, processes.start, port)
            await asyncio.sleep(chance.uniform(0, 2))
        stop = True
        return await asyncio.gather(*reading)

    opened = run_alone(kill_often())
    assert len(opened) == readers
    assert sum(opened) > readers
