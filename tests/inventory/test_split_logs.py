"""A log of SENSE that lies in several files says what the whole one would say."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.inventory.read import read_inventory
from checker.inventory.sense_event import SenseEvent
from checker.inventory.split_logs import Logs
from tests.inventory.records import facts, moment
from tests.inventory.test_sense_events import EDR, EVENTS, event_xml, log, said


def told(events: list[SenseEvent], *files: list[int]) -> set[tuple[int, str, str]]:
    """Return what events say that lie in files, each a list of places: number of the event, title, text."""
    logs = Logs()
    held = {f"{number}.xml": {"ws-9": [events[place] for place in file]} for number, file in enumerate(files) if file}
    for path, log_ in held.items():
        logs.tell(path, log_)
    for paths in logs.split():
        logs.gather(paths)
        for path in paths:
            logs.tell(path, held[path])
        logs.tell_together()
    return {
        (place, title, text)
        for path, log_ in held.items()
        for place, texts in logs.tell(path, log_).items()
        for title, text in texts.items()
    }


@given(EVENTS, st.lists(st.sets(st.integers(0, 2), min_size=1, max_size=3), min_size=12, max_size=12))
def test_a_log_says_the_same_however_it_is_split_over_files(
    events: list[tuple[int, int, str]], files_of: list[set[int]]
) -> None:
    """A week in each file, or a query in each, and events that stand in two of them."""
    made = [
        SenseEvent(place, event_id, place, moment(f"2026-11-17 10:00:0{second}"), True, host, host)
        for place, (event_id, second, host) in enumerate(sorted(events, key=lambda event: event[1]))
    ]
    files = [[place for place in range(len(made)) if number in files_of[place]] for number in range(3)]
    assert told(made, *files) == told(made, list(range(len(made))))


WEEKS = (  # a contact, and in the next week what undoes it
    [(11, "08:00:00", ""), (1, "08:10:00", ""), (4, "08:20:00", EDR), (50, "08:30:00", "")],
    [(1, "09:40:00", ""), (50, "09:50:00", "")],
)


@pytest.mark.parametrize("packed", [False, True])
def test_a_start_in_another_file_undoes_a_contact(packed: bool, tmp_path: Path) -> None:
    numbered = [
        event_xml(sum(map(len, WEEKS[:week])) + number + 1, event_id, clock, f"https://{host}/" if host else "")
        for week in (0, 1)
        for number, (event_id, clock, host) in enumerate(WEEKS[week])
    ]
    texts = {"week1.xml": "".join(numbered[:4]), "week2.xml": "".join(numbered[4:])}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    if packed:
        with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
            for name in texts:
                archive.write(tmp_path / name, name)
    (tmp_path / "whole.xml").write_text("".join(numbered))
    paths = [tmp_path / "logs.zip"] if packed else [tmp_path / name for name in texts]

    def stated(*paths: Path) -> set[tuple[object, ...]]:
        read = read_inventory([str(path) for path in paths])
        records = [row for item in read for frame in item.frames for row in frame.to_dicts()]
        return {(row["observed"], fact, text) for row in records for fact, text in facts(row).items() if text}

    split = stated(*paths)
    assert split == stated(tmp_path / "whole.xml")
    assert "connectivity.evidence" not in {fact for _, fact, _ in split}
    assert "connectivity.evidence" in {fact for _, fact, _ in stated(tmp_path / "week1.xml")}


def test_a_short_and_a_full_name_of_a_machine_are_of_one_log(tmp_path: Path) -> None:
    contact = event_xml(1, 4, "10:00:00", f"https://{EDR}/").replace("ws-9", "WS-9")
    start = event_xml(2, 1, "11:00:00").replace("ws-9", "ws-9.contoso.example")
    assert "connectivity.evidence" not in log(tmp_path, contact, start) | said(str(tmp_path / "log.xml"), "WS-9")


def test_times_with_and_without_a_zone_have_no_order() -> None:
    contact = SenseEvent(0, 4, 1, moment("2026-11-17 10:00:00"), True, f"https://{EDR}/", EDR)
    start = SenseEvent(1, 1, 2, moment("2026-11-17 09:00:00"), False)
    assert "connectivity" not in {title for _, title, _ in told([contact, start], [0], [1])}
