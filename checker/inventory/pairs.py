"""Finds devices of which a folder holds both halves: files made on them with only an id, and others with only a name.

The registry and ``mdatp health`` tell a Defender id and no name, lists of updates and facts of a system a name and no
id. Kept in one folder they are of one device, if all that the files of the folder name are one device without a name
and one without a Defender id, and files that were made on a device tell both. In an archive a folder is all that lies
below it, too, the whole archive being one. Each half must have one other half, over all folders. This looks at sets,
once keys have joined what they can: the order of files plays no part.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from checker.inventory.identified import UNMATCHED, Places
from checker.inventory.places import folders_of
from checker.model.record import FileRecords

Mask = npt.NDArray[np.bool_]
MANY = 3  # devices of a file, from which on its folder is of more than two


@dataclass(slots=True)
class _Folder:
    """The devices that the files of a folder name, and those of them that files made on a device do."""

    named: set[int] = field(default_factory=set)
    made_on: set[int] = field(default_factory=set)


def pairs(inputs: Sequence[FileRecords], device: Places, nameless: Mask, idless: Mask) -> list[tuple[int, int]]:
    """Return the pairs of devices that are one, that without a Defender id first, sorted.

    ``device`` is each record's, UNMATCHED where it has none; ``nameless`` and ``idless`` tell which devices have an id
    and no name, and which have a name and no id.
    """
    starts = np.cumsum([0, *(sum(frame.height for frame in item.frames) for item in inputs)])
    own = [item.file.per_device for item in inputs]
    named = [_few(device[starts[at] : starts[at + 1]]) if made else [] for at, made in enumerate(own)]
    asked = {
        folder
        for item, found in zip(inputs, named, strict=True)
        if any(nameless[at] for at in found)
        for folder in folders_of(item.file.path)
    }
    folders = {name: _Folder() for name in asked}
    for at, item in enumerate(inputs):
        mine = asked.intersection(folders_of(item.file.path))
        found = named[at] if own[at] or not mine else _few(device[starts[at] : starts[at + 1]])
        for folder in mine:
            folders[folder].named.update(found)
            folders[folder].made_on.update(found if own[at] else ())
    return _only({pair for folder in folders.values() for pair in _pair(folder, nameless, idless)})


def _few(devices: Places) -> list[int]:
    """Return the devices of a file, of many the first ones."""
    return [at for at in np.unique(devices)[: MANY + 1].tolist() if at != UNMATCHED]


def _pair(folder: _Folder, nameless: Mask, idless: Mask) -> list[tuple[int, int]]:
    if len(folder.named) != 2 or folder.named != folder.made_on:
        return []
    one, other = folder.named
    return [(name, id_) for name, id_ in ((one, other), (other, one)) if idless[name] and nameless[id_]]


def _only(found: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the pairs of which neither half stands in another pair."""
    halves = Counter(half for pair in found for half in pair)
    return sorted(pair for pair in found if max(halves[half] for half in pair) == 1)
