"""The demo fleet holds every kind of device there is, loses no row, and is made by its generator."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from checker.decide.verdict import OPEN_NETWORK, UNDETERMINED_ROUTE, UPDATE_FIRST
from checker.loading import load
from checker.model.outcome import Readiness, Verification
from checker.model.plan import Plan
from checker.options import Options
from tests.contoso import AS_OF, FLEET, ROOT, Checked, check_contoso

INVENTORY = ROOT / FLEET / "inventory"
MOST_BYTES = 400_000  # what a clone of the repository should have to carry
HOSTILE = {
    "<img src=x onerror=alert(1)>.contoso.example",
    "=1+1",
    'ws-osl-"blue", bench 2.contoso.example',
    "ws-tromsø-001.contoso.example",
}


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_contoso()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load(Options((), AS_OF)).plan


def seen(checked: Checked, column: str) -> set[str]:
    return {row[column] for row in checked.rows() if row["readiness"] != Readiness.OUT_OF_SCOPE}


def test_every_readiness_occurs(checked: Checked) -> None:
    assert {row["readiness"] for row in checked.rows()} == set(Readiness)


def test_ready_rests_on_measurements_and_on_attestations(checked: Checked) -> None:
    assert {row["by"] for row in checked.rows() if row["readiness"] == Readiness.READY} == {
        "measured",
        "attested",
        "waived",
    }


def test_every_route_occurs(checked: Checked, plan: Plan) -> None:
    assert seen(checked, "route") == {*(route.id for route in plan.pack.routes), UNDETERMINED_ROUTE}


def test_every_path_occurs(checked: Checked, plan: Plan) -> None:
    routes = {route.id for route in plan.pack.routes}
    assert seen(checked, "path") == {*routes, UPDATE_FIRST, OPEN_NETWORK, UNDETERMINED_ROUTE}


def test_every_verification_occurs(checked: Checked) -> None:
    assert seen(checked, "verification") == set(Verification)


def test_every_reason_to_be_out_of_scope_occurs(checked: Checked, plan: Plan) -> None:
    reasons = {row["by"] for row in checked.rows() if row["readiness"] == Readiness.OUT_OF_SCOPE}
    assert reasons == {reason for reason, _ in plan.scope}


def test_the_fleet_is_credible(checked: Checked) -> None:
    devices = checked.summary.devices
    assert 280 <= devices["total"] <= 340
    assert 0.4 <= devices["ready"] / devices["total"] <= 0.55
    assert 0.08 <= devices["migrated"] / devices["total"] <= 0.12


def test_every_row_of_every_file_is_accounted_for(checked: Checked) -> None:
    inputs = checked.summary.inputs
    assert {Path(item.path).name for item in inputs} == {path.name for path in INVENTORY.rglob("*") if path.is_file()}
    for item in inputs:
        assert item.rows == _rows(ROOT / item.path)
        assert item.rows == sum(
            (item.devices, item.merged, item.out_of_scope, item.unmatched, item.rejected, item.future)
        ), item.path


def _rows(path: Path) -> int:
    """Return how many records a file of this fleet has, counted without the product's readers."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".csv":
        return text.count("\n") - 1  # no cell of this fleet holds a line break
    if path.suffix == ".txt":
        return text.count("edr_machine_id")
    return max(1, text.count('"computerDnsName"'))


def test_tallies_add_up(checked: Checked) -> None:
    rows, summary = checked.rows(), checked.summary
    judged = [row for row in rows if row["readiness"] != Readiness.OUT_OF_SCOPE]
    assert len({row["device_id"] for row in rows}) == len(rows) == summary.devices["total"]
    assert Counter(row["route"] for row in judged) == summary.routes
    assert Counter(row["path"] for row in judged) == summary.paths
    assert Counter(row["verification"] for row in judged) == summary.verification
    for rule in summary.rules:
        outcomes = rule.passed + rule.failed + rule.unknown + rule.not_applicable
        assert outcomes == (1 if rule.about in ("tenant", "fleet") else len(judged)), rule.id


def test_every_undetermined_device_says_what_it_waits_for(checked: Checked) -> None:
    undetermined = [row for row in checked.rows() if row["readiness"] == Readiness.UNDETERMINED]
    assert [row["device_name"] for row in undetermined if not row["undetermined_by"]] == []


def test_a_fact_told_from_url_tests_is_shown_as_its_own_value(checked: Checked) -> None:
    shown = {rule.id: dict(rule.histogram) for rule in checked.summary.rules}
    assert shown["sc.no-tls-inspection"].keys() == {"yes"}
    assert shown["sc.no-proxy-auth"].keys() == {"yes"}


def test_hostile_names_stay_as_they_are(checked: Checked) -> None:
    assert {row["device_name"] for row in checked.rows()} >= HOSTILE


def test_the_order_of_the_files_does_not_matter(checked: Checked) -> None:
    files = sorted(path.relative_to(ROOT).as_posix() for path in INVENTORY.rglob("*") if path.is_file())
    for given in (files, files[::-1], files[3:] + files[:3]):
        again = check_contoso(given)
        assert again.report == checked.report
        assert again.devices == checked.devices


def test_the_fleet_is_what_its_generator_writes(tmp_path: Path) -> None:
    generate = ROOT / FLEET / "generate.py"
    subprocess.run([sys.executable, "-B", str(generate), str(tmp_path)], check=True)
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(INVENTORY): path.read_bytes() for path in INVENTORY.rglob("*") if path.is_file()}
    assert made.keys() == kept.keys()
    for path, text in made.items():
        assert kept[path] == text, path


def test_the_fleet_is_small(checked: Checked) -> None:
    assert checked.summary.as_of == date(2026, 11, 23)
    assert sum(path.stat().st_size for path in INVENTORY.rglob("*") if path.is_file()) <= MOST_BYTES
