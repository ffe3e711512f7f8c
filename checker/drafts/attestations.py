"""``attest --draft``: the attestations that would settle most devices, to be filled in by those who know."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap

from checker.decide.unlock import SETTLE
from checker.drafts.waiting import Found, of_prerequisites
from checker.engine.records import gather_records
from checker.loading import load
from checker.model.condition import tests_of
from checker.model.fact import FactSpec, FactType
from checker.model.plan import Plan
from checker.model.result import Summary
from checker.model.rule import Pack
from checker.operators.reach import HTTPS, Reach
from checker.options import Options, Progress
from checker.packs.attestations import KEYS
from checker.pipeline import gather, judge_and_summarise, read
from checker.reporters.wording import count

WIDTH = 118  # of a comment, the sign and its space aside
ALLOWED: dict[FactType, str] = {
    "text": "a text",
    "version": "a version, digits and dots",
    "number": "a number",
    "flag": "yes or no",
    "date": "a day, 2026-12-31",
    "time": "a moment, 2026-12-31T14:30Z",
    "set": "a list, [one, another]",
    "attempts": "a list of attempts, one for each host that a rule asks for",
}
ATTESTATION = "attestation"  # how the catalogue calls a person's word among what carries a fact


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that would settle something: how many devices wait for it, and which rules read it."""

    spec: FactSpec
    devices: int  # 0: rules that are judged once wait for it, and no device
    rules: tuple[str, ...]


def draft(options: Options, progress: Progress | None = None) -> str:
    """Return a file of attestations without their values: one for each fact that a person can vouch for.

    Facts of devices are no one's to vouch for over a whole fleet: they stand in comments, with the exports that carry
    them, or with a word on those that no export carries.

    Raises:
        CheckerError: with every problem of the rules, the attestations or the inputs.
    """
    progress = progress or Progress()
    loaded = replace(load(options), current=None)
    inputs = read(options, loaded, progress)
    with TemporaryDirectory(prefix="mde-readiness-") as folder:
        wishes = replace(options, outputs=frozenset())
        gathered = gather(wishes, loaded, inputs, progress)
        summary = judge_and_summarise(wishes, loaded, gathered, Path(folder), progress).summary
    plan = loaded.plan
    records = gather_records(inputs, gathered.identified, plan.specs, plan.wanted())
    facts = waiting(plan, summary, of_prerequisites(plan, records))
    return "\n".join([*_lines(plan.pack, summary, facts), ""])


def waiting(plan: Plan, summary: Summary, more: Iterable[Found] = ()) -> tuple[Waiting, ...]:
    """Return every fact that devices wait for, or a rule judged once: most devices first, then by name.

    The summary tells what blockers and rules judged once wait for; ``more`` is what other prerequisites wait for.
    """
    devices: defaultdict[str, int] = defaultdict(int)
    rules: defaultdict[str, dict[str, None]] = defaultdict(dict)
    found = [(each.fact, each.devices, each.rules) for each in summary.unlocks]
    found += [
        (each.action.removeprefix(SETTLE), each.needed_on, each.rules)
        for each in summary.actions
        if each.action.startswith(SETTLE)
    ]
    once = tuple(_of_once_rules(plan, summary))
    for fact, number, names in (*(each for each in (*found, *more) if each[1]), *once):
        devices[fact] = max(devices[fact], number)
        rules[fact].update(dict.fromkeys(names))
    listed = [Waiting(plan.specs[fact], devices[fact], tuple(rules[fact])) for fact in devices]
    return tuple(sorted(listed, key=lambda each: (-each.devices, each.spec.name)))


