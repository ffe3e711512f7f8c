"""The cases of the shipped packs hold in the columnar engine, too, each as a device of one fleet."""

from collections import defaultdict
from datetime import date

import pytest

from checker.engine.columns import open_bucket
from checker.engine.judged import judge_columns
from checker.engine.records import gather_records
from checker.facts.catalogue import catalogue
from checker.inventory.identify import identify
from checker.model.outcome import Outcome
from checker.packs.build import build_pack, read_pack_files
from checker.packs.cases import Case, read_cases
from checker.packs.compile import compile_plan
from checker.packs.library import find_pack, shipped_packs
from tests.exports import device_id, export


@pytest.mark.parametrize("name", shipped_packs())
def test_every_case_holds_on_a_device_of_a_fleet(name: str) -> None:
    files = read_pack_files(*find_pack(name))
    fleets: dict[tuple[str, date], list[Case]] = defaultdict(list)
    for case in read_cases(files):
        if not any(catalogue()[fact].view_of for fact, _ in case.facts):  # no export carries them: they are attested
            fleets[case.profile, case.as_of].append(case)

    for (profile, as_of), cases in fleets.items():
        plan = compile_plan(build_pack(files, profile, as_of), as_of)
        places = {rule.id: place for place, rule in enumerate(plan.device_rules)}
        judged = [case for case in cases if case.rule in places]
        inputs = [export("cases", *({"mde_id": device_id(at), **dict(case.facts)} for at, case in enumerate(judged)))]
        records = gather_records(inputs, identify(inputs), plan.specs, plan.wanted())
        outcomes = judge_columns(open_bucket(plan, records, 0, records.devices, {})).outcomes
        got = [Outcome(outcomes[places[case.rule], at]) for at, case in enumerate(judged)]

        assert [
            f"{case.place}: {case.name}" for case, found in zip(judged, got, strict=True) if found is not case.expect
        ] == []
        assert judged
