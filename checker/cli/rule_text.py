"""A rule as ``rules show`` prints it: condition, remediation, sources, thresholds under every profile."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill

from checker.model.condition import ALWAYS, Lookup
from checker.model.notes import ControlMap
from checker.model.rule import FactPart, Message, Note, Pack, Rule
from checker.packs.tailoring import Tailoring
from checker.packs.words import in_words
from checker.reporters.wording import visible

WIDTH = 100


def rule_text(rule_id: str, packs: Sequence[Pack]) -> str:
    """Return what a rule or note says, from the pack under each of its profiles."""
    held = [pack for pack in packs if rule_id in pack.ids]
    notes = {note.id: note for pack in held for note in pack.notes}
    lines = _note(notes[rule_id], held[0]) if rule_id in notes else _rule(rule_id, held, packs)
    return "\n".join(lines) + "\n"


def controls_text(rule_id: str, found: ControlMap) -> str:
    """Return on which controls a rule is evidence, and why; or why on none; nothing where the pack does not say."""
    lines = [
        fill(f"[{note.id}] {note.title}: {each.reason}", WIDTH, initial_indent="  ", subsequent_indent="    ")
        for note in found.controls
        for each in note.evidence
        if rule_id in each.rules
    ]
    lines += [f"  none: {each.reason}" for each in found.unmapped if rule_id in each.rules]
    return "\n".join(["", "Controls", *lines, ""]) if lines else ""


def tailored_text(rule_id: str, before: Pack, after: Pack, tailoring: Tailoring) -> str:
    """Return what a tailoring changes of a rule, and what the rule says then; as before if it is off."""
    reasons = {rule.id: rule.reason for rule in tailoring.rules}
    reasons |= {parameter.id: parameter.reason for parameter in tailoring.parameters}
    lines = [f"profile {tailoring.profile}: {tailoring.profile_reason}"] if tailoring.profile else []
    old, new = ({rule.id: rule for rule in pack.rules}.get(rule_id) for pack in (before, after))
    if old and new is None:
        lines.append(f"off: {reasons[rule_id]}")
    if old and new and new.severity is not old.severity:
        lines.append(f"severity {new.severity} instead of {old.severity}: {reasons[rule_id]}")
    for name in old.parameters if old else ():
        if name in reasons:
            was, value = (_value(name, pack) for pack in (before, after))
            lines.append(f"{name} {value} instead of {was}: {reasons[name]}")
    told = [f"  {visible(line)}" for line in lines] or ["  nothing of this rule"]
    return "\n".join([f"Tailored by {visible(tailoring.file)}", *told, "", ""]) + rule_text(
        rule_id, [after if new else before]
    )


def _value(parameter: str, pack: Pack) -> str:
    """Return a parameter's value in the profile of the pack."""
    values = next(dict(each.values) for each in pack.parameters if each.id == parameter)
    return values[pack.profile.id].value


def message_text(message: Message) -> str:
    """Return a message with its places as ``{fact}``."""
    shown = []
    for part in message.parts:
        if isinstance(part, FactPart):
            shown.append(f"{{{part.fact}}}")
        elif isinstance(part, Lookup):
            shown.append(f"{{{part.parameter}[{', '.join(part.key)}].{part.column}}}")
        else:
            shown.append(part)
    return "".join(shown)


def _note(note: Note, pack: Pack) -> list[str]:
    return [f"{note.id} (note)", note.title, "", fill(note.text, WIDTH), "", *_sources(note.sources, pack)]


def _rule(rule_id: str, held: Sequence[Pack], packs: Sequence[Pack]) -> list[str]:
    by_profile = {pack.profile.id: next(rule for rule in pack.rules if rule.id == rule_id) for pack in held}
    rule = next(iter(by_profile.values()))
    lines = [rule.id, rule.title, "", f"{rule.phase} · {rule.severity} · about the {rule.about} · pack {held[0].id}"]
    absent = [pack.profile.id for pack in packs if pack.profile.id not in by_profile]
    if absent:
        lines.append(f"not in profile {', '.join(absent)}")
    previous: tuple[str, ...] = ()
    for profile, each in by_profile.items():
        body = tuple(_condition(each))
        if body != previous:
            named = (
                f" (profile {profile})" if len({tuple(_condition(item)) for item in by_profile.values()}) > 1 else ""
            )
            lines += ["", f"Condition{named}", *body]
        previous = body
    lines += ["", "Message", f"  {message_text(rule.message)}", "", f"Remediation ({rule.action})"]
    lines += [fill(rule.remediation, WIDTH, initial_indent="  ", subsequent_indent="  "), ""]
    lines += _thresholds(by_profile.values(), held[0])
    return lines + _sources(
        tuple(dict.fromkeys(name for each in by_profile.values() for name in each.sources)), held[0]
    )


def _condition(rule: Rule) -> Iterator[str]:
    if rule.applies_to != ALWAYS:
        yield "  applies to"
        yield in_words(rule.applies_to, "    ")
    yield "  requires"
    yield in_words(rule.require, "    ")


def _thresholds(rules: Iterable[Rule], pack: Pack) -> list[str]:
    names = {name for rule in rules for name in rule.parameters}
    lines = []
    for parameter in pack.parameters:
        if parameter.id in names:
            lines.append(f"  {parameter.id}: {parameter.meaning}")
            lines += [f"    {profile}: {value.value}  [{value.source}]" for profile, value in parameter.values]
    return ["Thresholds", *lines, ""] if lines else []


def _sources(names: Sequence[str], pack: Pack) -> list[str]:
    sources = {source.id: source for source in pack.sources}
    lines = ["Sources"]
    for name in names:
        source = sources[name]
        lines.append(f"  [{name}] {source.title}, {source.date} (read {source.read})")
        lines.append(f"    {source.url}")
    return lines
