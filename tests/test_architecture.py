"""Who imports whom, what only the command line may touch, how long things are, and what a quick start does not load."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "checker"
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path for path in PACKAGE.rglob("*.py")}
TREES: dict[str, ast.Module] = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}

# Each part imports only parts before it; the parts of one step do not know each other.
STEPS = (
    {"errors"},
    {"yaml_nodes", "model"},
    {"facts"},
    {"operators"},
    {"packs", "inventory"},
    {"engine"},
    {"decide", "lint"},
    {"reporters", "options", "redact"},
    {"loading"},
    {"compare", "pipeline", "spark"},
    {"explain", "drafts", "inspection", "stored"},
    {"evidence"},
    {"library"},
    {"cli"},
    {"__main__"},
)
PLACE = {part: place for place, step in enumerate(STEPS) for part in step}
ONLY_THE_COMMAND_LINE = {"click", "rich.console", "rich.progress"}  # and what it prints with
WORLD = {  # what would make the same files give another result, or reach out
    "os.environ", "os.getenv", "os.environb", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.localtime", "sys.exit", "sys.stdout", "sys.stderr", "sys.argv",
    "uuid.uuid1", "uuid.uuid4", "uuid.getnode",
}  # fmt: skip
OUTWARD = {
    "random",
    "secrets",
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "ftplib",
    "smtplib",
    "subprocess",
    "requests",
}
WHEN_USED = {
    "backports",
    "compression.zstd",
    "cryptography",
    "evtx",
    "fastexcel",
    "securesystemslib",
    "jinja2",
    "jsonschema",
    "junit_xml",
    "py4j",
    "pyarrow",
    "pyspark",
    "rich",
    "xlsxwriter",
}  # imported where they are used, not when a module loads
HEAVY = (
    "polars", "numpy", "yaml", "jinja2", "jsonschema", "junit_xml", "rich", "packaging", "checker.packs",
    "checker.pipeline",
)  # fmt: skip
LONGEST_FUNCTION, LONGEST_FILE, MOST_PARAMETERS = 50, 300, 6


def part_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def runtime(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, without what stands there for type checkers only."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from runtime(node)


def imported(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """Yield the full names of what is imported: of ``from a import b`` both a and a.b."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        assert not isinstance(node, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef):
            yield node


def test_every_part_has_its_place() -> None:
    assert {part_of(module) for module in MODULES} - {"", "__init__"} == set(PLACE)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    mine = part_of(module)
    if mine in ("", "__init__"):
        assert not [name for name in imported(iter(TREES[module].body)) if within(name, {"checker"})]
        others = {part_of(name) for name in imported(ast.walk(TREES[module])) if within(name, {"checker"})}
        assert others <= {"", "library"}  # what the package gives to notebooks, loaded when it is asked for
        return
    others = {part_of(name) for name in imported(ast.walk(TREES[module])) if within(name, {"checker"})}
    others -= {"", "__version__", mine}

    assert [other for other in others if PLACE[other] >= PLACE[mine]] == []


@pytest.mark.parametrize("module", [name for name in MODULES if part_of(name) == "reporters"])
def test_reporters_know_nothing_but_results(module: str) -> None:
    others = {part_of(name) for name in imported(ast.walk(TREES[module])) if within(name, {"checker"})}

    assert others <= {"", "__version__", "errors", "model", "reporters"}


@pytest.mark.parametrize("module", [name for name in MODULES if part_of(name) not in ("cli", "__main__")])
def test_only_the_command_line_touches_the_world(module: str) -> None:
    nodes = list(runtime(TREES[module]))
    names = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    calls = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    imports = set(imported(iter(nodes)))

    assert not [name for name in imports if within(name, ONLY_THE_COMMAND_LINE | OUTWARD)]
    assert not names & WORLD
    assert not imports & WORLD
    assert not calls & {"print", "input", "exit", "breakpoint", "eval", "exec"}


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_load_when_used(module: str) -> None:
    at_once = (node for node in TREES[module].body if isinstance(node, ast.Import | ast.ImportFrom))

    assert not [name for name in imported(at_once) if within(name, WHEN_USED)]


@pytest.mark.parametrize("module", MODULES)
def test_files_and_functions_are_short(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").splitlines()
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(TREES[module])}
    parameters = {node.name: len([*node.args.posonlyargs, *node.args.args]) for node in functions(TREES[module])}

    assert len(lines) <= LONGEST_FILE
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert {name: count for name, count in parameters.items() if count > MOST_PARAMETERS} == {}


@pytest.mark.parametrize("module", MODULES)
def test_whatever_is_public_says_what_it_promises(module: str) -> None:
    tree = TREES[module]
    outer = public_in(tree.body)
    public = [*outer, *(inner for node in outer if isinstance(node, ast.ClassDef) for inner in public_in(node.body))]

    assert ast.get_docstring(tree), "a module opens with one sentence"
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def public_in(body: Sequence[ast.stmt]) -> list[ast.ClassDef | ast.FunctionDef]:
    named = [node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return [node for node in named if not node.name.startswith("_")]


@pytest.mark.parametrize(
    "start",
    [
        "import checker",
        "import runpy; sys.argv = ['mde-readiness', '--help']; runpy.run_module('checker', run_name='__main__')",
        "import runpy; sys.argv = ['mde-readiness', '--version']; runpy.run_module('checker', run_name='__main__')",
    ],
    ids=["import checker", "--help", "--version"],
)
def test_a_quick_start_loads_nothing_heavy(start: str) -> None:
    loaded = f"print([name for name in {HEAVY} if name in sys.modules])"
    code = f"import sys\ntry:\n    {start}\nexcept SystemExit: pass\n{loaded}"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "[]"
    assert ran.stderr == ""
