"""``make demo``: judges the bundled, invented fleet, gates a wave of it and plans the move; shows each command."""

import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLEET = "fixtures/fleets/contoso"
OUT = "out"
GOVERNED = (
    f"{FLEET}/inventory",
    f"--attestations {FLEET}/attestations.yaml",
    f"--waivers {FLEET}/waivers.yaml",
    f"--waves {FLEET}/waves.yaml",
    "--as-of 2026-11-23",
)
# command -> what its exit codes mean
COMMANDS: dict[tuple[str, ...], dict[int, str]] = {
    (
        "mde-readiness check",
        *GOVERNED,
        f"-o {OUT}/junit.xml",
        f"-o {OUT}/problems.sarif",
        f"-o sarif-full:{OUT}/full.sarif",
        f"-o {OUT}/report.html",
        f"-o {OUT}/report.json",
        f"-o {OUT}/report.xlsx",
        f"-o {OUT}/evidence.zip",
        f"-o findings:{OUT}/findings.parquet",
        f"-o devices:{OUT}/devices.parquet",
    ): {0: "nothing fails", 1: "a blocker fails", 3: "nothing fails, but a blocker is unknown"},
    (
        "mde-readiness gate",
        *GOVERNED,
        "--wave wave-2",
        f"-o {OUT}/gate.xml",
        f"-o {OUT}/gate.sarif",
        f"-o {OUT}/gate.html",
        f"-o {OUT}/gate.json",
    ): {0: "wave-2 may go", 1: "wave-2 must wait", 3: "too little is known"},
    (
        "mde-readiness plan",
        *GOVERNED,
        f"-o plan:{OUT}/plan.xlsx",
        f"-o plan:{OUT}/plan.md",
        "--quiet",
    ): {0: "every device has its steps"},
}


def main() -> None:
    """Run the demo; exit 0 if the tool gave its verdicts, else with the tool's own code."""
    for command, meaning in COMMANDS.items():
        print("$ " + " \\\n    ".join(command), flush=True)
        words = shlex.split(" ".join(command))
        code = subprocess.run([sys.executable, "-m", "checker", *words[1:]], cwd=ROOT, check=False).returncode
        if code not in meaning:
            sys.exit(code)
        print(f"\nThe tool's own exit code was {code}: {meaning[code]}.\n")
    print("A pipeline would stop at the first code that is not 0; the demo ends well.")
    print(f"Reports are in {OUT}/: {', '.join(sorted(path.name for path in (ROOT / OUT).iterdir()))}")


if __name__ == "__main__":
    main()
