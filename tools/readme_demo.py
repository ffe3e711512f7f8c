"""Puts the demo's real output between the markers of README.md; a test keeps it current."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
START, END = "<!-- demo -->\n", "<!-- /demo -->"


def shown() -> str:
    """Return what ``make demo`` prints, as a block of Markdown."""
    ran = subprocess.run([sys.executable, ROOT / "tools" / "demo.py"], capture_output=True, check=True, cwd=ROOT)
    return f"```text\n{ran.stdout.decode().rstrip()}\n```\n"


def readme() -> str:
    """Return README.md with the demo's output in it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    return before + START + shown() + END + rest.partition(END)[2]


def main() -> None:
    """Write README.md."""
    (ROOT / "README.md").write_text(readme(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
