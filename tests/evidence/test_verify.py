"""``verify`` says what differs, in which file, and nothing where nothing does."""

import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from checker.errors import CheckerError
from checker.evidence.verify import Asked, Verdict, verify
from tests.contoso import ROOT

from .conftest import INPUTS, RUN, call, forged, packed

Changed = Callable[..., Path]


def verdicts(path: Path, key: str = "") -> list[str]:
    """Return everything that differs, also what keeps the evidence from being looked at further."""
    try:
        found = [check.what for check in verify(str(path), Asked("0.1.0", key)) if check.verdict is Verdict.DIFFERS]
    except CheckerError as error:
        return [str(problem) for problem in error.problems]
    return found


@pytest.mark.parametrize("name", ["evidence.zip", "evidence"])
def test_all_is_well_with_evidence_as_it_was_written(at_site: Path, name: str) -> None:
    ran = call("verify", name, "--key", "key.pub", "--replay")

    assert (ran.code, ran.err) == (0, "")
    assert [line[:13].strip() for line in ran.out.splitlines()] == ["ok"] * 7


def test_what_nobody_asked_for_is_said_to_be_open(at_site: Path) -> None:
    lines = call("verify", "evidence.zip").out.splitlines()
    left = [line[13:] for line in lines if line.startswith("not checked")]

    assert [text.split(":")[0] for text in left] == ["signature", "run"]
    assert "signed by key id" in left[0]


def test_the_run_is_judged_again_wherever_its_inputs_lie(site: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(site / "exports", tmp_path / "elsewhere" / "deep")
    ran = call("verify", site / "evidence.zip", moved)

    assert ran.code == 0, ran.out
    assert "judged again: report and tables are the same" in ran.out


def test_an_input_that_changed_is_named(site: Path, tmp_path: Path) -> None:
    moved = shutil.copytree(site / "exports", tmp_path / "exports")
    with (moved / "urls.csv").open("a") as file:
        file.write("\n")
    ran = call("verify", site / "evidence.zip", moved)

    assert ran.code == 1
    assert f"differs      {INPUTS[1]}: no given file has its SHA-256" in ran.out
    assert f"differs      {moved}/urls.csv: is no input of the run" in ran.out
    assert "judged again" not in ran.out


def test_a_missing_and_a_strange_file_are_named(changed: Changed) -> None:
    ran = call("verify", changed({"waves.yaml": None, "pack/pack.yaml": None, "extra.txt": b"x"}), "--replay")

    assert (ran.code, ran.err) == (1, "")
    assert "differs      pack/pack.yaml: is missing" in ran.out
    assert "not checked  run: files differ" in ran.out
    assert "differs      waves.yaml: is missing" in ran.out
    assert "differs      extra.txt: is not listed by the manifest" in ran.out


@settings(max_examples=30)
@given(data=st.data())
def test_any_byte_that_is_changed_is_found_in_its_file(
    data: st.DataObject, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with ZipFile(site / "evidence.zip") as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(content)))
    place = data.draw(st.integers(0, len(content[name]) - 1))
    other = data.draw(st.integers(1, 255))
    broken = bytearray(content[name])
    broken[place] ^= other
    path = packed(tmp_path_factory.mktemp("broken") / "broken.zip", {**content, name: bytes(broken)})

    found = verdicts(path, str(site / "key.pub"))

    assert found
    assert any(name in each for each in found), found


def test_a_forged_manifest_is_not_the_one_that_was_stated(site: Path, tmp_path: Path) -> None:
    with ZipFile(site / "evidence.zip") as archive:
        report = archive.read("report.json").replace(b'"as_of": "2026-11-22"', b'"as_of": "2026-11-21"')
    found = verdicts(packed(tmp_path / "forged.zip", forged(site, {"report.json": report})))

    assert "manifest.json: is not the one that statement.json is about" in found


def test_a_forged_table_differs_when_judged_again(site: Path, tmp_path: Path) -> None:
    """The first row that differs is told, by its device, with both values."""
    table = pl.read_parquet(site / "evidence" / "devices.parquet")
    metadata = {"schema": pl.read_parquet_metadata(site / "evidence" / "devices.parquet")["schema"]}
    third = pl.col("device_name") == "ws-3.contoso.example"
    lied = table.with_columns(readiness=pl.when(third).then(pl.lit("MIGRATED")).otherwise("readiness"))
    lied.write_parquet(tmp_path / "devices.parquet", metadata=metadata)
    content = forged(site, {"devices.parquet": (tmp_path / "devices.parquet").read_bytes()})
    ran = call("verify", packed(tmp_path / "forged.zip", content), "--replay")

    assert ran.code == 1
    assert "devices.parquet: is not the table that the report names" in ran.out
    assert f"devices.parquet: device {3:040x}: readiness was 'MIGRATED', is 'READY'" in ran.out


