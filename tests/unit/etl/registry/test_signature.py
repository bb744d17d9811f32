"""Keys are made once, are their owner's alone, and a signature holds for these very bytes."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from data.errors import UsageProblem
from etl.registry import signature


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "registry_key.pem"
    text = signature.make_signing_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(text)) == 32
    assert signature.public_text(signature.read_signing_key(path)) == text
    before = path.read_bytes()
    with pytest.raises(UsageProblem, match="never overwritten"):
        signature.make_signing_key(path)
    assert path.read_bytes() == before


def test_a_signature_holds_for_these_bytes_and_this_key(tmp_path: Path) -> None:
    text, other = (signature.make_signing_key(tmp_path / name) for name in ("a.pem", "b.pem"))
    signed = signature.sign_bytes(signature.read_signing_key(tmp_path / "a.pem"), b"content\n")
    key = signature.read_public_key(text)
    assert len(signed) == 64
    assert signature.is_signed(key, b"content\n", signed)
    assert not signature.is_signed(key, b"content", signed)
    assert not signature.is_signed(key, b"content\n", signed[:-1] + b"\0")
    assert not signature.is_signed(key, b"content\n", b"")
    assert not signature.is_signed(signature.read_public_key(other), b"content\n", signed)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o700])
def test_a_key_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.pem"
    signature.make_signing_key(path)
    path.chmod(mode)
    with pytest.raises(UsageProblem, match=rf"mode {mode:04o}.*chmod 600"):
        signature.read_signing_key(path)


def test_a_missing_or_other_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="--new-key"):
        signature.read_signing_key(tmp_path / "none.pem")
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"", b"-----BEGIN PRIVATE KEY-----\n", b"\xff\xfe", other):
        path = tmp_path / "key.pem"
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(UsageProblem, match="Ed25519"):
            signature.read_signing_key(path)


@pytest.mark.parametrize("text", ["", "abc", "é", base64.b64encode(b"x" * 31).decode(), "\n" + "A" * 43 + "="])
def test_a_public_key_is_32_bytes_in_base64(text: str) -> None:
    with pytest.raises(ValueError, match="is no public key"):
        signature.read_public_key(text)
