"""The rollout of the demo fleet: waves, gates, waivers, statements and suppositions, from files to verdicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checker.model.result import Baseline, Result, Table
from checker.pipeline import check
from tests.contoso import DEMO, ROOT, working_in

WAVES = ("pilot", "wave-1", "wave-2", "servers", "the-rest")


@contextmanager
def judged(**changes: Any) -> Iterator[Result]:  # noqa: ANN401
    with working_in(ROOT), check(replace(DEMO, **changes)) as result:
        yield result


def rows(table: Table) -> pl.DataFrame:
    return pl.concat(list(table.frames())) if table.parts else pl.DataFrame(schema=table.columns)


@pytest.fixture(scope="module")
def whole() -> Iterator[Result]:
    with judged() as result:
        yield result


def test_every_judged_device_is_in_one_wave(whole: Result) -> None:
    summary = whole.summary
    devices = rows(whole.devices).filter(pl.col("readiness") != "OUT_OF_SCOPE")
    counted = dict(devices.group_by("wave").len().iter_rows())

    assert [note.name for note in summary.waves] == list(WAVES)
    for note in summary.waves:
        judged_devices = note.devices["total"] - note.devices["out_of_scope"]
        assert judged_devices == counted.get(note.name, 0), note.name
    assert sum(counted.values()) == summary.devices["total"] - summary.devices["out_of_scope"]
    assert summary.no_wave == 0


def test_waived_outcomes_stay_findings_and_are_counted_apart(whole: Result) -> None:
    summary = whole.summary
    findings = rows(whole.findings)
    devices = rows(whole.devices)

    waived = findings.filter(pl.col("waived") == "W-2026-012")
    assert waived.select("rule_id", "outcome").unique().rows() == [("sc.signature-min", "FAIL")]
    assert sorted(waived["device_name"]) == ["ws-gda-012.contoso.example", "ws-gda-013.contoso.example"]
    note = next(note for note in summary.waivers if note.id == "W-2026-012")
    assert (note.used_on, note.unmatched, note.state) == (2, ("ws-gone-001",), "active")
    rule = next(rule for rule in summary.rules if rule.id == "sc.signature-min")
    assert (rule.failed, rule.waived, rule.waived_failed) == (8, 2, 2)
    freed = devices.filter(pl.col("device_name") == "ws-gda-012.contoso.example")
    assert freed.select("readiness", "by").rows() == [("READY", "waived")]
    assert freed["failed"].to_list() == [["sc.signature-min"]]
    assert "sc.signature-min" in freed["waived"].to_list()[0]
    assert summary.devices["ready"] - summary.unwaived["ready"] == summary.by["waived"]


def test_a_waiver_that_ended_covers_nothing(whole: Result) -> None:
    ended = next(note for note in whole.summary.waivers if note.id == "W-2025-090")

    assert (ended.state, ended.used_on) == ("expired", 0)
    assert not rows(whole.findings).filter(pl.col("waived") == "W-2025-090").height


def test_a_wave_limits_the_reports_and_never_the_ledger(whole: Result) -> None:
    with judged(wave="wave-2") as limited:
        summary = limited.summary
        names = set(rows(limited.devices)["wave"])
        findings = rows(limited.findings)
        assert names == {"wave-2"}
        assert summary.inputs == whole.summary.inputs
        assert summary.devices == next(note for note in whole.summary.waves if note.name == "wave-2").devices
        everything = rows(whole.findings).join(
            rows(whole.devices).filter(pl.col("wave") == "wave-2").select("device_id"), on="device_id"
        )
        own = findings.filter(pl.col("device_id") != "")
        assert own.equals(everything.select(own.columns))
        for one, other in zip(summary.waves, whole.summary.waves, strict=True):
            assert one == other, "every wave is told as in the whole"


@pytest.mark.parametrize(
    ("wave", "code"), [("pilot", 0), ("wave-1", 0), ("wave-2", 1), ("servers", 1), ("the-rest", 1)]
)
def test_the_gate_decides(wave: str, code: int) -> None:
    with judged(wave=wave, gating=True, outputs=frozenset()) as result:
        gated = [note for note in result.summary.waves if note.gated]
        assert [note.name for note in gated] == [wave]
        assert result.summary.exit_code == code
        assert result.summary.exit_reason.startswith(gated[0].decision)


def test_doing_what_unlocks_a_wave_lifts_it_over_its_gate(whole: Result) -> None:
    note = next(note for note in whole.summary.waves if note.name == "wave-2")

    assert note.smallest is not None
    assert note.smallest.enough
    short = (
        0.8 * (note.devices["total"] - note.devices["out_of_scope"]) - note.devices["ready"] - note.devices["migrated"]
    )
    assert note.smallest.devices >= short


def test_the_tool_of_a_wave_reaches_its_plan() -> None:
    with judged(outputs=frozenset({"plan"})) as result:
        plan = rows(result.plan)
        named = {step.id for step in result.steps}
    tools = dict(plan.select("wave", "tool").unique().iter_rows())

    assert tools == {
        "pilot": "local-script", "wave-1": "intune", "wave-2": "intune", "servers": "configuration-manager",
        "the-rest": "intune",
    }  # fmt: skip
    assert set(plan["next_steps"].explode().drop_nulls()) <= named
    assert set(plan["verify"].explode().drop_nulls()) <= named


def test_a_supposition_shows_what_would_follow_and_proves_nothing() -> None:
    with judged(waivers="", assume=("av.intelligence=1.500.1.0",)) as result:
        summary, devices = result.summary, rows(result.devices)
        assert devices["simulated"].all()
        assert rows(result.findings)["simulated"].all()
    with judged(waivers="", outputs=frozenset({"devices"})) as result:
        before = set(rows(result.devices).filter(pl.col("readiness") == "READY")["device_id"])
    would = dict(devices.filter(pl.col("by") == "simulated").group_by("readiness").len().iter_rows())

    assert summary.simulated == ("av.intelligence = 1.500.1.0, supposed on 305 devices",)
    assert set(devices.filter(pl.col("readiness") == "READY")["device_id"]) == before, (
        "as measured, no more and no less"
    )
    assert would == {"UNDETERMINED": summary.by["simulated"]}
    assert summary.by["simulated"] > 0
    assert summary.exit_code != 0


def test_a_supposition_about_some_leaves_the_others_measured() -> None:
    with judged(waivers="", assume=("os.ubr=9999 where {device.group: Hamburg}",)) as result:
        devices = rows(result.devices)

    assert set(devices.filter(pl.col("by") == "simulated")["wave"]) == {"wave-2"}
    assert devices.filter(pl.col("readiness") == "READY").height > 50


def before(folder: Path, *gone: tuple[str, str]) -> Baseline:
    """Return an earlier result whose wave-1 had all of its devices of today, and these."""
    with judged() as result:
        now = rows(result.devices)
    names = [name.lower() for _, name in gone]
    mine = now.filter(pl.col("wave") == "wave-1", ~pl.col("device_name").str.to_lowercase().is_in(names))
    more = mine.head(len(gone)).with_columns(
        device_id=pl.Series([id_ for id_, _ in gone], dtype=pl.String),
        device_name=pl.Series([name for _, name in gone], dtype=pl.String),
    )
    path = folder / "devices.parquet"
    pl.concat([mine, more]).write_parquet(path)
    report = folder / "earlier.json"
    report.write_text("{}")
    waves = tuple(WAVES)
    return Baseline(str(report), Table({}, (), 0), Table({}, (path,), mine.height + len(gone)), waves=waves)


@pytest.mark.parametrize(
    ("gone", "lost", "changed"),
    [
        ((), ("none", "MET"), ("none", "MET")),
        ((("f" * 40, "ws-scrapped.contoso.example"),), ("1", "MISSED"), ("none", "MET")),
        ((("f" * 40, "WS-OSL-005.contoso.example"),), ("none", "MET"), ("1", "MISSED")),
    ],
    ids=["all still there", "one gone", "one with another id"],
)
def test_devices_of_the_wave_before_are_looked_for(
    gone: tuple[tuple[str, str], ...], lost: tuple[str, str], changed: tuple[str, str], tmp_path: Path
) -> None:
    with judged(wave="wave-2", gating=True, baseline=before(tmp_path, *gone), outputs=frozenset()) as result:
        criteria = {item.id: item for note in result.summary.waves if note.gated for item in note.criteria}

    assert (criteria["previous.lost"].figure, criteria["previous.lost"].met) == lost
    assert (criteria["previous.changed"].figure, criteria["previous.changed"].met) == changed


def test_as_of_moves_everything() -> None:
    with judged(as_of=date(2026, 12, 19), max_age_days=90, outputs=frozenset()) as result:
        states = {note.id: note.state for note in result.summary.waivers}

    assert states == {"W-2025-090": "expired", "W-2026-011": "expired", "W-2026-012": "active"}


def test_measured_is_what_would_be_ready_without_any_persons_word() -> None:
    with judged(waivers="", outputs=frozenset({"devices"})) as result:
        told = dict(rows(result.devices).filter(pl.col("readiness") == "READY").select("device_id", "by").iter_rows())
    with judged(waivers="", attestations="", waves="", outputs=frozenset({"devices"})) as result:
        alone = set(rows(result.devices).filter(pl.col("readiness") == "READY")["device_id"])

    assert {name for name, by in told.items() if by == "measured"} == alone
    assert {name for name, by in told.items() if by == "attested"}.isdisjoint(alone)
