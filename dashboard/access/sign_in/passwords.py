"""Passwords: argon2id, and the same time for a name that does not exist."""

import secrets
import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from data.errors import UsageProblem
from data.storage.account_records import Account

SHORTEST, LONGEST = 12, 200
FEWEST_DIFFERENT = 5
# Each check takes 64 MB for a moment: more at once would let a stranger use up the memory.
AT_ONCE = 2
_at_once = threading.BoundedSemaphore(AT_ONCE)


def hash_of(password: str) -> str:
    """What is kept of a password. `UsageProblem` when it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageProblem("password", f"not between {SHORTEST} and {LONGEST} characters", "Choose another")
    if len(set(password)) < FEWEST_DIFFERENT:
        raise UsageProblem("password", f"fewer than {FEWEST_DIFFERENT} different characters", "Choose another")
    return _password_hasher().hash(password.encode("utf-8", "surrogatepass"))


def is_right(account: Account | None, password: str) -> bool:
    """Whether this is the password of an account that may sign in with one."""
    known = account.password if account and account.way == "accounts" and not account.is_disabled else None
    with _at_once:
        try:
            _password_hasher().verify(known or _nobodys_hash(), password[:LONGEST].encode("utf-8", "surrogatepass"))
        except (Argon2Error, InvalidHashError):
            return False
    return known is not None


def guessed_name(name: str) -> str:
    """By what wrong passwords for a name are counted."""
    return f"name {name}"


@lru_cache
def _password_hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache
def _nobodys_hash() -> str:
    return _password_hasher().hash(secrets.token_bytes())
