"""Rego by opa-eval: one policy, one query for each device, as policies judge documents.

Used as the README in its distribution shows; the policy is that of rego.py, which names the pages.
"""

import json
from pathlib import Path

import opa_eval

from benchmarks.peers.rego import NAMES, policy
from benchmarks.peers.work import Counts, counted, rows, run, tried

FILE = Path("build", "peers", "ten.rego")  # it takes a file


def judge(path: str, plain: bool) -> Counts:
    """Return the counts of each rule; as first written, where errors are to be expected, by a query for each."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(policy(plain), encoding="utf-8")
    if plain:
        queries = [(rule, opa_eval.OpaEval(str(FILE), query=f"data.ten.{name}")) for rule, name in NAMES.items()]

        def alone(query: opa_eval.OpaEval, row: dict[str, str]) -> str:
            return tried(lambda: str(json.loads(query.evaluate(json.dumps(row)))))

        return counted((rule, alone(query, row)) for row in rows(path) for rule, query in queries)
    ten = opa_eval.OpaEval(str(FILE), query="data.ten.outcome")
    return counted(found for row in rows(path) for found in json.loads(ten.evaluate(json.dumps(row))).items())


if __name__ == "__main__":
    run(judge)
