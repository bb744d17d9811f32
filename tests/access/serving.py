"""A served app with local accounts, its people by cookie, and a raw client of its socket."""

import http.client
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from data.accounts import Accounts
from data.home import Home
from data.storage.account_records import Account
from tests.browser.serving import Server, served

PASSWORD = "correct horse battery staple"
SECONDS = 20
SETTLING = 0.2


@dataclass(frozen=True)
class Answer:
    """What a route answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Gated:
    """A running app and the accounts that stand behind it."""

    server: Server
    home: Home
    accounts: Accounts
    cookies: dict[str, str] = field(default_factory=dict)
    base: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.server.address).netloc

    def get(self, path: str, who: str | None = None, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """Ask for a path; `who` is a name that signs in first."""
        sent = {"Host": self.host} | {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent |= {"Cookie": self.cookie(who)}
        connection = http.client.HTTPConnection(self.host, timeout=SECONDS)
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            told = [(name.lower(), value) for name, value in answer.getheaders()]
            # Of cookies the first: the sign-in's own stands before the one that knows the browser again.
            return Answer(answer.status, dict(reversed(told)), answer.read())
        finally:
            connection.close()

    def post(self, path: str, who: str | None = None, **fields: str) -> Answer:
        """Send a form from a page of the app."""
        return self.get(
            path, who, "POST", urlencode(fields), Origin=self.server.address,
            Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip

    def cookie(self, who: str) -> str:
        """The cookie of a person, who signs in the first time."""
        if who not in self.cookies:
            self.cookies[who] = self.sign_in(who)
        return self.cookies[who]

    def sign_in(self, who: str, password: str = PASSWORD) -> str:
        """A new sign-in's cookie."""
        answer = self.post(f"{self.base}/sign-in", name=who, password=password)
        assert answer.status == 303, (answer.status, answer.body)
        return answer.headers["set-cookie"].split(";", 1)[0]

    @contextmanager
    def tab(
        self, who: str | None = None, subprotocols: tuple[str, ...] = ("streamlit",), **headers: str | None
    ) -> Iterator["Tab"]:
        """A socket, as a browser opens it."""
        sent = {"Origin": self.server.address} | {name.replace("_", "-"): value for name, value in headers.items()}
        if who is not None:
            sent["Cookie"] = self.cookie(who)
        origin = sent.pop("Origin")
        address = f"ws://{self.host}{self.base}/_stcore/stream"
        given = {name: value for name, value in sent.items() if value is not None}
        with connect(
            address, origin=origin, additional_headers=given, subprotocols=list(subprotocols), max_size=None,
            open_timeout=SECONDS, compression=None,
        ) as socket:  # fmt: skip
            yield Tab(socket)


class Tab:
    """One socket: sends what a browser could send, keeps every byte that comes back."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.bytes = b""
        self.closed_with: int | None = None
        self.shown = b""
        self.session = ""
        self.fragments: set[str] = set()
        self.pages: dict[str, str] = {}
        self.titles: list[str] = []

    def run(self, page: str = "", query: str = "", **state: str) -> bytes:
        """Ask for a script run and give all bytes up to its end."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        for name, value in state.items():
            setattr(asked.rerun_script, name, value)
        return self.send(asked.SerializeToString())

    def send(self, message: bytes | str, wait: float = SECONDS) -> bytes:
        """Send a message and give what comes back until a run ends, the socket closes, or nothing more comes."""
        before = len(self.bytes)
        try:
            self.socket.send(message)
            while True:
                got = self.socket.recv(timeout=wait)
                self.bytes += got if isinstance(got, bytes) else got.encode()
                told = ForwardMsg()
                told.ParseFromString(got)
                self.shown += got if told.WhichOneof("type") == "delta" else b""
                self.session = told.new_session.initialize.session_id or self.session
                if told.delta.fragment_id:
                    self.fragments.add(told.delta.fragment_id)
                if told.delta.new_element.heading.tag == "h1":
                    self.titles.append(told.delta.new_element.heading.body)
                for page in (*told.navigation.app_pages, *told.new_session.app_pages):
                    if not page.is_hidden:
                        self.pages[page.url_pathname] = page.page_script_hash
                if told.WhichOneof("type") == "script_finished":
                    wait = SETTLING
        except TimeoutError:
            pass
        except ConnectionClosed as closed:
            self.closed_with = closed.rcvd.code if closed.rcvd else 1006
        return self.bytes[before:]


@contextmanager
def gated(
    folder: Path,
    records: Home,
    people: Mapping[str, tuple[str, Iterable[str] | None]],
    base: str = "",
    **environment: str,
) -> Iterator[Gated]:
    """The app in front of a home, with an account of the same password for each of `people`: name → (role, sites)."""
    accounts = Accounts(records.accounts)
    for name, (role, sites) in people.items():
        accounts.save(
            Account(
                name=name, way="accounts", role=role, sites=None if sites is None else tuple(sites), password=_hash()
            )
        )
    with served(folder / "log", base=base, OUTCOMES_HOME=str(records.root), **environment) as server:
        yield Gated(server, records, accounts, base=base)
    accounts.close()


@cache
def _hash() -> str:
    """Argon2id as of every account, but at its lowest price: each sign-in asks for it again."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
