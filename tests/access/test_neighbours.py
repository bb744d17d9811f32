"""`this-computer`: nobody's proxy, and no other user of the computer, speaks for the person who started the app."""

import http.client
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboard.access.requests import neighbours
from data.home import Home
from tests.browser.serving import Server, served
from tests.grids import sample

ANOTHER = 65534


@pytest.fixture(scope="module")
def mine(canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log: Path = tmp_path_factory.mktemp("mine") / "log"
    with served(log, OUTCOMES_HOME=str(canaries.root), OUTCOMES_ACCESS="this-computer") as server:
        yield server


def status(server: Server, path: str = "/", **headers: str) -> int:
    host = urlsplit(server.address).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request(
        "GET", path, headers={"Host": host} | {name.replace("_", "-"): headers[name] for name in headers}
    )
    found = connection.getresponse().status
    connection.close()
    return found


@pytest.mark.parametrize(
    "header", ["X_Forwarded_For", "X_Forwarded_Proto", "X_Forwarded_Host", "X_Real_IP", "Forwarded", "Via"]
)
def test_what_a_proxy_passed_on_is_refused_where_nobody_signs_in(header: str, mine: Server) -> None:
    assert status(mine) == 200
    assert status(mine, **{header: "127.0.0.1"}) == 403
    websocket = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Origin": mine.address}
    key = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert status(mine, "/_stcore/stream", **websocket, **key) == 101
    assert status(mine, "/_stcore/stream", **websocket, **key, **{header: "127.0.0.1"}) == 403


@pytest.mark.skipif(os.getuid() != 0, reason="only root can ask as another user")
@pytest.mark.parametrize("path", ["/", "/overview", "/_stcore/stream", "/_stcore/health", "/export/0"])
def test_another_user_of_the_computer_is_refused(path: str, mine: Server) -> None:
    host = urlsplit(mine.address).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    # A socket belongs to whoever made it.
    os.seteuid(ANOTHER)
    try:
        connection.connect()
    finally:
        os.seteuid(0)
    connection.request("GET", path, headers={"Host": host})
    assert connection.getresponse().status == 403
    connection.close()
    assert status(mine) == 200


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system does not tell whose sockets are")
@pytest.mark.parametrize("address", sample(["127.0.0.1", "::1"]))
def test_the_owner_of_a_socket_is_known_until_it_is_closed(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        server = socket.create_server((address, 0), family=family)
    except OSError:
        pytest.skip(f"no {address} here")
    with server:
        here = server.getsockname()[:2]
        with socket.create_connection(here) as ours:
            end = ours.getsockname()[:2]
            assert neighbours.owner_of(end, here) == os.getuid()
            assert neighbours.owner_of((end[0], 1), here) is None
            assert not neighbours.is_another_users({"client": end, "server": here})
        assert neighbours.owner_of(end, here) is None
        assert neighbours.is_another_users({"client": end, "server": here})
