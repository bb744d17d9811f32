"""Operators as codes, for readers without the right to their names. The same operator keeps the same code."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path

from data import Home
from data.keys import key_of

CODES = "#operators-as-codes"
CODE_LETTERS = 5


def with_codes(path: str) -> str:
    """The name under which a generation is opened with codes for operators."""
    return path + CODES


def file_of(path: str) -> Path:
    """The file behind the name of an open generation."""
    return Path(path.removesuffix(CODES))


def shown_in(path: str) -> Callable[[str], str]:
    """How the generation of that name shows an operator."""
    if not path.endswith(CODES):
        return str
    home = Home(file_of(path).parent.parent)
    key = key_of(home, "operator_codes")
    return lambda name: code(key, name)


def code(key: bytes, name: str) -> str:
    """`Operator K7QMA`: says nothing about the name without the key."""
    digest = hmac.digest(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return "Operator " + base64.b32encode(digest).decode()[:CODE_LETTERS]
