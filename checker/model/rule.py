"""A pack as it is judged: rules, notes, routes and their sources, resolved for one profile."""

import datetime as dt
from dataclasses import dataclass

from checker.errors import Place
from checker.model.condition import NEVER, Condition, Lookup
from checker.model.outcome import About, Phase, Severity

TAILORED = "tailored: "  # begins the source of a value that a tailoring gives; its reason follows


@dataclass(frozen=True, slots=True)
class Source:
    """A text that rules rest on: ``date`` is the text's own, ``read`` the day on which we read it."""

    id: str
    title: str
    url: str
    date: dt.date
    read: dt.date


@dataclass(frozen=True, slots=True)
class Profile:
    """A dated set of parameter values."""

    id: str
    title: str
    date: dt.date
    read: dt.date


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """What a parameter is in one profile, and which source says so; tables are shown as text."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold with its meaning and its value in every profile."""

    id: str
    meaning: str
    values: tuple[tuple[str, ParameterValue], ...]  # profile -> value


@dataclass(frozen=True, slots=True)
class FactPart:
    """A device's value within a message."""

    fact: str


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence with places for a device's values and for cells of a table parameter."""

    parts: tuple[str | FactPart | Lookup, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that it shows or looks up."""
        named = []
        for part in self.parts:
            if isinstance(part, FactPart):
                named.append(part.fact)
            elif isinstance(part, Lookup):
                named.extend(part.key)
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Rule:
    """One prerequisite, verification or advice, with what a person needs to act on it."""

    id: str
    title: str
    phase: Phase
    severity: Severity
    about: About
    applies_to: Condition
    require: Condition
    message: Message
    action: str
    remediation: str
    sources: tuple[str, ...]
    parameters: tuple[str, ...]
    routes: tuple[str, ...]  # routes that are its remedy
    see_also: tuple[str, ...]
    place: Place

    @property
    def once(self) -> bool:
        """True if it is judged once per run, not on every device."""
        return self.about in (About.TENANT, About.FLEET)


@dataclass(frozen=True, slots=True)
class Note:
    """An explanation with an id of its own; it never has an outcome."""

    id: str
    title: str
    text: str
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the route table; the first TRUE row is the device's route."""

    id: str
    title: str
    when: Condition
    stops: bool  # an UNKNOWN ends the search as undetermined
    readiness: str  # READY: decided by its blockers; NOT_READY and MIGRATED: by the route itself
    moves: bool
    blockers: tuple[str, ...] = ()  # rules that bind on it; empty: all, but those whose remedy it is
    steps: tuple[str, ...] = ()  # ids of steps, in order; each is taken where its condition is TRUE
    verify: tuple[str, ...] = ()  # rules that show whether it worked


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on a route, for the devices that meet its condition."""

    id: str
    title: str
    when: Condition
    does: tuple[str, ...]  # what to do, one sentence after the other
    commands: tuple[str, ...]  # ready to copy, each of one or more lines
    query: str  # an advanced-hunting query (KQL), ready to copy; empty if there is none
    looks_like: str  # what it looks like when it worked; empty if nothing is said
    sources: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Tool:
    """A way of applying the package: a word of the fact plan.tool, and how many devices it serves at once."""

    id: str
    title: str
    most_devices: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack under one profile."""

    id: str
    title: str
    version: str
    profile: Profile
    profiles: tuple[Profile, ...]
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    notes: tuple[Note, ...]
    routes: tuple[Route, ...]
    verified_by: str  # rule whose PASS proves the move; empty if the pack has none
    sha256: str
    steps: tuple[Step, ...] = ()
    tools: tuple[Tool, ...] = ()
    whole_fleet: Condition = NEVER  # where it is TRUE of a device of a wave, the wave must be the whole fleet

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its rules and notes, in the order of the files."""
        return (*(rule.id for rule in self.rules), *(note.id for note in self.notes))
