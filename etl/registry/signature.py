"""Keys of a hospital, and signatures under what it ships: Ed25519 (RFC 8032)."""

import base64
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from data.errors import UsageProblem
from data.storage.registry_settings import key_bytes
from etl.generations.storage import flush_to_disk

KEY_MODE = 0o600


def make_signing_key(path: Path) -> str:
    """Write a new private key, readable by its owner only, and give its public key as `public_text` does.

    `UsageProblem` where the file exists: a key is never overwritten.
    """
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, KEY_MODE)
    except FileExistsError:
        raise UsageProblem(
            str(path),
            "a signing key is there already, and a key is never overwritten",
            "Move it away first, and tell the registry that the next shipments are signed with another",
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    flush_to_disk(path.parent)
    return public_text(key)


def read_signing_key(path: Path) -> Ed25519PrivateKey:
    """The private key; `UsageProblem` where there is none, others may read it, or it is no such key."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        remedy = "Make one with `python -m etl ship --new-key`, and give the registry the line that it prints"
        raise UsageProblem(str(path), "there is no signing key", remedy) from None
    if mode & ~KEY_MODE:
        raise UsageProblem(
            str(path), f"others may read or use the signing key (mode {mode:04o})", f"Run chmod 600 {path}"
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageProblem(
            str(path),
            "is no private key of the kind Ed25519 in PEM without a password",
            "Name the right file as signing_key, or move it away and run `python -m etl ship --new-key`",
        )
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """The public key as one line: base64 of its 32 bytes, `public_key` in a registry's list of members."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def read_public_key(text: str) -> Ed25519PublicKey:
    """A public key from its line; `ValueError` where it is none."""
    return Ed25519PublicKey.from_public_bytes(key_bytes(text))


def sign_bytes(key: Ed25519PrivateKey, content: bytes) -> bytes:
    """The 64 bytes of a signature."""
    return key.sign(content)


def is_signed(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    """Whether the signature is that of these very bytes by the owner of the key."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
