"""A stored result gives every report again, byte for byte; one that is not whole gives none."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checker.errors import InputError
from checker.model.result import Result
from checker.pipeline import check
from checker.reporters.kinds import KINDS, ONE_DEVICE
from checker.reporters.outputs import Output, parse_outputs, write_all
from checker.stored import result as stored
from checker.stored.result import files_of, open_result
from tests.contoso import DEMO, ROOT, working_in

WRITTEN = ("report.json", "devices:devices.parquet", "findings:findings.parquet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with the result of the demo fleet, and every other report that such a result can give."""
    made = tmp_path_factory.mktemp("run")
    options = replace(
        DEMO,
        outputs=frozenset({"devices", "findings", "cases", "controls"}),
        tables=(("devices", "devices.parquet"), ("findings", "findings.parquet")),
    )
    with working_in(ROOT), check(options) as result, working_in(made):
        write_all(result, [*parse_outputs(WRITTEN), *others(made)])
        yield made


def others(folder: Path) -> list[Output]:
    """Return an output of every kind and ending that needs no more than report, devices and findings."""
    return [
        Output(kind, folder / f"{kind}{ending}", write)
        for kind, endings in KINDS.items()
        for ending, write in endings.items()
        if kind not in ("plan", "evidence", *ONE_DEVICE)
    ]


def test_every_report_is_the_same_from_the_stored_result(folder: Path) -> None:
    with open_result(str(folder / "report.json")) as result:
        for output in others(folder):
            again = BytesIO()
            output.write(result, again)
            assert again.getvalue() == output.path.read_bytes(), output.path.name


def test_large_tables_are_cut_between_devices(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_result(str(folder / "report.json")) as result:
        whole = parts(result)
    monkeypatch.setattr(stored, "ROWS_AT_A_TIME", 100)
    with open_result(str(folder / "report.json")) as result:
        cut = parts(result)

    for kind in ("devices", "findings"):
        assert len(whole[kind]) == 1
        assert len(cut[kind]) > 3
        assert pl.concat(cut[kind]).equals(whole[kind][0])
        ids = [set(part["device_id"]) for part in cut[kind]]
        assert not any(one & other for place, one in enumerate(ids) for other in ids[:place])


def parts(result: Result) -> dict[str, list[pl.DataFrame]]:
    return {"devices": list(result.devices.frames()), "findings": list(result.findings.frames())}


def test_what_is_read_may_not_be_written_over(folder: Path) -> None:
    assert {Path(name).name for name in files_of(str(folder / "report.json"))} == {
        "report.json",
        "devices.parquet",
        "findings.parquet",
    }


def spoiled(folder: Path, target: Path, **changes: Any) -> str:  # noqa: ANN401 (of any key)
    for kind in ("devices", "findings"):
        (target / f"{kind}.parquet").write_bytes((folder / f"{kind}.parquet").read_bytes())
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    (target / "report.json").write_text(json.dumps({**told, **changes}), encoding="utf-8")
    return str(target / "report.json")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"guidance": "none"}, "guidance: 'none' is not of type 'array'"),
        ({"more": 1}, "'more' was unexpected"),
        ({"tables": []}, "names no table of devices"),
    ],
)
def test_a_report_of_another_shape_is_refused(changes: dict[str, Any], said: str, folder: Path, tmp_path: Path) -> None:
    path = spoiled(folder, tmp_path, **changes)

    with pytest.raises(InputError, match=said), open_result(path):
        pass


def test_a_report_that_says_a_key_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"schema": "mde-readiness/report/v1", "partial": true, "partial": false}', encoding="utf-8")

    with pytest.raises(InputError, match="the key 'partial' stands twice"), open_result(str(path)):
        pass
