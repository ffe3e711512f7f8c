"""Write waves, waivers and attestations for the fleet of ``benchmarks/generate.py``.

    python -m benchmarks.govern build/governed

Five waves (by share, by condition, the rest), 200 waivers (one rule on one site, one tag or 25 listed devices) and 50
attestations (one fact at one site): as many as a fleet of a million devices has, and none of them speaks of everyone.
"""

import argparse
from pathlib import Path

import yaml

SITES = 40
RULES = (
    "sc.url-core",
    "sc.no-tls-inspection",
    "sc.no-proxy-auth",
    "sc.sense-min",
    "sc.platform-min",
    "sc.engine-min",
    "sc.signature-min",
    "sc.windows-update",
)
FACTS = (
    ("site.tls_inspection", "no"),
    ("site.trust_lists_managed", "yes"),
    ("site.updates_internal", "yes"),
    ("plan.old_policy_excluded", "yes"),
    ("site.proxy_auth", "no"),
)
GATE = {"ready": "95 %", "fail": {"blocker": "2 %", "major": "10 %"}, "unknown": {"blocker": "5 %"}}


def waves() -> dict[str, object]:
    """Return five waves."""
    previous = {"verified": "90 %", "soak_days": 7}
    rings = [
        {"name": "pilot", "devices": {"percent": "1 %"}, "tool": "intune", "gate": GATE},
        {"name": "early", "devices": {"percent": "9 %"}, "tool": "intune", "gate": {**GATE, "previous": previous}},
        {"name": "half", "devices": {"percent": "40 %"}, "tool": "intune", "gate": {**GATE, "previous": previous}},
        {"name": "servers", "devices": {"where": {"os.role": "server"}}, "tool": "configuration-manager", "gate": GATE},
        {"name": "rest", "devices": {"percent": "50 %"}, "tool": "intune", "gate": {**GATE, "previous": previous}},
    ]
    return {"waves": rings}


def waivers(count: int = 200) -> dict[str, object]:
    """Return waivers on sites, and every fourth on a list of names."""

    def devices(number: int) -> dict[str, object]:
        if number % 4 == 0:
            return {"listed": [f"ws-{number * 1_000 + at:07d}" for at in range(25)]}
        return {"where": {"device.group": f"Site {number % SITES:02d}"}}

    items = [
        {
            "id": f"W-{number:04d}",
            "rule": RULES[number % len(RULES)],
            "devices": devices(number),
            "accepts": "unknown" if number % 2 else "fail",
            "reason": "Measured by a benchmark.",
            "owner": "Aoife Byrne",
            "approver": "Nora Lind",
            "ticket": f"CHG-{number:04d}",
            "created": "2026-11-01",
            "expires": "2027-02-01",
        }
        for number in range(count)
    ]
    return {"waivers": items}


def attestations(count: int = 50) -> list[dict[str, object]]:
    """Return statements about one fact at one site each."""
    return [
        {
            "fact": FACTS[number % len(FACTS)][0],
            "value": FACTS[number % len(FACTS)][1],
            "devices": {"where": {"device.group": f"Site {number // len(FACTS):02d}"}},
            "by": "Piotr Zielinski",
            "evidence": f"CHG-{number:04d}",
            "attested": "2026-11-10",
            "valid_until": "2027-05-10",
        }
        for number in range(count)
    ]


def write(folder: Path) -> None:
    """Write the three files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("waves", waves()), ("waivers", waivers()), ("attestations", attestations())):
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def main() -> None:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
