"""On what a rule rests: its sources, and what it compares with, as reports show them."""

from collections.abc import Callable, Iterable

from checker.model.notes import SourceNote, ThresholdNote
from checker.model.rule import Pack, Parameter, Rule


def thresholds(pack: Pack, rule: Rule, shorter: Callable[[Parameter], str] = lambda _: "") -> tuple[ThresholdNote, ...]:
    """Return the parameters of a rule with value and source; ``shorter`` may say a value in fewer words."""
    found = []
    for item in pack.parameters:
        given = dict(item.values).get(pack.profile.id)
        if item.id in rule.parameters and given is not None:
            source = source_notes(pack, (given.source,))[0]
            found.append(ThresholdNote(item.id, shorter(item) or given.value, item.meaning, source))
    return tuple(found)


def source_notes(pack: Pack, ids: Iterable[str]) -> tuple[SourceNote, ...]:
    """Return sources as reports show them; a name that is no source of the pack stands for itself."""
    known = {source.id: source for source in pack.sources}
    return tuple(
        SourceNote(name, known[name].title, known[name].url, known[name].date.isoformat())
        if name in known
        else SourceNote(name, name, "", "")
        for name in ids
    )
