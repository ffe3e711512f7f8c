"""OSCAL assessment results (NIST, JSON): what the rules found, told by control, for an assessor's own tools.

One finding for each control, one observation for each rule, a risk for each waiver. Devices are named up to a limit and
counted beyond it. Every UUID comes from names, every moment from the as-of day: the same result gives the same bytes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, Final

from checker.errors import OutputError, Problem
from checker.model.notes import FileNote, InputTally
from checker.model.result import Result, Summary
from checker.reporters.assessors.oscal_findings import (
    Row,
    assessed,
    device_uuid,
    findings,
    observations,
    own,
    problem_rows,
    risks,
)
from checker.reporters.assessors.oscal_parts import begins, ends, filled, identity, marked, plain, props
from checker.reporters.sarif.places import uri
from checker.reporters.shown import limited_to, scope_name, simulation
from checker.reporters.wording import count

OSCAL_VERSION: Final = "1.2.1"  # what compliance-trestle 5.2 knows; NIST's schema of 1.2.3 takes it, too
TOOL: Final = identity("component", "mde-readiness")
NIST: Final = "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final"
CIS: Final = "https://www.cisecurity.org/controls/v8"
# Catalogue -> title, address, and how the ids of its controls begin ("": however).
CATALOGUES: Final = {
    "cis-controls-v8": ("CIS Critical Security Controls, version 8", CIS, "cisc-"),
    "nist-sp-800-53-r5": ("NIST SP 800-53 Revision 5, Security and Privacy Controls", NIST, ""),
}


def write(result: Result, stream: BinaryIO) -> None:
    """Write the assessment results.

    Raises:
        OutputError: no rule that was judged is evidence on a control: an assessment of none says nothing.
    """
    if not assessed(result):
        hint = "write rules/<pack>/controls.yaml: see mde-readiness rules schema controls"
        raise OutputError(Problem("--output oscal", "no rule of this run is evidence on a control", hint))
    text = json.dumps({"assessment-results": document(result)}, ensure_ascii=False, indent=2)
    stream.write(f"{text}\n".encode())


def document(result: Result) -> dict[str, Any]:
    """Return the document as JSON values."""
    summary = result.summary
    resources = _resources(summary)
    told = {
        "metadata": {
            "title": marked(f"Readiness assessment: {', '.join(pack.title for pack in summary.packs)}"),
            "last-modified": begins(summary.as_of),
            "version": summary.as_of.isoformat(),
            "oscal-version": OSCAL_VERSION,
            "props": props(tool="mde-readiness", tool_version=summary.tool_version),
        },
        "import-ap": {
            "href": f"#{_pack_uuid(summary)}",
            "remarks": "There is no assessment plan beside the rule pack: its rules say what is tested, and how.",
        },
        "results": [_result(result, resources)],
        "back-matter": {"resources": list(resources.values())},
    }
    return {"uuid": identity("document", json.dumps(told)), **told}  # OSCAL: another content, another UUID


def _result(result: Result, resources: Mapping[str, Any]) -> dict[str, Any]:
    summary = result.summary
    rows = problem_rows(result)
    accepted, by_rule = risks(summary)
    table = next((identity("resource", note.path) for note in summary.tables if note.kind == "findings"), "")
    return filled(
        {
            "uuid": own(summary, "result", summary.as_of.isoformat()),
            "title": marked(f"{scope_name(summary)}, as of {summary.as_of.isoformat()}"),
            "description": "\n\n".join(marked(line) for line in _told(summary)),
            "start": begins(summary.as_of),
            "end": ends(summary.as_of.isoformat()),
            "props": props(
                profile=summary.profile,
                phase=summary.phase,
                wave=limited_to(summary),
                exit_code=summary.exit_code,
                **{f"devices_{name}": number for name, number in summary.devices.items()},
            ),
            "local-definitions": filled(
                {"inventory-items": _devices(rows.values()), "assessment-assets": _assets(summary)}
            ),
            "reviewed-controls": _reviewed(result),
            "observations": observations(result, rows, TOOL, table if table in resources else ""),
            "risks": accepted,
            "findings": findings(result, by_rule),
            "remarks": _unmapped(result),
        }
    )


def _told(summary: Summary) -> Iterable[str]:
    """Yield what a reader must know before anything else."""
    yield from simulation(summary)
    yield from summary.guidance
    devices = summary.devices
    judged = devices["total"] - devices["out_of_scope"]
    outside = count(devices["out_of_scope"])
    yield f"{count(judged, 'device')} judged, {outside} out of scope; rules of phase {summary.phase}."
    if wave := limited_to(summary):
        yield f"Of wave {wave} alone."
    if summary.partial:
        yield "Some rules were left out (--select, --ignore): nothing can be satisfied."
    yield from (f"Tailored: {line}" for line in summary.tailoring)
    yield "A control asks for more than these rules can see; satisfied means that none of them objects."
    yield f"{summary.exit_reason} (exit code {summary.exit_code})."


def _devices(rows: Iterable[Sequence[Row]]) -> list[dict[str, Any]]:
    names = {row["device_id"]: row["device_name"] for of_rule in rows for row in of_rule}
    return [
        {
            "uuid": device_uuid(key),
            "description": marked(names[key] or key),
            "props": [{"name": "asset-id", "value": plain(key)}],
        }
        for key in sorted(names)
    ]


def _assets(summary: Summary) -> dict[str, Any]:
    tool = {
        "uuid": TOOL,
        "type": "software",
        "title": "mde-readiness",
        "description": "Judges exported inventories by rules, offline.",
        "props": [{"name": "version", "value": plain(summary.tool_version)}],
        "status": {"state": "operational"},
    }
    platform = {"uuid": identity("platform", "mde-readiness"), "uses-components": [{"component-uuid": TOOL}]}
    return {"components": [tool], "assessment-platforms": [platform]}


def _reviewed(result: Result) -> dict[str, Any]:
    chosen: dict[str, list[dict[str, str]]] = {name: [] for name in CATALOGUES}
    for note in assessed(result):
        name = next(name for name, (_, _, begins_with) in CATALOGUES.items() if note.id.startswith(begins_with))
        chosen[name].append({"control-id": note.id})
    selections = [
        {
            "description": f"Controls of {CATALOGUES[name][0]} on which rules of this run are evidence.",
            "links": [{"href": f"#{identity('resource', name)}", "rel": "reference"}],
            "include-controls": controls,
        }
        for name, controls in chosen.items()
        if controls
    ]
    return {"control-selections": selections}


def _unmapped(result: Result) -> str:
    """Return which rules are evidence on no control, and why."""
    lines = [f"- {marked(', '.join(each.rules))}: {marked(each.reason)}" for each in result.controls.unmapped]
    return "\n".join(("Rules that are evidence on no control:", "", *lines)) if lines else ""


def _pack_uuid(summary: Summary) -> str:
    return identity("pack", *(pack.sha256 for pack in summary.packs))


def _resources(summary: Summary) -> dict[str, Any]:
    """Return what the document refers to, by UUID: packs, catalogues, inputs, what governs, and tables."""
    packs = {
        "uuid": _pack_uuid(summary),
        "title": marked(", ".join(pack.title for pack in summary.packs)),
        "description": "The rules that were judged by. The SHA-256 runs over the files of the pack.",
        "rlinks": [{"href": uri(f"rules/{pack.id}")} for pack in summary.packs],
        "props": [
            each
            for pack in summary.packs
            for each in props(
                pack=pack.id,
                version=pack.version,
                profile=pack.profile,
                sha256=pack.sha256,
                guidance=pack.guidance_date.isoformat(),
            )
        ],
    }
    catalogues = [
        {"uuid": identity("resource", name), "title": title, "rlinks": [{"href": address}]}
        for name, (title, address, _) in CATALOGUES.items()
    ]
    files = [*map(_input, summary.inputs), *map(_file, (*summary.governed_by, *summary.tables))]
    return {each["uuid"]: each for each in (packs, *catalogues, *files)}


def _input(entry: InputTally) -> dict[str, Any]:
    told = props(kind="input", format=entry.format, rows=entry.rows, devices=entry.devices, rejected=entry.rejected)
    return _resource(entry.path, entry.sha256, told, entry.given)


def _file(note: FileNote) -> dict[str, Any]:
    return _resource(note.path, note.sha256, props(kind=note.kind), note.path)


def _resource(path: str, digest: str, told: list[dict[str, str]], file: str) -> dict[str, Any]:
    """Return a resource; the ``file`` that has the SHA-256 is an archive, if the resource is a member of it."""
    hashes = [{"algorithm": "SHA-256", "value": digest}] if digest else []
    return {
        "uuid": identity("resource", path),
        "title": marked(path),
        "props": told,
        "rlinks": [filled({"href": uri(file), "hashes": hashes})],
    }
