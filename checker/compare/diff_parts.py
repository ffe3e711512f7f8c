"""What a person reads of a difference: what regressed first, then what is better, then what stays."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from checker.compare import devices as of_devices
from checker.compare import outcomes as of_outcomes
from checker.compare.diff import Difference, devices_of, turns_of
from checker.compare.parts import Item, Part, Told
from checker.compare.reports import Report
from checker.reporters.wording import count, device_label, evidence_line

EVIDENCE_SHOWN: Final = 4  # of one finding; the JSON has all
DEVICES_SHOWN: Final = tuple(kind for kind in of_devices.KINDS if kind != of_devices.SAME)
TURNS_SHOWN: Final = tuple(kind for kind in of_outcomes.KINDS if kind != of_outcomes.STILL_UNKNOWN)
RULES_SHOWN: Final = 6  # rules named beside a device


def title_of(kind: str) -> str:
    """Return a kind as a heading says it."""
    return kind.replace("_", " ")


def parts_of(difference: Difference, limit: int) -> list[Part]:
    """Return the parts of a difference, with the first ``limit`` of each kind (0: all)."""
    parts = [_head(difference), *simulated(difference), *_caveats(difference), _devices(difference)]
    parts += _device_lists(difference, limit)
    parts += _renamed(difference, limit)
    parts += _rules(difference)
    parts += _turn_lists(difference, limit)
    return [*parts, _verdict(difference)]


def reason_of(difference: Difference) -> str:
    """Return in a phrase why the exit code is what it is."""
    regressed = difference.device_counts()[of_devices.REGRESSED]
    counts = difference.turn_counts()
    failing, uncovered = counts[of_outcomes.NEWLY_FAILING][0], counts[of_outcomes.NO_LONGER_WAIVED][0]
    said = [f"{count(regressed, 'device')} regressed"] if regressed else []
    said += [f"rules newly fail {count(failing, 'time')}"] if failing else []
    said += [f"rules fail {count(uncovered, 'time')} whose waiver is gone"] if uncovered else []
    return ", ".join(said) or "nothing regressed"


def _head(difference: Difference) -> Part:
    reports = (("old", difference.old.report), ("new", difference.new.report))
    rows = [
        (name, Told(report.path), report.as_of.isoformat(), count(report.devices["total"]), Told(judged_by(report)))
        for name, report in reports
    ]
    return Part("", (), ("", "result", "as of", "devices>", "judged by"), tuple(rows))


def judged_by(report: Report) -> str:
    """Return what a report was judged by: packs with versions and profiles."""
    return ", ".join(f"{pack.id} {pack.version}, profile {pack.profile}" for pack in report.packs)


def simulated(difference: Difference) -> Iterator[Part]:
    """Yield a loud part for each result that was made with --assume."""
    for name, report in (("old", difference.old.report), ("new", difference.new.report)):
        if report.simulated:
            line = (f"SIMULATION: the {name} result was made with --assume; nothing here is a proof.",)
            yield Part("", (line, *((Told(said),) for said in report.simulated)))


def _caveats(difference: Difference) -> Iterator[Part]:
    if difference.caveats:
        told = tuple((Told(caveat),) for caveat in difference.caveats)
        yield Part("Not comparable throughout: a change may come from this, and not from a device", told)


def _devices(difference: Difference) -> Part:
    counts = difference.device_counts()
    rows = [(title_of(kind), count(counts[kind]), meaning) for kind, meaning in of_devices.KINDS.items()]
    rows.append(
        ("of these with another id", count(difference.renamed().height), "told by the only device of that name")
    )
    return Part("Devices", (), ("", "devices>", ""), tuple(rows))


def _device_lists(difference: Difference, limit: int) -> Iterator[Part]:
    counts = difference.device_counts()
    for kind in DEVICES_SHOWN:
        if counts[kind]:
            rows = devices_of(difference, kind, limit)
            items = tuple(_device(row) for row in rows.iter_rows(named=True))
            yield Part(f"Devices: {title_of(kind)}, {_of(rows, counts[kind])}", items=items)


def _device(row: Mapping[str, Any]) -> Item:
    label = Told(device_label(row["device_id"], row["new_device_name"] or row["old_device_name"]))
    said = []
    for what in ("readiness", "verification", "path"):
        was, now = row[f"old_{what}"], row[f"new_{what}"]
        if was != now:
            said.append(" → ".join(str(side) for side in (was, now) if side is not None))
    under = [("now", Told(", ".join(said)))] if said else []
    if row["rules"]:
        more = len(row["rules"]) - RULES_SHOWN
        tail = f" and {more} more" if more > 0 else ""
        under.append(("by", Told(", ".join(row["rules"][:RULES_SHOWN]) + tail)))
    return Item((label,), tuple(under))


def _renamed(difference: Difference, limit: int) -> Iterator[Part]:
    found = difference.renamed()
    if found.height:
        rows = found.head(limit) if limit else found
        items = tuple(
            Item((Told(row["new_device_name"]), ": ", Told(row["old_id"]), " → ", Told(row["new_id"])))
            for row in rows.iter_rows(named=True)
        )
        yield Part(f"Devices: changed id, {_of(rows, found.height)}", items=items)


def _rules(difference: Difference) -> Iterator[Part]:
    """Yield a table of rules by kinds, waived ones apart; those that were and stay unknown only are counted."""
    counts = difference.rule_counts()
    numbers = {(rule, kind, waived): devices for rule, kind, waived, devices in counts.iter_rows()}
    told = counts.filter(pl.col("kind") != of_outcomes.STILL_UNKNOWN)
    rules = list(dict.fromkeys(told["rule_id"]))
    kinds = [kind for kind in of_outcomes.KINDS if any(key[0] in rules and key[1] == kind for key in numbers)]
    rows = []
    for rule in rules:
        cells = (_apart(numbers.get((rule, kind, False), 0), numbers.get((rule, kind, True), 0)) for kind in kinds)
        rows.append((Told(rule), *cells))
    more = counts["rule_id"].n_unique() - len(rules)
    lines = [(f"{count(more, 'more rule')} {'is' if more == 1 else 'are'} as unknown as before.",)] if more else []
    lines += [("+n: so many more, waived.",)] if any(key[2] for key in numbers) else []
    if rows or lines:
        yield Part("Rules, by devices", tuple(lines), ("rule", *(f"{title_of(kind)}>" for kind in kinds)), tuple(rows))


def _apart(unwaived: int, waived: int) -> str:
    if waived:
        return f"{count(unwaived)} +{count(waived)}"
    return count(unwaived) if unwaived else ""


def _turn_lists(difference: Difference, limit: int) -> Iterator[Part]:
    counts = difference.turn_counts()
    every = turns_of(difference, limit, TURNS_SHOWN)
    for kind in TURNS_SHOWN:
        unwaived, waived = counts[kind]
        if unwaived or waived:
            rows = every.filter(pl.col("kind") == kind)
            items = tuple(_turn(row) for row in rows.iter_rows(named=True))
            apart = f"; {count(waived)} waived" if waived else ""
            title = f"Rules: {title_of(kind)}, {_of(rows, unwaived + waived)}{apart}"
            yield Part(title, ((of_outcomes.KINDS[kind],),), items=items)


def _turn(row: Mapping[str, Any]) -> Item:
    label = device_label(row["device_id"], row["device_name"]) or "tenant or fleet"
    under = [("why", row["why"])] if row["why"] else []
    for side, name in (("old", "before"), ("new", "now")):
        outcome = row[f"{side}_outcome"]
        said = outcome if outcome != of_outcomes.NEITHER else _neither(row, side)
        waiver = row[f"{side}_waiver"]
        waived = f" (waived by {waiver})" if waiver else ""
        message = row[f"{side}_message"]
        under.append((name, Told(f"{said}{waived}{f': {message}' if message else ''}")))
        evidence = row[f"{side}_evidence"] or []
        under += [("", Told(evidence_line(each))) for each in evidence[:EVIDENCE_SHOWN]]
        if len(evidence) > EVIDENCE_SHOWN:
            under.append(("", f"… and {len(evidence) - EVIDENCE_SHOWN} more"))
    return Item((Told(row["rule_id"]), " on ", Told(label)), tuple(under))


def _neither(row: Mapping[str, Any], side: str) -> str:
    judged = row["why"] != (of_outcomes.NOT_NOW if side == "new" else of_outcomes.NOT_BEFORE)
    return "PASS or NOT_APPLICABLE" if judged else "not judged"


def _verdict(difference: Difference) -> Part:
    exit_line = (f"exit {difference.exit_code()}: {reason_of(difference)}",)
    if difference.caveats:
        return Part("", (("The two results were not made alike: see what stands before the counts.",), exit_line))
    return Part("", (exit_line,))


def _of(rows: pl.DataFrame, total: int) -> str:
    return count(total) if rows.height == total else f"first {count(rows.height)} of {count(total)}"
