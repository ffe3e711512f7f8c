"""The Windows collector cannot be run here: it is parsed, and held together with the fixtures that show its output."""

import json
import re
from typing import TYPE_CHECKING

import pytest

from checker.inventory.mapping_files import mappings
from tests.collectors.machine import COLLECTOR, ROOT

if TYPE_CHECKING:
    from tree_sitter import Node

SCRIPT = ROOT / "collectors" / "Get-MdeReadiness.ps1"
SAMPLES = sorted((ROOT / "fixtures" / "inventories" / "native").glob("windows-*.ndjson"))
KEYS = {"mde_readiness", "device", "collected_at", "mde_id", "entra_id"}
TEST_KEYS = {"url", "port", "method", "via", "result", "http_status", "error"}
FACT = re.compile(r"'([a-z]+\.[a-z0-9_]+)' =")
SECRETS = ("OrgID", "orgId", "OnboardingInfo", "sha256sig", "UserName", "SerialNumber", "TenantId")


def faults(text: str) -> list[str]:
    """Return what the grammar of PowerShell does not understand."""
    import tree_sitter_powershell
    from tree_sitter import Language, Parser

    def within(node: "Node") -> list[str]:
        here = [f"{node.start_point.row + 1}: {node.type}"] if node.is_error or node.is_missing else []
        return here + [fault for child in node.children for fault in within(child)]

    tree = Parser(Language(tree_sitter_powershell.language())).parse(text.encode())
    return within(tree.root_node)


def records() -> list[dict[str, object]]:
    """Return the lines of the fixtures that show what it writes."""
    texts = [path.read_bytes() for path in SAMPLES]
    decoded = [text.decode("utf-16" if text.startswith(b"\xff\xfe") else "utf-8") for text in texts]
    return [json.loads(line) for text in decoded for line in text.splitlines()]


def test_the_grammar_of_powershell_understands_it() -> None:
    assert faults(SCRIPT.read_text()) == []


@pytest.mark.parametrize(
    ("whole", "broken"),
    [("[CmdletBinding()]", "[CmdletBinding("), ("} catch {", "} catch"), ('-join "`n"', '-join "`n')],
)
def test_a_broken_copy_is_found(whole: str, broken: str) -> None:
    text = SCRIPT.read_text()
    assert whole in text
    assert faults(text.replace(whole, broken, 1))


def test_it_is_written_in_ascii_for_powershell_5_reads_a_script_in_the_local_code_page() -> None:
    assert SCRIPT.read_bytes().isascii()


def test_it_says_the_facts_of_its_fixtures_and_no_others() -> None:
    told = set(FACT.findall(SCRIPT.read_text()))
    shown = {key for record in records() if "url" not in record for key in record} - KEYS
    assert told == shown
    assert told <= mappings()["native"].facts.keys()


def test_its_tests_have_the_keys_of_its_fixtures() -> None:
    text = SCRIPT.read_text()
    entries = re.search(r"@\{ url = .*?\}\n\}", text, re.DOTALL)
    common = re.search(r"\$same = \[ordered\]@\{(.*?)\}\n", text, re.DOTALL)
    assert entries
    assert common
    assert set(re.findall(r"(\w+) = ", entries[0])) == TEST_KEYS
    assert set(re.findall(r"(\w+) = ", common[1])) == KEYS
    assert {key for record in records() if "url" in record for key in record} == KEYS | TEST_KEYS


def test_it_tests_the_hosts_of_its_fixtures() -> None:
    text = SCRIPT.read_text()
    hosts = {str(record["url"]).split("/")[2] for record in records() if "url" in record}
    named = {host for host in hosts if not host.endswith(".endpoint.security.microsoft.com")}
    assert named == set(re.findall(r"'(?:http://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+\.(?:com|net))[/']", text)) - {
        "endpoint.security.microsoft.com"
    }


def test_both_collectors_know_the_same_hosts_of_the_service() -> None:
    regions = re.findall(r"\b(us|eu|uk|au) = ((?:'\w+'(?:, )?)+)", SCRIPT.read_text())
    windows = {geo: re.findall(r"'(\w+)'", found) for geo, found in regions}
    others = {
        geo: found.split()
        for geo, found in re.findall(r"^(\w\w)\) regions='(.*)' ;;", COLLECTOR.read_text(), re.MULTILINE)
    }
    assert windows == others
    assert windows.keys() == {"us", "eu", "uk", "au"}


def test_it_reads_nothing_that_names_an_organisation_or_a_person() -> None:
    text = SCRIPT.read_text()
    assert [word for word in SECRETS if word in text] == []


def test_it_changes_nothing_but_the_file_that_it_writes() -> None:
    changing = r"\b(?:Set|New|Remove|Start|Stop|Add|Clear|Enable|Disable|Invoke|Install|Import)-(?!Object\b)\w+"
    assert re.findall(changing, SCRIPT.read_text()) == []
