"""What is asked of every device: a pack with its derived facts and scope, ready to be judged."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cached_property
from itertools import chain

from checker.model.condition import Condition, Test, facts_of, tests_of
from checker.model.fact import FactSpec
from checker.model.rule import Pack, Rule
from checker.model.selection import EVERYONE, Selection
from checker.model.waiver import Waiver
from checker.model.wave import Wave


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact told from others: the first entry that is TRUE gives its value."""

    spec: FactSpec
    entries: tuple[tuple[str, Condition], ...]


class Kind(IntEnum):
    """Whose word a statement is. Its devices are told by what was read and by statements of lesser kinds only."""

    ATTESTED = 0  # a person's word
    PLANNED = 1  # what the waves or --tool say of a device's way
    ASSUMED = 2  # --assume: in place of what was read, and never a proof


@dataclass(frozen=True, slots=True)
class Statement:
    """A word for a fact of some devices: it fills gaps and never contradicts a measurement, unless it is ASSUMED."""

    fact: str
    value: str
    by: str
    evidence: str
    attested: date
    valid_until: date  # inclusive
    file: str
    line: int
    devices: Selection = EVERYONE
    kind: Kind = Kind.ATTESTED
    wave: str = ""  # PLANNED: of the devices of this wave

    @property
    def where(self) -> str:
        """Where it stands, as file:line."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def in_force(self, day: date) -> bool:
        """Return True on the days from ``attested`` to ``valid_until``, both included."""
        return self.attested <= day <= self.valid_until


@dataclass(frozen=True)
class Plan:
    """Everything that judging needs to know besides the records."""

    pack: Pack
    specs: dict[str, FactSpec]  # the catalogue
    derived: tuple[Derived, ...]
    scope: tuple[tuple[str, Condition], ...]  # reason -> condition; matched on TRUE only
    as_of: date
    max_age_days: int
    require_dates: bool
    statements: tuple[Statement, ...] = ()  # in order of kind
    waivers: tuple[Waiver, ...] = ()  # in force or not, in order of their ids
    waves: tuple[Wave, ...] = ()

    @cached_property
    def device_rules(self) -> tuple[Rule, ...]:
        """Rules judged on every device."""
        return tuple(rule for rule in self.pack.rules if not rule.once)

    @cached_property
    def once_rules(self) -> tuple[Rule, ...]:
        """Rules about the tenant or the fleet, judged once."""
        return tuple(rule for rule in self.pack.rules if rule.once)

    @cached_property
    def statements_of(self) -> dict[str, tuple[tuple[int, Statement], ...]]:
        """For each fact the statements in force on the as-of day, with their places."""
        found: dict[str, tuple[tuple[int, Statement], ...]] = {}
        for place, word in enumerate(self.statements):
            if word.in_force(self.as_of):
                found[word.fact] = (*found.get(word.fact, ()), (place, word))
        return found

    @property
    def selections(self) -> tuple[Selection, ...]:
        """Which devices statements, waivers and waves speak of."""
        return (
            *(word.devices for word in self.statements),
            *(waiver.devices for waiver in self.waivers),
            *(wave.devices for wave in self.waves),
        )

    @property
    def simulated(self) -> bool:
        """True if something is supposed (--assume)."""
        return any(word.kind is Kind.ASSUMED for word in self.statements)

    @property
    def end_of_day(self) -> datetime:
        """The last moment (UTC, naive) of the as-of day; later observations are set aside."""
        return datetime.combine(self.as_of, time.max, UTC).replace(tzinfo=None)

    @property
    def oldest(self) -> datetime:
        """Observations of changing facts before this moment (UTC, naive) are stale."""
        return datetime.combine(self.as_of, time.min, UTC).replace(tzinfo=None) - timedelta(days=self.max_age_days)

    def base_facts(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the facts that records must carry for these: derived ones and views replaced by what they rest on."""
        rests = {item.spec.name: item for item in self.derived}
        found: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in rests:
                for _, when in rests[name].entries:
                    for part in facts_of(when):
                        visit(part)
                return
            found[name] = None
            for other in filter(None, (self.specs[name].view_of, self.specs[name].counts_with)):
                found[other] = None

        for name in names:
            visit(name)
        return tuple(found)

    def rule_facts(self, rule: Rule) -> tuple[str, ...]:
        """Return the facts that settle a rule: those of its requirement, then of its scope."""
        return tuple(dict.fromkeys((*facts_of(rule.require), *facts_of(rule.applies_to))))

    def wanted(self) -> frozenset[str]:
        """Return every base fact that the plan reads."""
        asked = (*self._conditions, *(devices.where for devices in self.selections))
        names = [fact for when in asked for fact in facts_of(when)]
        for rule in self.pack.rules:
            names += [*self.rule_facts(rule), *rule.message.facts]
        return frozenset(self.base_facts(tuple(names)))

    @property
    def _conditions(self) -> tuple[Condition, ...]:
        """What is asked of every device when it is judged, and for its next steps."""
        rules = ((rule.applies_to, rule.require) for rule in self.device_rules)
        return (
            *chain.from_iterable(rules),
            *(route.when for route in self.pack.routes),
            *(step.when for step in self.pack.steps),
            self.pack.whole_fleet,
            *(when for _, when in self.scope),
        )

    @cached_property
    def _tests(self) -> tuple[Test, ...]:
        """The tests by which devices are judged, and those that the derived facts among them rest on, each once."""
        entries = {item.spec.name: tuple(when for _, when in item.entries) for item in self.derived}
        found: dict[Test, None] = {}
        open_ = list(self._conditions)
        while open_:
            fresh = [test for test in tests_of(open_.pop()) if test not in found]
            found.update(dict.fromkeys(fresh))
            open_ += [when for test in fresh for fact in test.facts for when in entries.get(fact, ())]
        return tuple(found)

    @cached_property
    def tests_of(self) -> dict[str, tuple[Test, ...]]:
        """For each fact that is not derived the tests that read it alone."""
        names = tuple(fact for test in self._tests for fact in test.facts)
        found: dict[str, list[Test]] = {fact: [] for fact in sorted(self.base_facts(names))}
        for test in self._tests:
            if len(test.facts) == 1 and test.fact in found:
                found[test.fact].append(test)
        return {fact: tuple(tests) for fact, tests in found.items()}

    @cached_property
    def joint_tests(self) -> tuple[Test, ...]:
        """The tests that read several facts together."""
        return tuple(test for test in self._tests if len(test.facts) > 1)
