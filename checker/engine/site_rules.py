"""Rules of proxies and firewalls for the devices of a site, or for all: what is allowed or denied, whoever tried.

A file of rules (``InputFile.of_sites``) names no device. Its lines are of every device whose group or one of whose tags
is the site, folded, and count beside what was tried from the device: they are in force until they are changed, so that
no time makes them stale or lets others win. A line that denies whole hosts of which another line of the same sites
allows a part settles nothing (products differ in which of the two comes first), unless both say the very same host.
Where the group or a tag of a device is not known, or in doubt, it is of no site.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from checker.engine.cells import NO_RECORD, Cell
from checker.facts.attempts import CONFLICTING, NOT_TESTED, at_once, attempts_text, is_blocked, read_attempts
from checker.model.fact import Attempt, SetValue
from checker.model.outcome import Missing
from checker.model.record import FileRecords
from checker.operators.contract import ArgumentProblem
from checker.operators.hosts import fits, host_pattern

FACT = "url.tests"
GROUP, TAGS = "device.group", "device.tags"
SITE_FACTS = (GROUP, TAGS)
EVERYWHERE = "*"  # the site of rules for all devices

Sites = frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: the record that states it, counted over all files, and its attempts as a text."""

    site: str
    record: int
    text: str


@dataclass(frozen=True)
class SiteRules:
    """All rules of a run."""

    lines: tuple[Line, ...] = ()
    _told: dict[tuple[tuple[Attempt, ...], Sites], str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def sites(self) -> Sites:
        """Return the sites that have rules."""
        return frozenset(line.site for line in self.lines)

    def of(self, group: Cell, tags: Cell) -> Sites:
        """Return the sites of a device with this group and these tags."""
        words = {group} if isinstance(group, str) else set()
        words |= tags.members if isinstance(tags, SetValue) else set()
        return self.sites & {EVERYWHERE, *(word.strip().casefold() for word in words)}

    def lines_of(self, sites: Sites) -> list[Line]:
        """Return the lines of some sites, in the order in which they were read."""
        return [line for line in self.lines if line.site in sites]

    def told(self, tried: Cell, sites: Sites) -> str:
        """Return as one text what was tried and what the rules of some sites say.

        What was tried counts if it is attempts. Text that cannot be read is not for rules to replace: ask first.
        """
        attempts = tried if isinstance(tried, tuple) else ()
        key = (attempts, sites)
        if key not in self._told:  # once in a run, however many buckets of devices there are
            self._told[key] = attempts_text(at_once((*attempts, *_rules(self.lines_of(sites)))))
        return self._told[key]


def replaceable(tried: Cell) -> bool:
    """Tell whether rules can be told beside what was tried: not beside a text that cannot be read or a conflict."""
    return isinstance(tried, tuple) or tried in (Missing.NOT_EXPORTED, Missing.BLANK, Missing.STALE)


def site_rules(inputs: Sequence[FileRecords]) -> SiteRules:
    """Return the rules in these files; a line whose site is blank is of no device."""
    found = []
    start = 0
    for item in inputs:
        for frame in item.frames:
            if item.file.of_sites and FACT in frame.columns:
                named = "site" in item.file.keys
                for place, (site, text) in enumerate(frame.select("name", FACT).iter_rows()):
                    if text and (site or not named):
                        found.append(Line((site or EVERYWHERE).strip().casefold(), start + place, text))
            start += frame.height
    return SiteRules(tuple(found))


def first_record(lines: Iterable[Line]) -> int:
    """Return the first record of some lines."""
    return min((line.record for line in lines), default=NO_RECORD)


def _rules(lines: Iterable[Line]) -> list[Attempt]:
    """Return the attempts of lines, those undone that deny what another line allows a part of."""
    read = [attempt for line in lines if isinstance(found := read_attempts(line.text), tuple) for attempt in found]
    allowed = {(attempt.host, attempt.port) for attempt in read if attempt.result == NOT_TESTED}
    return [
        replace(attempt, result=CONFLICTING) if is_blocked(attempt) and _allows_part(attempt, allowed) else attempt
        for attempt in read
    ]


def _allows_part(denied: Attempt, allowed: Iterable[tuple[str, int]]) -> bool:
    try:
        pattern = host_pattern(denied.host)
    except ArgumentProblem:  # it would fit any host, and proves nothing of one
        return False
    return any(
        port == denied.port and host != denied.host and fits(pattern, host.removeprefix("*.")) for host, port in allowed
    )
