"""The proxies of docs/deployment as they are shipped, run for real with TLS in front of the app.

Only ports, paths and certificates of the shipped files are replaced. Skipped where nginx or Caddy is not installed.
"""

import gzip
import http.client
import os
import re
import shutil
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser

from data.accounts import Accounts
from data.home import PROJECT, Home
from tests.access.conftest import PEOPLE
from tests.access.serving import PASSWORD, gated
from tests.browser.serving import free_port, settle
from tests.grids import sample

SHIPPED = PROJECT / "docs" / "deployment"
ONCE = (
    "content-security-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
    "referrer-policy", "cache-control", "cross-origin-opener-policy", "permissions-policy", "content-type", "date",
)  # fmt: skip
FORGED = {
    "X-Remote-User": "leo", "X-Remote-Groups": "leads", "X-Outcomes-Badge": "x", "X-Forwarded-For": "203.0.113.9",
}  # fmt: skip
NGINX = (
    "worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
    "events {{}}\nhttp {{\n{temp}{site}}}\n"
)
CADDY = "{{\n admin off\n auto_https off\n storage file_system {folder}\n}}\n{site}"
PARTS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this computer, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "fullchain.pem", folder / "privkey.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def replaced(text: str, **changes: str) -> str:
    """The shipped text with each of these found and replaced."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def proxy(
    kind: str, folder: Path, port: int, app: str, named: dict[str, str] | None = None, processes: tuple[int, ...] = ()
) -> Iterator[None]:
    """Run a proxy on a port in front of the app. `named`: identity headers that its sign-in would set.

    `processes`: the ports of three processes, instead of the one at `app`; nginx only.
    """
    program = shutil.which(kind) or shutil.which(kind, path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"{kind} is not installed here")
    public, private = certificate(folder)
    if kind == "nginx":
        shipped = (SHIPPED / "nginx.conf").read_text(encoding="utf-8")
        site = replaced(_spread(shipped, processes) if processes else shipped, **{
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl", "listen 80": f"listen 127.0.0.1:{free_port()}",
            "server_name outcomes.example.org": "server_name localhost",
            **({} if processes else {"127.0.0.1:8501": app}),
            "/etc/ssl/outcomes/fullchain.pem": str(public), "/etc/ssl/outcomes/privkey.pem": str(private),
        })  # fmt: skip
        site = replaced(site, **{f'{name} ""': f'{name} "{value}"' for name, value in (named or {}).items()})
        temp = "".join(f"{part}_temp_path {folder}/{part};\n" for part in PARTS) + "access_log off;\n"
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, temp=temp, site=site), encoding="utf-8")
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    else:
        site = replaced((SHIPPED / "Caddyfile").read_text(encoding="utf-8"), **{
            "outcomes.example.org {": f"https://localhost:{port} {{\n bind 127.0.0.1\n tls {public} {private}",
            "127.0.0.1:8501": app,
        })  # fmt: skip
        (folder / "Caddyfile").write_text(CADDY.format(folder=folder, site=site), encoding="utf-8")
        command = [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    given = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=given)
        try:
            _wait(port, process, folder / "proxy.log")
            yield
        finally:
            process.terminate()
            process.wait(10)


def _spread(site: str, ports: tuple[int, ...]) -> str:
    """nginx.conf in front of several processes, as nginx-processes.conf says."""
    several = (SHIPPED / "nginx-processes.conf").read_text(encoding="utf-8")
    given = {str(8501 + place): str(port) for place, port in enumerate(ports)}
    passing = "proxy_pass http://$outcomes_process; add_header Set-Cookie $outcomes_cookie always;"
    return replaced(several, **given) + replaced(site, **{"proxy_pass http://127.0.0.1:8501;": passing})


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        try:
            asked(port, "/healthz")
        except OSError:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the proxy did not start: {log.read_text(encoding='utf-8')}")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def of(self, name: str) -> str:
        """A header that is there once."""
        (value,) = [value for known, value in self.headers if known == name]
        return value


def asked(port: int, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
    """By TLS, with no more trust in the certificate than a test needs."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("localhost", port, timeout=20, context=trusting)
    try:
        connection.request(method, path, body, headers)
        found = connection.getresponse()
        return Answer(found.status, [(name.lower(), value) for name, value in found.getheaders()], found.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Behind:
    port: int
    direct: str
    home: Home

    @property
    def address(self) -> str:
        return f"https://localhost:{self.port}"

    def sign_in(self, **headers: str) -> Answer:
        form = {"Origin": self.address, "Content-Type": "application/x-www-form-urlencoded"} | headers
        return asked(self.port, "/sign-in", "POST", urlencode({"name": "leo", "password": PASSWORD}), **form)


@contextmanager
def behind(
    kind: str, folder: Path, home: Home, settings: str = "", named: dict[str, str] | None = None, **given: str
) -> Iterator[Behind]:
    port = free_port()
    (folder / "access.toml").write_text(f'public_address = "https://localhost:{port}"\n{settings}', encoding="utf-8")
    given |= {"OUTCOMES_ACCESS_FILE": str(folder / "access.toml")}
    with gated(folder, home, PEOPLE, **given) as app, proxy(kind, folder, port, app.host, named):
        yield Behind(port, app.host, home)


@pytest.fixture(scope="module", params=["nginx", pytest.param("caddy", marks=pytest.mark.thorough)])
def front(request: pytest.FixtureRequest, canaries: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    with behind(request.param, tmp_path_factory.mktemp(request.param), canaries) as found:
        yield found


def test_every_header_arrives_once_and_the_cookie_is_guarded(front: Behind) -> None:
    answer = front.sign_in()
    assert answer.status == 303
    token = next(value for name, value in answer.headers if name == "set-cookie" and "_browser" not in value)
    assert token.startswith("__Host-outcomes=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in token.split(";")}
    page = asked(front.port, "/", Cookie=token.split(";")[0], Accept="text/html")
    assert page.status == 200
    counted = Counter(name for name, _ in page.headers)
    assert [name for name in ONCE if counted[name] != 1] == []
    assert page.of("cache-control") == "no-store"
    assert "max-age=31536000" in page.of("strict-transport-security")
    script = re.search(rb'src="(\./static/js/[^"]+\.js)"', page.body)[1].decode().removeprefix(".")
    static = asked(front.port, script, Cookie=token.split(";")[0], **{"Accept-Encoding": "gzip"})
    assert static.of("content-encoding") == "gzip"
    assert "immutable" in static.of("cache-control")
    assert len(gzip.decompress(static.body)) > 2 * len(static.body)


def test_what_a_client_says_of_itself_is_stripped(front: Behind) -> None:
    assert asked(front.port, "/signed-in", **FORGED).status == 401
    assert asked(front.port, "/", **FORGED).status == 401
    assert front.sign_in(**FORGED).status == 303
    acts = Accounts(front.home.accounts).acts()
    assert acts[-1].action == "sign in"
    assert acts[-1].address == "127.0.0.1"
    assert not [act for act in acts if act.address == FORGED["X-Forwarded-For"]]


@pytest.mark.parametrize("is_listed", sample([True, False]))
def test_only_a_listed_proxy_speaks_for_others(is_listed: bool, canaries: Home, tmp_path: Path) -> None:
    """Also on this machine: of one that is not listed, what counts is its own address."""
    listed = 'tls_proxies = ["127.0.0.1"]\n' if is_listed else ""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with behind("nginx", tmp_path, canaries, listed) as front:
        host, port = front.direct.split(":")
        from_afar = ("127.0.0.2", 0)
        for connection, passed_on in (
            (http.client.HTTPSConnection("127.0.0.1", front.port, context=trusting, source_address=from_afar), ""),
            (http.client.HTTPConnection(host, int(port)), "10.1.1.1, 203.0.113.9"),
        ):
            connection.request(
                "POST", "/sign-in", urlencode({"name": "leo", "password": "a wrong password"}),
                {"Host": f"localhost:{front.port}", "Origin": front.address, "X-Forwarded-For": passed_on,
                 "Content-Type": "application/x-www-form-urlencoded"},
            )  # fmt: skip
            assert connection.getresponse().status == 401
            connection.close()
    by_proxy, by_hand = Accounts(canaries.accounts).acts()[-2:]
    assert by_proxy.address == ("127.0.0.2" if is_listed else "127.0.0.1")
    assert by_hand.address == ("203.0.113.9" if is_listed else "127.0.0.1")


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check", "/auth/login"]
)
def test_what_is_closed_is_closed_through_the_proxy_too(path: str, front: Behind) -> None:
    assert asked(front.port, path).status == 404


def test_a_large_body_and_another_host_go_no_further(front: Behind) -> None:
    huge = asked(front.port, "/sign-in", "POST", "x" * 100_000, Origin=front.address)
    assert huge.status in (413, 502)
    assert asked(front.port, "/", Host="evil.example").status in (200, 400, 404, 421)
    assert b"Sign in" not in asked(front.port, "/sign-in", Host="evil.example").body


def test_the_pages_and_their_socket_work_in_chromium(front: Behind, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1300, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    strangers: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((front.address, "data:", "blob:")) else strangers.append(asked.url),
    )
    page.goto(f"{front.address}/recovery")
    page.fill("input[name=name]", "leo")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Recovery", level=1).wait_for(timeout=60_000)
    settle(page)
    assert page.url.startswith(f"{front.address}/recovery")
    page.get_by_role("link", name="Overview").first.click()
    page.get_by_role("heading", name="Overview", level=1).wait_for(timeout=60_000)
    cookies = {one["name"]: one for one in context.cookies()}
    assert set(cookies) == {"__Host-outcomes", "__Host-outcomes_browser", "_streamlit_xsrf"}
    assert all(one["secure"] for one in cookies.values())
    assert all(cookies[name]["httpOnly"] for name in cookies if name != "_streamlit_xsrf")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out").wait_for()
    assert strangers == []
    assert errors == []
    context.close()


SIGNING_IN = """
way = "proxy"
[proxy]
addresses = ["127.0.0.1"]
[[group]]
name = "leads"
role = "lead"
"""


def test_a_proxy_that_signs_people_in_is_believed_and_nobody_else(canaries: Home, tmp_path: Path) -> None:
    named = {"X-Remote-User": "max", "X-Remote-Groups": "leads", "X-Proxy-Secret": "shared"}
    with behind("nginx", tmp_path, canaries, SIGNING_IN, named, OUTCOMES_PROXY_SECRET="shared") as front:
        assert asked(front.port, "/signed-in").status == 204
        # What the browser sends is replaced: max it stays, a lead, and not the person of the forged header.
        page = asked(front.port, "/sign-out", **FORGED)
        assert b"signed in as max" in page.body
        connection = http.client.HTTPConnection(front.direct, timeout=20)
        connection.request("GET", "/signed-in", headers={**FORGED, "Host": front.direct})
        assert connection.getresponse().status == 401
        connection.close()
