"""A mapping that is wrong is refused with file and line; those that ship are sound."""

import time
from pathlib import Path

import pytest

from checker.errors import RuleError
from checker.inventory.mapping import title_key
from checker.inventory.mapping_files import load_mappings, mappings

GOOD = """\
id: product
title: A product
reads: [csv]
founds: true
signature:
  all:
    - [Id]
  any: [Version]
keys:
  mde_id: [Id]
facts:
  agent.version: {from: Version}
"""


def problems(tmp_path: Path, text: str, name: str = "product.yaml") -> list[str]:
    (tmp_path / name).write_text(text)
    with pytest.raises(RuleError) as error:
        load_mappings(tmp_path)
    return [str(problem) for problem in error.value.problems]


def test_a_sound_mapping_is_read(tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(GOOD)
    assert list(load_mappings(tmp_path)) == ["product"]


WRONG = {
    "  agent.verison: {from: Version}": "there is no fact 'agent.verison'\n  hint: did you mean 'agent.version'?",
    "  agent.version: {form: Version}": "'agent.version' has no key 'form'\n  hint: did you mean 'from'?",
    "  agent.version: {words: {a: b}}": "'agent.version' names no column\n  hint: say 'from: Title'",
    "  agent.version: {from: V, set: open}": "'agent.version' is no set, which can be open or closed",
    "  device.tags: {from: Tags}": "'device.tags' is a set: say 'set: open' or 'set: closed'",
    "  agent.version: {from: V, pattern: '(x'}": "is no regular expression: unclosed group",
    "  agent.version: {from: V, pattern: '(x{99999999999999999999})'}": "expression: decimal literal invalid",
    "  agent.version: {from: V, pattern: '(x{60000}){60000}'}": "expression: Compiled regex exceeds size limit",
    "  agent.version: {from: V, pattern: '(?!x)(y)'}": "expression: look-around, including look-ahead",
    f"  agent.version: {{from: V, pattern: '{'(?:' * 999}(x){')' * 999}'}}": "expression: exceed the maximum number of",
    "  agent.version: {from: V, pattern: 'x'}": "a pattern needs one group, this has 0",
    "  os.role: {from: V, words: os-rôle}": "there is no table of words 'os-rôle'",
    "  os.role: {from: V, words: {a: [b]}}": "must be a word, or ~ where nothing is said",
    "  os.role: {from: V, shape: square}": "'square' is no shape",
    "  updates.kbs: {from: V, shape: matches, set: open}": "the shape 'matches' needs a set and a pattern",
    "  os.role: {from: V, shape: matches, pattern: '(x)'}": "the shape 'matches' needs a set and a pattern",
    "  os.role: {from: V, only: {a: b, c: d}}": "'only' must name one fact and its words",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_fact_is_told_with_its_line(line: str, tmp_path: Path) -> None:
    (problem, *_) = problems(tmp_path, GOOD.replace("  agent.version: {from: Version}", line))
    assert problem.startswith("mappings/product.yaml:12:")
    assert WRONG[line] in problem


def test_all_problems_of_all_mappings_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("id: [")
    found = problems(tmp_path, GOOD.replace("title: A product\n", "").replace("[csv]", "[csv, xml]"))
    assert len(found) == 3
    assert found[0].startswith("mappings/broken.yaml:2:1: is not YAML")
    assert "a mapping lacks 'title'" in found[1]
    assert "'xml' is no file format" in found[2]


def test_a_file_format_that_is_not_known_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, GOOD.replace("[csv]", "[csvv]"))
    assert problem == "mappings/product.yaml:3:9: 'csvv' is no file format\n  hint: did you mean 'csv'?"


def test_a_mapping_is_named_as_its_file(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD, "other.yaml") == ["mappings/other.yaml:1:5: 'product' is not the name of its file"]


def test_the_shared_tables_are_used(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text("roles: {srv: server, other: ~}\n")
    (tmp_path / "product.yaml").write_text(GOOD + "  os.role: {from: Role, words: roles}\n")
    assert load_mappings(tmp_path)["product"].facts["os.role"].words == (("srv", "server"), ("other", None))


def test_every_mapping_that_ships_knows_its_own_signature_and_no_two_share_it() -> None:
    for product in mappings().values():
        titles = {title_key(title) for group in product.signature.all for title in group}
        titles |= {title_key(title) for title in product.signature.any}
        assert product.signature.fits(frozenset(titles))
        others = [other for other in mappings().values() if set(other.reads) & set(product.reads)]
        assert [other.id for other in others if other.signature.fits(frozenset(titles))] == [product.id]


def test_a_signature_that_is_none_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, GOOD.replace("  all:\n    - [Id]\n  any: [Version]\n", "  some: [Id]\n"))
    assert problem.startswith("mappings/product.yaml:6:3: 'signature' has no key 'some'")


def test_keys_and_facts_must_be_mappings(tmp_path: Path) -> None:
    found = problems(
        tmp_path, GOOD.replace("keys:\n  mde_id: [Id]\n", "keys: [Id]\n").replace("{from: Version}", "Version")
    )
    assert [problem.partition(": ")[2] for problem in found] == [
        "'keys' must be a mapping (key: value)",
        "'agent.version' must be a mapping (key: value)",
    ]


OWN = """\
own_ids: estate
"""
WRONG_PARTS = {
    "  url.tests: {parts: [url, prot]}": "'prot' is no part\n  hint: did you mean 'port'?",
    "  url.tests: {parts: {url: U}}": "'parts' lacks 'result'",
    "  url.tests: {parts: {url: U, result: {words: {a: b}}}}": (
        "'result' must either name a column with 'from' or be a constant with 'says'"
    ),
}


@pytest.mark.parametrize("line", WRONG_PARTS)
def test_wrong_parts_are_told_with_their_line(line: str, tmp_path: Path) -> None:
    told = problems(tmp_path, GOOD.replace("  agent.version: {from: Version}", line))
    assert any(WRONG_PARTS[line] in problem and problem.startswith("mappings/product.yaml:12:") for problem in told)


def test_an_id_of_its_own_needs_the_name_of_its_system(tmp_path: Path) -> None:
    needed = "the key 'own_id' and 'own_ids', the system whose id it is, need each other"
    assert needed in problems(tmp_path, GOOD.replace("  mde_id: [Id]", "  own_id: [Id]"))[0]
    assert needed in problems(tmp_path, GOOD + OWN)[0]


KEY_PATTERNS = {
    "{from: [Id], pattern: '(x'}": "is no regular expression: unclosed group",
    "{from: [Id], pattern: x}": "a pattern needs one group, this has 0",
    "{from: [Id]}": "'mde_id' lacks 'pattern'",
    "{form: [Id], pattern: '(x)'}": "'mde_id' has no key 'form'\n  hint: did you mean 'from'?",
}


@pytest.mark.parametrize("key", KEY_PATTERNS)
def test_a_key_with_a_wrong_pattern_is_told(key: str, tmp_path: Path) -> None:
    found = problems(tmp_path, GOOD.replace("mde_id: [Id]", f"mde_id: {key}"))
    assert all(problem.startswith("mappings/product.yaml:10:") for problem in found)
    assert any(KEY_PATTERNS[key] in problem for problem in found)


def test_columns_by_which_ragged_rows_are_known_have_words(tmp_path: Path) -> None:
    (tmp_path / "product.yaml").write_text(GOOD + "ragged: {OS: [windows*, linux*]}\n")
    assert load_mappings(tmp_path)["product"].ragged == (("OS", ("windows*", "linux*")),)
    assert problems(tmp_path, GOOD + "ragged: true\n") == [
        "mappings/product.yaml:13:9: 'ragged' must be a mapping (key: value)"
    ]


HOSTILE = ("1" + ".0" * 500_000 + "x", "1" * 1_000_000 + "x", "_1" * 500_000, "10.0." + "1" * 1_000_000 + "x")


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:6] for text in HOSTILE])
def test_no_pattern_that_ships_takes_long_for_any_text(text: str) -> None:
    patterns = [fact.pattern for product in mappings().values() for fact in product.facts.values() if fact.pattern]
    started = time.process_time()
    for pattern in patterns:
        pattern.cut([text])
        pattern.all([text])
    assert time.process_time() - started < 5  # a tenth of a second where each looks at the text once


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5", "10000000000"])
def test_a_limit_is_a_number_of_rows(number: str, tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, GOOD.replace("founds:", f"cut_at: [100, {number}]\nfounds:"))
    assert problem.endswith(f"'{number}' is no number of rows")
    assert problem.startswith("mappings/product.yaml:4:")


APART = {
    "apart: Seen": ":13:8: 'apart' must be a list",
    "apart: [Seen]": ":13:9: 'apart' must be a mapping",
    "apart: [{observed: Seen}]": ":13:9: 'apart' lacks 'facts'",
    "apart: [{facts: {agent.versoin: {from: V}}}]": "there is no fact 'agent.versoin'",
    "apart: [{facts: {agent.version: {from: V}}, when: now}]": "'when'",
}


@pytest.mark.parametrize("text", APART)
def test_what_is_apart_is_told_with_its_facts(text: str, tmp_path: Path) -> None:
    assert APART[text] in " ".join(problems(tmp_path, f"{GOOD}{text}\n"))
