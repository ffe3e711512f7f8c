"""What the events of SENSE, the sensor of Windows, say together: which host it contacted last, what failed after that.

The facts stand on the record of the event that states them; that something did *not* happen stands on the newest event
of the device, for it holds until then. Of what a log leaves out nothing is said: it may be cut at its
start, and a query may have picked its events. So an absence counts only where the log shows events of that id at all,
or where its record numbers run without a gap and an event is among them for which nobody asks.

An event 4 (contacts that succeeded) counts after the last start of the service (event 1), else after the last
onboarding (event 11), else the newest. Event 11 does not name its package: it was the streamlined one if the sensor
then contacted a streamlined host.

Times that name their zone and times that do not have no order among them: of such a log each contact counts alone.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checker.inventory.sense_event import SenseEvent, is_standard, is_streamlined

STARTED, CONTACTED, FAILED, ONBOARDED, OFFBOARDED = 1, 4, 5, 11, 44
TROUBLE = frozenset((6, 7, 10, 15, 25, 26, 28, 33))  # onboarding, command channel, identity
ASKED_FOR = TROUBLE | {STARTED, CONTACTED, FAILED, ONBOARDED, OFFBOARDED}
# Of events at one time the order is not known; in this one nothing is taken for better than it may be.
LAST = {CONTACTED: 0, ONBOARDED: 1, STARTED: 2, FAILED: 3, OFFBOARDED: 4}

TOLD = (
    "event 4 host", "event 4 time", "event 4 count", "old hosts", "events 5", "trouble events", "offboarded",
    "reonboarded", "sensor version", "start time", "connectivity", "connectivity time", "package", "package time",
    "url", "result", "http status",
)  # fmt: skip

Said = dict[str, str]  # title -> text


@dataclass(slots=True)
class SenseLog:
    """The events of one device, from the oldest to the newest."""

    events: list[SenseEvent]
    said: dict[int, Said] = field(default_factory=dict)  # place of a record -> what it says
    unbroken: int = 0  # first event after which no record number is missing up to the newest

    def tell(self) -> Mapping[int, Said]:
        """Return what the events say, by the place of their records."""
        for event in self.events:
            self._tell_contact(event)
        if any(event.time is None for event in self.events) or len({event.exact for event in self.events}) != 1:
            return self.said  # without an order nothing follows upon anything
        self.events.sort(key=_order)
        self.unbroken = self._unbroken()
        self._tell_start()
        self._tell_contacts()
        self._tell_onboarding()
        return self.said

    def _tell_contact(self, event: SenseEvent) -> None:
        """A contact is a try to reach a host, of the strongest kind: the sensor's own."""
        if event.url and event.id in (CONTACTED, FAILED):
            self._say(event, "url", event.url)
            self._say(event, "result", "reachable" if event.id == CONTACTED else "blocked")
            if event.id == FAILED and event.status:
                self._say(event, "http status", event.status)

    def _tell_start(self) -> None:
        start = self._newest(STARTED)
        if start is not None:
            self._say(self.events[start], "sensor version", self.events[start].version)
            self._say_time(self.events[start], "start time")

    def _tell_contacts(self) -> None:
        since = self._newest(STARTED)
        if since is None:
            since = self._newest(ONBOARDED)
        newest = self._newest(CONTACTED)
        if newest is not None and (since is None or newest > since):
            self._tell_newest_contact(newest)
        self._tell_old_hosts()
        last = -1 if newest is None else newest
        failed = [place for place, event in enumerate(self.events) if event.id == FAILED and place > last]
        if newest is None and failed:  # at least so many: where the last success was the log does not hold
            self._say(self.events[failed[-1]], "events 5", str(len(failed)))
        elif newest is not None and (failed or self._shows(FAILED, newest)):
            self._say(self.events[failed[-1] if failed else -1], "events 5", str(len(failed)))

    def _tell_newest_contact(self, newest: int) -> None:
        event = self.events[newest]
        if not event.host:
            return
        self._say(event, "event 4 host", event.host)
        self._say(event, "event 4 count", event.count)
        self._say_time(event, "event 4 time")
        changed = any(later.id in (ONBOARDED, OFFBOARDED) for later in self.events[newest + 1 :])
        if is_standard(event.host) or (is_streamlined(event.host) and not changed):
            self._say(event, "connectivity", "standard" if is_standard(event.host) else "streamlined")
            self._say_time(event, "connectivity time")

    def _tell_old_hosts(self) -> None:
        start = self._newest(STARTED)
        after = self.events[start + 1 :] if start is not None else self.events
        old = [event for event in after if event.id == CONTACTED and is_standard(event.host)]
        if old and (start is not None or self._has_no_gap(self.events.index(old[-1]))):
            self._say(old[-1], "old hosts", _list(event.host for event in old))
        elif start is not None and any(event.id == CONTACTED for event in after):
            self._say(self.events[-1], "old hosts", "")

    def _tell_onboarding(self) -> None:
        onboarded, offboarded = self._newest(ONBOARDED), self._newest(OFFBOARDED)
        if offboarded is not None:
            gone = onboarded is None or onboarded < offboarded
            sure = self._shows(ONBOARDED if gone else OFFBOARDED, offboarded)
            self._say(self.events[-1 if sure else offboarded], "offboarded", "yes" if gone else "no")
            if not gone or sure:
                self._say(self.events[-1 if gone else onboarded or 0], "reonboarded", "no" if gone else "yes")
        elif onboarded is not None and self._shows(OFFBOARDED, onboarded):
            self._say(self.events[-1], "offboarded", "no")
        if onboarded is not None:
            self._tell_package(onboarded)

    def _tell_package(self, onboarded: int) -> None:
        """Tell of the streamlined package, and of trouble since the last onboarding."""
        newest = self._newest(CONTACTED)
        applied = newest is not None and newest > onboarded and is_streamlined(self.events[newest].host)
        if applied and newest is not None:
            self._say(self.events[newest], "package", "yes")
            if self.events[onboarded].exact:
                self._say(self.events[newest], "package time", self.events[onboarded].time_text)
        trouble = [event for event in self.events[onboarded + 1 :] if event.id in TROUBLE]
        if trouble:
            self._say(trouble[-1], "trouble events", _list(str(event.id) for event in trouble))
        elif applied and self._has_no_gap(onboarded):
            self._say(self.events[-1], "trouble events", "")

    def _newest(self, event_id: int) -> int | None:
        found = [place for place, event in enumerate(self.events) if event.id == event_id]
        return found[-1] if found else None

    def _shows(self, event_id: int, since: int) -> bool:
        """Tell whether the log would show an event of an id after a place if there was one."""
        return self._newest(event_id) is not None or self._has_no_gap(since)

    def _has_no_gap(self, since: int) -> bool:
        run = self.events[self.unbroken :]
        return self.unbroken <= since and any(event.id not in ASKED_FOR for event in run)

    def _unbroken(self) -> int:
        first = len(self.events) - 1
        while first:
            number, before = self.events[first].record, self.events[first - 1].record
            if number is None or before is None or number - before not in (0, 1):
                break
            first -= 1
        return first

    def _say(self, event: SenseEvent, title: str, text: str) -> None:
        if text or title in ("old hosts", "trouble events"):
            self.said.setdefault(event.place, {})[title] = text

    def _say_time(self, event: SenseEvent, title: str) -> None:
        """Say when it was, if its zone is known: a time that may be hours off is before or after nothing."""
        if event.exact:
            self._say(event, title, event.time_text)


def in_order(time: datetime | None) -> datetime | None:
    """Return a time by which events are put in order: to the millisecond, as some tools cut it."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000) if time else None


def _order(event: SenseEvent) -> tuple[datetime | None, int, int, bool]:
    return in_order(event.time), event.record or 0, LAST.get(event.id, 2), event.is_bad_news


def _list(members: Iterable[str]) -> str:
    return json.dumps(sorted(set(members)), separators=(",", ":"))
