"""Test-NetConnection: a handshake alone, from a device that the rows may not name."""

import json

from tests.inventory.records import moment, read_one, rows

EDR, MDAV = "edr-eus.us.endpoint.security.microsoft.com", "mdav.us.endpoint.security.microsoft.com"


def tries(path: str) -> list[tuple[str, int, str, str, str]]:
    found = [json.loads(row["url.tests"])[0] for row in rows(path)]
    return [(each["host"], each["port"], each["method"], each["via"], each["result"]) for each in found]


def test_the_tried_host_is_not_the_device() -> None:
    path = "test-netconnection/valid.csv"
    file = read_one(path).file

    assert tries(path) == [
        (EDR, 443, "tnc", "direct", "reachable"),
        (MDAV, 443, "tnc", "direct", "blocked"),
        ("crl.microsoft.com", 80, "tnc", "direct", "reachable"),
        ("go.microsoft.com", 443, "tnc", "direct", ""),  # no result
    ]
    assert (file.format, file.place_names, file.founds, file.keys) == ("test-netconnection", True, False, {})
    assert all(row.get("name") is None for row in rows(path))


def test_addresses_and_adapters_do_not_enter_records() -> None:
    assert not any("192.0.2" in str(row) or "WS-0001" in str(row) for row in rows("test-netconnection/valid.csv"))


def test_a_log_names_the_device_as_its_source() -> None:
    path = "test-netconnection-log/valid.csv"

    assert [(row["name"], row["observed"]) for row in rows(path)] == [
        ("WS-0001", moment("2026-11-20 15:45:02")),
        ("WS-0001", moment("2026-11-20 15:45:04")),
        ("WS-0002", moment("2026-11-20 15:46:10")),
    ]
    assert tries(path) == [
        (EDR, 443, "tnc", "direct", "reachable"),
        (MDAV, 443, "tnc", "direct", "blocked"),
        (EDR, 443, "tnc", "direct", "reachable"),
    ]
