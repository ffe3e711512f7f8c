"""Load: rule pack, tailoring, attestations, waivers and waves, and what the command line states, to a plan."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.errors import Problem, RuleError, UsageError
from checker.inventory.mapping import ProductMapping
from checker.inventory.own_mappings import OwnMapping, all_mappings, read_own_mappings
from checker.model.notes import NO_CONTROLS, ControlMap, FileNote
from checker.model.plan import Kind, Plan, Statement
from checker.model.rule import Pack
from checker.model.waiver import Waivers
from checker.model.wave import Wave, Waves
from checker.options import Options
from checker.packs.attestations import Attestations, read_attestations
from checker.packs.build import PackFiles, build_pack, read_pack_files
from checker.packs.compile import compile_plan
from checker.packs.controls import limited, read_controls
from checker.packs.library import find_pack, packs_folder, shipped_packs
from checker.packs.routes import tool_words
from checker.packs.suppositions import read_suppositions
from checker.packs.tailoring import Tailoring, lines, read_tailoring
from checker.packs.waivers import read_waivers
from checker.packs.waves import read_waves
from checker.yaml_nodes import did_you_mean

CURRENT = "current"  # the profile against which every run is compared, where a pack has it
SEED = "seed"
NO_WAIVERS, NO_WAVES, NO_ATTESTATIONS = Waivers("", "", ()), Waves("", "", ()), Attestations("", "", ())


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run judges by, and what its reports say of that."""

    plan: Plan
    current: Plan | None  # the newest guidance, untailored, if it is another one and had appeared on the as-of day
    waivers: Waivers
    waves: Waves
    files: tuple[FileNote, ...]  # that govern the run besides the pack
    tailoring: tuple[str, ...]  # what was changed of the pack, one sentence each
    named_profile: bool  # the tailoring or the gated wave names the profile with a reason
    shipped: bool  # False: the pack is not one that ships with the tool
    controls: ControlMap = NO_CONTROLS  # on which the plan's rules are evidence; empty where no report asks for it
    formats: Mapping[str, ProductMapping] = field(default_factory=dict)  # how exports are read, by id, the user's too


def load(options: Options) -> Loaded:
    """Return what a run judges by.

    Raises:
        CheckerError: with every problem of the rules or of a file that governs the run.
    """
    folder, shown = find_pack(options.pack, options.elsewhere.get(options.pack, ""))
    files = read_pack_files(folder, shown)
    tailoring, waves, waivers, attested, own = _governing(options, files)
    gated = _gated(options, waves)
    profile, named = _profile(options, tailoring, gated)
    pack = build_pack(files, profile, options.as_of, tailoring)
    said = (*attested.items, *_planned(options, waves), *read_suppositions(options.assume, options.as_of))
    plan = _plan(options, _chosen(pack, options), waves, waivers, said)
    dated = {each.id: each.date for each in plan.pack.profiles}
    newer = plan.pack.profile.id != CURRENT and CURRENT in dated and dated[CURRENT] <= options.as_of
    untailored = build_pack(files, CURRENT, options.as_of) if newer else None
    return Loaded(
        plan=plan,
        current=_plan(options, _only(untailored, options), waves, waivers, said) if untailored else None,
        waivers=waivers,
        waves=waves,
        files=tuple(_files(options, tailoring, waivers, waves, attested, *own)),
        tailoring=lines(tailoring) if tailoring else (),
        named_profile=named,
        formats=all_mappings(own),
        shipped=options.pack in shipped_packs() or Path(options.pack).parent == packs_folder(),
        controls=limited(read_controls(files), plan.pack.ids) if "controls" in options.outputs else NO_CONTROLS,
    )


def _files(
    options: Options, *read: Tailoring | Waivers | Waves | Attestations | OwnMapping | None
) -> Iterator[FileNote]:
    """Yield the files that govern the run, with the SHA-256 of what was read."""
    kinds: dict[type, str] = {Tailoring: "tailoring", Waivers: "waivers", Waves: "waves", Attestations: "attestations"}
    kinds[OwnMapping] = "mapping"
    for item in read:
        if item and item.file:
            yield FileNote(kinds[type(item)], item.file, item.sha256)
    if options.baseline:
        yield FileNote("baseline", options.baseline.path, options.baseline.sha256)
        yield from options.baseline.files


def _governing(
    options: Options, files: PackFiles
) -> tuple[Tailoring | None, Waves, Waivers, Attestations, tuple[OwnMapping, ...]]:
    """Return what the files that govern the run say; raise one error with the problems of all of them.

    Whether a tailoring holds good shows where the pack is built: if it is the only file that does not, there.
    """
    waves, waivers, attested = NO_WAVES, NO_WAIVERS, NO_ATTESTATIONS
    own: tuple[OwnMapping, ...] = ()
    tailoring = read_tailoring(options.place(options.tailoring), options.tailoring) if options.tailoring else None
    problems: list[Problem] = []
    with _noted(problems):
        own = read_own_mappings([(options.place(file), file) for file in options.mapping])
    with _noted(problems):
        attested = _attested(options)
    with _noted(problems):
        waivers = _waivers(options, files)
    with _noted(problems):
        waves = _waves(options, files)
    if problems and tailoring:
        named = next((wave.profile for wave in waves.items if wave.name == options.wave), "")
        with _noted(problems):
            build_pack(files, tailoring.profile or named or options.profile, options.as_of, tailoring)
    if problems:
        raise RuleError(problems)
    return tailoring, waves, waivers, attested, own


