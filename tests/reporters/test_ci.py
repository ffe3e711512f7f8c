"""What CI servers are told: at most ten problems, the heaviest first, and no name that commands anything."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from checker.model.notes import Example
from checker.model.result import Result, Summary
from checker.reporters.servers import azure as ci_azure
from checker.reporters.servers import github as ci_github
from checker.reporters.servers.annotations import MOST, Level, annotations

from .fleets import AGENT, INPUT, SENSE, STALE, URLS, fleet
from .results import summary
from .rollouts import CRITERIA, PILOT, gate
from .test_wording import ANY_TEXT

EXAMPLE = summary(fleet())
HOSTILE_TEXTS = (
    "a\n::add-mask::b",
    "a\r\n##vso[task.complete result=Succeeded;]",
    "a]b;c=d;]e",
    "a,line=9::b",
    "%0A::error::x",
    "%AZP250A",
    "##[error]x",
    "\x1b[2J\u202e\u2028",
)


def told(found: Summary) -> list[tuple[str, str]]:
    return [(each.level.value, each.title) for each in annotations(found)]


def test_what_counts_is_an_error_and_what_is_unknown_a_warning() -> None:
    assert told(EXAMPLE) == [
        ("error", AGENT.id),
        ("warning", SENSE.id),
        ("warning", URLS.id),
        ("warning", STALE.id),  # minor: fails, and does not count
    ]


@pytest.mark.parametrize(
    ("changes", "levels"),
    [
        ({"fail_on": "minor"}, {"error": 2, "warning": 3}),
        ({"fail_on": "never"}, {"warning": 2}),
        ({"unknown_allowed": True}, {"error": 1, "warning": 1}),
        ({"simulated": ("x = 1",)}, {"error": 1, "warning": 4}),
    ],
)
def test_levels_follow_what_counts_for_the_exit_code(changes: dict[str, object], levels: dict[str, int]) -> None:
    found = [each.level.value for each in annotations(replace(EXAMPLE, **changes))]  # type: ignore[arg-type]
    assert {level: found.count(level) for level in dict.fromkeys(found)} == levels


def test_a_gate_tells_its_criteria_as_errors_and_its_rules_as_warnings(gated: Result) -> None:
    assert told(gated.summary) == [
        ("error", "wave pilot: fail.blocker"),
        ("warning", "wave pilot: ready"),
        ("warning", AGENT.id),
        ("warning", STALE.id),
    ]


@pytest.mark.parametrize(("decision", "levels"), [("HOLD", ["error"]), ("UNDETERMINED", ["warning"]), ("PROMOTE", [])])
def test_a_decision_that_no_criterion_shows_is_told_itself(decision: str, levels: list[str], tmp_path: Path) -> None:
    made = gate(tmp_path, decision=decision, criteria=CRITERIA[:1], reason="nobody is in it")
    found = annotations(replace(made.summary, rules=()))
    assert [each.level.value for each in found] == levels
    assert all(each.text == f"{decision}: nobody is in it" for each in found)


def test_what_is_waived_is_no_problem() -> None:
    rule = EXAMPLE.rules[0]
    waived = replace(rule, waived=rule.failed + rule.unknown, waived_failed=rule.failed)
    assert told(replace(EXAMPLE, rules=(waived,))) == []


@pytest.mark.parametrize("rules", [9, 10, 11, 500])
def test_there_are_at_most_ten_and_the_last_counts_the_rest(rules: int) -> None:
    many = replace(EXAMPLE, rules=tuple(replace(EXAMPLE.rules[0], id=f"sc.rule-{number}") for number in range(rules)))
    found = annotations(many)
    assert len(found) == min(rules, MOST)
    if rules > MOST:
        assert found[-1].level is Level.NOTICE
        assert found[-1].text.startswith(f"{rules - MOST + 1:,} more problems")


def test_github_reads_file_line_and_title() -> None:
    first = ci_github.commands(EXAMPLE).splitlines()[0]
    assert first == (
        f"::error file={INPUT},line=3,title=sc.macos-agent-min::The macOS agent supports streamlined connectivity: "
        "2 of 3 devices fail (66.7 %25). First: 0000000000000000000000000000000000000002 (pc-2.contoso.example)."
    )


def test_azure_reads_file_line_and_code() -> None:
    first = ci_azure.commands(EXAMPLE).splitlines()[0]
    assert first == (
        f"##vso[task.logissue type=error;sourcepath={INPUT};linenumber=3;columnnumber=1;code=sc.macos-agent-min;]"
        "The macOS agent supports streamlined connectivity: 2 of 3 devices fail (66.7 %AZP25). "
        "First: 0000000000000000000000000000000000000002 (pc-2.contoso.example)."
    )
    assert ci_azure.upload("/a\nb%/c.md") == "##vso[task.uploadsummary]/a%0Ab%AZP25/c.md\n"


def unescaped(text: str, codes: dict[str, str]) -> str:
    """Return a text as a runner reads it, which turns the code of the mark of all codes last."""
    for code, character in ({"%0D": "\r", "%0A": "\n"} | codes).items():
        text = text.replace(code, character)
    return text


def read_github(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does (its ActionCommand.cs): to the next ``::``, properties at commas."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, properties = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in properties.split(","))
    codes = {"%3A": ":", "%2C": ",", "%25": "%"}
    return name, {key: unescaped(value, codes) for key, value in pairs}, unescaped(data, {"%25": "%"})


def read_azure(line: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the agent does: to the first bracket, properties at semicolons."""
    assert line.startswith("##vso[")
    head, _, data = line[6:].partition("]")
    name, _, properties = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in properties.split(";") if pair)
    codes = {"%3B": ";", "%5D": "]", "%AZP25": "%"}
    return name, {key: unescaped(value, codes) for key, value in pairs}, unescaped(data, {"%AZP25": "%"})


@settings(max_examples=100)
@given(ANY_TEXT)
def test_no_name_begins_or_ends_a_command(text: str) -> None:
    harmless(text)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_no_hostile_name_begins_or_ends_a_command(text: str) -> None:
    harmless(text)


def harmless(text: str) -> None:
    rule = replace(EXAMPLE.rules[0], id=text, title=text, failing=(Example(text, text, text or "x", 3),))
    wave = replace(PILOT, name=text, criteria=(replace(CRITERIA[2], title=text, why=text),), gated=True)
    hostile = replace(EXAMPLE, rules=(rule,), waves=(wave,))
    wanted = annotations(hostile)
    for commands, read in ((ci_github.commands, read_github), (ci_azure.commands, read_azure)):
        lines = commands(hostile).splitlines()
        assert len(lines) == len(wanted) == 2
        for line, each in zip(lines, wanted, strict=True):
            name, properties, data = read(line)
            assert name in ("error", "warning", "task.logissue")
            assert set(properties) <= {
                "file",
                "line",
                "title",
                "type",
                "sourcepath",
                "linenumber",
                "columnnumber",
                "code",
            }
            assert properties.get("title", properties.get("code")) == each.title
            assert data == each.text
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u202e]", line)
