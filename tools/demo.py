"""``make demo``: judges the bundled, invented fleet, shows the command and the tool's own exit code, and ends well."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLEET = "fixtures/fleets/contoso"
OUT = "out"
COMMAND = (
    "mde-readiness check",
    f"{FLEET}/inventory",
    f"--attestations {FLEET}/attestations.yaml",
    "--as-of 2026-11-23",
    f"-o {OUT}/junit.xml",
    f"-o {OUT}/problems.sarif",
    f"-o sarif-full:{OUT}/full.sarif",
    f"-o {OUT}/report.json",
    f"-o findings:{OUT}/findings.ndjson",
    f"-o findings:{OUT}/findings.parquet",
    f"-o devices:{OUT}/devices.ndjson",
)
MEANING = {0: "nothing fails", 1: "a blocker fails", 3: "nothing fails, but a blocker is unknown"}


def main() -> None:
    """Run the demo; exit 0 if the tool gave a verdict, else with the tool's own code."""
    print("$ " + " \\\n    ".join(COMMAND), flush=True)
    words = shlex.split(" ".join(COMMAND))
    code = subprocess.run([sys.executable, "-m", "checker", *words[1:]], cwd=ROOT, check=False).returncode
    if code not in MEANING:
        sys.exit(code)
    print(f"\nThe tool's own exit code was {code}: {MEANING[code]}. A pipeline would stop here; the demo ends well.")
    print(f"Reports are in {OUT}/: {', '.join(sorted(path.name for path in (ROOT / OUT).iterdir()))}")


if __name__ == "__main__":
    main()
