"""What exports of asset and management tools say, fact by fact, and what they must not say."""

from typing import Any

import pytest

from tests.inventory.asset_facts import SAID
from tests.inventory.records import facts, moment, read_one, rows, rows_of


def _of_its_product(path: str) -> str:
    return path.partition("/")[0]


@pytest.mark.parametrize("path", SAID)
def test_each_record_says_just_this(path: str) -> None:
    records = read_one(path)
    assert records.file.format == _of_its_product(path)
    assert [(row.get("name"), facts(row)) for row in rows_of(records)] == SAID[path]


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("azure-resources/az-graph-query.json", "azure-resources/resource-graph.json"),
        ("azure-resources/explorer.csv", "azure-resources/resource-graph.json"),
    ],
)
def test_another_way_to_export_says_the_same(path: str, same: str) -> None:
    said = [(facts(row), row.get("observed")) for row in rows(path)]
    assert said == [(facts(row), row.get("observed")) for row in rows(same)][: len(said)]


def test_configuration_manager_joins_by_its_own_id_and_by_that_of_entra() -> None:
    first, second, *_, last = rows("configmgr/r-system.csv")
    assert (first["own_id"], first["entra_id"]) == ("configmgr:16777219", "0098c183-a6f8-5ce4-96bf-fd35dee6faca")
    assert "entra_id" not in second
    assert "entra_id" not in last  # zeros
    views = ["operating-system", "combined-device-resources", "antimalware-health", "joined-query"]
    assert {rows(f"configmgr/{view}.csv")[0]["own_id"] for view in views} == {"configmgr:16777219"}


OBSERVED: dict[str, str | None] = {
    "configmgr/operating-system.csv": "2026-11-16 09:31:02",
    "configmgr/combined-device-resources.csv": "2026-11-17 08:41:07",
    "configmgr/r-system.csv": None,
    "configmgr-updates/quick-fix-engineering.csv": "2026-11-16 09:31:02",
    "cmpivot/registry.csv": None,
    "azure-resources/resource-graph.json": "2026-11-17 12:02:10.445131",
    "servicenow/values.json": "2026-11-16 04:12:33",
    "servicenow/labels.csv": "2026-11-16 04:12:33",
    "servicenow/display-values.json": "2026-11-16 04:12:33",  # the value in UTC, not what is displayed in local time
    "jamf-computers/inventory.json": "2026-11-17 09:12:37.692",
    "jamf-search/advanced-search.csv": "2026-11-17 09:12:37",
    "osquery-table/fleet-export.csv": "2026-11-17 08:00:00",
    "osquery-log/results.jsonl": "2026-11-17 07:00:00",
    "osquery-snapshots/snapshots.jsonl": "2026-11-17 07:00:00",
    "ansible-facts/lnx-01.json": "2026-11-17 07:00:00",
    "package-list/rpm.txt": None,
}


@pytest.mark.parametrize("path", OBSERVED)
def test_the_first_record_is_dated(path: str) -> None:
    observed = OBSERVED[path]
    assert rows(path)[0].get("observed") == (moment(observed) if observed else None)


ROLES: dict[str, dict[str, Any]] = {
    "configmgr/r-system.csv": {"founds": True},
    "configmgr-updates/joined-with-names.csv": {"founds": False, "open_sets": {"updates.kbs"}},
    "cmpivot-updates/quick-fix-engineering.csv": {"founds": False, "open_sets": {"updates.kbs"}},
    "osquery-table/patches.json": {"open_sets": {"updates.kbs"}},
    "osquery-snapshots/snapshots.jsonl": {"open_sets": {"updates.kbs"}},
    "azure-resources/resource-graph.json": {"founds": False, "secondary": True, "open_sets": {"device.tags"}},
    "servicenow/values.json": {"founds": False, "secondary": True},
    "ansible-facts/lnx-01.json": {"founds": True, "per_device": True, "place_names": True},
    "package-list/rpm.txt": {"per_device": True, "place_names": True},
    "osquery-table/os-version-of-one.json": {"place_names": True},
}


@pytest.mark.parametrize("path", ROLES)
def test_what_a_file_may_do(path: str) -> None:
    file = read_one(path).file
    assert {name: getattr(file, name) for name in ROLES[path]} == ROLES[path]


PLANTED = (
    "00000000-1111-2222-3333-444444444444",  # organisation
    "11111111-0000-4000-8000-000000000001",  # tenant
    "203.0.113.7",
    "C02000000001",  # serial number
    "5CG0000001",
    "nlind",
    "nora.lind",
    "azureadmin",
)


@pytest.mark.parametrize("path", SAID)
def test_ids_people_addresses_and_serial_numbers_never_enter_a_record(path: str) -> None:
    text = str(rows(path)) + str(read_one(path).file)
    assert not [secret for secret in PLANTED if secret in text]
