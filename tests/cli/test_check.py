"""``check`` as a pipeline sees it: exit codes, streams, files, and what a user's mistakes get for an answer."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GOOD, MIGRATED, OLD, PHONE, WAVES, Ran

Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")


def test_a_failing_blocker_is_exit_1(run: Run, export: Write) -> None:
    assert run("check", export(OLD, GOOD), *DAY).code == 1


def test_without_network_evidence_the_run_is_undecided_and_exit_3(run: Run, export: Write) -> None:
    ran = run("check", export(GOOD), *DAY)
    assert ran.code == 3
    assert "UNDETERMINED        1" in ran.out


def test_allow_unknown_lets_the_unknown_pass(run: Run, export: Write) -> None:
    assert run("check", export(GOOD), *DAY, "--allow-unknown").code == 0


def test_allow_unknown_does_not_let_a_fail_pass(run: Run, export: Write) -> None:
    assert run("check", export(OLD), *DAY, "--allow-unknown").code == 1


def test_with_network_evidence_the_device_is_ready_and_exit_0(run: Run, export: Write, urls: Write) -> None:
    ran = run("check", export(GOOD), urls(1), *DAY)
    assert ran.code == 0, ran.out
    assert "READY               1" in ran.out


def test_a_blocked_host_fails_the_run(run: Run, export: Write, urls: Write) -> None:
    assert run("check", export(GOOD), urls(1, "blocked", ""), *DAY).code == 1


def test_fail_on_never_is_exit_0_whatever_fails(run: Run, export: Write) -> None:
    assert run("check", export(OLD), *DAY, "--fail-on", "never").code == 0


def test_the_findings_of_a_migrated_device_do_not_count(run: Run, export: Write, urls: Write) -> None:
    old_but_migrated = MIGRATED.replace("4.18.24090.11", "4.18.2001.10")
    ran = run("check", export(old_but_migrated, GOOD), urls(2), *DAY)
    assert ran.code == 0, ran.out


def test_phones_are_counted_and_never_judged(run: Run, export: Write) -> None:
    ran = run("check", export(PHONE, OLD), *DAY)
    assert "1 judged of 2" in ran.out


def test_nothing_judged_is_exit_2(run: Run, export: Write) -> None:
    ran = run("check", export(PHONE), *DAY)
    assert ran.code == 2
    assert "nothing was judged: every device is out of scope" in ran.err


def test_a_partial_run_is_never_ready(run: Run, export: Write, urls: Write) -> None:
    ran = run("check", export(GOOD), urls(1), *DAY, "--select", "sc.url-*")
    assert "READY               0" in ran.out


def test_selecting_an_unknown_rule_is_exit_2_with_a_hint(run: Run, export: Write) -> None:
    ran = run("check", export(GOOD), "--select", "sc.sense-mini")
    assert ran.code == 2
    assert "did you mean 'sc.sense-min'?" in ran.err


def test_all_mistakes_are_told_without_a_traceback(run: Run, export: Write) -> None:
    ran = run("check", export(GOOD), "-o", "x.csv", "-o", "y.docx")
    assert ran.code == 2
    assert "x.csv" in ran.err
    assert "y.docx" in ran.err
    assert "Traceback" not in ran.err


def test_an_output_may_not_be_an_input(run: Run, export: Write, tmp_path: Path) -> None:
    path = export(GOOD, name="report.json")
    before = path.read_bytes()
    assert run("check", path, "-o", path, "--read-as", f"advanced-hunting={path}").code == 2
    assert path.read_bytes() == before


@pytest.mark.parametrize("option", ["--as-of", "--max-age"])
def test_a_bad_value_of_an_option_is_exit_2(run: Run, export: Write, option: str) -> None:
    assert run("check", export(GOOD), option, "soon").code == 2


def test_quiet_prints_nothing(run: Run, export: Write) -> None:
    ran = run("check", export(GOOD), *DAY, "--quiet")
    assert (ran.out, ran.err) == ("", "")


def test_the_same_files_give_the_same_bytes(run: Run, export: Write, urls: Write, tmp_path: Path) -> None:
    inputs = [export(OLD, GOOD, MIGRATED), urls(2)]
    kinds = ("junit.xml", "p.sarif", "r.json", "findings:f.parquet", "devices:d.ndjson", "sarif-full:s.sarif")
    written = []
    for number, order in enumerate((inputs, inputs[::-1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        outputs = [arg for kind in kinds for arg in ("-o", _into(kind, folder))]
        run("check", *order, *DAY, *outputs)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(written[0]) == len(kinds)
    assert written[0] == written[1]


def _into(kind: str, folder: Path) -> str:
    prefix, colon, name = kind.rpartition(":")
    return f"{prefix}{colon}{folder / name}"


def test_a_failed_run_leaves_the_old_report(run: Run, export: Write, tmp_path: Path) -> None:
    report = tmp_path / "old.json"
    report.write_text("old")
    assert run("check", tmp_path / "absent.csv", "-o", report).code == 2
    assert report.read_text() == "old"


def test_attested_values_fill_gaps_and_ready_says_so(run: Run, export: Write, tmp_path: Path) -> None:
    words = tmp_path / "words.yaml"
    until = "by: N, evidence: CHG-1, attested: 2026-11-10, valid_until: 2027-01-01"
    hosts = ("edr-a.us", "mdav.us")
    tries = [f"{{url: {host}.endpoint.security.microsoft.com, http_status: 200, method: analyzer}}" for host in hosts]
    attempts = f"[{', '.join(tries)}]"
    words.write_text(
        f"- {{fact: url.tests, value: {attempts}, {until}}}\n"
        f"- {{fact: site.tls_inspection, value: no, {until}}}\n- {{fact: site.proxy_auth, value: no, {until}}}\n"
    )
    report = tmp_path / "r.json"
    ran = run("check", export(GOOD), *DAY, "--attestations", words, "-o", report)
    assert ran.code == 0, ran.out + ran.err
    told = json.loads(report.read_text())
    assert told["by"]["attested"] == 1
    # the attested URL tests already say that no proxy credentials are asked for, so the last one fills nothing
    assert [word["used_on"] for word in told["attestations"]] == [1, 1, 0]


def test_records_after_the_as_of_day_are_set_aside_and_counted(run: Run, export: Write, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    path = export(GOOD, OLD)
    text = path.read_text(encoding="utf-8-sig").replace("2026-11-20", "2026-12-24", 1)
    path.write_text(text, encoding="utf-8")
    run("check", path, *DAY, "-o", report)
    (ledger,) = json.loads(report.read_text())["inputs"]
    assert (ledger["rows"], ledger["devices"], ledger["future"]) == (2, 1, 1)


@pytest.mark.parametrize(("devices", "said"), [(1, "1 of the READY devices fails"), (2, "2 of the READY devices fail")])
def test_the_newest_guidance_is_told_in_good_english(
    devices: int, said: str, run: Run, export: Write, urls: Write
) -> None:
    stale = GOOD.replace("1.421.818.0", "1.385.0.0")  # enough for the seed profile, not for the current one
    ran = run("check", export(*[stale] * devices), urls(devices), *DAY)

    assert f"{said}: sc.signature-min {devices}" in ran.out


@pytest.mark.parametrize("command", ["check", "gate"])
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--as-of", "2026-11-23", "--assume", "os.ubr=3448"), "is a simulation, and no baseline"),
        (("--as-of", "2026-11-24"), "is as of 2026-11-24, a later day than that of this run: 2026-11-23"),
    ],
)
def test_what_is_no_earlier_result_is_no_baseline(
    command: str, more: tuple[str, ...], said: str, run: Run, export: Write, governing: Write, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    tables = [word for kind in ("devices", "findings") for word in ("-o", f"{kind}:{tmp_path / kind}.parquet")]
    inputs = export(GOOD, OLD)
    assert run("check", inputs, *more, "-o", report, *tables, "--quiet").code in (1, 3)
    wave = ("--waves", governing(WAVES), "--wave", "pilot") if command == "gate" else ()
    ran = run(command, inputs, *wave, *DAY, "--baseline", report)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{report}: {said}")
