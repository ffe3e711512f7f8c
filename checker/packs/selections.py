"""``devices:`` of a waiver, an attestation or a wave to a :class:`Selection`.

devices: all
devices:
  where: {os.family: windows}                       # a condition, matched on TRUE only
  listed: [pc-0001.contoso.example, 7f3a…]          # device ids or names
"""

from collections.abc import Iterator

from checker.model.condition import ALWAYS, tests_of
from checker.model.selection import EVERYONE, Selection
from checker.packs.conditions import build_condition
from checker.packs.governance import is_fresh
from checker.packs.parameters import Scope
from checker.yaml_nodes import Entries, Items, Node, Problems, Text, check_keys

ID = "device.id"  # a key: no export carries it as a fact
HINT = "write all, or a mapping of where (a condition) and listed (ids or names)"


def read_selection(node: Node, scope: Scope, problems: Problems, more: tuple[str, ...] = ()) -> Selection:
    """Return which devices ``devices`` means; what is wrong is noted, a selection of nobody too.

    Args:
        node: the value of the key ``devices``.
        scope: of no profile, since conditions here have no parameters; its day is ``$as_of``.
        problems: where to note what is wrong: the scope's own.
        more: further keys that the caller reads itself.
    """
    if isinstance(node, Text) and node.value == "all":
        return EVERYONE
    if not isinstance(node, Entries):
        problems.add(node.place, "'devices' must say which devices", HINT)
        return EVERYONE
    check_keys(node, "'devices'", (), ("where", "listed", *more), problems)
    if not node.entries:
        problems.add(node.place, "'devices' means no device", HINT)
    where, listed = node.entries.get("where"), node.entries.get("listed")
    condition = build_condition(where, scope) if where else ALWAYS
    for test in tests_of(condition):
        if ID in test.facts:
            problems.add(test.place, f"'{ID}' cannot be asked for here", "list ids under 'listed'")
    return Selection(
        where=condition,
        listed=tuple(_listed(listed, problems)) if listed else (),
    )


def listed_texts(node: Node | None) -> Iterator[Text]:
    """Yield the listed ids and names of ``devices`` with their places; none if it lists none."""
    listed = node.entries.get("listed") if isinstance(node, Entries) else None
    for item in listed.items if isinstance(listed, Items) else (listed,):
        if isinstance(item, Text) and item.value.strip():
            yield item


def _listed(node: Node, problems: Problems) -> Iterator[str]:
    """Yield the listed ids and names, folded for case; note what is none, or stands twice."""
    items = node.items if isinstance(node, Items) else (node,)
    if not items:
        problems.add(node.place, "'listed' is empty: it means no device", "list ids or names, or leave it out")
    seen: dict[str, Text] = {}
    for item in items:
        if not isinstance(item, Text) or not item.value.strip():
            problems.add(item.place, "'listed' must hold ids or names of devices")
        elif is_fresh(item, "is listed twice", seen, problems):
            yield item.value.strip().casefold()
