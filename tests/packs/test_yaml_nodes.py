"""YAML of any shape is read, or refused with a place; none of it ends the process."""

import os
import sys
from pathlib import Path

import pytest

from checker.errors import Problem, RuleError
from checker.yaml_nodes import DEEPEST, LARGEST, MOST_OPEN, Items, Problems, load, load_hashed, parse

DEEP = {
    "lists on one line": "- " * 30_000,
    "keys on one line": "? " * 30_000,
    "lists and keys on one line": "- ? " * 30_000,
    "brackets": "[" * 100_000,
    "brackets with keys": "[a: " * 3_000,
    "braces": "{a: " * 30_000,
    "indentation": "".join(f"{' ' * depth}-\n" for depth in range(3_000)),
    "lists in the column of their keys": "".join(f"{' ' * n}a:\n{' ' * n}-\n" for n in range(1_300)),
    "not so deep that it would end the process": "- " * (DEEPEST + 2),
}


@pytest.mark.parametrize("how", DEEP)
def test_what_is_nested_without_end_is_refused(how: str) -> None:
    problems = Problems()

    assert parse(DEEP[how], "made", problems) is None
    (problem,) = problems.found
    assert f"is nested more than {DEEPEST} deep" in problem.what


@pytest.mark.parametrize(
    "text",
    [
        "- " * DEEPEST + "a",
        "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1),
        f"- {'x' * 3 * MOST_OPEN}",
        "- [a]\n" * MOST_OPEN,
    ],
    ids=["lists", "brackets", "a long text", "many brackets"],
)
def test_what_is_not_too_deep_is_read(text: str) -> None:
    problems = Problems()

    assert isinstance(parse(text, "made", problems), Items)
    assert problems.found == []


def test_what_is_no_yaml_says_so_however_long_it_is() -> None:
    problems = Problems()
    parse("[a, " * 10 + "x" * 3 * MOST_OPEN, "made", problems)
    parse("\udcff", "made", problems)

    assert [problem.what.partition(":")[0] for problem in problems.found] == ["is not YAML"] * 2


@pytest.mark.parametrize("name", ["a:²:3", "a:٣", f"a:{'1' * 5_000}", "a\n:1", ""])
def test_a_file_of_any_name_can_have_problems(name: str) -> None:
    assert sys.get_int_max_str_digits() < 5_000
    problems = Problems()
    load(Path("absent"), name, problems)

    with pytest.raises(RuleError, match="cannot be read"):
        problems.raise_if_any()


def test_problems_are_sorted_by_line_and_column() -> None:
    problems = Problems()
    for place in ("b:1:1", "a:10:1", "a:9:10", "a:9:9", "a"):
        problems.add(place, "what")

    with pytest.raises(RuleError) as raised:
        problems.raise_if_any()
    assert raised.value.problems == tuple(
        Problem(where, "what") for where in ("a", "a:9:9", "a:9:10", "a:10:1", "b:1:1")
    )


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero"), tmp_path):
        problems = Problems()
        assert load_hashed(path, "x.yaml", problems) == (None, "")
        assert [str(problem) for problem in problems.found] == [
            "x.yaml: cannot be read: it is no file\n  hint: give a file of YAML"
        ]


def test_a_file_is_read_up_to_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)  # takes no space on the disk
    problems = Problems()
    assert load_hashed(path, "x.yaml", problems) == (None, "")
    assert [problem.what for problem in problems.found] == ["has more than 16 MiB"]
