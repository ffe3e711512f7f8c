"""A notebook in a file: judge exports, look at what stands in the way, and write a page for people.

    python examples/fleet_review.py fixtures/fleets/contoso/inventory

Each part between ``# %%`` lines is a cell in editors that know such files (VS Code, PyCharm, Spyder).
"""

# %% Judge: files, folders or frames in, as of a day that is always said
import sys
from datetime import date
from pathlib import Path

import polars as pl

from checker import check, read_inventory

inventory = sys.argv[1] if len(sys.argv) > 1 else "fixtures/fleets/contoso/inventory"
checked = check(inventory, as_of=date(2026, 11, 23))  # stays open until the last cell
print(checked)

# %% What keeps most devices from moving
blocking = checked.findings.filter(pl.col("severity") == "blocker", pl.col("outcome") == "FAIL")
print(
    blocking.group_by("rule_id")
    .agg(devices=pl.col("devices").sum())
    .sort("devices", "rule_id", descending=[True, False])
)

# %% One device, with what each finding rests on
worst = checked.devices.sort(pl.col("failed").list.len(), "device_name", descending=[True, False]).row(0, named=True)
print(worst["device_name"], worst["readiness"], worst["next_steps"])
mine = checked.findings.filter(pl.col("device_id") == worst["device_id"]).explode("evidence").unnest("evidence")
print(mine.select("rule_id", "outcome", "fact", "value", "missing", "file", "row", "column"))

# %% What was read, before anything is joined or judged
records = read_inventory(inventory)
print(records.filter(pl.col("format") == "mdatp-health-json").select("name", "agent.version", "observed"))

# %% A page for people, and the tables for other tools
Path("out").mkdir(exist_ok=True)
checked.write("out/review.html", "devices:out/review-devices.parquet")
checked.close()  # its temporary tables go; frames that were taken stay
