"""What files say that no single task or chunk of them says is told as one process tells it."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.errors import InputError
from checker.inventory.read import ReadOptions, read_file
from checker.options import Options
from checker.pipeline import check
from checker.spark import tasks
from checker.spark.engine import Reads, SparkEngine
from tests.cli.conftest import GOOD, HEADER, export, urls
from tests.contoso import AS_OF, ROOT
from tests.inventory.test_sense_events import event_xml
from tests.inventory.test_split_logs import WEEKS
from tests.spark.plain import PlainCluster
from tests.spark.test_apart import CONTOSO, said

__all__ = ["export", "urls"]

Write = Callable[..., Path]
OF_FILES = Options((), AS_OF, outputs=CONTOSO.outputs, all_outcomes=True, batch_size=2)


def same(*inventory: Path, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what a run on these says once it is found that Spark says the same."""
    options = replace(OF_FILES, inventory=tuple(map(str, inventory)), **more)
    with check(options) as result:
        here = said(result)
    for together in (1, 1_000):
        with check(options, engine=SparkEngine(PlainCluster(together), together)) as result:
            assert said(result) == here
    return here


def with_other_times(path: Path) -> None:
    """Write devices with two rows each: the older one has the newer antivirus."""
    cells = GOOD.split(",")
    rows = []
    for number in range(1, 6):
        for day, av_day, version in (("20", "02", "4.18.2001.7"), ("10", "09", "4.18.24090.11")):
            row = [f"2026-11-{day}T10:00:00Z", f"{number:040x}", f"ws-{number}.contoso.example", *cells]
            row[row.index("4.18.24090.11")] = version
            rows.append(",".join([*row, f"2026-11-{av_day}T10:00:00Z"]))
    path.write_text("\n".join([f"{HEADER},AvLastSeenTime", *rows, ""]))


def test_facts_of_other_times_than_their_row(tmp_path: Path) -> None:
    path = tmp_path / "hunting.csv"
    with_other_times(path)

    apart = same(path)

    path.write_text(path.read_text().replace("AvLastSeenTime", "NoTime"))
    assert apart["devices"] != same(path)["devices"]


def weeks(folder: Path) -> list[Path]:
    """Write the log of a device in two files, of which the second undoes what the first says."""
    numbered = [
        event_xml(sum(map(len, WEEKS[:week])) + number + 1, event_id, clock, f"https://{host}/" if host else "")
        for week in (0, 1)
        for number, (event_id, clock, host) in enumerate(WEEKS[week])
    ]
    paths = [folder / "week1.xml", folder / "week2.xml"]
    for path, events in zip(paths, (numbered[:4], numbered[4:]), strict=True):
        path.write_text("".join(events))
    return paths


@pytest.mark.parametrize("packed", [False, True])
def test_logs_of_one_device_in_several_files(packed: bool, export: Write, tmp_path: Path) -> None:
    files = weeks(tmp_path)
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        for path in files:
            archive.write(path, path.name)
    devices = export(*[GOOD] * 9)

    split = same(devices, *([tmp_path / "logs.zip"] if packed else files))

    first = same(devices, files[0])
    assert [row["device_id"] for row in split["devices"]] == [row["device_id"] for row in first["devices"]]
    assert split["devices"] != first["devices"]  # the other week undoes the contact


class Remote(PlainCluster):
    """Reaches files that Python does not: those of a folder, at URIs that name it ``far://``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def listed(self, uri: str) -> list[tuple[str, int]]:
        return [(f"{uri}/{path.name}", path.stat().st_size) for path in sorted(self.folder.glob("*.xml"))]

    def read(self, reads: Reads) -> Iterator[tasks.Row]:
        list(super().read(reads))
        work = tasks.read_content(reads.uris, reads.options, reads.together)
        for uri in reads.uris:
            content = (self.folder / uri.rpartition("/")[2]).read_bytes()
            self.chunks += work(iter([{"path": uri, "content": content}]))
        return self.told()


def test_parts_of_a_log_that_only_spark_reaches_are_refused(export: Write, tmp_path: Path) -> None:
    """Each by itself they would say that a contact counts which a start undid."""
    weeks(tmp_path)
    options = replace(OF_FILES, inventory=("far://logs", str(export(*[GOOD] * 9))))

    with pytest.raises(InputError) as raised, check(options, engine=SparkEngine(Remote(tmp_path))):
        pass

    assert [str(problem) for problem in raised.value.problems] == [
        f"far://logs/week{week}.xml: holds a part of a log of which other files hold parts, too\n"
        "  hint: give them as files of a folder"
        for week in (1, 2)
    ]
    (tmp_path / "week2.xml").unlink()
    with check(options, engine=SparkEngine(Remote(tmp_path))) as result:
        assert said(result)["devices"]


def test_files_of_a_folder_that_are_in_no_known_format(export: Write, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "notes.txt").write_text("call me\n")
    export(*[GOOD] * 3).rename(folder / "hunting.csv")

    assert "notes.txt" in str(same(folder)["summary"])


def test_evidence_that_founds_no_device(export: Write, urls: Write) -> None:
    same(export(*[GOOD] * 5), urls(7))


def test_all_formats_beside_one_another() -> None:
    """Every file that is read by itself: own ids, evidence alone, places of files, halves that join."""
    files = sorted(path for path in (ROOT / "fixtures" / "inventories").rglob("*") if path.is_file())
    sound = [path for path in files if not read_file(str(path), ReadOptions())[1]]

    told = same(*sound, batch_size=20)

    assert len({item.format for item in told["summary"].inputs}) > 30
