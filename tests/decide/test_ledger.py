"""The ledger: each row of each file is of a device, merged, out of scope, unmatched, rejected or of the future."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.loading import load
from checker.model.notes import InputTally
from checker.model.record import FileRecords, Rejected
from checker.options import Options, Progress
from checker.pipeline import gather, judge_and_summarise
from tests.exports import device_id, entra_id, export, moment

AS_OF = date(2026, 11, 23)
OPTIONS = Options(("made",), AS_OF, outputs=frozenset())
PLANS = load(OPTIONS)
WINDOWS = {"os.family": "windows", "os.build": "19045"}
JUDGED = {"mde_id": device_id(1), "name": "ws-1.contoso.example", "entra_id": entra_id(1), **WINDOWS}
PHONE = {"mde_id": device_id(2), "name": "phone", "os.family": "ios"}
TOMORROW = moment("2026-11-24T00:00")


def ledger(*inputs: FileRecords) -> tuple[InputTally, ...]:
    with TemporaryDirectory() as folder:
        gathered = gather(OPTIONS, PLANS, list(inputs), Progress())
        return judge_and_summarise(OPTIONS, PLANS, gathered, Path(folder), Progress()).summary.inputs


def numbers(entry: InputTally) -> dict[str, int]:
    names = ("rows", "devices", "merged", "out_of_scope", "unmatched", "rejected", "future")
    return {name: getattr(entry, name) for name in names if getattr(entry, name)}


def test_every_way_that_a_row_can_go() -> None:
    inventory = export(
        "inventory",
        JUDGED,
        JUDGED,
        {**JUDGED, "mde_id": device_id(3)},
        PHONE,
        PHONE,
        {},
        {**JUDGED, "observed": TOMORROW},
    )
    inventory.rejected.append(Rejected("inventory", 8, 9, "has 3 fields, not 4", "a,b,c"))
    evidence = export(
        "urls", {"name": "phone"}, {"name": "ws-1"}, {"entra_id": entra_id(1)}, {"name": "ws-9"}, founds=False
    )

    first, second = ledger(inventory, evidence)

    assert numbers(first) == {
        "rows": 8, "devices": 2, "merged": 1, "out_of_scope": 2, "unmatched": 1, "rejected": 1, "future": 1
    }  # fmt: skip
    assert numbers(second) == {"rows": 4, "out_of_scope": 1, "unmatched": 3}  # two ambiguous, one of nobody


def test_a_file_whose_rows_are_all_set_aside_is_still_counted() -> None:
    late = export("late", {**JUDGED, "observed": TOMORROW})

    assert [numbers(entry) for entry in ledger(export("inventory", JUDGED), late)] == [
        {"rows": 1, "devices": 1},
        {"rows": 1, "future": 1},
    ]


def test_the_as_of_day_ends_at_midnight() -> None:
    last, first = moment("2026-11-23T23:59:59.999999"), TOMORROW

    (entry,) = ledger(export("inventory", {**JUDGED, "observed": last}, {**JUDGED, "observed": first}))
    assert numbers(entry) == {"rows": 2, "devices": 1, "future": 1}


keys = st.fixed_dictionaries(
    {},
    optional={
        "mde_id": st.sampled_from([device_id(1), device_id(2), device_id(3)]),
        "entra_id": st.sampled_from([entra_id(1), entra_id(2)]),
        "name": st.sampled_from(["ws-1", "ws-1.contoso.example", "phone"]),
        "observed": st.sampled_from([None, TOMORROW, moment("2026-11-20")]),
        "os.family": st.sampled_from(["windows", "ios"]),
    },
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.lists(keys, max_size=5)), max_size=3))
def test_rows_always_add_up(files: list[tuple[bool, int, list[dict[str, object]]]]) -> None:
    inputs = [export("sure", {"mde_id": device_id(9), **WINDOWS})]
    for number, (founds, rejected, rows) in enumerate(files):
        made = export(f"file-{number}", *rows, founds=founds)
        made.rejected.extend(Rejected(made.file.path, at, at, "cut short", "") for at in range(rejected))
        inputs.append(made)
    heights = [item.rows for item in inputs]

    for entry, height in zip(ledger(*inputs), heights, strict=True):
        ways = numbers(entry)
        assert ways.pop("rows") == height == sum(ways.values()) if height else not ways
