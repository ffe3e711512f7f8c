"""Validators from outside the project find nothing in reports of whatever fleet; the demo's go through validate.sh."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import MODULES, lacking
from .made import FLEETS, Report

ROOT = Path(__file__).parent.parent.parent
VALIDATORS = {
    "Nu": ("java", "-jar", MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar", "--errors-only"),
    "html-validate": (
        "node",
        MODULES / "html-validate" / "bin" / "html-validate.mjs",
        *("--config", ROOT / ".ci" / "html-validate.json", "--max-warnings", "0"),
    ),
}


@pytest.mark.parametrize("validator", VALIDATORS)
def test_validators_find_nothing(report: Callable[[str], Report], tmp_path: Path, validator: str) -> None:
    command = VALIDATORS[validator]
    if shutil.which(str(command[0])) is None or not MODULES.exists():
        lacking(f"no {validator} in build/validators")
    pages = [report(name).path for name in FLEETS if name != "demo"]

    ran = subprocess.run([*command, *pages], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")

    wrong = tmp_path / "wrong.html"
    wrong.write_text(pages[0].read_text(encoding="utf-8").replace("<h1", "<blink></blink><h1", 1), encoding="utf-8")
    assert subprocess.run([*command, wrong], capture_output=True, check=False).returncode == 1
