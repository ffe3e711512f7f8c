"""What would settle an UNKNOWN: the facts that could decide it, and how each can become known."""

from checker.engine.columns import Bucket
from checker.engine.truths import TRUE, truths_of
from checker.model.condition import All, AnyOf, Condition, Constant, Not, Test, facts_of
from checker.model.outcome import Missing
from checker.model.rule import Rule
from checker.model.truth import Truth, all_of, any_of

ATTESTATION = "attestation"  # how the catalogue calls a person's word among what carries a fact


def settles(bucket: Bucket, rule: Rule) -> tuple[str, ...]:
    """Return what would decide a rule that is UNKNOWN on the bucket's one device, one line for each way."""
    assumed = rests_on_default(bucket, rule)
    if assumed:
        return tuple(f"state {fact.partition(' ')[0]}: {_how(bucket, fact.partition(' ')[0])}" for fact in assumed)
    facts = _missing(bucket, rule)
    alone = [fact for fact in facts if _would_decide(bucket, rule, {fact})]
    if alone:
        return tuple(f"{fact} alone: {_how(bucket, fact)}" for fact in alone)
    stated = [fact for fact in facts if bucket.plan.specs[fact].default is None]  # a default decides as far as it can
    found = [f"{fact}, not alone: {_how(bucket, fact)}" for fact in stated]
    if not stated or not _would_decide(bucket, rule, set(stated)):
        found.append(_better(bucket, rule))
    return tuple(found)


def _would_decide(bucket: Bucket, rule: Rule, facts: set[str]) -> bool:
    """Return whether the rule would be decided if every UNKNOWN test on these facts were TRUE, or FALSE."""
    for supposed in (Truth.TRUE, Truth.FALSE):
        applies = _suppose(bucket, rule.applies_to, facts, supposed)
        if any_of((applies.negated(), _suppose(bucket, rule.require, facts, supposed))) is not Truth.UNKNOWN:
            return True
    return False


def _suppose(bucket: Bucket, condition: Condition, facts: set[str], supposed: Truth) -> Truth:
    match condition:
        case Test():
            known = Truth(int(truths_of(bucket, condition, defaults=True)[0]))
            meant = not facts.isdisjoint(bucket.plan.base_facts(condition.facts))
            return supposed if meant and known is Truth.UNKNOWN else known
        case All(parts):
            return all_of(_suppose(bucket, part, facts, supposed) for part in parts)
        case AnyOf(parts):
            return any_of(_suppose(bucket, part, facts, supposed) for part in parts)
        case Not(part):
            return _suppose(bucket, part, facts, supposed).negated()
        case Constant(truth):
            return truth


def _better(bucket: Bucket, rule: Rule) -> str:
    """Return what is known and too weak: attempts to reach hosts, if the rule asks for any, since more can be made."""
    plan = bucket.plan
    known = [fact for fact in plan.base_facts(facts_of(rule.require)) if bucket.missing(fact)[0] < 0]
    facts = [fact for fact in known if plan.specs[fact].type == "attempts"] or known
    named = "; ".join(f"{fact}{_again(bucket, fact)}" for fact in facts)
    return f"better evidence, since what is known decides nothing: {named}"


def rests_on_default(bucket: Bucket, rule: Rule) -> tuple[str, ...]:
    """Return the defaults without which the requirement would not be met; none if it rests on no default."""
    held = truths_of(bucket, rule.require, defaults=True)[0]
    if held != TRUE or truths_of(bucket, rule.require, defaults=False)[0] == TRUE:
        return ()
    specs = bucket.plan.specs
    return tuple(
        f"{fact} is {specs[fact].default}"
        for fact in facts_of(rule.require)
        if specs[fact].default is not None and bucket.missing(fact)[0] == Missing.NOT_EXPORTED
    )


def _missing(bucket: Bucket, rule: Rule) -> tuple[str, ...]:
    """Return the base facts of a rule without a value; where a view has none, not the fact that it is told from."""
    plan = bucket.plan
    missing = [fact for fact in plan.base_facts(plan.rule_facts(rule)) if bucket.missing(fact)[0] >= 0]
    behind = {plan.specs[fact].view_of for fact in missing}
    return tuple(fact for fact in missing if fact not in behind or fact in plan.rule_facts(rule))


def _how(bucket: Bucket, fact: str) -> str:
    """Return how a fact without a value can get one: nobody's word stands in for what cannot be read or contradicts."""
    match Missing(int(bucket.missing(fact)[0])):
        case Missing.UNREADABLE:
            return f"its value cannot be read; put it right at the source and export it again{_again(bucket, fact)}"
        case Missing.CONFLICTING:
            return f"its values contradict one another; put the wrong one right, or export again{_again(bucket, fact)}"
        case Missing.STALE:
            return f"its value is too old; export it again{_again(bucket, fact)}, or attest it since"
        case _:
            exports = _exports(bucket, fact)
            return f"export it ({exports}) or attest it" if exports else "attest it"


def _again(bucket: Bucket, fact: str) -> str:
    exports = _exports(bucket, fact)
    return f" ({exports})" if exports else ""


def _exports(bucket: Bucket, fact: str) -> str:
    """Return which exports carry a fact; empty if only a person's word does."""
    ways = [way.strip() for way in bucket.plan.specs[fact].carried_by.split(",")]
    return ", ".join(way for way in ways if way and way != ATTESTATION)
