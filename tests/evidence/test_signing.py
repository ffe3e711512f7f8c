"""Signatures are made and checked by ed25519 keys alone, and can be checked without this tool."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from checker.errors import InputError
from checker.evidence.signing import key_ids, signer, verified
from tests.contoso import ROOT

from .conftest import KEY, call

STATEMENT = b'{"_type": "x"}\n'
ELLIPTIC = ec.derive_private_key(7, ec.SECP256R1())


def test_a_signature_proves_its_statement(at_site: Path) -> None:
    envelope = signer("key.pem")(STATEMENT)

    assert key_ids(envelope, STATEMENT) == (verified(envelope, STATEMENT, "key.pub"),)
    assert signer("key.pem")(STATEMENT) == envelope


def test_it_proves_no_other(at_site: Path) -> None:
    envelope = signer("key.pem")(STATEMENT)

    with pytest.raises(ValueError, match="is no envelope of this statement"):
        verified(envelope, STATEMENT + b" ", "key.pub")


def test_another_key_does_not_prove_it(at_site: Path) -> None:
    with pytest.raises(ValueError, match=r"is not signed by the key of other\.pub"):
        verified(signer("key.pem")(STATEMENT), STATEMENT, "other.pub")


def test_the_id_of_the_right_key_on_the_signature_of_another_proves_nothing(at_site: Path) -> None:
    right, wrong = (json.loads(signer(f"{name}.pem")(STATEMENT)) for name in ("key", "other"))
    wrong["signatures"][0]["keyid"] = right["signatures"][0]["keyid"]

    with pytest.raises(ValueError, match="is not signed"):
        verified((json.dumps(wrong, indent=2) + "\n").encode(), STATEMENT, "key.pub")


ENVELOPES: dict[str, Callable[[dict[str, object]], object]] = {
    "another payload type": lambda told: told | {"payloadType": "text/plain"},
    "something more": lambda told: told | {"more": 1},
    "no signatures": lambda told: {"payload": told["payload"]},
    "signatures that are none": lambda told: told | {"signatures": [3]},
    "no base64": lambda told: told | {"signatures": [{"keyid": "k", "sig": "!"}]},
    "a list": lambda _: [],
}


@pytest.mark.parametrize("change", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_what_is_no_envelope_proves_nothing(at_site: Path, change: Callable[[dict[str, object]], object]) -> None:
    told = change(json.loads(signer("key.pem")(STATEMENT)))
    with pytest.raises(ValueError, match="is no"):
        verified((json.dumps(told, indent=2) + "\n").encode(), STATEMENT, "key.pub")


KEYS = {
    "of another kind": (
        ELLIPTIC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "is no ed25519 key",
    ),
    "with a password": (
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"invented")),
        "is protected by a password",
    ),
    "public": (
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "is no private key in PEM",
    ),
    "none": (b"", "is no private key in PEM"),
}


@pytest.mark.parametrize(("content", "what"), KEYS.values(), ids=KEYS.keys())
def test_keys_that_cannot_sign_are_told(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "key.pem").write_bytes(content)

    with pytest.raises(InputError, match=what):
        signer(str(tmp_path / "key.pem"))


def test_a_public_key_of_another_kind_is_told(tmp_path: Path, at_site: Path) -> None:
    public = ELLIPTIC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pub").write_bytes(public)

    with pytest.raises(InputError, match="is no ed25519 key"):
        verified(signer("key.pem")(STATEMENT), STATEMENT, str(tmp_path / "key.pub"))


def test_without_the_library_the_way_to_it_is_told(at_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "securesystemslib.signer", None)
    ran = call("check", "exports", "--quiet", "--sign", "key.pem", "-o", "unsigned.zip")

    assert ran.code == 2
    assert "pip install 'securesystemslib[crypto]'" in ran.err
    assert not Path("unsigned.zip").exists()


def test_the_payload_is_the_statement(site: Path) -> None:
    told = json.loads((site / "evidence" / "statement.dsse.json").read_bytes())

    assert base64.b64decode(told["payload"]) == (site / "evidence" / "statement.json").read_bytes()


def documented() -> str:
    """Return the shell lines of docs/evidence.md that check evidence without this tool."""
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    chapter = page.partition("## Check it without this tool")[2].partition("\n## ")[0]
    return "\n".join(line[4:] for line in chapter.splitlines() if line.startswith("    "))


@pytest.mark.parametrize("change", ["none", "a table", "the statement"])
def test_the_documented_steps_check_it(site: Path, tmp_path: Path, change: str) -> None:
    tools = ("openssl", "sha256sum", "unzip", "base64")
    if missing := [tool for tool in tools if not shutil.which(tool)]:
        assert os.environ.get("CI") != "true", f"CI must have {missing}"
        pytest.skip(f"this machine has no {', '.join(missing)}")
    shutil.copy(site / "evidence.zip", tmp_path)
    shutil.copy(site / "key.pub", tmp_path / "pub.pem")
    steps = documented()
    changes = {"a table": "printf x >> devices.parquet", "the statement": "sed -i s/PASSED/FAILED/ statement.json"}
    unpacked, rest = re.split(r"(?<=cd evidence)\n", steps)
    script = "\n".join(["set -euo pipefail", unpacked, changes.get(change, ":"), rest])
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (ran.returncode == 0) is (change == "none"), ran.stdout + ran.stderr
    if change == "none":
        assert "Signature Verified Successfully" in ran.stdout


@pytest.mark.parametrize("keyid", [5, None, ["x"]])
def test_an_id_of_a_key_is_a_text(at_site: Path, keyid: object) -> None:
    told = {
        "payload": base64.b64encode(STATEMENT).decode(),
        "payloadType": "application/vnd.in-toto+json",
        "signatures": [{"keyid": keyid, "sig": "AAAA"}],
    }
    envelope = f"{json.dumps(told, indent=2)}\n".encode()

    for use in (key_ids, lambda envelope, statement: verified(envelope, statement, "key.pub")):
        with pytest.raises(ValueError, match="is no DSSE envelope"):
            use(envelope, STATEMENT)
