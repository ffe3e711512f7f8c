"""What the keys of a record are: full names by a stated domain, Entra ids in any form of a GUID, the exporter's own."""

import json
from pathlib import Path

import pytest

from checker.inventory.identify import identify
from checker.inventory.mapping_files import mappings
from checker.inventory.read import read_inventory
from checker.redact.pseudonyms import OWN
from tests.inventory.records import read_one, rows

GUID = "0098c183-a6f8-5ce4-96bf-fd35dee6faca"
SYSTEMINFO = "Host Name,OS Name,OS Version,Domain\n"
INTUNE = "Device ID,Device name,OS,OS version,Last check-in,Microsoft Entra Device ID\n"


def written(tmp_path: Path, text: str, name: str = "export.csv") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "domain", "full"),
    [
        ("WS-1", "corp.contoso.example", "WS-1.corp.contoso.example"),
        ("WS-1", "Corp.Contoso.Example.", "WS-1.corp.contoso.example"),
        ("WS-1", "WORKGROUP", "WS-1"),
        ("WS-1", "CORP", "WS-1"),
        ("WS-1", "", "WS-1"),
        ("WS-1", "not a. domain", "WS-1"),
        ("ws-1.lab.contoso.example", "corp.contoso.example", "ws-1.lab.contoso.example"),
    ],
)
def test_a_short_name_and_a_domain_of_dns_are_a_full_name(tmp_path: Path, name: str, domain: str, full: str) -> None:
    (row,) = rows(
        written(tmp_path, f"{SYSTEMINFO}{name},Microsoft Windows 10 Pro,10.0.19045 N/A Build 19045,{domain}\n")
    )
    assert row["name"] == full


def test_a_domain_alone_names_nobody(tmp_path: Path) -> None:
    text = f"{SYSTEMINFO}unknown,Microsoft Windows 10 Pro,10.0.19045,corp.contoso.example\n,a,b,corp.contoso.example\n"
    read = read_one(written(tmp_path, text))
    assert read.frames[0]["name"].to_list() == ["unknown.corp.contoso.example", None]
    assert len(identify([read]).device_ids) == 0


def test_two_computers_of_one_name_in_two_domains_are_two_devices(tmp_path: Path) -> None:
    line = "WS-1,Microsoft Windows 10 Pro,10.0.19045 N/A Build 19045,{}.example\n"
    read = read_one(written(tmp_path, SYSTEMINFO + line.format("a") + line.format("b")))
    assert identify([read]).device_ids.to_list() == ["name:ws-1.a.example", "name:ws-1.b.example"]


@pytest.mark.parametrize("form", [GUID, GUID.upper(), f"{{{GUID}}}", GUID.replace("-", ""), f" {{{GUID.upper()}}} "])
def test_an_entra_id_is_read_in_any_form_of_a_guid(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, f"{INTUNE}a-1,ws-1,Windows,10.0.19045.1,2026-11-22T10:00:00Z,{form}\n")
    assert rows(path)[0]["entra_id"] == GUID
    assert read_one(path).file.notices == ()


def test_what_is_no_entra_id_is_told_and_zeros_are_none(tmp_path: Path) -> None:
    line = "a-{},ws-{},Windows,10.0.19045.1,2026-11-22T10:00:00Z,{}\n"
    zeros = "00000000-0000-0000-0000-000000000000"
    one = INTUNE + line.format(1, 1, "joined") + line.format(2, 2, zeros) + line.format(3, 3, "")
    two = one + line.format(4, 4, GUID[:-1]) + line.format(5, 5, f"{{{zeros}}}")
    said = "Entra id is no GUID and is not used; the row goes by its other keys"
    assert read_one(written(tmp_path, one)).file.notices == (f"1 {said}",)
    said = "Entra ids are no GUID and are not used; the rows go by their other keys"
    assert read_one(written(tmp_path, two)).file.notices == (f"2 {said}",)


AZURE = "00000000-0000-4000-8000-00000000a2ce"
OWN_IDS = [
    ("jamf-computers/inventory.json", "jamf:5982ce36-0000-4000-8000-000000000001"),
    ("servicenow/display-values.json", "servicenow:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"),
    (
        "azure-resources/explorer.csv",
        f"azure:/subscriptions/{AZURE}/resourcegroups/rg-servers/providers/microsoft.hybridcompute/machines/srv-01",
    ),
]


@pytest.mark.parametrize(("path", "own_id"), OWN_IDS)
def test_an_export_with_an_id_of_its_own_goes_by_it(path: str, own_id: str) -> None:
    assert rows(path)[0]["own_id"] == own_id


def test_an_extension_is_of_the_machine_in_whose_id_it_stands(tmp_path: Path) -> None:
    machine = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/srv-01"
    text = "id,name,type,resourceGroup,osType\n" + "".join(
        f"{machine}{more},{name},{kind},r,\n"
        for more, name, kind in (
            ("", "srv-01", "a/virtualmachines"),
            ("/extensions/MDE.Windows", "MDE.Windows", "b/extensions"),
        )
    )
    assert {row["own_id"] for row in rows(written(tmp_path, text))} == {f"azure:{machine.lower()}"}


def test_every_system_with_ids_of_its_own_is_known_to_redaction() -> None:
    systems = {product.own_ids for product in mappings().values() if product.own_ids}
    assert {system for system in systems if OWN.fullmatch(f"{system}:1")} == systems


def test_mappings_of_one_system_agree_on_whether_its_ids_are_given_twice() -> None:
    for product in mappings().values():
        twins = [other for other in mappings().values() if product.own_ids and other.own_ids == product.own_ids]
        assert all(other.own_ids_repeat == product.own_ids_repeat for other in twins), product.id


def test_two_macs_of_one_name_are_two_devices_and_neither_is_the_one_of_defender(tmp_path: Path) -> None:
    udids = [f"{at}AAAAAAA-0000-0000-0000-000000000001" for at in (1, 2)]
    macs = [{"udid": udid, "general": {"name": "MacBook"}, "operatingSystem": {}} for udid in udids]
    jamf = written(tmp_path, json.dumps({"totalCount": 2, "results": macs}), "jamf.json")
    device = {"id": "1" * 40, "computerDnsName": "macbook", "osPlatform": "macOS"}
    fleet = written(tmp_path, json.dumps({"value": [device]}), "machines.json")
    found = identify(read_inventory([str(jamf), str(fleet)]))
    assert found.device_ids.to_list() == [
        "1" * 40, "jamf:1aaaaaaa-0000-0000-0000-000000000001", "jamf:2aaaaaaa-0000-0000-0000-000000000001"
    ]  # fmt: skip