def test_forged_rules_are_not_those_of_the_report(site: Path, tmp_path: Path) -> None:
    with ZipFile(site / "evidence.zip") as archive:
        rules = archive.read("pack/pack.yaml") + b"# harmless\n"
    found = verdicts(packed(tmp_path / "forged.zip", forged(site, {"pack/pack.yaml": rules})))

    assert "pack/: is not the rule pack that the report names" in found


def test_a_statement_that_is_missing_is_told_with_all_the_rest(changed: Changed, site: Path) -> None:
    ran = call("verify", changed({"statement.json": None}), "--key", site / "key.pub")

    assert ran.code == 1
    assert "differs      statement.json: is missing" in ran.out
    assert "rules, exceptions and inputs in it are those of the report" in ran.out


@pytest.mark.parametrize(
    "value", [b"[" * 500 + b"]" * 500, b'{"a":' * 500 + b"1" + b"}" * 500], ids=["lists", "objects"]
)
def test_a_statement_that_nests_deep_is_a_difference_as_any(changed: Changed, site: Path, value: bytes) -> None:
    told = (site / "evidence" / "statement.json").read_bytes().replace(b'"FAILED"', value).replace(b'"PASSED"', value)
    found = verdicts(changed({"statement.json": told}))

    assert any("statement.json: $.predicate.result should be" in each for each in found), found


@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking would take minutes
@given(data=st.data())
def test_an_archive_with_any_byte_changed_is_told_or_harmless(
    data: st.DataObject, site: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is broken in the archive itself, there are no other errors than those that say what is wrong."""
    content = bytearray((site / "evidence.zip").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        behind = data.draw(st.sampled_from([2_500, len(content)]))  # the directory at the end is what is trusted
        content[-data.draw(st.integers(1, behind))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("raw") / "raw.zip"
    path.write_bytes(content[: data.draw(st.sampled_from([None, -1, len(content) // 2]))])

    verdicts(path)


def test_another_key_did_not_sign(at_site: Path) -> None:
    ran = call("verify", "evidence.zip", "--key", "other.pub")

    assert ran.code == 1
    assert "differs      statement.dsse.json: is not signed by the key of other.pub" in ran.out


def test_evidence_that_nobody_signed_fails_where_a_key_is_asked_for(changed: Changed, site: Path) -> None:
    path = changed({"statement.dsse.json": None})

    assert call("verify", path).code == 0
    assert "signature: unsigned" in call("verify", path).out
    ran = call("verify", path, "--key", site / "key.pub")
    assert ran.code == 1
    assert "the evidence is not signed" in ran.out


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"nonsense", "is no public key in PEM"), (None, "cannot be read")],
    ids=["no key", "no file"],
)
def test_a_key_that_cannot_be_used_is_told(at_site: Path, tmp_path: Path, content: bytes | None, what: str) -> None:
    key = tmp_path / "key.pub"
    if content:
        key.write_bytes(content)
    ran = call("verify", "evidence.zip", "--key", key)

    assert ran.code == 2
    assert what in ran.err


def test_another_release_is_said_first(site: Path) -> None:
    first = next(iter(verify(str(site / "evidence.zip"), Asked("9.9.9"))))

    assert first.verdict is Verdict.OPEN
    assert "mde-readiness 0.1.0 wrote it, this is 9.9.9" in first.what


def test_inputs_and_replay_exclude_each_other(at_site: Path) -> None:
    ran = call("verify", "evidence.zip", "exports", "--replay")

    assert ran.code == 2
    assert "--replay: and INVENTORY exclude each other" in ran.err


def test_rules_that_are_said_to_be_the_shipped_ones_are(
    at_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence of other rules under a shipped name would come out the same when it is judged again."""
    (own := tmp_path / "rules").mkdir()
    shutil.copytree(ROOT / "rules/streamlined-connectivity", own / "streamlined-connectivity")
    agent = own / "streamlined-connectivity/pack.yaml"
    agent.write_text(agent.read_text("utf-8").replace("4.18.2211.5", "4.10.1.1"), "utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("checker.packs.library.packs_folder", lambda: own)
        call(*RUN, "--include-inputs", "-o", tmp_path / "other.zip")
    ran = call("verify", tmp_path / "other.zip", "--replay")

    assert ran.code == 1
    assert "differs      pack/: is said to be streamlined-connectivity as shipped" in ran.out
