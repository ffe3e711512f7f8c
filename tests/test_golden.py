"""What the tool says of the demo fleet is, byte for byte, what it said before.

After a change that is meant, write the files anew and read the difference:

    UPDATE_GOLDEN=1 pytest tests/test_golden.py && git diff fixtures/fleets/contoso/expected
"""

import os

import pytest

from tests.contoso import FLEET, ROOT, Checked, check_contoso

EXPECTED = ROOT / FLEET / "expected"
FILES = {
    "summary.txt": lambda checked: checked.text,
    "report.json": lambda checked: checked.report,
    "devices.ndjson": lambda checked: checked.devices,
}


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_contoso()


@pytest.mark.parametrize("name", FILES)
def test_the_demo_fleet_is_judged_as_before(name: str, checked: Checked) -> None:
    found: bytes = FILES[name](checked)
    path = EXPECTED / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found)
    assert path.read_bytes().splitlines() == found.splitlines()
    assert path.read_bytes() == found


def test_every_expected_file_is_compared() -> None:
    assert {path.name for path in EXPECTED.iterdir()} == set(FILES)
