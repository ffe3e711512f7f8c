"""JUnit files as trees, and questions to them."""

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

from checker.model.result import Result
from checker.reporters.junit import file as junit


def tree(result: Result) -> ElementTree.Element:
    stream = BytesIO()
    junit.write(result, stream)
    return ElementTree.fromstring(stream.getvalue())  # noqa: S314 (our own file)


def by_rule(result: Result) -> Result:
    return replace(result, cases=None)


def case(result: Result, rule: str, name: str) -> ElementTree.Element:
    found = [
        element
        for element in tree(result).iter("testcase")
        if element.get("classname", "").endswith(f".{rule}") and element.get("name", "").startswith(name)
    ]
    assert len(found) == 1, [element.attrib for element in found]
    return found[0]


def verdict(element: ElementTree.Element) -> str:
    assert len(element) <= 1
    return element[0].tag if len(element) else "passed"


def properties(result: Result) -> dict[str, str]:
    return {element.get("name", ""): element.get("value", "") for element in tree(result).iter("property")}
