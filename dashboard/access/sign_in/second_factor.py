"""A second factor for local accounts: codes that change every half minute (RFC 6238), each good once."""

import base64
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from dashboard.access.settings import account_store

ISSUER = "Vertebroplasty outcomes"
# What authenticator apps know: six digits of SHA-1, every 30 seconds, from 160 random bits.
SECRET_BYTES, DIGITS, STEP_SECONDS = 20, 6, 30
# A code of the step before or after is taken too: clocks differ, and typing takes time.
STEPS_APART = (0, -1, 1)


def make_secret() -> str:
    """A new secret in base 32, as people type it into their app."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address_of_secret(name: str, secret: str) -> str:
    """The `otpauth://` address that authenticator apps read from a picture."""
    return _codes_of(secret).get_provisioning_uri(name, ISSUER)


def is_right_code(name: str, code: str) -> bool:
    """Whether this is the code of somebody's second factor now, for the first time. True for somebody without one."""
    accounts = account_store()
    secret = accounts.find_second_factor(name)
    if secret is None:
        return True
    typed = "".join(code.split()).encode("utf-8", "surrogatepass")
    now = int(accounts.clock())
    for apart in STEPS_APART:
        at = now + apart * STEP_SECONDS
        try:
            _codes_of(secret).verify(typed, at)
        except InvalidToken:
            continue
        return accounts.use_code_step(name, at // STEP_SECONDS)
    return False


def _codes_of(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)
