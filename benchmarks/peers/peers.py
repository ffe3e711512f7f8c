"""The tools that are compared, and what has to be said of each; versions stand in the requirements files beside."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "peers"


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: its script here and its requirements file bear one name."""

    name: str
    module: str
    kind: str
    lacks: str  # what its language has no word for, and what was done instead
    shares: str = ""  # a script whose conditions it uses

    @property
    def python(self) -> Path:
        """The interpreter of its virtual environment."""
        return BUILD / self.module / "bin" / "python"

    @property
    def version(self) -> str:
        """Name and version, as the requirements file pins them."""
        return (HERE / f"{self.module}.txt").read_text(encoding="utf-8").split()[0].replace("==", " ")

    @property
    def lines(self) -> int:
        """Lines of its script, and of the one whose conditions it uses."""
        scripts = [HERE / f"{name}.py" for name in (self.module, self.shares) if name]
        return sum(len(script.read_text(encoding="utf-8").splitlines()) for script in scripts)


TABLE, POLICY, RULES = "table validator", "policy engine", "rules engine"
TWO_CHECKS = "a third outcome, whom a rule is about: two checks each; versions: Polars"
PEERS = (
    Peer(
        "Polars", "polars", "columns", "versions: Python, once for each distinct text; quoted blanks are named as null"
    ),
    Peer("DuckDB", "duckdb", "columns", "versions: lists of numbers"),
    Peer("pandera", "pandera", TABLE, TWO_CHECKS, "polars"),
    Peer("dataframely", "dataframely", TABLE, TWO_CHECKS, "polars"),
    Peer("Pointblank", "pointblank", TABLE, f"{TWO_CHECKS}; a step without rows ends the run", "polars"),
    Peer(
        "Great Expectations",
        "great_expectations",
        TABLE,
        "order of texts: pandas makes columns to compare; whom a rule is about, where not known: more expectations",
    ),
    Peer(
        "gordon-to-regorus",
        "regorus",
        POLICY,
        "versions of four parts: arrays; no number: error, not undefined",
        "rego",
    ),
    Peer("opa-eval", "opa_eval", POLICY, "as gordon-to-regorus: the same engine and policy", "rego"),
    Peer("common-expression-language", "cel", RULES, "order of versions: a Python function"),
    Peer("rule-engine", "rule_engine", RULES, "versions: arrays of padded texts"),
    Peer("zen-engine", "zen", RULES, "order of texts and lists: a version is one number of its four parts"),
    Peer(
        "c7n ValueFilter",
        "c7n",
        RULES,
        "a third outcome, whom a rule is about: three policies each; a version that is none ends the run",
    ),
)
CHECKOV = Peer("Checkov", "checkov", POLICY, "judges infrastructure code only: start-up only")


def install(peer: Peer) -> str:
    """Make the peer's virtual environment unless it is there; return why it cannot be, or nothing."""
    folder = BUILD / peer.module
    wanted = (HERE / f"{peer.module}.txt").read_text(encoding="utf-8")
    done = folder / "installed.txt"
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return ""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [str(peer.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tried = subprocess.run([*pip, "-r", str(HERE / f"{peer.module}.txt")], capture_output=True, text=True, check=False)
    if tried.returncode:
        return "no such version for this Python" if "No matching distribution" in tried.stderr else "pip failed"
    done.write_text(wanted, encoding="utf-8")
    return ""
