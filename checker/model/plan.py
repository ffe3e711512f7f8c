"""What is asked of every device: a pack with its derived facts and scope, ready to be judged."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from checker.model.condition import Condition, facts_of
from checker.model.fact import FactSpec
from checker.model.rule import Pack, Rule


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact told from others: the first entry that is TRUE gives its value."""

    spec: FactSpec
    entries: tuple[tuple[str, Condition], ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's word for a fact of every device: fills gaps, never contradicts a measurement."""

    fact: str
    value: str
    by: str
    evidence: str
    attested: date
    valid_until: date
    where: str  # file:line, for evidence
    line: int


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
    attestations: tuple[Attestation, ...] = ()
    attestations_file: str = ""

    @cached_property
    def device_rules(self) -> tuple[Rule, ...]:
        """Rules judged on every device."""
        return tuple(rule for rule in self.pack.rules if not rule.once)

    @cached_property
    def once_rules(self) -> tuple[Rule, ...]:
        """Rules about the tenant or the fleet, judged once."""
        return tuple(rule for rule in self.pack.rules if rule.once)

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
            if self.specs[name].view_of:
                found[self.specs[name].view_of] = None

        for name in names:
            visit(name)
        return tuple(found)

    def rule_facts(self, rule: Rule) -> tuple[str, ...]:
        """Return the facts that settle a rule: those of its requirement, then of its scope."""
        return tuple(dict.fromkeys((*facts_of(rule.require), *facts_of(rule.applies_to))))

    def wanted(self) -> frozenset[str]:
        """Return every base fact that the plan reads."""
        names: list[str] = []
        for rule in self.pack.rules:
            names += [*self.rule_facts(rule), *rule.message.facts]
        for route in self.pack.routes:
            names += facts_of(route.when)
        for _, when in self.scope:
            names += facts_of(when)
        return frozenset(self.base_facts(tuple(names)))