@contextmanager
def _noted(problems: list[Problem]) -> Iterator[None]:
    try:
        yield
    except RuleError as error:
        problems.extend(error.problems)


def _waves(options: Options, files: PackFiles) -> Waves:
    if not options.waves:
        return NO_WAVES
    path = options.place(options.waves)
    return read_waves(path, options.waves, files.rule_ids, files.profiles, options.as_of, files.note_ids)


def _waivers(options: Options, files: PackFiles) -> Waivers:
    if not options.waivers:
        return NO_WAIVERS
    waivers = read_waivers(
        options.place(options.waivers), options.waivers, files.rule_ids, options.as_of, files.note_ids
    )
    pinned = options.waivers_sha256.lower()
    if pinned and pinned != waivers.sha256:
        hint = f"its SHA-256 is {waivers.sha256}; have the change reviewed, then pin that"
        raise RuleError(Problem(options.waivers, "is not the file that --waivers-sha256 pins", hint))
    return waivers


def _gated(options: Options, waves: Waves) -> Wave | None:
    """Return the wave that the run is limited to."""
    names = {wave.name: wave for wave in waves.items}
    if options.gating and not options.wave:
        raise UsageError(Problem("gate", "lacks --wave", f"{options.waves} has: {', '.join(names)}"))
    if not options.wave:
        return None
    if options.wave not in names:
        hint = did_you_mean(options.wave, names) if options.waves else "give the file with --waves"
        raise UsageError(Problem(f"--wave {options.wave}", "is no wave", hint))
    return names[options.wave]


def _profile(options: Options, tailoring: Tailoring | None, gated: Wave | None) -> tuple[str, bool]:
    """Return by which profile to judge, and whether a file names it with a reason."""
    wished = {
        "the tailoring": tailoring.profile if tailoring else "",
        "the wave": gated.profile if gated and options.gating else "",
    }
    named = {who: name for who, name in wished.items() if name}
    if options.profile != SEED:
        named["--profile"] = options.profile
    if len(set(named.values())) > 1:
        said = ", ".join(f"{who}: {name}" for who, name in named.items())
        raise UsageError(Problem("", f"the profile is named differently ({said})", "name one"))
    return next(iter(named.values()), SEED), any(wished.values())


def _plan(options: Options, pack: Pack, waves: Waves, waivers: Waivers, said: tuple[Statement, ...]) -> Plan:
    plan = compile_plan(pack, options.as_of, options.max_age_days, options.require_dates)
    return replace(plan, statements=said, waivers=waivers.items, waves=waves.items)


def _attested(options: Options) -> Attestations:
    if not options.attestations:
        return NO_ATTESTATIONS
    return read_attestations(options.place(options.attestations), options.attestations, options.as_of)


def _planned(options: Options, waves: Waves) -> Iterator[Statement]:
    """Yield which tool the waves, or --tool, use."""
    day = options.as_of
    if options.tool:
        tools = tool_words()
        if options.tool not in tools:
            hint = did_you_mean(options.tool, tools) or f"one of: {', '.join(tools)}"
            raise UsageError(Problem(f"--tool {options.tool}", "is no tool", hint))
        yield Statement("plan.tool", options.tool, "", "", day, day, "--tool", 0, kind=Kind.PLANNED)
    for wave in waves.items:
        if wave.tool and not options.tool:
            place = wave.place
            yield Statement(
                "plan.tool", wave.tool, "", "", day, day, place.file, place.line, kind=Kind.PLANNED, wave=wave.name
            )


def _chosen(pack: Pack, options: Options) -> Pack:
    """Return the pack with the rules that --select and --ignore leave; a name may end in ``*``."""
    names = [rule.id for rule in pack.rules]
    problems = [
        Problem(f"--{kind} {wish}", "names no rule", did_you_mean(wish, names))
        for kind, wishes in (("select", options.select), ("ignore", options.ignore))
        for wish in wishes
        if not any(_fits(name, wish) for name in names)
    ]
    if problems:
        raise UsageError(problems)
    return _only(pack, options)


def _only(pack: Pack, options: Options) -> Pack:
    kept = tuple(
        rule
        for rule in pack.rules
        if (not options.select or any(_fits(rule.id, wish) for wish in options.select))
        and not any(_fits(rule.id, wish) for wish in options.ignore)
    )
    return replace(pack, rules=kept)


def _fits(name: str, wish: str) -> bool:
    return name.startswith(wish[:-1]) if wish.endswith("*") else name == wish
