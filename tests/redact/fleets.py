"""Fleets to be redacted: the demo, with words of its own for what is also a word of the tool, and a hostile one."""

import csv
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.contoso import FLEET, ROOT

MARK = "zq7"  # stands in every hostile name that is no plain word, and nowhere else
RENAMED = {"servers": "tag9servers", "pilot": "tag9pilot", "Oslo": "grp9oslo", "Lyon": "grp9lyon", "Nora": "Nora9"}

# Names that are words of the reports, parts of each other, patterns, or that look like what the tool writes itself.
HOSTILE = (
    f"{MARK}", f"{MARK}{MARK}", f"{MARK}-1", f"{MARK}-10", f".*{MARK}", f"[{MARK}", f"(?i){MARK}", f"${{{MARK}}}",
    f"{MARK} and 3 more", f"x, {MARK}", f"{MARK}: 3 rows of no device.", f"no device is called {MARK}.",
    f"device-{MARK}", f"name:{MARK}", f"entra:{MARK}", f"{MARK}.contoso.example", f"{MARK}.{MARK}.example",
    f"ZQ7.FAIL.{MARK}", f"a\t{MARK}", f"'{MARK}'", f"=1+1|{MARK}", f"<b>{MARK}</b>", f"::error::{MARK}",
    "FAIL", "ready", "windows", "the", "a", ".", "device", "READY.windows", "sc.sense-min", "(none)", "(blank)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fleet:
    """An inventory with the files that govern it, and every text in it that names something."""

    inventory: Path
    governing: tuple[str, ...]
    originals: frozenset[str]
    one: str  # id of a device that is judged


def demo(folder: Path) -> Fleet:
    """Return the demo fleet, and all that it names."""
    shutil.copytree(ROOT / FLEET, folder, ignore=shutil.ignore_patterns("*.py", "expected"))
    for path in (each for each in folder.rglob("*") if each.suffix in (".csv", ".json", ".yaml")):
        text = path.read_bytes()
        for word, own in RENAMED.items():
            text = re.sub(rf"\b{word}\b".encode(), own.encode(), text)
        path.write_bytes(text)
    found = {"contoso", *RENAMED.values()} | _of_governing(folder)
    for row in _rows(folder / "inventory/hunting.csv"):
        found |= _names(row["DeviceName"])
        found |= {row[key] for key in ("DeviceId", "AadDeviceId", "HostDeviceId", "MergedToDeviceId", "MachineGroup")}
        for key in ("DeviceManualTags", "DeviceDynamicTags", "RegistryDeviceTag"):
            found |= set(json.loads(row[key])) if row[key].startswith("[") else {row[key]}
    for machine in json.loads((folder / "inventory/machines.json").read_bytes())["value"]:
        found |= _names(machine["computerDnsName"]) | set(machine["machineTags"])
        found |= {machine["id"], machine["rbacGroupName"], machine["lastIpAddress"], machine["lastExternalIpAddress"]}
    for row in _rows(folder / "inventory/urls.csv"):
        found |= _names(row["device"])
    found |= {path.stem for path in (folder / "inventory").rglob("*.*")} - {"machines", "urls", "hunting"}
    governing = tuple(
        str(word) for kind in ("attestations", "waivers", "waves") for word in (f"--{kind}", folder / f"{kind}.yaml")
    )
    originals = frozenset(text for text in found if text and len(text) > 1)
    return Fleet(folder / "inventory", governing, originals, "08679b3aee91b11248a3970956b03114b16b6874")


def hostile(folder: Path) -> Fleet:
    """Return a fleet with hostile names, in lists of waves and waivers, too."""
    inventory = folder / "inventory"
    inventory.mkdir(parents=True)
    with (inventory / f"{MARK}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for number, name in enumerate(HOSTILE):
            key = f"{number:040x}" if number % 3 else ""  # every third goes by its name alone
            out.writerow(("2026-11-20T10:00:00Z", key, name, *CELLS, name, json.dumps([name])))
    gone = f"gone-{MARK}"
    waves = WAVES.format(_list(HOSTILE[::2]), _list((*HOSTILE[1::2], gone)))
    (folder / "waves.yaml").write_text(waves, encoding="utf-8")
    (folder / "waivers.yaml").write_text(f"{WAIVERS}{_list((*HOSTILE, gone))}\n", encoding="utf-8")
    governing = ("--waves", str(folder / "waves.yaml"), "--waivers", str(folder / "waivers.yaml"))
    return Fleet(inventory, governing, frozenset((MARK, f"gone-{MARK}")), f"{1:040x}")


HEADER = (
    "Timestamp", "DeviceId", "DeviceName", "OSPlatform", "OSBuild", "OsBuildRevision", "ClientVersion",
    "OnboardingStatus", "MachineGroup", "DeviceManualTags",
)  # fmt: skip
CELLS = ("Windows10", "19045", f"x{MARK}", "10.7760.19045.5608", f"lost-{MARK}")
WAVES = f"""\
waves:
  - name: first-{MARK}
    gate: {{{{guidance_days: 2000}}}}
    devices:
      listed:
{{}}
  - name: second
    gate: {{{{previous: {{{{none_lost: true}}}}}}}}
    devices:
      listed:
{{}}
"""
WAIVERS = f"""\
waivers:
  - id: W-{MARK}
    rule: sc.sense-min
    reason: The bench {MARK} keeps its image.
    owner: A {MARK}
    approver: B {MARK}
    ticket: CHG-{MARK}
    created: 2026-11-02
    expires: 2026-12-23
    devices:
      listed:
"""


def _list(names: Sequence[str]) -> str:
    return "\n".join(f"        - {json.dumps(name)}" for name in names)


def _of_governing(folder: Path) -> set[str]:
    """Return who answers for what, and what they wrote: everything in these files that is the organisation's word."""
    found: set[str] = set()
    for waiver in yaml.safe_load((folder / "waivers.yaml").read_bytes())["waivers"]:
        found |= {waiver[key] for key in ("id", "reason", "owner", "approver", "ticket")}
        found |= {waiver[key].partition(",")[0] for key in ("owner", "approver")}
        found |= set(waiver["devices"].get("listed", ()))
    for word in yaml.safe_load((folder / "attestations.yaml").read_bytes()):
        found |= {word["by"], word["by"].partition(",")[0], word["evidence"]}
    waves = yaml.safe_load((folder / "waves.yaml").read_bytes())["waves"]
    return found | {wave["name"] for wave in waves}


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _names(text: str | None) -> set[str]:
    name = (text or "").strip()
    return {name, name.lower(), name.partition(".")[0].lower()} - {""}
