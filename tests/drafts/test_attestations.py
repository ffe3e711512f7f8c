"""Drafted attestations: what would settle most, refused until somebody filled it in, and then of effect."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from checker.drafts.attestations import ALLOWED, Waiting, draft, waiting
from checker.drafts.waiting import of_prerequisites
from checker.engine.records import gather_records
from checker.errors import RuleError
from checker.facts.catalogue import catalogue
from checker.inventory.identify import identify
from checker.inventory.read import ReadOptions, read_inventory
from checker.loading import load
from checker.model import condition
from checker.model.fact import FactSpec
from checker.model.notes import Unlock
from checker.model.result import Summary
from checker.operators.hosts import fits
from checker.options import Options
from checker.packs.attestations import read_attestations
from checker.pipeline import check
from tests.contoso import AS_OF, FLEET, ROOT, working_in

BARE = Options((f"{FLEET}/inventory",), AS_OF)
ATTESTED = replace(BARE, attestations=f"{FLEET}/attestations.yaml")
FILLED = {  # a value for each type
    "text": "GW_EU",
    "version": "10.1",
    "number": "10",
    "flag": "no",
    "date": "2026-12-31",
    "time": '"2026-12-31T14:30Z"',
    "set": "[plan2]",
    "attempts": """[
    {url: "https://edr-weu.eu.endpoint.security.microsoft.com/", http_status: 200, method: analyzer},
    {url: "https://mdav.eu.endpoint.security.microsoft.com/", http_status: 200, method: analyzer}]""",
}


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    with working_in(ROOT):
        yield


def value_of(spec: FactSpec) -> str:
    return "eu" if spec.name == "site.geo" else spec.words[0] if spec.words else FILLED[spec.type]


def filled_in(text: str) -> str:
    """Return a draft as somebody who knows fills it in."""

    def entry(match: re.Match[str]) -> str:
        spec = catalogue()[match[1]]
        words = "by: N. Lind\n  evidence: CHG-7\n  attested: 2026-11-20\n  valid_until: 2027-01-31"
        return f"- fact: {spec.name}\n  value: {value_of(spec)}\n  {words}\n"

    return re.sub(r"- fact: (\S+)\n  value:\n  by:\n  evidence:\n  attested:\n  valid_until:\n", entry, text)


def of(options: Options) -> tuple[Waiting, ...]:
    with check(options) as result:
        return waiting(load(options).plan, result.summary)


def of_all(options: Options) -> tuple[Waiting, ...]:
    """Return what a draft is made from."""
    plan = load(options).plan
    inputs = read_inventory(options.inventory, ReadOptions(wanted=plan.wanted()))
    records = gather_records(inputs, identify(inputs), plan.specs, plan.wanted())
    return waiting(plan, summary_of(options), of_prerequisites(plan, records))


def summary_of(options: Options) -> Summary:
    with check(options) as result:
        return result.summary


def facts_in(text: str) -> list[str]:
    return [entry["fact"] for entry in yaml.safe_load(text) or ()]


def test_every_fact_that_devices_wait_for_is_drafted_or_named() -> None:
    with check(BARE) as result:
        summary = result.summary
    text = draft(BARE)
    told = {each.fact for each in summary.unlocks}
    told |= {each.action.removeprefix("settle ") for each in summary.actions if each.action.startswith("settle ")}

    assert {fact for fact in told if catalogue()[fact].about != "device"} <= set(facts_in(text))
    assert all(f"#   {fact} (" in text for fact in told if catalogue()[fact].about == "device")


def test_what_prerequisites_of_every_severity_wait_for_is_drafted() -> None:
    text = draft(BARE)

    assert {"plan.old_policy_excluded", "site.updates_internal", "site.trust_lists_managed"} <= set(facts_in(text))
    assert "wait for it; read by sc.duplicate-onboarding-policy (major).\n- fact: plan.old_policy_excluded\n" in text
    assert "wait for it; read by sc.url-updates (major).\n- fact: site.updates_internal\n" in text


def test_nothing_is_drafted_that_settles_nothing() -> None:
    before = {rule.id: rule.unknown for rule in summary_of(BARE).rules}
    for fact in facts_in(draft(BARE)):
        assert any(before[name] for each in of_all(BARE) if each.spec.name == fact for name in each.rules), fact
    assert not {"plan.tool", "cloud", "site.connectivity", "plan.batch_size"} & set(facts_in(draft(BARE)))


def test_a_default_is_asked_for_where_another_word_would_settle_the_rule(tmp_path: Path) -> None:
    before = {rule.id: rule.unknown for rule in summary_of(BARE).rules}
    path = tmp_path / "words.yaml"
    path.write_text(
        filled_in("- fact: site.updates_internal\n  value:\n  by:\n  evidence:\n  attested:\n  valid_until:\n")
    )
    path.write_text(path.read_text().replace("value: no", "value: yes"))
    after = replace(BARE, attestations=str(path))

    asked = {each.spec.name: each for each in of_all(BARE)}["site.updates_internal"]
    settled = {rule.id: rule.unknown for rule in summary_of(after).rules}
    moved = summary_of(BARE).devices["migrated"]  # there the rule is UNKNOWN, too, but asks nothing any more
    assert before["sc.url-updates"] - settled["sc.url-updates"] == asked.devices + moved
    assert asked.devices > 200
    assert "site.updates_internal" not in facts_in(draft(after))


def test_the_example_of_attempts_meets_the_rule_that_it_is_for() -> None:
    text = " ".join(line.removeprefix("# ") for line in draft(BARE).splitlines())
    attempts = re.search(r"a list of attempts, one for each host that a rule asks for, (\[.*?\])\.", text)
    assert attempts
    hosts = [urlsplit(attempt["url"]).hostname for attempt in yaml.safe_load(attempts[1])]
    core = next(rule for rule in load(BARE).plan.pack.rules if rule.id == "sc.url-core")
    asked = next(test.argument for test in condition.tests_of(core.require) if test.operator == "reaches")

    assert all(any(fits(pattern, str(host)) for host in hosts) for pattern in asked.hosts)


def test_what_only_a_word_carries_is_not_among_what_to_export() -> None:
    text = draft(BARE)
    exported = text[text.index("export them:") : text.index("# Facts of devices that no export carries")]

    assert "attestation" not in exported
    assert "os.support_confirmed" not in exported
    assert "#   os.support_confirmed (1 device waits for it): " in text


def test_no_fact_of_a_device_is_drafted() -> None:
    assert {catalogue()[fact].about for fact in facts_in(draft(BARE))} == {"site", "plan", "tenant", "fleet"}


def test_most_devices_come_first() -> None:
    listed = of_all(BARE)

    assert [each.devices for each in listed] == sorted((each.devices for each in listed), reverse=True)
    assert listed[0].devices > 100
    order = [each.spec.name for each in listed if each.spec.about != "device"]
    assert facts_in(draft(BARE)) == order


def test_an_entry_says_what_is_asked_how_many_wait_and_who_reads_it() -> None:
    text = draft(BARE)
    entry = text[: text.index("- fact: site.geo")].rpartition("\n\n")[2]

    assert entry == (
        "# Geography of the tenant's data, which chooses the hosts.\n"
        "# Allowed: us, eu, uk, au, ch, in.\n"
        "# 7 devices wait for it; read by sc.legacy-urls-acknowledged (blocker).\n"
    )
    assert "# No device waits for it; read by sc.licence (minor).\n- fact: tenant.licences\n" in text
    proof = text[: text.index("- fact: url.tests\n")].rstrip("\n").rpartition("# An export is the better proof: ")[2]
    assert proof.startswith("URL-reachability file, ")


def test_what_is_attested_is_not_asked_again() -> None:
    stated = {"site.tls_inspection", "site.geo", "tenant.licences", "fleet.pilot_first"}

    assert stated <= set(facts_in(draft(BARE)))
    assert not stated & set(facts_in(draft(ATTESTED)))


def test_what_is_attested_is_not_asked_again_though_its_rule_waits_for_more(tmp_path: Path) -> None:
    assert {"fleet.all_waves_verified", "fleet.old_access_removed"} <= set(facts_in(draft(BARE)))
    path = tmp_path / "words.yaml"
    path.write_text(
        filled_in("- fact: fleet.old_access_removed\n  value:\n  by:\n  evidence:\n  attested:\n  valid_until:\n")
    )
    path.write_text(path.read_text().replace("value: no", "value: yes"))
    after = facts_in(draft(replace(BARE, attestations=str(path))))

    assert "fleet.all_waves_verified" in after
    assert "fleet.old_access_removed" not in after


def test_of_several_counts_of_a_fact_the_greatest_is_told() -> None:
    with check(BARE) as result:
        summary = result.summary
    licences = Unlock("tenant.licences", "attestation", "tenant", 7, ("made.rule",))
    found = waiting(load(BARE).plan, replace(summary, unlocks=(*summary.unlocks, licences)))
    told = {each.spec.name: each for each in found}["tenant.licences"]

    assert (told.devices, told.rules) == (7, ("made.rule", "sc.licence"))


def test_an_attestation_that_ended_is_asked_again() -> None:
    assert "tenant.licences" in facts_in(draft(replace(ATTESTED, as_of=AS_OF.replace(year=2027, month=12))))


def test_a_draft_is_no_attestation_until_it_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(draft(BARE), encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        read_attestations(path, "words.yaml", AS_OF)

    lines = path.read_text().splitlines()
    empty = [number for number, line in enumerate(lines, start=1) if re.fullmatch(r"  \w+:", line)]
    assert [int(problem.where.split(":")[1]) for problem in raised.value.problems] == empty
    assert len(empty) == 5 * len(facts_in(path.read_text()))


def test_a_draft_that_is_filled_in_settles_what_it_said(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(filled_in(draft(BARE)), encoding="utf-8")
    found = read_attestations(path, "words.yaml", AS_OF).items
    after = of(replace(BARE, attestations=str(path)))

    assert [word.fact for word in found] == facts_in(path.read_text())
    assert not {each.spec.name for each in after} & {"site.geo", "site.tls_inspection", "tenant.licences"}
    with check(BARE) as before, check(replace(BARE, attestations=str(path))) as now:
        assert now.summary.devices["ready"] > before.summary.devices["ready"] + 50


@pytest.mark.parametrize("fact", [name for name, spec in catalogue().items() if spec.about != "device"])
def test_every_fact_that_may_be_drafted_is_refused_empty_and_taken_filled_in(fact: str, tmp_path: Path) -> None:
    spec, path = catalogue()[fact], tmp_path / "words.yaml"
    if spec.derived:
        return
    assert spec.words or spec.type in ALLOWED
    entry = f"- fact: {fact}\n  value:\n  by:\n  evidence:\n  attested:\n  valid_until:\n"
    path.write_text(entry)
    with pytest.raises(RuleError) as raised:
        read_attestations(path, "words.yaml", AS_OF)
    path.write_text(filled_in(entry))

    assert len(raised.value.problems) == 5
    assert [word.fact for word in read_attestations(path, "words.yaml", AS_OF).items] == [fact]
