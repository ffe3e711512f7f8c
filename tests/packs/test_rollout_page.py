"""The YAML that docs/rollout.md shows is what the readers take and the schemas accept."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.packs.attestations import read_attestations
from checker.packs.build import build_pack
from checker.packs.tailoring import read_tailoring
from checker.packs.waivers import read_waivers
from checker.packs.waves import read_waves
from tests.packs.governed import AS_OF, PACK, refused

PAGE = (Path(__file__).parents[2] / "docs/rollout.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"\n## (\w+)\n.*?```yaml\n(.*?)```", PAGE, re.DOTALL))
READERS: dict[str, Callable[[Path], object]] = {
    "waves": lambda path: read_waves(path, "page", PACK.rule_ids, PACK.profiles, AS_OF, PACK.note_ids),
    "waivers": lambda path: read_waivers(path, "page", PACK.rule_ids, AS_OF, PACK.note_ids),
    "attestations": lambda path: read_attestations(path, "page", AS_OF).items,
    "tailoring": lambda path: build_pack(PACK, "current", AS_OF, read_tailoring(path, "page")),
}


@pytest.mark.parametrize("kind", READERS)
def test_the_example_of_each_file_is_good(kind: str, tmp_path: Path) -> None:
    block = BLOCKS[kind.capitalize()]
    (tmp_path / "page.yaml").write_text(block, encoding="utf-8")

    assert READERS[kind](tmp_path / "page.yaml")
    assert not refused(kind, block)


@pytest.mark.parametrize("line", BLOCKS["Devices"].splitlines())
def test_each_way_to_say_which_devices_is_good(line: str, tmp_path: Path) -> None:
    devices = f"  {line}\n"
    text = BLOCKS["Attestations"].replace(
        "  devices: {where: {device.group: Oslo}}     # all devices if left out\n", devices
    )
    (tmp_path / "page.yaml").write_text(text, encoding="utf-8")

    assert devices in text
    assert read_attestations(tmp_path / "page.yaml", "page", AS_OF).items
