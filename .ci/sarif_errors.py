"""Fail if the report that Microsoft's SARIF validator wrote holds a result of level error; print all that it holds."""

import json
import sys
from pathlib import Path
from typing import Any


def main(path: str) -> int:
    """Print the findings of the validator's report; return 1 if one is an error, or if it validated nothing."""
    run = json.loads(Path(path).read_text(encoding="utf-8-sig"))["runs"][0]
    if not all(invocation.get("executionSuccessful") for invocation in run["invocations"]):
        print("the validator did not run to its end")
        return 1
    errors = 0
    for result in run["results"]:
        level = result.get("level", "warning")
        errors += level == "error"
        print(f"{level} {result['ruleId']}: {_words(run, result)}")
    return 1 if errors else 0


def _words(run: dict[str, Any], result: dict[str, Any]) -> str:
    """Return the message: the validator writes the id of a text and what to fill in."""
    message = result["message"]
    if "text" in message:
        return str(message["text"])
    rules = {rule["id"]: rule.get("messageStrings", {}) for rule in run["tool"]["driver"].get("rules", [])}
    template = rules.get(result["ruleId"], {}).get(message["id"], {}).get("text", message["id"])
    for number, argument in enumerate(message.get("arguments", [])):
        template = template.replace(f"{{{number}}}", argument)
    return str(template)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
