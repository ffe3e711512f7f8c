"""A pack and the shipped derived facts and scope to a :class:`Plan`."""

from datetime import date

from checker.facts.catalogue import FOLDER, catalogue, derived_entries
from checker.model.condition import Condition
from checker.model.plan import Derived, Plan
from checker.model.rule import Pack
from checker.packs.conditions import build_condition
from checker.packs.parameters import Scope
from checker.yaml_nodes import Entries, Items, Problems, check_keys, load, mapping, text_of, texts_of

DEFAULT_MAX_AGE_DAYS = 28  # the age at which the service itself calls a silent device inactive for good (our choice)


def compile_plan(
    pack: Pack, as_of: date, max_age_days: int = DEFAULT_MAX_AGE_DAYS, require_dates: bool = False
) -> Plan:
    """Return what is asked of every device under this pack."""
    problems = Problems()
    scope = Scope(pack.profile.id, as_of, problems)
    plan = Plan(
        pack=pack,
        specs=dict(catalogue()),
        derived=_derived(scope),
        scope=_out_of_scope(scope),
        as_of=as_of,
        max_age_days=max_age_days,
        require_dates=require_dates,
    )
    problems.raise_if_any()
    return plan


def _derived(scope: Scope) -> tuple[Derived, ...]:
    found = []
    for name, node in derived_entries(scope.problems).items():
        entries: list[tuple[str, Condition]] = []
        listed = node.entries["entries"]
        for item in listed.items if isinstance(listed, Items) else ():
            entry = mapping(item, f"an entry of '{name}'", scope.problems)
            if not entry or not check_keys(
                entry, f"an entry of '{name}'", ("is", "when"), ("profiles",), scope.problems
            ):
                continue
            value, only = text_of(entry, "is", scope.problems), texts_of(entry, "profiles", scope.problems)
            if value not in catalogue()[name].words:
                scope.problems.add(entry.place, f"'{value}' is no word of '{name}'")
            if not only or scope.profile in only:
                entries.append((value, build_condition(entry.entries["when"], scope)))
        found.append(Derived(catalogue()[name], tuple(entries)))
    return tuple(found)


def _out_of_scope(scope: Scope) -> tuple[tuple[str, Condition], ...]:
    node = load(FOLDER / "scope.yaml", "facts/scope.yaml", scope.problems)
    found = []
    for item in node.items if isinstance(node, Items) else ():
        if isinstance(item, Entries) and check_keys(item, "a scope entry", ("reason", "when"), (), scope.problems):
            found.append((text_of(item, "reason", scope.problems), build_condition(item.entries["when"], scope)))
    return tuple(found)
