"""What the Client Analyzer's report and text say, and the output of connectivity tests."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import InputError
from checker.inventory.analyzer_report import times_of
from checker.inventory.read import ReadOptions, read_inventory
from tests.inventory.records import facts, moment, read_one, refusal, rows

WS_0001 = "6fadff662eec5315932af2c075ab612d7e67c6cf"
EDR = "edr-{}.us.endpoint.security.microsoft.com"
MDAV = "https://mdav.us.endpoint.security.microsoft.com"


def test_a_report_says_all_of_a_device() -> None:
    (report,) = rows("mde-analyzer/streamlined.xml")
    assert (report["mde_id"], report["name"]) == (WS_0001, "WS-0001")
    assert report["entra_id"] == "0098c183-a6f8-5ce4-96bf-fd35dee6faca"
    assert report["observed"] == moment("2026-11-17 14:46:54")
    assert facts(report) == {
        "os.family": "windows",
        "os.role": "client",
        "os.edition": "enterprise",
        "os.build": "22631",
        "os.ubr": "3122",
        "os.architecture": "x64",
        "device.booted_at": "2026-11-17T08:12:03+01:00",
        "device.join_type": "hybrid-joined",
        "agent.version": "10.8760.22631.5608",
        "sensor.running": "yes",
        "onboarding.status": "onboarded",
        "package.applied": "yes",
        "av.platform": "4.18.24090.11",
        "av.engine": "1.1.24090.11",
        "av.intelligence": "1.421.818.0",
        "av.mode": "active",
        "proxy.prefer_static": "no",
        "maps.connected": "yes",
    }


def test_a_package_in_the_registry_is_no_evidence_of_a_connection_but_its_absence_is() -> None:
    (migrated,) = rows("mde-analyzer/streamlined.xml")
    (server,) = rows("mde-analyzer/standard-server.xml")
    assert "connectivity.evidence" not in migrated
    assert (server["package.applied"], server["connectivity.evidence"]) == ("no", "standard")


def test_a_report_of_a_server_tells_its_installation_and_what_failed() -> None:
    (server,) = rows("mde-analyzer/standard-server.xml")
    told = [server[name] for name in ("os.role", "os.installation", "os.edition", "os.build", "os.ubr")]
    assert told == ["server", "core", "datacenter", "14393", "2515"]
    assert (server["sensor.running"], server["maps.connected"], server["av.mode"]) == ("no", "no", "passive")
    assert server["device.join_type"] == "domain-joined"
    assert "onboarding.status" not in server  # the sensor does not run


def test_what_a_report_could_not_read_it_does_not_say() -> None:
    """A revision of 0, the name of the product for a version, and a clock without morning and afternoon."""
    (old,) = rows("mde-analyzer/older-and-24-hours.xml")
    assert {"os.ubr", "av.platform", "observed", "device.booted_at", "package.applied"}.isdisjoint(old)
    assert (old["os.build"], old["os.edition"]) == ("19045", "professional")


TIMES = {
    ("17/11/2026 3:46:54 PM +01:00", "11/17/2026 08:12:03"): (
        "2026-11-17T15:46:54+01:00",
        "2026-11-17T08:12:03+01:00",
    ),
    ("01/02/2026 12:00:00 AM -05:00", ""): ("2026-02-01T00:00:00-05:00", None),
    ("17/11/2026 3:46:54 PM +01:00", "17/11/2026 08:12:03"): ("2026-11-17T15:46:54+01:00", None),
    ("17/11/2026 3:46:54 PM +01:00", "11/18/2026 08:12:03"): ("2026-11-17T15:46:54+01:00", None),  # after the run
    ("31/02/2026 3:46:54 PM +01:00", ""): ("31/02/2026 3:46:54 PM +01:00 ?", None),
    ("", ""): ("", None),
}


@pytest.mark.parametrize(("ran", "booted"), TIMES)
def test_times_of_the_analyzer_are_day_first_and_of_a_zone(ran: str, booted: str) -> None:
    found = times_of(f": {ran} ", booted)
    assert (found["run time"], found.get("boot time")) == TIMES[ran, booted]


def attempts(path: str) -> list[tuple[str, str, str, str, int]]:
    """Return host, method, way, result and status of every try of a file, in its order."""
    found: list[dict[str, Any]] = [json.loads(row["url.tests"])[0] for row in rows(path) if "url.tests" in row]
    return [(try_["host"], try_["method"], try_["via"], try_["result"], try_["status"]) for try_ in found]


def test_the_text_tells_by_which_way_each_url_answered() -> None:
    eus, cus, mdav = EDR.format("eus"), EDR.format("cus"), "mdav.us.endpoint.security.microsoft.com"
    assert attempts("mde-analyzer-text/one-host-blocked.txt") == [
        (eus, "analyzer", "system_proxy", "reachable", 200),
        (eus, "analyzer", "direct", "reachable", 200),
        (cus, "analyzer", "system_proxy", "", 407),
        (cus, "analyzer", "direct", "blocked", 0),
        (mdav, "analyzer", "system_proxy", "", 403),
        (mdav, "analyzer", "direct", "reachable", 404),
        (mdav, "analyzer", "other", "reachable", 200),  # by a proxy of the command line, which the sensor lacks
    ]


MODES = {  # text -> which list it tested, and whether all streamlined URLs of it answered
    "streamlined": ("onboarded", "yes"),
    "one-host-blocked": ("onboarded", "no"),
    "not-onboarded-with-script": ("script", "yes"),
    "not-onboarded-with-geo": ("geo", "yes"),
    "not-onboarded-standard-list": ("standard", None),  # nothing is said of URLs that it did not test
    "as-user": (None, None),  # of the sensor's own way out it shows nothing
}


@pytest.mark.parametrize("name", MODES)
def test_the_text_tells_which_list_was_tested(name: str) -> None:
    head = rows(f"mde-analyzer-text/{name}.txt")[0]
    assert (head.get("analyzer.mode"), head.get("analyzer.streamlined_ok")) == MODES[name]


def test_the_text_says_what_the_report_says() -> None:
    (report,), text = rows("mde-analyzer/streamlined.xml"), rows("mde-analyzer-text/streamlined.txt")
    head = facts(text[0])
    assert {name: text for name, text in head.items() if not name.startswith("analyzer.")}.items() <= report.items()
    assert {(row["mde_id"], row["name"], row["observed"]) for row in text} == {(WS_0001, "WS-0001", report["observed"])}


def test_tests_as_the_user_are_weak() -> None:
    assert {method for _, method, *_ in attempts("mde-analyzer-text/as-user.txt")} == {"analyzer-user"}


def test_an_answer_by_a_proxy_of_the_command_line_alone_is_no_answer_to_the_sensor(tmp_path: Path) -> None:
    path = tmp_path / "analyzer.txt"
    ways = ("Default proxy: Failed (12002)", "Command line proxy: Succeeded (200)")
    block = "".join(f"{number} - {way}\n" for number, way in zip((1, 5), ways, strict=True))
    path.write_text(
        f"Device name: WS-9\nConnectivity output, running as System:\n\nTesting URL : {MDAV}/mdav/test\n{block}"
    )
    assert rows(path)[0]["analyzer.streamlined_ok"] == "no"


def test_ids_of_organisations_and_tenants_stay_out() -> None:
    for path in ("mde-analyzer/streamlined.xml", "mde-analyzer-text/streamlined.txt"):
        shown = repr(read_one(path)) + repr(rows(path))
        assert "0b7f2f4e" not in shown
        assert "4d0c2f5e" not in shown


def test_a_connectivity_test_says_what_it_reached() -> None:
    first, *others = rows("connectivity-test/streamlined.txt")
    assert json.loads(first["mdatp.test_ok"]) == sorted(
        [
            f"{MDAV}/mdav/test",
            f"{MDAV}/storage/ussus1eastprod/",
            f"{MDAV}/storage/ussus1westprod/",
            f"{MDAV}/xplat/api/report",
            f"{MDAV}/packages/?ostype=linux",
            *(f"https://{EDR.format(region)}/edr/commands/test" for region in ("cus", "eus", "cus3", "eus3")),
        ]
    )
    assert (first["mdatp.test_failed"], first["mdatp.curl_errors"]) == ("", "")
    assert {*facts(others[0])} == {"url.tests"}
    assert len(others) == 8
    assert "xplat_analyzer.ok" not in first


def test_a_standard_device_tests_standard_hosts() -> None:
    first = rows("connectivity-test/standard.txt")[0]
    assert first["mdatp.test_ok"] == "[]"
    assert "winatp-gw-cus.microsoft.com" in json.loads(first["mdatp.test_hosts"])


def test_a_failure_is_told_with_curls_number() -> None:
    first = rows("connectivity-test/blocked.txt")[0]
    assert json.loads(first["mdatp.test_failed"]) == [f"{MDAV}/storage/ussus1westprod/", f"{MDAV}/xplat/api/report"]
    assert first["mdatp.curl_errors"] == '["60"]'
    results = [(result, status) for *_, result, status in attempts("connectivity-test/blocked.txt")]
    assert results == [("reachable", 0)] * 2 + [("tls_error", 0), ("blocked", 0), ("reachable", 0)]


def test_a_failure_without_a_number_does_not_say_that_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "test.txt"
    path.write_text(f"Testing connection with {MDAV}/mdav/test ... [ERROR]\n")
    first = rows(path)[0]
    assert "mdatp.curl_errors" not in first
    assert first["mdatp.test_failed"] == f'["{MDAV}/mdav/test"]'


@pytest.mark.parametrize(("name", "passed"), [("analyzer-geo", "yes"), ("analyzer-blocked", "no")])
def test_the_cross_platform_analyzers_run_is_its_own_evidence(name: str, passed: str) -> None:
    first = rows(f"connectivity-test/{name}.txt")[0]
    assert {*facts(first)} == {"xplat_analyzer.ok", "url.tests"}
    assert first["xplat_analyzer.ok"] == passed
    assert {method for _, method, *_ in attempts(f"connectivity-test/{name}.txt")} == {"analyzer"}


def test_reasons_below_an_error_tell_what_it_was() -> None:
    found = [(result, status) for *_, result, status in attempts("connectivity-test/analyzer-blocked.txt")][:3]
    assert found == [("tls_error", 0), ("", 403), ("blocked", 0)]


def test_of_a_run_that_is_not_whole_nothing_is_said_as_a_whole() -> None:
    found = rows("connectivity-test/cut-off.txt", ReadOptions(bad_rows="skip"))
    assert [{*facts(row)} for row in found] == [{"url.tests"}]


@pytest.mark.parametrize(("name", "connected"), [("maps-connected", "yes"), ("maps-failed", "no")])
def test_mpcmdrun_says_whether_it_is_connected(name: str, connected: str) -> None:
    assert [facts(row) for row in rows(f"connectivity-test/{name}.txt")] == [{"maps.connected": connected}]


def test_too_many_urls_are_no_run(tmp_path: Path) -> None:
    path = tmp_path / "test.txt"
    path.write_text("".join(f"Testing connection with https://h{n}.example/ ... [OK]\n" for n in range(1001)))
    assert refusal(path) == (f"{path}:1001: tests more than 1,000 URLs\n  hint: keep each run in a file of its own")


def test_xml_of_a_million_elements_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text("<MDEResults><devInfo>" + "<a><value>x</value></a>" * 30_000 + "</devInfo></MDEResults>")
    assert refusal(path).startswith(f"{path}:1: has a <MDEResults> of more than 1 MiB or 20,000 elements")


@pytest.mark.parametrize(
    "cell", [f'"Testing connection with {MDAV}/mdav/test ... [OK]"', "ValidateMapsConnection successfully established"]
)
def test_a_table_whose_cells_quote_a_test_is_a_table(cell: str, tmp_path: Path) -> None:
    path = tmp_path / "output.csv"
    path.write_text(f"DeviceId,DeviceName,OSBuild,Output\n,ws-9,19045,{cell}\n")
    assert read_one(path).file.format == "advanced-hunting"


def test_a_loggers_prefix_does_not_hide_a_test(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_text(f"2026-11-17 15:46:54,123 - INFO - Testing connection with {MDAV}/mdav/test ... [OK]\n")
    assert read_one(path).file.format == "mdatp-connectivity"


FORMS = ["<Event><System>{}</System></Event>", "<MDEResults>{}</MDEResults>", "Device name: {}\nTesting URL : http{}"]


@given(st.sampled_from([*FORMS, "Testing connection with http{} ... [ERROR]{}"]), st.text(max_size=60))
def test_hostile_text_is_read_or_refused_in_words(form: str, text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hostile"
        path.write_bytes(form.replace("{}", text).encode(errors="surrogatepass"))
        with suppress(InputError):
            read_inventory([str(path)])
