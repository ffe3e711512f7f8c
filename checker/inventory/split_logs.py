"""Logs of one device that lie in several files, a week in each perhaps: they are told as if they were one.

While files are read the devices of each log are noted. Where one stands in several, these files are read again: once
for their events, and once for the records, of which each then says what the events of all files say together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from checker.inventory.sense_event import SenseEvent
from checker.inventory.sense_log import Said, SenseLog, in_order

FURTHER = 1 << 32  # from a place in one file to the same in the next: no file has so many records

Events = Mapping[str, list[SenseEvent]]  # machine, as its events name it in lower case -> its events


@dataclass(slots=True)
class Logs:
    """The logs of a run: which devices each file holds and, of split ones, what the events of all files say."""

    paths: dict[str, set[str]] = field(default_factory=dict)  # machine -> files with events of it
    gathered: dict[str, Events] = field(default_factory=dict)  # path -> events, of files for which they are asked
    said: dict[str, Mapping[int, Said]] = field(default_factory=dict)  # path -> what its records say, by their place

    def tell(self, path: str, events: Events) -> Mapping[int, Said]:
        """Return what the records of a file say: together with other files once that is known, else by themselves."""
        if path in self.said:
            return self.said[path]
        for machine in events:
            self.paths.setdefault(machine or _nameless(path), set()).add(path)
        if path in self.gathered:
            self.gathered[path] = events
        return {place: said for log in events.values() for place, said in SenseLog(list(log)).tell().items()}

    def split(self) -> list[list[str]]:
        """Return the files that share a device, or call one by two names: in one list all that are linked by any."""
        names = _full_names(self.paths)
        of_device: dict[str, set[str]] = {}
        for machine, paths in self.paths.items():
            of_device.setdefault(names[machine], set()).update(paths)
        again = {path for machine, name in names.items() if machine != name for path in self.paths[machine]}
        group: dict[str, set[str]] = {}
        for paths in of_device.values():
            linked = paths.union(*(group[path] for path in paths if path in group))
            group.update(dict.fromkeys(linked, linked))
        linked_files = {min(paths): sorted(paths) for paths in group.values() if len(paths) > 1 or paths & again}
        return [linked_files[first] for first in sorted(linked_files)]

    def gather(self, paths: Iterable[str]) -> None:
        """Ask for the events of files, which are to be read again then."""
        self.gathered = {path: {} for path in sorted(paths)}

    def tell_together(self) -> None:
        """Tell what the gathered events say together; one that stands in several files counts once."""
        names = _full_names(self.paths)
        logs: dict[str, dict[tuple[object, ...], list[SenseEvent]]] = {}
        for number, (path, events) in enumerate(self.gathered.items()):
            for machine, own in events.items():
                log = logs.setdefault(names[machine or _nameless(path)], {})
                new: dict[tuple[object, ...], list[SenseEvent]] = {}
                for event in own:
                    new.setdefault(_content(event), []).append(replace(event, place=event.place + number * FURTHER))
                for content, alike in new.items():
                    log[content] = max(log.get(content, []), alike, key=len)
        told: dict[str, dict[int, Said]] = {path: {} for path in self.gathered}
        of_number = list(told)
        for log in logs.values():
            for place, said in SenseLog([event for alike in log.values() for event in alike]).tell().items():
                told[of_number[place // FURTHER]][place % FURTHER] = said
        self.said |= told
        self.gathered = {}


def _nameless(path: str) -> str:
    """Return a name for the device of events that name none: files that differ in their ending only are of one."""
    return f"/{PurePosixPath(path).with_suffix('')}"  # of no machine: none has a slash in its name


def _full_names(machines: Iterable[str]) -> dict[str, str]:
    """Return for each name of a machine the full one: a short name is that of the only machine that is so called."""
    known = list(machines)
    full: dict[str, list[str]] = {}
    for name in known:
        if "." in name and not name.startswith("/"):
            full.setdefault(name.partition(".")[0], []).append(name)
    return {name: full[name][0] if len(full.get(name, ())) == 1 else name for name in known}


def _content(event: SenseEvent) -> tuple[object, ...]:
    """Return all that two copies of one event have in common, whichever tools wrote them."""
    return event.id, event.record, in_order(event.time), event.host, event.count, event.status
