"""Secrets of an export reach no output, no message and no notice, whatever its format and whatever is broken in it.

Held for every fixture that is read: a new format is held by its fixtures. Evidence with ``--include-inputs`` is the one
exception, which holds the inputs themselves and says so.
"""

import base64
import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.errors import InputError
from checker.inventory.mapping_files import mappings
from checker.inventory.read import ReadOptions, read_inventory
from checker.reporters.kinds import KINDS
from tests.cli.conftest import Ran
from tests.contoso import ROOT
from tests.planting import ADDED, ADDRESS, ALL, MARK, ORGANISATION, broken, planted, planter
from tests.unpacked import contents

Run = Callable[..., Ran]
FIXTURES = ROOT / "fixtures/inventories"
SKIP = ReadOptions(bad_rows="skip")
NO_TEXT = (".gz", ".zip", ".zst", ".xlsx", ".parquet", ".evtx")
AS_OF = ("--as-of", "2026-11-23")
OUTPUTS = [(kind, ending) for kind, writers in KINDS.items() for ending in writers]


@dataclass(frozen=True)
class Planted:
    """Folders of planted fixtures: sound ones, those with a record that can be set aside, those that are cut off."""

    sound: Path
    aside: Path
    refused: Path
    formats: set[str]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    sound, aside, refused = (tmp_path_factory.mktemp(name) for name in ("sound", "aside", "refused"))
    made = Planted(sound, aside, refused, set())
    for number, path in enumerate(sorted(path for path in FIXTURES.rglob("*") if path.is_file())):
        try:
            before = read_inventory([str(path)])
        except InputError:
            continue
        name = f"{number:03}-{path.parent.name}/{path.name}"
        seeds = planter(number, before[0])
        content = planted(path, seeds)
        file = put(made.sound / name, content)
        after = read_inventory([str(file)])
        assert [(one.file.format, one.rows) for one in after] == [(one.file.format, one.rows) for one in before], name
        made.formats.add(after[0].file.format)
        put(made.aside / name, broken(path, content, seeds))
        cut = put(made.refused / name, content[: len(content) * 3 // 5])
        if is_read(cut):
            cut.unlink()
    return made


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def is_read(path: Path) -> bool:
    try:
        read_inventory([str(path)], SKIP)
    except InputError:
        return False
    return True


def in_base64(secret: str) -> Iterator[str]:
    """Yield what stands in base64 of a text in which a secret stands somewhere."""
    for before in (b"", b"x", b"xx"):
        for encoding in ("utf-8", "utf-16-le"):
            yield base64.b64encode(before + secret.encode(encoding)).decode()[4 if before else 0 :].rstrip("=")[:-1]


PLAIN = re.compile("|".join(re.escape(secret) for secret in ALL), re.IGNORECASE)
BASE64 = re.compile("|".join(spelling for secret in (MARK, ORGANISATION, ADDRESS) for spelling in in_base64(secret)))


def leaks(content: bytes) -> set[str]:
    """Return the secrets that stand in an output, spelled out or escaped, in UTF-8 or UTF-16."""
    text = content.replace(b"\0", b"").decode("utf-8", "backslashreplace")
    plain = re.sub(r"\\u00([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), html.unescape(text))
    found = {match[0].casefold() for form in {text, plain} for match in PLAIN.finditer(form)}
    return found | {match[0] for match in BASE64.finditer(text)}


def test_a_secret_is_found_however_it_is_spelled() -> None:
    blob = base64.b64encode(f'{{"user":"{MARK}007"}}'.encode())
    escaped = (b"\\u007aqsecret", b"&#122;qsecret", b"Nora&#x20;Lind")
    for spelled in (MARK.upper().encode(), MARK.encode("utf-16"), blob, *escaped):
        assert leaks(spelled), spelled


def found_in(folder: Path, *said: str) -> dict[str, set[str]]:
    """Return what leaked into each file of a folder, and into what was said."""
    found = {f"said {place}": leaks(text.encode()) for place, text in enumerate(said)}
    for file in (path for path in sorted(folder.rglob("*")) if path.is_file()):
        found[file.name] = set().union(*(leaks(content) for content in contents(file.read_bytes())))
    return {name: secrets for name, secrets in found.items() if secrets}


def written(run: Run, inventory: Path, out: Path, *more: str) -> Ran:
    """Judge an inventory and write every kind of output, those of one device for one of the native form."""
    native = next(inventory.rglob("windows-11.ndjson"))
    one = read_inventory([str(native)], SKIP)[0].frames[0]["name"][0]
    outputs = [f"-o{kind}:{out}/{kind}{ending}" for kind, ending in OUTPUTS]
    return run("check", inventory, *AS_OF, "--phase", "all", "--device", one, *outputs, *more)


def test_every_format_and_every_kind_of_secret_is_planted(files: Planted) -> None:
    """Else the searches below prove nothing."""
    assert files.formats == set(mappings())
    sound = [path.read_bytes() for path in files.sound.rglob("*") if path.is_file()]
    assert {secret for raw in sound for secret in leaks(raw)} >= {secret.casefold() for secret in ALL}
    for path in (path for path in files.aside.rglob("*.*") if path.is_file()):
        assert leaks(path.read_bytes()) or path.suffix in NO_TEXT, path.name


def test_no_output_of_a_run_holds_a_secret(run: Run, files: Planted, tmp_path: Path) -> None:
    ran = written(run, files.sound, tmp_path)
    assert ran.code in (0, 1, 3), ran.err
    assert len(list(tmp_path.iterdir())) == len(OUTPUTS)
    assert found_in(tmp_path, ran.out, ran.err) == {}


def test_no_output_holds_a_secret_of_a_record_that_was_set_aside(run: Run, files: Planted, tmp_path: Path) -> None:
    ran = written(run, files.aside, tmp_path, "--bad-rows", "skip")
    assert ran.code in (0, 1, 3), ran.err
    assert (tmp_path / "rejected.csv").read_text(encoding="utf-8").count("…") > len(ADDED)
    assert found_in(tmp_path, ran.out, ran.err) == {}


@pytest.mark.parametrize("bad_rows", ["stop", "skip"])
def test_no_message_holds_a_secret(run: Run, files: Planted, tmp_path: Path, bad_rows: str) -> None:
    ran = run("check", files.aside if bad_rows == "stop" else files.refused, *AS_OF, "--bad-rows", bad_rows)
    assert ran.code == 2
    assert len(set(re.findall(r"/(\d{3}-[\w-]+)/", ran.err))) > 50
    assert found_in(tmp_path, ran.out, ran.err) == {}


def test_nothing_that_is_shown_holds_a_secret(run: Run, files: Planted, tmp_path: Path) -> None:
    shown = [run("inspect", folder, *AS_OF, "--bad-rows", "skip") for folder in (files.sound, files.aside)]
    for what in (("ws-0001.corp.contoso.example", files.sound), (files.sound, "--rule", "sc.sense-min")):
        shown.append(run("explain", *what, *AS_OF))
    assert [ran.code for ran in shown if ran.code == 2] == [], shown[-1].err
    assert found_in(tmp_path, *(ran.out + ran.err for ran in shown)) == {}
