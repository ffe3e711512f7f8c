"""What holds of any two results: nothing changes by itself, before and after are mirror images, and nobody is lost."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.compare import devices as of_devices
from checker.compare import outcomes as of_outcomes
from checker.compare.diff import Difference, compare
from checker.compare.results import read_results

from .fleets import AGENT, SENSE, TENANT, URLS, Device, Made, write

OUTCOMES = st.dictionaries(st.sampled_from([AGENT, SENSE, URLS]), st.sampled_from(["FAIL", "UNKNOWN"]))
DEVICES = st.builds(
    lambda name, readiness, verification, outcomes, waived: Device(
        name,
        readiness,
        verification,
        {} if readiness == "OUT_OF_SCOPE" else outcomes,
        {rule: "W-1" for rule in outcomes if rule == waived},
    ),
    st.sampled_from(["pc-1", "pc-2", "PC-2", "pc-3", ""]),
    st.sampled_from(["READY", "NOT_READY", "UNDETERMINED", "MIGRATED", "OUT_OF_SCOPE"]),
    st.sampled_from(["VERIFIED", "NOT_VERIFIED", "UNVERIFIED"]),
    OUTCOMES,
    st.sampled_from([AGENT, SENSE, None]),
)
RESULTS = st.builds(
    lambda devices, once, fleet_wide: Made(devices, {} if once is None else {TENANT: once}, fleet_wide),
    st.dictionaries(st.sampled_from("abcdef"), DEVICES),
    st.sampled_from([None, "FAIL", "UNKNOWN"]),
    st.sampled_from([(), (URLS,)]),
)
MIRROR = {
    "fixed": {"newly_failing", "newly_unknown"},
    "still_failing": {"still_failing"},
    "still_unknown": {"still_unknown"},
}


def compared(old: Made, new: Made) -> Difference:
    with TemporaryDirectory() as folder:
        return compare(*read_results(*(write(Path(folder) / name, made) for name, made in (("o", old), ("n", new)))))


@settings(max_examples=10)
@given(RESULTS)
def test_a_result_does_not_differ_from_itself(made: Made) -> None:
    found = compared(made, made)
    turns = {kind for kind, numbers in found.turn_counts().items() if any(numbers)}

    assert {kind for kind, number in found.device_counts().items() if number} <= {of_devices.SAME}
    assert turns <= {of_outcomes.STILL_FAILING, of_outcomes.STILL_UNKNOWN}
    assert found.renamed().is_empty()
    assert found.caveats == ()
    assert found.exit_code() == 0


@settings(max_examples=25)
@given(RESULTS, RESULTS)
def test_back_is_the_mirror_image_of_forth(old: Made, new: Made) -> None:
    forth, back = compared(old, new), compared(new, old)
    there, here = forth.device_counts(), back.device_counts()

    assert there["appeared"] == here["disappeared"]
    assert there["disappeared"] == here["appeared"]
    assert there["regressed"] == here["newly_ready"] + here["newly_verified"]
    assert there["newly_ready"] + there["newly_verified"] == here["regressed"]
    assert there["otherwise_changed"] == here["otherwise_changed"]
    assert forth.renamed().height == back.renamed().height
    forth_turns, back_turns = ({kind: sum(n) for kind, n in each.turn_counts().items()} for each in (forth, back))
    for turns in (forth_turns, back_turns):  # whether a waiver came or went shows one way only
        turns["still_failing"] += turns.pop("no_longer_waived")
    for kind, mirrored in MIRROR.items():
        assert forth_turns[kind] == sum(back_turns[name] for name in mirrored)
    lost = forth_turns["no_longer_known"] + forth_turns["incomparable"]
    assert lost == back_turns["found_failing"]


@settings(max_examples=25)
@given(RESULTS, RESULTS)
def test_every_device_is_of_one_kind(old: Made, new: Made) -> None:
    counts = compared(old, new).device_counts()
    both = sum(counts.values()) - counts["appeared"] - counts["disappeared"]

    assert both + counts["disappeared"] == len(old.devices)
    assert both + counts["appeared"] == len(new.devices)


@settings(max_examples=25)
@given(RESULTS, RESULTS)
def test_every_open_rule_of_a_device_judged_both_times_is_of_one_kind(old: Made, new: Made) -> None:
    found = compared(old, new)
    expected = 0
    for row in found.devices.filter("judged").iter_rows(named=True):
        expected += len({*old.devices[row["old_id"]].outcomes, *new.devices[row["new_id"]].outcomes})
    expected += len({*old.once, *new.once})

    assert sum(sum(numbers) for numbers in found.turn_counts().values()) == expected
