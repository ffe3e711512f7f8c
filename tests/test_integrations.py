"""The ready-made pipeline files: valid, pinned, without injection, and their steps run here as the servers run them."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "integrations"
FLEET = ROOT / "fixtures" / "fleets" / "contoso"
BROKEN = ROOT / "fixtures" / "governance" / "broken"
SCHEMAS = {
    "github/action.yml": "vendor.github-actions",
    "github/example-workflow.yml": "vendor.github-workflows",
    "azure/mde-readiness.yml": "vendor.azure-pipelines",
    "azure/example-pipeline.yml": "vendor.azure-pipelines",
    "gitlab/template.yml": "vendor.gitlab-ci",
    "gitlab/example-pipeline.yml": "vendor.gitlab-ci",
}
SHELLS = [name for name in ("dash", "bash") if shutil.which(name)]
CI = os.environ.get("CI") == "true"


def documents(name: str) -> list[Any]:
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def ran_by(
    *command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, check=False)


def mappings(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (whatever YAML has)
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from mappings(inner)


def test_every_file_is_looked_at() -> None:
    assert {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yml")} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_files_are_valid_by_their_servers_schemas(name: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text((FOLDER / name).read_text(encoding="utf-8").split("\n---\n")[-1])  # without a header of inputs
    ran = ran_by(sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[name], file)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", SCHEMAS)
def test_shell_text_holds_no_expression_of_the_server(name: str) -> None:
    scripts = [
        line
        for each in mappings(documents(name))
        for key in ("run", "bash", "script", "before_script")
        for line in ([each[key]] if isinstance(each.get(key), str) else each.get(key) or [])
    ]
    assert scripts or name == "gitlab/example-pipeline.yml"
    assert [script for script in scripts if "${{" in script or "$[[" in script] == []
    if name.startswith("azure"):
        assert [script for script in scripts if "$(" in script] == []


@pytest.mark.parametrize("name", ["github/action.yml", "github/example-workflow.yml"])
def test_actions_are_pinned_by_commit_and_their_version_is_said(name: str) -> None:
    used = re.findall(r"uses: (\S+)(.*)", (FOLDER / name).read_text(encoding="utf-8"))
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)
        assert action.startswith("contoso/") or re.fullmatch(r" # v\d+\.\d+\.\d+", comment)


def test_the_workflow_has_no_right_that_it_does_not_need() -> None:
    (workflow,) = documents("github/example-workflow.yml")
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["gate"]["permissions"] == {"contents": "read", "security-events": "write"}


def test_examples_give_what_the_steps_take() -> None:
    (action,), (workflow,) = documents("github/action.yml"), documents("github/example-workflow.yml")
    (given,) = [step["with"] for step in workflow["jobs"]["gate"]["steps"] if step.get("id") == "gate"]
    needed = {name for name, told in action["inputs"].items() if told.get("required")}
    assert needed <= set(given) <= set(action["inputs"])
    outputs = set(re.findall(r"steps\.gate\.outputs\.([\w-]+)", (FOLDER / "github/example-workflow.yml").read_text()))
    assert outputs <= set(action["outputs"])

    (steps,), (pipeline,) = documents("azure/mde-readiness.yml"), documents("azure/example-pipeline.yml")
    (given,) = [step["parameters"] for step in pipeline["jobs"][0]["steps"] if "parameters" in step]
    needed = {each["name"] for each in steps["parameters"] if "default" not in each}
    assert needed <= set(given) <= {each["name"] for each in steps["parameters"]}

    (header, _), (including,) = documents("gitlab/template.yml"), documents("gitlab/example-pipeline.yml")
    given = including["include"][0]["inputs"]
    needed = {name for name, told in header["spec"]["inputs"].items() if "default" not in told}
    assert needed <= set(given) <= set(header["spec"]["inputs"])
    assert header["spec"]["inputs"]["job"]["default"] in including  # what it overrides is the job of the template


def test_gitlab_runs_the_script_word_for_word() -> None:
    script = (FOLDER / "judge.sh").read_text(encoding="utf-8").removeprefix("#!/bin/sh\n")
    (job,) = documents("gitlab/template.yml")[1].values()
    assert job["script"] == [script]


def test_shellcheck_finds_nothing() -> None:
    if not shutil.which("shellcheck"):
        assert not CI, "shellcheck is not installed"
        pytest.skip("shellcheck is not installed")
    ran = ran_by("shellcheck", *FOLDER.glob("*.sh"))
    assert ran.returncode == 0, ran.stdout


# --- the steps, run as a server would --------------------------------------------------------------------------------


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """Write the program that install.sh would have installed."""
    path = tmp_path / "mde-readiness"
    path.write_text(f'#!/bin/sh\nexec env PYTHONPATH={ROOT} {sys.executable} -m checker "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def echoing(tmp_path: Path) -> Path:
    """Write a program that says which arguments reach it, and ends as the variable CODE says."""
    path = tmp_path / "echoing"
    path.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nprint(json.dumps(sys.argv[1:]))\n"
        "sys.exit(int(os.environ['CODE']))\n"
    )
    path.chmod(0o755)
    return path


def step_variables(server: str, **given: str) -> dict[str, str]:
    """Return the variables of the step that judges, as the server fills them in from inputs."""
    if server == "github":
        (action,) = documents("github/action.yml")
        (step,) = [each for each in action["runs"]["steps"] if each.get("id") == "judge"]
        variables, values = step["env"], {name: told.get("default", "") for name, told in action["inputs"].items()}
        pattern = r"\$\{\{ inputs\.([\w-]+) \}\}"
    elif server == "azure":
        (steps,) = documents("azure/mde-readiness.yml")
        (step,) = [each for each in steps["steps"] if each.get("name") == "judge"]
        variables, values = step["env"], {each["name"]: each.get("default", "") for each in steps["parameters"]}
        pattern = r"\$\{\{ parameters\.([\w-]+) \}\}"
    else:
        header, jobs = documents("gitlab/template.yml")
        (job,) = jobs.values()
        variables = job["variables"]
        values = {name: told.get("default", "") for name, told in header["spec"]["inputs"].items()}
        pattern = r"\$\[\[ inputs\.([\w-]+) \]\]"
    assert set(given) <= set(values), server
    values |= given
    return {name: re.sub(pattern, lambda match: values[match[1]], str(text)) for name, text in variables.items()}


def judge(shell: str, folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return ran_by(shell, FOLDER / "judge.sh", cwd=folder, env=clean | variables)


SERVERS = {
    "github": {"GITHUB_ACTIONS": "true"},
    "azure": {"TF_BUILD": "True"},
    "gitlab": {"GITLAB_CI": "true"},
}


@pytest.mark.parametrize(("wave", "problems"), [("pilot", range(1)), ("servers", range(1, 11))])
@pytest.mark.parametrize("server", SERVERS)
def test_the_step_judges_a_fleet_and_tells_its_server(
    server: str, wave: str, problems: range, tool: Path, tmp_path: Path
) -> None:
    variables = step_variables(
        server,
        inventory=f"{FLEET}/inventory\n",
        waves=f"{FLEET}/waves.yaml",
        wave=wave,
        attestations=f"{FLEET}/attestations.yaml",
        waivers=f"{FLEET}/waivers.yaml",
        args="--as-of=2026-11-23\n--no-progress",
    )
    told, summary = tmp_path / "output", tmp_path / "summary.md"
    server_own = {"GITHUB_OUTPUT": str(told), "GITHUB_STEP_SUMMARY": str(summary)} if server == "github" else {}
    out = str(tmp_path / "out")
    ran = judge(SHELLS[0], tmp_path, variables | SERVERS[server] | server_own | {"MDE_TOOL": str(tool), "MDE_OUT": out})
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    (decided,) = [each["decision"] for each in report["waves"] if each["gated"]]
    assert ran.returncode == report["exit"]["code"], ran.stderr
    assert ran.stderr == ""
    names = {line.rpartition(":")[2] for line in variables["MDE_REPORTS"].split()}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    if server == "github":
        assert told.read_text() == f"decision={decided}\nexit-code={ran.returncode}\n"
        assert decided in summary.read_text(encoding="utf-8").splitlines()[0]
        assert ran.stdout.count("\n::") in problems
    elif server == "azure":
        assert f"##vso[task.setvariable variable=decision;isOutput=true]{decided}\n" in ran.stdout
        assert f"##vso[task.uploadsummary]{(tmp_path / 'out' / 'report.md').resolve()}\n" in ran.stdout
        assert ran.stdout.count("##vso[task.logissue type=") in problems
    else:
        assert json.loads((tmp_path / "out" / "gl-code-quality-report.json").read_text(encoding="utf-8"))


NASTY = ('"; touch pwned; "', "$(touch pwned)", "`touch pwned`", "' && touch pwned && '", "*", "a b", "--help", "-o x")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text", NASTY)
def test_whatever_an_input_holds_is_one_argument(text: str, shell: str, echoing: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("")
    names = ("pack", "profile", "tailoring", "attestations", "waivers", "waves", "wave")
    variables = step_variables("github", inventory=f"{text}\nsecond.csv\n", args=f"{text}\n--x=1", out=text)
    variables |= step_variables("github", **dict.fromkeys(names, text)) | {
        "MDE_INVENTORY": variables["MDE_INVENTORY"],
        "MDE_ARGS": variables["MDE_ARGS"],
        "MDE_OUT": text,
        "MDE_TOOL": str(echoing),
        "CODE": "0",
    }
    ran = judge(shell, tmp_path, variables)
    assert (ran.returncode, ran.stderr) == (0, "")
    arguments = json.loads(ran.stdout)
    assert arguments[:9] == ["gate", "--ci=github", *(f"--{name}={text}" for name in names)]
    reports = len(variables["MDE_REPORTS"].split())
    outputs, rest = arguments[9 : 9 + reports], arguments[9 + reports :]
    assert outputs[0] == f"--output={text}/report.json"
    assert outputs[-1] == f"--output=findings:{text}/findings.parquet"
    assert rest == [text, "--x=1", "--", text, "second.csv"]
    assert {path.name for path in tmp_path.iterdir()} == {"other.csv", "echoing"}


@pytest.mark.parametrize(
    ("command", "code", "decision"),
    [
        ("gate", 0, "PROMOTE"),
        ("gate", 1, "HOLD"),
        ("gate", 3, "UNDETERMINED"),
        ("gate", 2, "ERROR"),
        ("check", 0, "PASS"),
        ("check", 1, "FAIL"),
        ("check", 3, "UNKNOWN"),
        ("check", 70, "ERROR"),
    ],
)
def test_the_exit_code_stays_and_is_told_in_a_word(
    command: str, code: int, decision: str, echoing: Path, tmp_path: Path
) -> None:
    variables = step_variables("github", inventory="x", command=command)
    told = {"GITHUB_OUTPUT": str(tmp_path / "told"), "MDE_TOOL": str(echoing), "CODE": str(code)}
    assert judge(SHELLS[0], tmp_path, variables | told).returncode == code
    assert (tmp_path / "told").read_text() == f"decision={decision}\nexit-code={code}\n"


@pytest.mark.parametrize(("wish", "code", "ends"), [("fail", 3, 3), ("warn", 3, 0), ("warn", 1, 1), ("warn", 2, 2)])
def test_azure_may_take_what_is_not_known_as_a_warning(
    wish: str, code: int, ends: int, echoing: Path, tmp_path: Path
) -> None:
    variables = step_variables("azure", inventory="x", undetermined=wish) | SERVERS["azure"]
    ran = judge(SHELLS[0], tmp_path, variables | {"MDE_TOOL": str(echoing), "CODE": str(code)})
    assert ran.returncode == ends
    assert ("##vso[task.complete result=SucceededWithIssues;]" in ran.stdout) == (code == 3 and ends == 0)


@pytest.mark.parametrize(("install", "installed"), [("", str(ROOT)), ("mde readiness.whl", "mde readiness.whl")])
def test_the_step_before_installs_this_checkout_or_what_is_said(install: str, installed: str, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@"\nif [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; '
        'cp "$0" "$3/bin/mde-readiness"; fi\n'
    )
    python.chmod(0o755)
    variables = {"MDE_PYTHON": str(python), "MDE_VENV": str(tmp_path / "a venv"), "MDE_INSTALL": install}
    ran = ran_by(SHELLS[0], FOLDER / "install.sh", env={"PATH": os.environ["PATH"]} | variables)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[:3] == ["-m", "venv", str(tmp_path / "a venv")]
    assert ran.stdout.splitlines()[-1] == "--version"
    assert os.path.normpath(ran.stdout.splitlines()[-2]) == installed


# --- pre-commit ------------------------------------------------------------------------------------------------------

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
LINTED = {  # hook -> files that it should take, a good one, a broken one
    "mde-rules-lint": (
        "rules/our-pack/agents.yaml",
        ROOT / "rules/defender-for-business",
        ROOT / "fixtures/packs/invalid",
    ),
    "mde-waves-lint": ("governance/waves.yaml", FLEET / "waves.yaml", BROKEN / "waves.yaml"),
    "mde-waivers-lint": ("waivers-emea.yml", FLEET / "waivers.yaml", BROKEN / "waivers.yaml"),
    "mde-attestations-lint": (
        "a/attestations.yaml",
        FLEET / "attestations.yaml",
        ROOT / "fixtures/attestations/invalid.yaml",
    ),
}


def test_every_hook_is_tried() -> None:
    assert set(HOOKS) == set(LINTED)
    assert {hook["language"] for hook in HOOKS.values()} == {"python"}  # it installs this repository, and its program


@pytest.mark.parametrize("name", LINTED)
def test_a_hook_passes_what_is_good_and_stops_what_is_not(name: str, tmp_path: Path) -> None:
    taken, good, broken = LINTED[name]
    assert re.search(HOOKS[name]["files"], taken)
    assert not re.search(HOOKS[name]["files"], "docs/readme.md")
    program, *words = shlex.split(HOOKS[name]["entry"])
    assert program == "mde-readiness"
    assert good.exists()
    assert broken.exists()
    for file, code in ((good, 0), (broken, 2)):
        ran = ran_by(sys.executable, "-m", "checker", *words, file)
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
