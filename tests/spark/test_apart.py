"""Buckets that are judged apart, on chunks that are cut apart, add up to what one process says: for any fleet."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.decide.engines import Engine, Local
from checker.loading import Loaded, load
from checker.model.record import FileRecords
from checker.options import Options, Progress
from checker.pipeline import check, gather, judge_and_summarise
from checker.reporters.json import report as json_report
from checker.spark.engine import SparkEngine
from checker.spark.given import LARGEST_SHARE, OPENING, shared_out
from checker.spark.pieces import packed, unpacked
from tests import test_joining, test_properties
from tests.contoso import AS_OF, FLEET, ROOT, working_in
from tests.engine.test_site_rules import rules
from tests.exports import Row, device_id, export, moment
from tests.spark.plain import PlainCluster, engine_of

CONTOSO = Options(
    (f"{FLEET}/inventory",),
    AS_OF,
    attestations=f"{FLEET}/attestations.yaml",
    waivers=f"{FLEET}/waivers.yaml",
    waves=f"{FLEET}/waves.yaml",
    outputs=frozenset({"devices", "findings", "cases", "plan"}),
)
TABLES = ("devices", "findings", "plan")
smaller = st.integers(1, 4)
slowly = settings(test_properties.slowly, max_examples=8)


def everything(inputs: list[FileRecords], options: Options, loaded: Loaded, engine: Engine) -> dict[str, Any]:
    """Return all that a run on these records says."""
    inputs = [FileRecords(item.file, list(item.frames), list(item.rejected)) for item in inputs]
    if isinstance(engine, SparkEngine):
        inputs = engine._held.read
    with TemporaryDirectory() as folder:
        gathered = gather(options, loaded, inputs, Progress())
        for item in inputs:
            item.forget()
        return said(judge_and_summarise(options, loaded, gathered, Path(folder), Progress(), engine))


def said(result: Any) -> dict[str, Any]:  # noqa: ANN401
    report = BytesIO()
    json_report.write(result, report)
    tables = {name: pl.concat([pl.DataFrame(), *getattr(result, name).frames()], how="diagonal") for name in TABLES}
    told = {name: frame.to_dicts() for name, frame in tables.items()}
    cases = None if result.cases is None else result.cases.to_dicts()
    device = None if result.device is None else result.device.to_dicts()
    return {"summary": result.summary, "report": report.getvalue(), "cases": cases, "device": device, **told}


def loaded_for(options: Options) -> Loaded:
    with working_in(ROOT):
        return load(options)


@pytest.fixture(scope="module")
def governed() -> Loaded:
    return loaded_for(CONTOSO)


@slowly
@given(test_joining.fleets(), smaller, smaller, st.integers(0, 9))
def test_fleets_of_many_sources(fleet: dict[str, list[Row]], devices: int, together: int, seed: int) -> None:
    same(test_joining.files(fleet), Options(("made",), AS_OF), test_properties.plans(), (devices, together, seed))


@slowly
@given(test_properties.fleets(), st.sampled_from(["current", "seed"]), smaller, smaller)
def test_fleets_under_either_guidance(fleet: list[Row], profile: str, devices: int, together: int) -> None:
    loaded = test_properties.plans(profile=profile)
    inputs = [export("made", test_properties.SURE, *fleet)]
    same(inputs, Options(("made",), AS_OF, profile=profile), loaded, (devices, together, 0))


def same(inputs: list[FileRecords], options: Options, loaded: Loaded, sizes: tuple[int, int, int]) -> None:
    devices, together, seed = sizes
    options = replace(options, outputs=CONTOSO.outputs, batch_size=devices)
    here = everything(inputs, options, loaded, Local())
    copied = [FileRecords(item.file, list(item.frames), list(item.rejected)) for item in inputs]
    engine, _ = engine_of(copied, seed, together)
    assert everything(inputs, options, loaded, engine) == here


@pytest.mark.parametrize("wave", ["", "wave-2"])
@pytest.mark.parametrize("all_outcomes", [False, True])
def test_the_demo_fleet_with_all_that_governs_it(wave: str, *, all_outcomes: bool) -> None:
    options = replace(CONTOSO, wave=wave, all_outcomes=all_outcomes, device="" if wave else "ws-gda-024", batch_size=40)
    with working_in(ROOT):
        with check(options) as result:
            here = said(result)
        with check(options, engine=SparkEngine(PlainCluster(), 30)) as result:
            assert said(result) == here


@pytest.mark.parametrize("outputs", [{"findings", "places"}, {"cases"}, {"places"}, set()])
def test_tables_of_which_only_some_are_wanted(outputs: set[str]) -> None:
    for most in (1, 200, 5_000, 1_000_000):
        with pytest.MonkeyPatch.context() as patched, working_in(ROOT):
            patched.setattr("checker.decide.tables.MOST_CASES", most)
            options = replace(CONTOSO, outputs=frozenset(outputs), batch_size=40)
            with check(options) as result:
                here = said(result)
            with check(options, engine=SparkEngine(PlainCluster(3), 30)) as result:
                assert said(result) == here, most


def test_examples_stop_where_one_process_stops() -> None:
    rows = [
        {"mde_id": device_id(at), "name": f"ws-{at}", **test_properties.READY, "os.ubr": "1"} for at in range(1, 300)
    ]
    same([export("made", *rows)], Options(("made",), AS_OF), test_properties.plans(), (7, 50, 1))


def test_rules_of_sites_are_for_the_devices_of_every_bucket() -> None:
    lines = [("oslo", "*.contoso.example", "allow"), ("*", "edr.contoso.example", "deny")]
    of_devices = [
        {"mde_id": device_id(at), **test_properties.READY, "device.group": "Oslo" if at % 2 else "Lyon"}
        for at in range(1, 9)
    ]
    same(
        [export("a-hunting", *of_devices), rules(*lines, name="b-rules"), export("c-more", {"mde_id": device_id(3)})],
        Options(("made",), AS_OF),
        test_properties.plans(),
        (3, 2, 0),
    )


def test_rows_after_the_as_of_day_are_set_aside_wherever_they_stand() -> None:
    days = ["2026-11-24T00:00", "2026-11-20", "2026-11-25", "2026-11-21"]
    rows = [
        {"mde_id": device_id(at % 3 + 1), "observed": moment(day), **test_properties.READY, "os.ubr": str(at)}
        for at, day in enumerate(days * 3)
    ]
    same([export("made", *rows)], Options(("made",), AS_OF), test_properties.plans(), (2, 2, 0))


def test_a_file_of_which_all_rows_are_set_aside_says_nothing() -> None:
    of_now = {name: value for name, value in test_properties.READY.items() if name != "os.ubr"}
    rows = [{"mde_id": device_id(at), "observed": moment("2026-11-20"), **of_now} for at in range(3)]
    later = [{"mde_id": device_id(at), "observed": moment("2026-11-24"), "os.ubr": "3448"} for at in range(3)]
    same(
        [export("made", *rows), export("later", *later)], Options(("made",), AS_OF), test_properties.plans(), (2, 2, 0)
    )


def test_what_was_packed_is_what_it_was() -> None:
    frame = export("made", {"name": "å", "os.family": "windows"}, {"os.ubr": ""}, {"os.family": "linux"}).frames[0]
    assert unpacked(packed(frame)).equals(frame)
    assert unpacked(packed(frame)).schema == frame.schema
    assert unpacked(packed(frame.clear())).schema == frame.schema


@given(st.lists(st.integers(0, 3 * LARGEST_SHARE), min_size=1), st.integers(1, 64))
def test_each_file_is_read_once_and_small_ones_share_a_task(sizes: list[int], tasks: int) -> None:
    shares = shared_out(sizes, tasks)

    assert [number for share in shares for number in share] == list(range(len(sizes)))
    assert all(len(share) == 1 or sum(sizes[at] + OPENING for at in share) <= LARGEST_SHARE for share in shares)
