"""Rego by regorus: one policy, one query for each device, as policies judge documents. Arrays compare part by part.

https://www.openpolicyagent.org/docs/policy-language and https://github.com/microsoft/regorus (bindings/python)
"""

import json

import regorus

from benchmarks.peers.rego import NAMES, policy
from benchmarks.peers.work import Counts, counted, rows, run, tried


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule; as first written, where errors are to be expected, by a query for each."""
    engine = regorus.Engine()
    engine.add_policy("ten.rego", policy(plain))

    def alone(name: str) -> str:
        return tried(lambda: str(json.loads(engine.eval_rule_as_json(f"data.ten.{name}"))))

    def outcomes(row: dict[str, str]) -> list[tuple[str, str]]:
        engine.set_input_json(json.dumps(row))
        if plain:
            return [(rule, alone(name)) for rule, name in NAMES.items()]
        return list(json.loads(engine.eval_rule_as_json("data.ten.outcome")).items())

    return counted(found for row in rows(path) for found in outcomes(row))


if __name__ == "__main__":
    run(judge)
