"""Answers of rpm and dpkg are told from other texts, and each package goes to the host that answered."""

from pathlib import Path

import pytest

from checker.inventory.package_list import is_package_list
from checker.inventory.recognise import kind_of
from tests.inventory.records import facts, rows

ANSWERS = {
    "mdatp-101.23062.0010-1.x86_64": {"agent.version": "101.23062.0010", "agent.installed": "yes"},
    "mdatp-101.24082.0004-1.aarch64": {"agent.version": "101.24082.0004", "agent.installed": "yes"},
    "package mdatp is not installed": {"agent.version": "not installed", "agent.installed": "no"},
    "dpkg-query: no packages found matching mdatp": {"agent.version": "not installed", "agent.installed": "no"},
    "ii  mdatp  101.24082.0004  amd64  Microsoft Defender": {
        "agent.version": "101.24082.0004",
        "agent.installed": "yes",
    },
    "hi  mdatp:arm64  101.24082.0004  arm64  Microsoft": {"agent.version": "101.24082.0004", "agent.installed": "yes"},
    "un  mdatp  <none>  <none>  (no description available)": {
        "agent.version": "not installed",
        "agent.installed": "no",
    },
    "rc  mdatp  101.24082.0004  amd64  Microsoft Defender": {"agent.version": "not installed", "agent.installed": "no"},
    "iU  mdatp  101.24082.0004  amd64  Microsoft Defender": {},  # unpacked, not set up: neither
    "iF  mdatp  101.24082.0004  amd64  Microsoft Defender": {},
    "mdatp-libs-101.1-1.x86_64": {},  # another package
    "bash-5.1.8-6.el9.x86_64": {},
}


@pytest.mark.parametrize("line", ANSWERS)
def test_an_answer_says_what_is_installed(line: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(line + "\n")
    (row,) = rows(tmp_path / "list.txt")
    assert facts(row) == {"os.family": "linux", **ANSWERS[line]}


OTHERS = [
    "Device\tUBR\nws-0001\t4460",
    "name,version\nmdatp,101.1",
    '[{"Package": "mdatp"}]',
    'healthy : true\napp_version : "101.1"',
    "in the 2nd year  mdatp  was  all  new",
    "mdatp",
    "",
]


@pytest.mark.parametrize("text", OTHERS)
def test_another_text_is_no_answer(text: str) -> None:
    assert not is_package_list(text.splitlines())
    assert kind_of(text) != "packages"


def test_a_host_has_the_packages_that_follow_it_until_the_next(tmp_path: Path) -> None:
    lines = ["bash-5.1.8-6.el9.x86_64", "a.contoso.example | CHANGED | rc=0 >>", "mdatp-101.1.1-1.x86_64"]
    lines += ["bash-5.1.8-6.el9.x86_64", "b | FAILED | rc=1 >>", "package mdatp is not installednon-zero return code"]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    found = [
        (row["row"], row["line"], row.get("name"), row.get("agent.version")) for row in rows(tmp_path / "list.txt")
    ]
    assert found == [
        (1, 1, None, None),
        (2, 3, "a.contoso.example", "101.1.1"),
        (3, 4, "a.contoso.example", None),
        (4, 6, "b", "not installed"),
    ]


def test_a_long_line_is_looked_at_once() -> None:
    assert not is_package_list(["a-" * 500_000, "ii" + " " * 1_000_000, "x | " * 250_000])
