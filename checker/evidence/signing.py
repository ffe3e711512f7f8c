"""Signs statements as DSSE envelopes, and checks them, with ed25519 keys in PEM files; nothing goes over the network.

The library is securesystemslib, which the extra ``sign`` of the package brings.
"""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from checker.errors import InputError, Problem, UsageError
from checker.reporters.evidence.archive import as_json
from checker.reporters.evidence.statement import PAYLOAD_TYPE

MAKE_ONE: Final = (
    "make a pair: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out pub.pem"
)


def signer(path: str) -> Callable[[bytes], bytes]:
    """Return what signs a statement with the private key of a PEM file: the same bytes for the same statement.

    Raises:
        UsageError: the library is missing.
        InputError: the file holds no ed25519 key without password.
    """
    serialization = _cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner

    try:
        key = serialization.load_pem_private_key(_content(path), password=None)
    except TypeError:
        what = "is protected by a password, which nobody can be asked for here"
        raise InputError(
            Problem(path, what, "openssl pkey -in KEY -out plain.pem, kept where only you can read it")
        ) from None
    except ValueError:
        raise InputError(Problem(path, "is no private key in PEM", MAKE_ONE)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(Problem(path, "is no ed25519 key", MAKE_ONE))
    signs = CryptoSigner(key)

    def sign(statement: bytes) -> bytes:
        envelope = Envelope(statement, PAYLOAD_TYPE, {})
        envelope.sign(signs)
        return as_json(envelope.to_dict())

    return sign


def key_ids(envelope: bytes, statement: bytes) -> tuple[str, ...]:
    """Return by which keys an envelope says that this statement is signed, without checking that.

    Raises:
        ValueError: it is no envelope, or one of another statement.
    """
    told = _envelope(envelope, statement)
    return tuple(entry["keyid"] for entry in told["signatures"])


def verified(envelope: bytes, statement: bytes, path: str) -> str:
    """Return the id of the key in a PEM file after it proved the statement's signature.

    Raises:
        UsageError: the library is missing.
        InputError: the file holds no public ed25519 key.
        ValueError: it is no envelope of this statement, or not signed by this key.
    """
    serialization = _cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    try:
        key = serialization.load_pem_public_key(_content(path))
    except ValueError:
        raise InputError(Problem(path, "is no public key in PEM", MAKE_ONE)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(Problem(path, "is no ed25519 key", MAKE_ONE))
    public = SSlibKey.from_crypto(key)
    signed: Envelope = Envelope.from_dict(_envelope(envelope, statement))
    try:
        signed.verify([public], 1)
    except VerificationError:
        raise ValueError(f"is not signed by the key of {path}, whose id is {public.keyid}") from None
    return public.keyid


def _envelope(content: bytes, statement: bytes) -> dict[str, Any]:
    """Return an envelope that is spelled as this tool spells it: nothing stands in it that no check would look at."""
    import base64

    try:
        told: dict[str, Any] = json.loads(content)
        signatures = [(entry["keyid"], base64.b64decode(entry["sig"], validate=True)) for entry in told["signatures"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("is no DSSE envelope") from None
    if not all(isinstance(keyid, str) for keyid, _ in signatures):
        raise ValueError("is no DSSE envelope")
    spelled = {
        "payload": base64.b64encode(statement).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(sig).decode()} for keyid, sig in signatures],
    }
    if as_json(spelled) != content:
        raise ValueError("is no envelope of this statement")
    return spelled


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(Problem(path, f"cannot be read: {error.strerror or error}", MAKE_ONE)) from error


def _cryptography() -> ModuleType:
    try:
        import securesystemslib.signer  # noqa: F401 (asked for here, so that one message tells what is missing)
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        what = "signatures need a library that is not installed"
        raise UsageError(Problem("", what, "pip install 'securesystemslib[crypto]'")) from None
    return serialization
