"""``explain`` as somebody sees it who asks why a device is not ready."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker.facts.catalogue import catalogue
from checker.model.explanation import (
    Explanation,
    FactHistogram,
    FactNote,
    RouteRow,
    RuleHistogram,
    Told,
    Tree,
    ValueCount,
)
from checker.reporters.terminal.explanation import render_explanation, render_histogram
from tests.cli.conftest import GOOD, MIGRATED, OLD, PHONE, Ran
from tests.engine.packs import AS_OF

Run = Callable[..., Ran]
Write = Callable[..., Path]
DAY = ("--as-of", "2026-11-23")


def lines(ran: Ran) -> list[str]:
    return [line.strip() for line in ran.out.splitlines()]


def test_it_says_why_a_device_is_not_ready(run: Run, export: Write, urls: Write) -> None:
    ran = run("explain", "WS-2", export(GOOD, OLD), urls(2), *DAY)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Device {2:040x}\n  name          ws-2.contoso.example\n")
    for line in (
        "readiness     NOT_READY",
        "path          update-first",
        "FAIL  sc.sense-min: The sensor supports streamlined connectivity",
        "FALSE    agent.version is at least 10.8040 ($sense_min)  ← 10.7760.19045.5608",
        "what to do (update-sensor)",
    ):
        assert line in lines(ran), line
    (place,) = {line for line in lines(ran) if line.startswith("agent.version = 10.7760")}
    for text in "hunting.csv, row 2, column ClientVersion, observed 2026-11-20T10:00:00.123456Z":
        assert text in place
    assert any(line.startswith("$sense_min = 10.8040") for line in lines(ran))
    assert any("https://learn.microsoft.com" in line for line in lines(ran))


def test_a_table_s_threshold_is_that_of_the_device_s_build(run: Run, export: Write) -> None:
    ran = run("explain", "ws-1", export(OLD), *DAY, "--only", "sc.windows-update")
    assert "Rules: 1 FAIL" in lines(ran)
    (leaf,) = {line for line in lines(ran) if "← os.ubr" in line}
    assert leaf.endswith("← os.ubr 100, os.build 19045; the table asks for 2194")


def test_the_route_is_told_row_by_row(run: Run, export: Write) -> None:
    ran = run("explain", "ws-1", export(MIGRATED), *DAY)
    told = lines(ran)
    assert "route         migrated" in told
    at = told.index("migrated: Already on streamlined connectivity")
    assert told[at + 1] == "TRUE     taken"
    assert not any(line.startswith("reonboard:") for line in told)


def test_for_an_unknown_it_says_what_would_settle_it(run: Run, export: Write) -> None:
    ran = run("explain", "ws-1", export(GOOD), *DAY, "--only", "sc.url-core")
    told = lines(ran)
    assert (
        told[told.index("what would settle it") + 1]
        == f"url.tests alone: export it ({catalogue()['url.tests'].carried_by}) or attest it"
    )


def test_a_device_that_is_never_judged_says_why(run: Run, export: Write) -> None:
    ran = run("explain", "ws-2", export(GOOD, PHONE), *DAY)
    assert "Never judged: phone" in lines(ran)
    assert "Rules" not in ran.out


@pytest.mark.parametrize(
    ("options", "phases"),
    [
        ((), {"prerequisite"}),
        (("--phase", "verification"), {"verification"}),
        (("--only", "pm.*"), {"verification"}),
    ],
)
def test_phase_and_only_choose_the_rules(run: Run, export: Write, options: tuple[str, ...], phases: set[str]) -> None:
    ran = run("explain", "ws-1", export(GOOD), *DAY, *options)
    assert {line.split(" · ")[0] for line in lines(ran) if " · about the " in line} == phases


def test_what_does_not_apply_is_counted_or_told(run: Run, export: Write) -> None:
    short = run("explain", "ws-1", export(GOOD), *DAY)
    long = run("explain", "ws-1", export(GOOD), *DAY, "--all-outcomes")
    number = sum(line.startswith("NOT_APPLICABLE  ") for line in lines(long))
    assert number
    assert f"Not told: {number} NOT_APPLICABLE (--all-outcomes tells them)" in lines(short)
    assert "Not told" not in long.out


def test_a_rule_is_told_over_the_fleet(run: Run, export: Write) -> None:
    ran = run("explain", "--rule", "sc.sense-min", export(GOOD, GOOD, OLD, PHONE), *DAY, "--limit", "1")
    told = lines(ran)
    assert (ran.code, ran.err) == (0, "")
    assert "3 devices, 1 more is out of scope: 1 FAIL, 0 UNKNOWN, 2 PASS, 0 NOT_APPLICABLE" in told
    assert told[told.index("agent.version") + 1].split() == ["FAIL", "1", "33.3", "%", "█" * 20, "10.7760.19045.5608"]
    assert told[told.index("agent.version") + 2] == "and 1 line more, of 2 devices (--limit)"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["ws-1"], "a device and its files are needed"),
        (["ws-9", "{file}"], "no device goes by this id or name\n  hint: did you mean ws-1?"),
        (["{file}", "{file}"], "the first argument is the device"),
        (["--rule", "sc.sense-min", "ws-1", "{file}"], "explain DEVICE INVENTORY… --only sc.sense-min"),
        (["--rule", "sc.sense-mim", "{file}"], "did you mean 'sc.sense-min'?"),
        (["--rule", "sc.sense-min", "{file}", "--only", "sc.sense-min"], "tells one rule over the fleet"),
        (["--rule", "sc.sense-min", "{file}", "--limit", "0"], "--limit"),
        (["ws-1", "{file}", "--limit", "3"], "goes with --rule"),
        (["ws-1", "{file}", "--only", "sc.licence"], "is judged once per run"),
        (["ws-1", "{file}", "--only", "sc.nothing*"], "there is no such rule"),
        (["ws-1", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_a_mistake_is_exit_2_and_says_what_to_do(run: Run, export: Write, args: list[str], says: str) -> None:
    file = export(GOOD)
    ran = run("explain", *(part.format(file=file) for part in args), *DAY)
    assert ran.code == 2, ran.out
    assert ran.out == ""
    assert says in ran.err
    assert "bug" not in ran.err


def test_several_devices_of_one_name_are_listed(run: Run, tmp_path: Path, export: Write) -> None:
    path = export(GOOD, GOOD)
    text = path.read_text(encoding="utf-8-sig").replace("ws-2.", "ws-1.")
    path.write_text(text, encoding="utf-8")
    ran = run("explain", "ws-1", path, *DAY)
    assert ran.code == 2
    assert f"{1:040x}, {2:040x}" in ran.err


HOSTILE = "\x1b[2J\u202eevil\n= 1"
NOTE = FactNote(
    HOSTILE,
    HOSTILE,
    "",
    HOSTILE,
    (Told(HOSTILE, HOSTILE, 1, HOSTILE, None),),
    told_from=(Tree(HOSTILE, "TRUE", HOSTILE),),
)


def told_of(**more: object) -> Explanation:
    given: Mapping[str, object] = {
        **dict.fromkeys(
            ("device_id", "device_name", "judged_by", "by", "route", "path", "verification", "wave"), HOSTILE
        ),
        **dict.fromkeys(("aliases", "undetermined_by", "remarks"), (HOSTILE,)),
        "records": ((HOSTILE, (1,)),),
        "as_of": AS_OF,
        "scope": "",
        "scope_tree": None,
        "readiness": "READY",
        "routes": (RouteRow(HOSTILE, HOSTILE, "TRUE", "taken", Tree(HOSTILE, "TRUE", HOSTILE)),),
        "facts": (NOTE,),
        "rules": (),
        "phase": "all",
        "left_out": (),
    }
    return Explanation(**{**given, **more})  # type: ignore[arg-type]


def test_nothing_from_a_file_acts_on_the_terminal() -> None:
    text = render_explanation(told_of()) + render_explanation(
        told_of(scope=HOSTILE, scope_tree=Tree(HOSTILE, "TRUE", HOSTILE))
    )
    count = ValueCount(HOSTILE, "PASS", 1)
    text += render_histogram(
        RuleHistogram(
            *(HOSTILE,) * 6, AS_OF, HOSTILE, HOSTILE, (), 1, 0, (), (FactHistogram(HOSTILE, (count,), 0, 0),), ()
        )
    )
    assert "\\x1b[2J\\u202eevil" in text
    assert not set(text) & {"\x1b", "\u202e"}
    assert not any(line.startswith("= 1") for line in text.splitlines())


def test_only_leaves_the_route_out_and_keeps_the_head(run: Run, export: Write) -> None:
    whole, only = (run("explain", "ws-1", export(OLD), *DAY, *more) for more in ((), ("--only", "sc.sense-min")))

    assert "Route: the first row that is TRUE" in lines(whole)
    assert not any(line.startswith("Route:") for line in lines(only))
    assert any(line.startswith("route ") for line in lines(only))
    assert lines(only)[0] == lines(whole)[0]
    assert len(lines(only)) < len(lines(whole)) / 2


def test_a_file_that_is_given_twice_is_told_once(run: Run, export: Write, urls: Write, tmp_path: Path) -> None:
    hunting, tests = export(GOOD), urls(1)
    (tmp_path / "again.csv").write_bytes(tests.read_bytes())
    given = ("explain", "ws-1", "--only", "sc.url-core", "--as-of", "2026-11-23", hunting, tests)
    once, twice = run(*given).out, run(*given, tmp_path / "again.csv").out

    assert "2 attempts" in once
    assert "2 attempts" in twice
    assert "4 attempts" not in twice
