"""Texts of SARIF files are shown as texts, whatever they hold, and there is always some help."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from checker.model.result import Result
from checker.reporters.sarif import log as sarif

from .fleets import AGENT, Fleet, device_id
from .results import build
from .sarif_log import run


def test_hostile_text_is_visible_and_makes_no_link(hostile: Result) -> None:
    for write in (sarif.write_problems, sarif.write_full):
        stream = BytesIO()
        write(hostile, stream)
        text = stream.getvalue().decode()
        assert not {"\x1b", "\u202e", "\u2028", "\ufffe", "\x07"} & set(text)
        for found in json.loads(text)["runs"][0]["results"]:
            assert "](" not in found["message"]["text"]


def test_help_shows_text_as_text(tmp_path: Path) -> None:
    spec = replace(AGENT, title="*Bold* [x](y)", remediation="Open `*.contoso.example` <b>now</b>")
    found = run(build(tmp_path, Fleet({device_id(1): "pc-1"}, {spec: {device_id(1): "FAIL"}})))
    (rule,) = found["tool"]["driver"]["rules"]
    assert "Open \\`\\*.contoso.example\\` \\<b\\>now\\</b\\>." in rule["help"]["markdown"]
    assert "Open `*.contoso.example` <b>now</b>." in rule["help"]["text"]
    assert rule["helpUri"].startswith("https://learn.microsoft.com/")


def test_a_rule_without_sources_or_remediation_still_has_help(small: Result) -> None:
    first, *rest = small.summary.rules
    bare = replace(first, sources=(), remediation="")
    found = run(replace(small, summary=replace(small.summary, rules=(bare, *rest))))
    rule = found["tool"]["driver"]["rules"][0]
    assert rule["help"]["text"] == rule["help"]["markdown"] == f"{AGENT.title}."
    assert "helpUri" not in rule
