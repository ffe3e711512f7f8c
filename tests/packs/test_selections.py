"""``devices:`` means all, those of a condition, those of a list, or those of both; never nobody by mistake."""

from datetime import date

import pytest

from checker.model import condition
from checker.model.condition import ALWAYS
from checker.model.selection import EVERYONE, Selection
from checker.packs.parameters import Scope
from checker.packs.selections import listed_texts, read_selection
from checker.yaml_nodes import Problems, parse

AS_OF = date(2026, 11, 23)


def read(text: str, *more: str) -> tuple[Selection, list[str]]:
    problems = Problems()
    node = parse(text, "made", problems)
    assert node is not None
    selection = read_selection(node, Scope("", AS_OF, problems), problems, more)
    return selection, [str(problem) for problem in problems.found]


def test_all() -> None:
    selection, problems = read("all")

    assert (selection, problems) == (EVERYONE, [])
    assert selection.everyone


def test_a_condition() -> None:
    selection, problems = read("where: {os.family: windows}")

    assert problems == []
    assert isinstance(selection.where, condition.Test)
    assert (selection.where.fact, selection.where.argument) == ("os.family", "windows")
    assert not selection.everyone


def test_the_as_of_day_is_no_parameter() -> None:
    selection, problems = read("where: {device.last_seen: {before: $as_of}}")

    assert problems == []
    assert isinstance(selection.where, condition.Test)
    assert selection.where.argument == AS_OF


def test_names_are_folded() -> None:
    selection, problems = read("listed: [WS-OSL-001.contoso.example, ' 12345 ', GROẞ, 007]")

    assert problems == []
    assert selection == Selection(ALWAYS, ("ws-osl-001.contoso.example", "12345", "gross", "007"))


def test_one_name_is_a_list_of_one() -> None:
    assert read("listed: WS-1") == (Selection(ALWAYS, ("ws-1",)), [])


def test_a_condition_and_a_list() -> None:
    selection, problems = read("{where: {os.family: windows}, listed: [ws-1]}")

    assert problems == []
    assert selection.where != ALWAYS
    assert selection.listed == ("ws-1",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[ws-1]", "made:1:1: 'devices' must say which devices"),
        ("ALL", "made:1:1: 'devices' must say which devices"),
        ("~", "made:1:1: 'devices' must say which devices"),
        ("{}", "made:1:1: 'devices' means no device"),
        ("{listed: []}", "made:1:10: 'listed' is empty: it means no device"),
        ("{listed: ''}", "made:1:10: 'listed' must hold ids or names of devices"),
        ("{listed: {a: b}}", "made:1:10: 'listed' must hold ids or names of devices"),
        ("{where: []}", "made:1:9: a condition must be a mapping (key: value)"),
        ("{where: {any: []}}", "made:1:15: 'any' takes a list of conditions"),
        (
            "{where: {os.build: [19045, $known_builds]}}",
            "made:1:28: '$known_builds' is a parameter, which only rules have",
        ),
        ("{were: {os.build: 19045}}", "made:1:2: 'devices' has no key 'were'"),
    ],
)
def test_what_means_nobody_or_nothing_is_refused(text: str, problem: str) -> None:
    assert [line.splitlines()[0] for line in read(text)[1]] == [problem]


def test_a_further_key_is_its_caller_s() -> None:
    assert read("{percent: 10 %}", "percent") == (EVERYONE, [])
    assert len(read("{percent: 10 %}")[1]) == 1


def test_listed_texts_have_places() -> None:
    node = parse("{listed: [ws-1, ws-2]}", "made", Problems())

    assert [(text.value, str(text.place)) for text in listed_texts(node)] == [
        ("ws-1", "made:1:11"),
        ("ws-2", "made:1:17"),
    ]
    assert list(listed_texts(parse("all", "made", Problems()))) == []
    assert list(listed_texts(None)) == []
