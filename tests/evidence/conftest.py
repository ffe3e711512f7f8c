"""Evidence of a small fleet that everything governs, made once by the command line, as a folder and as a ZIP file."""

import contextlib
import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from checker.cli.main import main
from tests.cli.conftest import ATTESTATIONS, GOOD, HEADER, MIGRATED, OLD, PHONE, TAILORING, WAIVERS, WAVES
from tests.contoso import working_in

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # invented: every run signs with the same bytes
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
INPUTS = ("exports/hunting.csv", "exports/urls.csv")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def call(*args: object) -> Ran:
    """Run a command as a user would, in this process."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["mde-readiness", *map(str, args)]
    code = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as left:
        code = int(left.code or 0)
    finally:
        sys.argv = before
    return Ran(code, out.getvalue(), err.getvalue())


RUN = (
    *("check", *INPUTS, "--as-of", "2026-11-22", "--quiet", "--observed", "exports/urls.csv=2026-11-20"),
    *("--waves", "waves.yaml", "--waivers", "waivers.yaml", "--attestations", "attestations.yaml"),
    *("--tailoring", "tailoring.yaml"),
)


def lay_out(folder: Path) -> Path:
    """Write the inputs of the run, what governs it, and the keys."""
    (folder / "exports").mkdir(parents=True)
    rows = [
        f"2026-11-20T10:00:00.1234567Z,{number:040x},ws-{number}.contoso.example,{cells}"
        for number, cells in enumerate((GOOD, GOOD, OLD, MIGRATED, PHONE), start=1)
    ]
    (folder / INPUTS[0]).write_text("\r\n".join([HEADER, *rows, ""]), encoding="utf-8-sig", newline="")
    hosts = ("edr-eus.us.endpoint.security.microsoft.com", "mdav.us.endpoint.security.microsoft.com")
    tests = [
        f"ws-{number}.contoso.example,https://{host}/test,443,sense,system_proxy,reachable,200,,,log"
        for number in range(1, 5)
        for host in hosts
    ]
    head = "device,url,port,method,via,result,http_status,error,tested_at,source"
    (folder / INPUTS[1]).write_text("\n".join([head, *tests, ""]))
    texts = {"waves": WAVES, "waivers": WAIVERS, "attestations": ATTESTATIONS, "tailoring": TAILORING}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, key in (("key", KEY), ("other", OTHER)):
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pem").write_bytes(private)
        (folder / f"{name}.pub").write_bytes(public)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the run, with its evidence: ``evidence.zip`` and the folder ``evidence``."""
    folder = lay_out(tmp_path_factory.mktemp("site") / "run")
    with working_in(folder):
        ran = call(*RUN, "--include-inputs", "--sign", "key.pem", "-o", "evidence.zip", "-o", "evidence:evidence/")
    assert ran.code in (0, 1, 3), ran.err
    return folder


@pytest.fixture
def at_site(site: Path) -> Iterator[Path]:
    with working_in(site):
        yield site


@pytest.fixture
def changed(site: Path, tmp_path: Path) -> Callable[..., Path]:
    """Write the evidence anew with some members changed: a name and its content, None to leave it out."""

    def write(changes: dict[str, bytes | None], name: str = "changed.zip") -> Path:
        with ZipFile(site / "evidence.zip") as archive:
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        kept = {member: content for member, content in {**members, **changes}.items() if content is not None}
        return packed(tmp_path / name, kept)

    return write


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(ZipInfo(member), content, ZIP_DEFLATED)
    return path


def forged(site: Path, changes: dict[str, bytes]) -> dict[str, bytes]:
    """Return changed members with a manifest that lists them: what somebody without the key could make."""
    with ZipFile(site / "evidence.zip") as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | changes
    return listed_anew(content)


def listed_anew(content: dict[str, bytes]) -> dict[str, bytes]:
    """Return members with a manifest that lists them as they are."""
    manifest = json.loads(content["manifest.json"])
    for entry in manifest["files"]:
        told = content[entry["path"]]
        entry |= {"sha256": hashlib.sha256(told).hexdigest(), "size": len(told)}
    return content | {"manifest.json": (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()}
