"""An identity provider for tests: the authorization code flow of OpenID Connect, with people who may be removed."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "outcomes", "secret-for-tests"
LEFT_OUT = "left out"


@dataclass
class Provider:
    """Who is known there, and how its tokens are made. `signed_in` is the person of its own sign-in, if any."""

    people: dict[str, list[str]]
    lasts_seconds: int = 3600
    change: dict[str, object] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    signing_key: RSAKey | None = None
    signed_in: str | None = None
    issuer: str = ""
    keys_asked: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def token(self, code: dict[str, str], person: str) -> str:
        """The identity token that answers a code."""
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": person, "sid": f"there-{person}", "email": person,
            "email_verified": True,
            "groups": self.people[person], "iat": now, "exp": now + self.lasts_seconds, "nonce": code["nonce"],
        } | self.change  # fmt: skip
        claims = {name: value for name, value in claims.items() if value != LEFT_OUT}
        signing = self.signing_key or self.key
        return jwt.encode({"alg": "RS256", "kid": signing.kid}, claims, signing)

    def logout_token(self, **change: object) -> str:
        """What the provider sends when somebody's sign-in there ends."""
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": int(time.time()), "jti": secrets.token_hex(8),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | change  # fmt: skip
        signing = self.signing_key or self.key
        return jwt.encode({"alg": "RS256", "kid": signing.kid}, claims, signing)


@contextmanager
def provider(people: dict[str, list[str]]) -> Iterator[Provider]:
    """Run one until the end of the block."""
    known = Provider(people)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._json(
                    {"issuer": known.issuer}
                    | {name: f"{known.issuer}/{path}" for name, path in
                       (("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("jwks_uri", "keys"),
                        ("end_session_endpoint", "end"))}
                )  # fmt: skip
            elif parts.path == "/keys":
                known.keys_asked += 1
                self._json({"keys": [known.key.as_dict(private=False)]})
            elif parts.path == "/authorize":
                known.asked.append(asked)
                self._authorize(asked)
            elif parts.path == "/end":
                known.signed_in = None
                self._html("Signed out there.")
            else:
                self._json({}, 404)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            if urlsplit(self.path).path == "/authorize":
                known.signed_in = form["person"] if form["person"] in known.people else None
                self._authorize(form)
                return
            code = known.codes.pop(form.get("code", ""), None)
            given = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            is_ours = self.headers.get("Authorization", "").endswith(given) or form.get("client_secret") == SECRET
            if code is None or not is_ours or proof.decode().rstrip("=") != code["code_challenge"]:
                self._json({"error": "invalid_grant"}, 400)
                return
            token = known.token(code, code["person"])
            self._json({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})

        def _authorize(self, asked: dict[str, str]) -> None:
            if known.signed_in not in known.people:
                kept = "".join(
                    f'<input type="hidden" name="{name}" value="{value}">' for name, value in asked.items()
                    if name != "person"
                )  # fmt: skip
                self._html(
                    f'<form method="post" action="/authorize">{kept}<input name="person"><button>Go</button></form>'
                )
                return
            code = secrets.token_urlsafe(8)
            known.codes[code] = {**asked, "person": known.signed_in}
            self.send_response(303)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            self.end_headers()

        def _json(self, content: dict[str, object], status: int = 200) -> None:
            self._send(json.dumps(content).encode(), "application/json", status)

        def _html(self, body: str) -> None:
            self._send(f"<!doctype html><title>Provider</title>{body}".encode(), "text/html", 200)

        def _send(self, body: bytes, kind: str, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
