"""What a log of SENSE says, in every form in which it is exported, and of what it must not speak."""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.sense_event import SenseEvent, host_of, is_standard, is_streamlined, sense_event
from checker.inventory.sense_log import ASKED_FOR, SenseLog
from tests.inventory.evtx_writer import write_evtx
from tests.inventory.records import facts, moment, read_one, refusal, rows

EDR, OLD = "edr-eus.us.endpoint.security.microsoft.com", "winatp-gw-cus.microsoft.com"
NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def said(path: str, name: str = "ws-0001.corp.contoso.example") -> dict[str, list[tuple[int, str]]]:
    """Return what the records of a device say: by fact, the numbers of the records and the texts."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows(path):
        if row.get("name") == name:
            for fact, text in facts(row).items():
                if fact not in ("os.family", "url.tests"):
                    found.setdefault(fact, []).append((row["row"], text))
    return found


def day(clock: str, day: int = 17, fraction: str = ".123456") -> str:
    return f"2026-11-{day:02}T{clock}{fraction}Z"


MIGRATED = {  # contact 6 follows the start 4, which follows the package of event 2; the log ends with 8
    "agent.version": [(5, "10.8760.22631.5608")],
    "agent.restarted_at": [(5, day("10:00:00"))],
    "sense.event4_url": [(7, EDR)],
    "sense.event4_at": [(7, day("10:01:00"))],
    "sense.event4_count": [(7, "6")],
    "sense.event4_old_hosts": [(8, "")],
    "sense.event5_after": [(8, "0")],
    "sense.errors_after_package": [(8, "")],
    "onboarding.offboarded_since": [(8, "no")],
    "connectivity.evidence": [(7, "streamlined")],
    "connectivity.evidence_at": [(7, day("10:01:00"))],
    "package.applied": [(7, "yes")],
    "package.applied_at": [(7, day("09:00:00"))],
}


@pytest.mark.parametrize("name", ["wevtutil.xml", "wevtutil-rooted-utf16.xml", "unnamed-values.xml", "saved.evtx"])
def test_a_migrated_device_says_so_in_every_form_of_its_log(name: str) -> None:
    assert said(f"sense-events/{name}") == MIGRATED


@pytest.mark.parametrize(("name", "fraction"), [("event-viewer.xml", ".123456"), ("get-winevent.json", ".123000")])
def test_the_order_of_the_events_in_the_file_plays_no_part(name: str, fraction: str) -> None:
    upside_down = {
        fact: [(9 - row, text.replace(".123456", fraction)) for row, text in told] for fact, told in MIGRATED.items()
    }
    assert said(f"sense-events/{name}") == upside_down


def test_times_without_a_zone_say_no_time() -> None:
    """They are hours off, perhaps: enough for the order of events, not to be before or after anything else."""
    path = "sense-events/get-winevent.csv"
    assert said(path) == {
        fact: [(9 - row, text) for row, text in told] for fact, told in MIGRATED.items() if not fact.endswith("_at")
    }
    assert read_one(path).file.notices == (
        "times such as '11/16/2026 8:00:00 AM' name no time zone and were read as UTC",
    )


def test_a_device_that_waits_for_its_restart_is_on_standard_and_cannot_reach_the_new_host() -> None:
    assert said("sense-events/wevtutil.xml", "ws-0002.corp.contoso.example") == {
        "sense.event4_url": [(12, OLD)],
        "sense.event4_at": [(12, day("09:30:00"))],
        "sense.event4_count": [(12, "4")],
        "sense.event4_old_hosts": [(12, f'["{OLD}"]')],
        "sense.event5_after": [(15, "2")],
        "sense.errors_after_package": [(14, '["15"]')],
        "onboarding.offboarded_since": [(15, "no")],
        "connectivity.evidence": [(12, "standard")],
        "connectivity.evidence_at": [(12, day("09:30:00"))],
    }


def test_an_offboarded_device_is_no_evidence_of_streamlined_connectivity() -> None:
    found = said("sense-events/wevtutil.xml", "srv-03.corp.contoso.example")
    assert "connectivity.evidence" not in found
    assert found["onboarding.offboarded_since"] == [(19, "yes")]
    assert found["onboarding.reonboarded"] == [(19, "no")]


def test_a_device_that_was_onboarded_again_says_so() -> None:
    found = said("sense-events/wevtutil.xml", "ws-0004.corp.contoso.example")
    assert found["onboarding.reonboarded"] == [(21, "yes")]
    assert found["onboarding.offboarded_since"] == [(24, "no")]
    assert found["connectivity.evidence"] == [(23, "streamlined")]


def test_events_that_were_picked_say_nothing_of_those_that_were_not() -> None:
    assert set(said("sense-events/only-events-4.xml")) == {
        "sense.event4_url",
        "sense.event4_at",
        "sense.event4_count",
        "connectivity.evidence",
        "connectivity.evidence_at",
    }


def test_a_log_that_is_cut_at_its_start_says_nothing_of_earlier_events() -> None:
    assert said("sense-events/cut-at-start.xml") == {"sense.event5_after": [(2, "1")]}


def test_a_contact_before_the_last_start_is_no_evidence() -> None:
    found = said("sense-events/no-contact-since-start.xml")
    assert {"sense.event4_url", "sense.event4_old_hosts", "connectivity.evidence"}.isdisjoint(found)
    assert found["agent.restarted_at"] == [(9, day("07:00:00", 18))]


def test_each_contact_is_a_try_to_reach_a_host_as_the_system() -> None:
    tests = {row["row"]: row["url.tests"] for row in rows("sense-events/wevtutil.xml") if "url.tests" in row}
    assert sorted(tests) == [1, 4, 7, 10, 12, 13, 15, 17, 23]
    assert tests[7] == (
        f'[{{"error":"","host":"{EDR}","method":"sense","path":"/edr/","port":443,"result":"reachable","status":0,'
        '"via":""}]'
    )
    assert '"result":"blocked","status":407' in tests[13]
    assert '"result":"blocked","status":0' in tests[15]  # 12029 is an error of Windows, no status of HTTP


def test_an_event_is_a_record_with_its_line_time_and_device() -> None:
    second = rows("sense-events/wevtutil.xml")[1]
    assert (second["row"], second["line"], second["name"]) == (2, 2, "ws-0001.corp.contoso.example")
    assert second["observed"] == moment("2026-11-17 09:00:00.123456")


def event_xml(number: int, event_id: int, clock: str, url: str = "", provider: str = "Microsoft-Windows-SENSE") -> str:
    data = f"<Data Name='UInt1'>3</Data><Data Name='Message1'>{url}</Data>" if url else ""
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='{provider}'/><EventID>{event_id}</EventID>"
        f"<TimeCreated SystemTime='2026-11-17T{clock}Z'/><EventRecordID>{number}</EventRecordID>"
        f"<Channel>{provider}/Operational</Channel><Computer>ws-9</Computer></System><EventData>{data}</EventData></Event>\n"
    )


def log(tmp_path: Path, *events: str) -> dict[str, list[tuple[int, str]]]:
    """Return what a log of events says."""
    path = tmp_path / "log.xml"
    path.write_text("".join(events))
    return said(str(path), "ws-9")


def test_a_gap_in_the_record_numbers_hides_what_failed(tmp_path: Path) -> None:
    good = (
        event_xml(1, 11, "08:00:00"),
        event_xml(2, 1, "09:00:00"),
        event_xml(3, 4, "10:00:00", f"https://{EDR}/"),
    )
    whole = log(tmp_path, *good, event_xml(4, 50, "11:00:00"))
    assert whole["sense.event5_after"] == [(4, "0")]
    assert whole["sense.errors_after_package"] == [(4, "")]
    gap = log(tmp_path, *good, event_xml(5, 50, "11:00:00"))
    assert {"sense.event5_after", "sense.errors_after_package", "onboarding.offboarded_since"}.isdisjoint(gap)
    picked = log(tmp_path, *good)  # perhaps only these were asked for
    assert {"sense.event5_after", "sense.errors_after_package", "onboarding.offboarded_since"}.isdisjoint(picked)
    assert picked["connectivity.evidence"] == [(3, "streamlined")]


def test_at_one_time_nothing_is_taken_for_better_than_it_may_be(tmp_path: Path) -> None:
    """Record numbers settle it; without them, the contact comes before the start, and the standard host last."""
    unnumbered = [
        event.replace("<EventRecordID>0</EventRecordID>", "")
        for event in (
            event_xml(0, 1, "10:00:00"),
            event_xml(0, 4, "10:00:00", f"https://{EDR}/"),
        )
    ]
    assert "connectivity.evidence" not in log(tmp_path, *unnumbered)
    two = [
        event_xml(0, 4, "10:00:00", f"https://{host}/").replace("<EventRecordID>0</EventRecordID>", "")
        for host in (OLD, EDR)
    ]
    assert log(tmp_path, *two)["connectivity.evidence"] == [(1, "standard")]


def test_an_event_without_a_time_leaves_the_order_unknown(tmp_path: Path) -> None:
    events = event_xml(1, 4, "10:00:00", f"https://{EDR}/"), event_xml(2, 5, "25:61:00", f"https://{EDR}/")
    assert log(tmp_path, *events) == {}


def test_events_of_other_logs_count_for_nothing(tmp_path: Path) -> None:
    other = event_xml(9, 44, "12:00:00", provider="Microsoft-Windows-Other")
    found = log(tmp_path, event_xml(1, 4, "10:00:00", f"https://{EDR}/"), other)
    assert found["connectivity.evidence"] == [(1, "streamlined")]
    assert "onboarding.offboarded_since" not in found


def test_without_the_library_an_event_log_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "evtx", None)
    path = tmp_path / "log.evtx"
    path.write_bytes(write_evtx([event_xml(1, 50, "10:00:00")]))
    assert refusal(path) == (
        f"{path}: is an event log (EVTX), for which a library is missing\n"
        "  hint: pip install 'mde-readiness[evtx]', or export it as XML: wevtutil qe FILE /lf:true"
    )


HOSTS = {
    f"https://{EDR}/edr/": EDR,
    EDR: EDR,
    f"https://user:secret@{EDR}/": EDR,
    "https://[::1": "",
    "https://bad host/": "",
    "": "",
}


@pytest.mark.parametrize("url", HOSTS)
def test_a_host_is_read_or_nothing(url: str) -> None:
    assert host_of(url) == HOSTS[url]


def test_look_alikes_are_no_hosts_of_the_service() -> None:
    assert not is_streamlined("endpoint.security.microsoft.com.evil.example")
    assert not is_streamlined("evilendpoint.security.microsoft.com")
    assert not is_standard("winatp-gw-cus.microsoft.com.evil.example")


TEXTS: dict[str, dict[str, Any]] = {
    "other wording": {
        "message": "Contacted the server at https://edr-weu.eu.endpoint.security.microsoft.com.",
        "host": "edr-weu.eu.endpoint.security.microsoft.com",
    },
    "no scheme": {
        "message": f"Contacted server 6 times, all succeeded, URI: {EDR}.",
        "host": EDR,
        "count": "6",
    },
    "another language": {"message": f"Server 6 Mal erreicht, URI: https://{EDR}/edr/", "host": EDR},
    "no URL": {"message": "Contacted server 6 times, all succeeded", "host": "", "count": "6"},
    "PowerShell's values": {
        "values": f'[{{"Value": 6}}, {{"Value": "https://{EDR}/edr/"}}]',
        "host": EDR,
        "count": "6",
    },
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_wording_of_an_event_plays_no_part(name: str) -> None:
    texts = {key: text for key, text in TEXTS[name].items() if key in ("message", "values")}
    found = sense_event(0, {**texts, "id": "4"}, None, exact=True)
    assert (found.host, found.count) == (TEXTS[name]["host"], TEXTS[name].get("count", ""))


IDS = st.sampled_from([*sorted(ASKED_FOR), 50, 51])
EVENTS = st.lists(st.tuples(IDS, st.integers(0, 5), st.sampled_from(["", EDR, OLD])), max_size=12)


@given(EVENTS, st.randoms(use_true_random=False))
def test_streamlined_is_said_only_of_the_newest_contact_after_all_that_could_undo_it(
    events: list[tuple[int, int, str]], shuffle: random.Random
) -> None:
    made = [
        SenseEvent(place, event_id, place, moment(f"2026-11-17 10:00:0{second}"), True, host, host)
        for place, (event_id, second, host) in enumerate(sorted(events, key=lambda event: event[1]))
    ]
    told = SenseLog(list(made)).tell()
    shuffled = list(made)
    shuffle.shuffle(shuffled)
    assert SenseLog(shuffled).tell() == told
    streamlined = [place for place, texts in told.items() if texts.get("connectivity") == "streamlined"]
    for place in streamlined:
        later = {event.id for event in made if event.place > place}
        assert made[place].id == 4
        assert is_streamlined(made[place].host)
        assert later.isdisjoint({1, 4, 11, 44})
    for texts in told.values():
        if texts.get("trouble events") == "":
            assert texts is told[len(made) - 1]
