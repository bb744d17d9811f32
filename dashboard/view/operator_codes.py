"""How a generation is opened for a reader: with operators as codes, and with the month it was signed off for.

The name under which it is opened says so, and is part of every cache key.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

from data.home import Home
from data.keys import key_of
from queries.warehouse import Warehouse

CODES = "#operators-as-codes"
SIGNED = "#signed-off="
CODE_LETTERS = 5


def opening_name(path: Path, has_names: bool, signed_off: str | None = None) -> str:
    """The name of an opening of a generation's file."""
    return f"{path}{'' if has_names else CODES}{SIGNED + signed_off if signed_off else ''}"


def opened_file(name: str) -> Path:
    """The file of an opening."""
    return Path(name.partition(SIGNED)[0].removesuffix(CODES))


def open_named(name: str) -> Warehouse:
    """Open a generation as its name says."""
    rest, _, signed_off = name.partition(SIGNED)
    path = opened_file(name)
    shown = _codes_of(Home(path.parent.parent)) if rest.endswith(CODES) else str
    return Warehouse(path, shown, signed_off or None)


def _codes_of(home: Home) -> Callable[[str], str]:
    key = key_of(home, "operator_codes")
    return lambda name: operator_code(key, name)


def operator_code(key: bytes, name: str) -> str:
    """`Operator K7QMA`: the same for the same name, and says nothing about it without the key."""
    digest = hmac.digest(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return "Operator " + base64.b32encode(digest).decode()[:CODE_LETTERS]
