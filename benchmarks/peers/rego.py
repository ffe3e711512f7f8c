"""The ten prerequisites as a Rego policy, for both Rego engines.

As first written a device fails what its requirement does not say; by hand ``else`` gives a third outcome, and versions
are arrays of numbers, since ``semver`` knows three parts only; ``to_number`` takes no leading zeros.
https://www.openpolicyagent.org/docs/policy-language and https://www.openpolicyagent.org/docs/policy-reference/builtins
"""

import json

from benchmarks.peers.work import NO_VERSION, RULES, SUPPORTED, UPDATES, VERSION, Rule, parts

HEAD = f"""package ten
import rego.v1
supported := {{{", ".join(json.dumps(build) for build in SUPPORTED)}}}
updates := {json.dumps(UPDATES)}
version(text) := numbers if {{
    regex.match(`^{VERSION}$`, text)
    not regex.match(`^{NO_VERSION}$`, text)
    numbers := [to_number(part) | some part in split(regex.replace(text, `(^|[.])0+([0-9])`, "$1$2"), ".")]
}}
"""
NAMES = {rule.id: f"rule_{number}" for number, rule in enumerate(RULES)}
PLAIN = """
default {name} := ""
{name} := "PASS" if {{ {system}; {build}; {name}_holds }}
{name} := "FAIL" if {{ {system}; {build}; not {name}_holds }}
{name}_holds if {{ {holds} }}
"""
BY_HAND = """
default {name} := "UNKNOWN"
{name} := "" if {{ input.OSPlatform != ""; not {system} }}
else := "" if {{ input.OSBuild != ""; not {build} }}
else := "PASS" if {{ {holds} }}
else := "FAIL" if {{ {stated}; {known} }}
"""


def condition(rule: Rule, plain: bool) -> str:
    """Return what must hold."""
    cell = f"input.{rule.column}"
    number = "" if plain else f"regex.match(`^[0-9]+$`, {cell}); "  # to_number of another text ends the query
    return {
        "version": f'{cell} >= "{rule.value}"' if plain else f"version({cell}) >= {parts(rule.value)}",
        "number_by_build": f"{number}to_number({cell}) >= updates[input.OSBuild]",
        "word": f'{cell} == "{rule.value}"' if plain else f'lower({cell}) == "{rule.value.lower()}"',
        "not_word": f'{cell} != "{rule.value}"' if plain else f'{cell} != ""; {cell} != "{rule.value}"',
        "one_of": f"{cell} in supported",
    }[rule.test]


def policy(plain: bool) -> str:
    """Return the policy; ``outcome`` holds the outcome of each rule."""
    text = HEAD
    for rule in RULES:
        text += (PLAIN if plain else BY_HAND).format(
            name=NAMES[rule.id],
            system=f'startswith(input.OSPlatform, "{rule.system}")',
            build="updates[input.OSBuild]" if rule.test == "number_by_build" else "true",
            holds=condition(rule, plain),
            stated=f"version(input.{rule.column})" if rule.test == "version" else f'input.{rule.column} != ""',
            known='input.OSPlatform != ""' if rule.system else "true",
        )
    return f"{text}\noutcome := {{{', '.join(f'{json.dumps(rule)}: {name}' for rule, name in NAMES.items())}}}\n"