def _of_once_rules(plan: Plan, summary: Summary) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Yield the facts of UNKNOWN rules about tenant and fleet that nobody states of everyone."""
    unknown = {tally.id for tally in summary.rules if tally.unknown}
    stated = {fact for fact, words in plan.statements_of.items() if any(word.devices.everyone for _, word in words)}
    for rule in plan.once_rules:
        if rule.id in unknown:
            for fact in plan.base_facts(plan.rule_facts(rule)):
                if fact not in stated:
                    yield fact, 0, (rule.id,)


def _lines(pack: Pack, summary: Summary, facts: tuple[Waiting, ...]) -> Iterator[str]:
    vouched = [each for each in facts if each.spec.about != "device"]
    exported = [each for each in facts if each.spec.about == "device" and _exports(each.spec)]
    told = [each for each in facts if each.spec.about == "device" and not _exports(each.spec)]
    yield f"# A draft of mde-readiness attest --draft, as of {summary.as_of}: no attestation until it is filled in."
    if not facts:
        yield "# Nothing waits for a fact: there is nothing to attest."
        return
    yield from _comment(
        "Fill in each entry, or delete it, then check the file with attest --lint. "
        "'evidence' says what 'by' looked at; 'attested' and 'valid_until' are UTC days, the last one included. "
        "A value that an export carries wins over a person's word."
    )
    for each in vouched:
        yield ""
        yield from _entry(pack, each)
    if exported:
        yield ""
        yield from _comment("Facts of devices that are waited for, too; export them:")
    for each in exported:
        yield from _comment(f"{each.spec.name} ({_who(each)}): {each.spec.carried_by}", "  ")
    if told:
        yield ""
        yield from _comment(
            "Facts of devices that no export carries; attest each with the 'devices' of which it was looked up:"
        )
    for each in told:
        yield from _comment(f"{each.spec.name} ({_who(each)}): {each.spec.meaning}", "  ")


def _entry(pack: Pack, each: Waiting) -> Iterator[str]:
    spec = each.spec
    severities = {rule.id: rule.severity.value for rule in pack.rules}
    readers = ", ".join(f"{name} ({severities[name]})" if name in severities else name for name in each.rules)
    allowed = ", ".join(spec.words) or ALLOWED[spec.type]
    example = f", {_attempts(pack, each)}" if spec.type == "attempts" else ""
    yield from _comment(spec.meaning)
    yield from _comment(f"Allowed: {allowed}{example}.")
    yield from _comment(f"{_who(each)}; read by {readers}." if each.rules else f"{_who(each)}.")
    if _exports(spec):
        yield from _comment(f"An export is the better proof: {', '.join(_exports(spec))}.")
    yield f"- fact: {spec.name}"
    yield from (f"  {key}:" for key in KEYS if key != "fact")
    if spec.about not in ("tenant", "fleet"):
        yield "  # devices: {where: {device.group: Oslo}}  # of which it is true; all if left out"


def _exports(spec: FactSpec) -> list[str]:
    """Return which exports carry a fact; none if only a person's word does."""
    ways = [way.strip() for way in spec.carried_by.split(",")]
    return [way for way in ways if way and way != ATTESTATION]


def _attempts(pack: Pack, each: Waiting) -> str:
    """Return attempts as they are written, of hosts that meet the first of the rules that wait for them."""
    tests = (test for rule in pack.rules if rule.id in each.rules for test in tests_of(rule.require))
    asked = next((test.argument for test in tests if isinstance(test.argument, Reach)), None)
    if asked is None:
        return "[{url: ..., http_status: 200, method: analyzer}]"
    scheme = "https" if asked.port == HTTPS else "http"
    urls = (f'"{scheme}://{".".join(map(_label, pattern.host.split(".")))}/"' for pattern in asked.hosts)
    return f"[{', '.join(f'{{url: {url}, http_status: 200, method: analyzer}}' for url in urls)}]"


def _label(pattern: str) -> str:
    """Return a label that fits a pattern of one, as Microsoft's hosts are named: a geography, or a region."""
    return "us" if pattern == "*" else pattern.replace("*", "eus")


def _who(each: Waiting) -> str:
    if each.devices:
        return f"{count(each.devices, 'device')} {'waits' if each.devices == 1 else 'wait'} for it"
    return "No device waits for it"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    """Yield a text as lines of comment; what is no space to wrap at stays whole."""
    for line in wrap(text, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False):
        yield f"# {indent}{line}"
