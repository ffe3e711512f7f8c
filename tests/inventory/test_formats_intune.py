"""What the exports of Intune say, fact by fact, and rows of them that do not fit their header."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.inventory.read import ReadOptions
from tests.inventory.records import facts, moment, read_one, refusal, rows, rows_of

OWN = {
    "WS-0001": "intune:3d84c48a-8afb-57f6-85ba-0777851fc738",
    "WS-0002": "intune:418ecc75-faba-5818-87a1-4b08221c51c6",
}
WINDOWS = {"os.family": "windows", "os.role": "client", "os.architecture": "x64"}
WS_0001 = {
    "device.join_type": "hybrid-joined",
    "device.enrolled_mdm": "yes",
    **WINDOWS,
    "os.edition": "enterprise",
    "os.build": "22631",
    "os.ubr": "3122",
}
WS_0002 = {
    "device.join_type": "entra-joined",
    "device.enrolled_mdm": "yes",
    **WINDOWS,
    "os.edition": "professional",
    "os.build": "19045",
    "os.ubr": "6456",
}
WS_0003 = {
    "device.join_type": "entra-registered",
    "device.enrolled_mdm": "yes",
    **WINDOWS,
    "os.architecture": "arm64",
    "os.edition": "business",
    "os.build": "26100",
    "os.ubr": "2314",
}
# Defender manages its settings: it is in the list, and not enrolled.
SRV_01 = {
    "device.join_type": "",
    **WINDOWS,
    "os.role": "",
    "os.edition": "",
    "os.build": "17763",
    "os.ubr": "2330",
}
MAC_01 = {
    "device.join_type": "",
    "device.enrolled_mdm": "yes",
    "os.family": "macos",
    "os.platform": "macOS",
    "os.version": "27.0",
}
IPAD_07 = {
    "device.join_type": "",
    "device.enrolled_mdm": "yes",
    "os.family": "ios",
    "os.platform": "iOS/iPadOS",
}
LNX_02 = {
    "device.join_type": "",
    "device.enrolled_mdm": "yes",
    "os.family": "linux",
    "os.platform": "Linux (Ubuntu)",
    "os.version": "22.04",
}
VERSIONS = ("av.platform", "av.engine", "av.intelligence")
NEW = dict(zip(VERSIONS, ("4.18.24090.11", "1.1.24090.11", "1.421.818.0"), strict=True))
OLD = dict(zip(VERSIONS, ("4.18.2206.108", "1.1.19428.0", "1.371.1279.0"), strict=True))
NEVER = ".".join("0000")  # of an agent that never reported
NO_ARCHITECTURE = {"os.architecture"}


def without(said: dict[str, str], names: set[str]) -> dict[str, str]:
    """Return facts without some."""
    return {name: value for name, value in said.items() if name not in names}


@pytest.mark.parametrize("name", ["azure-ad.csv", "entra.csv", "entra.zip"])
def test_the_portals_list_says_the_same_before_and_after_the_renaming(name: str) -> None:
    found = rows(f"intune-devices/{name}")
    assert [facts(row) for row in found] == [WS_0001, WS_0002, WS_0003, SRV_01, MAC_01, IPAD_07, LNX_02]
    first, *_, linux = found
    assert (first["own_id"], first["entra_id"]) == (OWN["WS-0001"], "0098c183-a6f8-5ce4-96bf-fd35dee6faca")
    assert (first["name"], first["observed"]) == ("WS-0001", moment("2026-11-17 15:46:54.987654"))
    assert "entra_id" not in linux  # zeros are none


@pytest.mark.parametrize("name", ["api.csv", "api.json", "api-array.json"])
def test_exports_of_the_api_use_the_words_beside_the_numbers(name: str) -> None:
    found = rows(f"intune-devices/{name}")
    assert [facts(row) for row in found] == [WS_0001, WS_0002, SRV_01]
    assert [row["own_id"] for row in found[:2]] == [OWN["WS-0001"], OWN["WS-0002"]]


def test_numbers_alone_are_read_too(tmp_path: Path) -> None:
    header = "DeviceId,DeviceName,LastContact,OS,JoinType,ManagementAgent\n"
    path = tmp_path / "numbers.csv"
    path.write_text(
        header
        + "".join(f"{number:08}-0000-4000-8000-000000000000,pc,,Windows,{number},2\n" for number in range(4))
        + "00000009-0000-4000-8000-000000000000,pc,,Windows,0,256\n"
    )
    found = [facts(row) for row in rows(path)]
    assert [row["device.join_type"] for row in found] == ["", "entra-joined", "entra-registered", "hybrid-joined", ""]
    assert [row.get("device.enrolled_mdm") for row in found] == ["yes", "yes", "yes", "yes", None]


def test_the_diagnostic_log_ends_with_a_record_of_no_device() -> None:
    records = read_one("intune-devices/diagnostic-log.jsonl")
    first, second, mac, statistics = rows_of(records)
    assert facts(first) == without(WS_0001, NO_ARCHITECTURE)
    assert facts(second) == without(WS_0002, NO_ARCHITECTURE)
    assert facts(mac) == {**MAC_01, "os.platform": "MacOS", "os.version": "15.1"}
    assert set(statistics) == {"row", "line"}
    assert records.rows == 4


@pytest.mark.parametrize("name", ["valid.json", "pages.json", "powershell.csv"])
def test_graph_says_what_its_first_version_has(name: str) -> None:
    mac = without(MAC_01, {"device.join_type"})
    beta = {"device.join_type", "os.role", "os.edition", "os.architecture"}
    phone = {"os.family": "android", "os.platform": "Android"}
    old_client = {
        "os.family": "windows",
        "os.build": "19042",
        "os.ubr": "2194",
    }
    assert [facts(row) for row in rows(f"intune-managed-devices/{name}")] == [
        without(WS_0001, beta),
        without(WS_0002, beta),
        without(SRV_01, beta),
        mac,
        phone,
        old_client,
    ]


def test_graphs_beta_tells_edition_join_and_the_antivirus() -> None:
    windows, other, server, mac = rows("intune-managed-devices/beta.json")
    assert facts(windows) == {**WS_0001, **NEW}
    assert facts(other) == {**WS_0002, **OLD}
    assert {name: value for name, value in facts(server).items() if value} == {
        "os.family": "windows",
        "os.build": "17763",
        "os.ubr": "2330",
    }
    assert (mac["os.architecture"], mac["os.version"]) == ("arm64", "27.0")
    assert windows["own_id"] == OWN["WS-0001"]


@pytest.mark.parametrize("name", ["valid.csv", "valid.json"])
def test_defender_agents_say_three_versions(name: str) -> None:
    found = rows(f"intune-defender-agents/{name}")
    assert [facts(row) for row in found] == [NEW, OLD, dict.fromkeys(VERSIONS, ""), dict.fromkeys(VERSIONS, NEVER)]
    assert [row["own_id"] for row in found[:2]] == [OWN["WS-0001"], OWN["WS-0002"]]
    assert found[0]["observed"] == moment("2026-11-17 15:46:54.987654")


SECRETS = ("nora", "Nora", "SN000", "00000000-1111-2222-3333-444444444444")


@pytest.mark.parametrize(
    "path",
    [
        "intune-devices/entra.csv",
        "intune-devices/api.json",
        "intune-devices/diagnostic-log.jsonl",
        "intune-defender-agents/valid.csv",
        "intune-managed-devices/valid.json",
        "intune-managed-devices/beta.json",
    ],
)
def test_people_and_serial_numbers_never_enter_a_record(path: str) -> None:
    text = str(rows(path)) + str(read_one(path).file)
    assert not [secret for secret in SECRETS if secret in text]


def test_rows_longer_or_shorter_than_the_header_are_read_with_a_notice() -> None:
    records = read_one("intune-devices/ragged.csv")
    assert [facts(row) for row in rows_of(records)] == [WS_0001, WS_0002, WS_0003, IPAD_07]
    assert records.file.notices == (
        "2 rows are longer or shorter than the header: cells that are missing at the end say nothing",
    )


def test_cells_that_are_missing_say_nothing(tmp_path: Path) -> None:
    header, row = "DeviceId,DeviceName,LastContact,OS,ProcessorArchitecture,SkuFamily,JoinType", "Windows,9"
    path = tmp_path / "short.csv"
    path.write_text(f"{header}\n00000001-0000-4000-8000-000000000000,pc,2026-11-17,{row}\n")
    assert {"os.edition", "device.join_type"}.isdisjoint(facts(rows(path)[0]))


def test_a_row_that_does_not_fit_is_no_record_where_cells_behind_may_have_moved(tmp_path: Path) -> None:
    """A comma in the model moves the join and the version; the system before it stands in its place."""
    header = "Device ID,Device name,OS,Model,JoinType,OS version,Last check-in,Phone number"
    path = tmp_path / "shifted.csv"
    id_ = "00000001-0000-4000-8000-000000000000"
    path.write_text(f"{header}\n{id_},pc,Windows,Latitude 5420, Pro,1,10.0.19045.6456,2026-11-17,\n")
    assert refusal(path).startswith(f"{path}:2: record 1 has 9 fields, too many: the header has 8")


def test_more_cells_than_titles_must_be_blank(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    lines = Path("intune-devices/entra.csv").read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([*lines[:2], lines[2] + ",,  ", lines[3] + ",,SN1"]) + "\n")
    assert refusal(path).startswith(f"{path}:4: record 3 has 53 fields, too many: the header has 51")
    assert read_one(path, ReadOptions(bad_rows="skip")).file.notices == (
        "1 row is longer or shorter than the header: cells that are missing at the end say nothing",
    )


LINES = (
    Path(__file__).parent.parent.parent.joinpath("fixtures/inventories/intune-devices/entra.csv").read_text("utf-8-sig")
)
HEADER, *BODY = [line.split(",") for line in LINES.splitlines()]
TITLES = len(HEADER)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
@given(
    which=st.integers(0, len(BODY) - 1),
    place=st.integers(0, TITLES - 1),
    change=st.sampled_from(["left out", "comma in it", "blank before it"]),
    at_end=st.sampled_from([[], [""], ["", ""]]),
)
def test_a_row_whose_cells_have_moved_is_never_read_as_if_they_had_not(
    tmp_path: Path, which: int, place: int, change: str, at_end: list[str]
) -> None:
    """It is refused, or says a part of what the whole row says."""
    cells = [*BODY[which]]
    if change == "left out":
        del cells[place]
    else:
        cells[place : place + 1] = ["x", cells[place]] if change == "comma in it" else ["", cells[place]]
    cells += at_end
    if len(cells) == TITLES:  # nobody can tell that
        return
    path = tmp_path / "moved.csv"
    path.write_text("\n".join(",".join(each) for each in (HEADER, BODY[which], cells)) + "\n")
    whole, *moved = rows(path, ReadOptions(bad_rows="skip"))
    for row in moved:
        assert facts(row).items() <= facts(whole).items()
        assert [row.get(key) for key in ("own_id", "entra_id")] == [whole.get(key) for key in ("own_id", "entra_id")]
