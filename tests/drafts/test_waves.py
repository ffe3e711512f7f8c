"""Drafted waves: who is in the pilot and why, and that a draft is a file of waves as it stands."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checker.drafts.pilot import LEAST_PILOT, Alike, pilot_of
from checker.drafts.waves import Wishes, dimensions_of, rings_of, suggest
from checker.errors import InputError
from checker.model.outcome import Met
from checker.model.result import Summary
from checker.options import Options
from checker.packs.waves import read_waves
from checker.pipeline import check
from tests.cli.conftest import GOOD, HEADER, OLD
from tests.contoso import AS_OF, FLEET, ROOT, working_in

CONTOSO = Options((f"{FLEET}/inventory",), AS_OF, attestations=f"{FLEET}/attestations.yaml")


def groups(*groups: str) -> list[Alike]:
    """Return groups written as ``linux oslo: a b``."""
    found = []
    for group in groups:
        values, ids = group.split(":")
        found.append(Alike(frozenset(("value", word) for word in values.split()), tuple(ids.split())))
    return found


def test_a_device_that_shows_most_values_goes_first_and_ties_go_by_id() -> None:
    fleet = groups("mac oslo: c d", "mac bergen: b", "linux bergen plant: e", "windows oslo: a f", "linux: g h i")

    assert pilot_of(fleet, 1) == ("e",)
    assert pilot_of(fleet, 2) == ("a", "e")
    assert pilot_of(fleet, 3) == ("a", "b", "e")


def test_every_value_is_shown_before_one_is_shown_again() -> None:
    fleet = groups("mac: a b c d e f", "linux: g", "windows: h i")

    assert pilot_of(fleet, None) == ("a", "b", "g", "h", "i")
    assert pilot_of(fleet, 3) == ("a", "g", "h")


def test_where_nothing_differs_the_first_ids_go() -> None:
    assert pilot_of(groups(": a b c d e f g"), None) == ("a", "b", "c", "d", "e")
    assert pilot_of(groups(": a b"), 7) == ("a", "b")


FLEETS = st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=4), min_size=1, max_size=12, unique=True).map(
    lambda sets: [
        Alike(
            frozenset(("value", word) for word in words), tuple(f"{place:02}-{copy}" for copy in range(1 + place % 3))
        )
        for place, words in enumerate(sets)
    ]
)


@given(FLEETS, st.one_of(st.none(), st.integers(5, 20)))
def test_a_pilot_is_as_large_as_it_must_be_and_shows_all_it_can(fleet: list[Alike], wish: int | None) -> None:
    values = {name: group.values for group in fleet for name in group.ids}
    every = frozenset().union(*values.values())
    chosen = pilot_of(fleet, wish)
    shown = frozenset().union(*(values[name] for name in chosen))

    assert len(set(chosen)) == len(chosen)
    assert chosen == tuple(sorted(chosen))
    assert chosen == pilot_of(fleet[::-1], wish)
    if wish is None:
        assert shown == every
        assert min(LEAST_PILOT, len(values)) <= len(chosen) <= max(LEAST_PILOT, len(every))
    else:
        assert len(chosen) == min(wish, len(values))
        assert shown == every or len(shown) >= wish  # each device that came before one was shown again added a value


@given(FLEETS, st.integers(1, 6))
def test_each_device_adds_as_much_as_any_could(fleet: list[Alike], size: int) -> None:
    """Compare with choosing one by one, every device weighed each time."""
    values = {name: group.values for group in fleet for name in group.ids}
    size = min(size, len(frozenset().union(*values.values())))
    shown: frozenset[tuple[str, str]] = frozenset()
    plain: list[str] = []
    while len(plain) < size:
        best = min(values, key=lambda name: (-len(values[name] - shown), name in plain, name))
        if plain and values[best] <= shown:
            return
        plain.append(best)
        shown |= values[best]

    assert pilot_of(fleet, size or 1) == (tuple(sorted(plain)) if size else pilot_of(fleet, 1))


def frame(**columns: list[str | None]) -> pl.DataFrame:
    empty: dict[str, list[str | None]] = {name: [] for name in ("system", "group", "site", "tag")}
    given = {**empty, **columns}
    most = max(len(column) for column in given.values())
    padded = {name: [*column, *([None] * (most - len(column)))] for name, column in given.items()}
    return pl.DataFrame(padded, schema=dict.fromkeys(padded, pl.String))


def test_sites_are_told_by_domains_or_else_by_tags() -> None:
    assert dimensions_of(frame(site=["oslo.example", "bergen.example"], tag=["x", "y"])) == {"site": 2}
    assert dimensions_of(frame(site=["oslo.example"] * 2, tag=["x\x1fy", "y\x1fz"])) == {"tag": 3}
    assert dimensions_of(frame(tag=["x", None])) == {}


def test_a_dimension_of_too_many_values_is_left_out() -> None:
    many: list[str | None] = [f"group {number}" for number in range(201)]

    assert dimensions_of(frame(group=many[:200])) == {"group": 200}
    assert dimensions_of(frame(group=many)) == {}


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    with working_in(ROOT):
        yield


@pytest.fixture(scope="module")
def draft() -> str:
    with working_in(ROOT):
        return suggest(CONTOSO, Wishes())


def judged(options: Options, draft: str, folder: Path) -> tuple[Summary, pl.DataFrame]:
    path = folder / "waves.yaml"
    path.write_text(draft, encoding="utf-8")
    with check(replace(options, waves=str(path))) as result:
        return result.summary, pl.concat(result.devices.frames())


def test_every_device_of_the_fleet_is_in_one_wave_of_the_draft(draft: str, tmp_path: Path) -> None:
    summary, devices = judged(CONTOSO, draft, tmp_path)

    assert [wave.name for wave in summary.waves] == ["pilot", "ring-1", "ring-2", "ring-3", "the-rest"]
    assert summary.no_wave == 0
    assert not [notice for notice in summary.notices if "wave" in notice.lower()]
    last = pl.col("wave") == "the-rest"
    assert set(devices.filter(~last)["readiness"]) == {"READY"}
    assert "READY" not in set(devices.filter(last)["readiness"])
    sizes = [wave.devices["total"] - wave.devices["out_of_scope"] for wave in summary.waves[1:4]]
    assert sizes == sorted(sizes)


def test_the_pilot_shows_each_group_build_and_tag_of_the_ready_devices(draft: str, tmp_path: Path) -> None:
    _, devices = judged(CONTOSO, draft, tmp_path)
    with Path(f"{FLEET}/inventory/hunting.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["DeviceId"]: row for row in csv.DictReader(file)}

    def values(ids: pl.Series) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in (rows[name] for name in ids):
            found.update([row["MachineGroup"], row["OSBuild"], *json.loads(row["DeviceManualTags"] or "[]")])
        return found

    ready = values(devices.filter(pl.col("readiness") == "READY")["device_id"])
    pilot = values(devices.filter(pl.col("wave") == "pilot")["device_id"])
    assert len(ready) > 15
    assert set(pilot) == set(ready)
    assert pilot.total() < ready.total() / 4


def test_the_draft_follows_from_the_files_and_not_from_their_order(draft: str) -> None:
    files = sorted(str(path) for path in Path(f"{FLEET}/inventory").rglob("*") if path.is_file())

    assert suggest(replace(CONTOSO, inventory=tuple(files[::-1])), Wishes()) == draft


def test_gates_start_small_and_ask_the_wave_before(draft: str, tmp_path: Path) -> None:
    path = tmp_path / "waves.yaml"
    path.write_text(draft, encoding="utf-8")
    pilot, *rings = read_waves(path, "waves.yaml", (), (), AS_OF).items

    assert (str(pilot.gate.ready), pilot.gate.devices, [str(limit) for _, limit in pilot.gate.fail]) == (
        "100 %",
        len(pilot.devices.listed),
        ["0"],
    )
    assert [wave.devices.share for wave in rings] == [None, None, None, (0, 10000)]
    assert {str(wave.gate.ready) for wave in rings} == {"95 %"}
    assert [str(wave.gate.previous.verified) for wave in rings] == ["90 %", "95 %", "95 %", "95 %"]
    assert {wave.gate.previous.soak_days for wave in rings} == {7}
    assert all(wave.gate.previous.none_lost and wave.gate.previous.ids_unchanged for wave in rings)


def test_old_guidance_needs_a_reason_to_fill_in(draft: str) -> None:
    told = "    # profile: {name: 2023-09, reason: say why this guidance is right}"

    assert draft.count(told) == 5
    assert "The guidance is 1,160 days old" in draft
    pilot = draft[: draft.index("  - name: ring-1")]
    assert "on HOLD for `guidance`" in pilot
    assert "uncomment the line above), or run gate with --profile current.\n    gate:" in pilot
    today = suggest(replace(CONTOSO, profile="current"), Wishes())
    assert "profile:" not in today
    assert "HOLD" not in today


def test_the_gate_of_the_pilot_does_what_its_comment_says(draft: str, tmp_path: Path) -> None:
    def verdicts(text: str, profile: str) -> set[str]:
        summary, _ = judged(replace(CONTOSO, profile=profile), text, tmp_path)
        rows = next(wave for wave in summary.waves if wave.name == "pilot").criteria
        return {row.id for row in rows if row.met == Met.MISSED}

    assert verdicts(draft, "seed") == {"guidance"}
    assert verdicts(draft.replace("# profile:", "profile:"), "seed") == set()
    assert "guidance" not in verdicts(draft, "current")


def test_rings_grow_and_tell_devices_by_their_ids() -> None:
    ids = [f"{number:040x}" for number in range(1000)]
    rings = rings_of(ids)

    assert [round(len(ring) / 100) for ring in rings] == [1, 3, 6]
    assert sorted(name for ring in rings for name in ring) == ids
    assert rings == rings_of(ids[::-1])
    assert all(set(some) <= set(all_) for some, all_ in zip(rings_of(ids[:500]), rings, strict=True))
    assert rings_of(ids[:49]) == (tuple(ids[:49]),)
    assert rings_of([]) == ()


def test_too_many_ready_devices_to_list_go_by_percentages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("checker.drafts.waves.MOST_LISTED", 100)
    text = suggest(CONTOSO, Wishes())
    waves = yaml.safe_load(text)["waves"]
    summary, _ = judged(CONTOSO, text, tmp_path)

    assert [wave["devices"] for wave in waves[1:]] == [{"percent": f"{part} %"} for part in (10, 30, 60)]
    assert "# So they hold devices that are not READY yet, too: of these 283 now 132 are READY." in text
    assert summary.no_wave == 0


def test_devices_for_which_the_tool_is_not_listed_are_counted_by_kind() -> None:
    text = suggest(replace(CONTOSO, tool="intune"), Wishes(tool="intune"))
    pilot = text[: text.index("  - name: ring-1")]
    servers = sum("windows server" in line for line in pilot.splitlines())
    linux = sum("; linux" in line for line in pilot.splitlines())

    assert servers > 1 < linux
    told = f"{servers + linux} devices of this wave: {linux} Linux, {servers} Windows Server."
    assert f"# intune is not listed for {told}" in pilot
    assert "is not listed for" not in suggest(CONTOSO, Wishes())


def test_routes_that_are_not_the_usual_one_are_told(draft: str) -> None:
    pilot = draft[: draft.index("  - name: ring-1")]
    odd = [line for line in pilot.splitlines() if line.endswith("; route offboard-then-onboard")]

    assert f"shows other routes: offboard-then-onboard ({len(odd)} devices)" in pilot
    assert "windows 17134" in "".join(odd)


def test_the_filled_in_profile_lints(draft: str, tmp_path: Path) -> None:
    path = tmp_path / "waves.yaml"
    path.write_text(draft.replace("# profile:", "profile:").replace("# starts: YYYY-MM-DD", "starts: 2026-12-01"))
    first = read_waves(path, "waves.yaml", (), ("2023-09",), AS_OF).items[0]

    assert (first.profile, first.profile_reason, first.starts) == (
        "2023-09",
        "say why this guidance is right",
        date(2026, 12, 1),
    )


def test_a_tool_is_named_where_it_serves_the_wave(tmp_path: Path) -> None:
    def tools(wishes: Wishes) -> list[str]:
        text = suggest(replace(CONTOSO, tool=wishes.tool), wishes)
        return [wave.get("tool", "") for wave in yaml.safe_load(text)["waves"]]

    assert tools(Wishes(tool="intune")) == ["intune"] * 5
    assert tools(Wishes(pilot=10, tool="local-script")) == ["local-script", "", "", "", ""]
    assert tools(Wishes(pilot=11, tool="local-script")) == [""] * 5


def test_a_wish_that_is_too_small_is_kept_and_said() -> None:
    text = suggest(CONTOSO, Wishes(pilot=6))

    assert len(yaml.safe_load(text)["waves"][0]["devices"]["listed"]) == 6
    assert "not shown: --pilot is too small for all" in text


WORDS = """\
- {fact: site.tls_inspection, value: no, BY}
- {fact: site.proxy_auth, value: no, BY}
- {fact: url.tests, BY, value: [
    {url: "https://edr-eus.us.endpoint.security.microsoft.com/", http_status: 200, method: analyzer},
    {url: "https://mdav.us.endpoint.security.microsoft.com/", http_status: 200, method: analyzer}]}
""".replace("BY", "by: N, evidence: CHG-1, attested: 2026-11-10, valid_until: 2027-01-01")


def fleet(folder: Path, *devices: tuple[str, str, str]) -> Options:
    """Return a run over devices of these names, cells and groups."""
    with (folder / "hunting.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*HEADER.split(","), "MachineGroup"])
        for number, (name, cells, group) in enumerate(devices, start=1):
            rows.writerow(["2026-11-20T10:00:00Z", f"{number:040x}", name, *cells.split(","), group])
    (folder / "words.yaml").write_text(WORDS)
    return Options((str(folder / "hunting.csv"),), AS_OF, attestations=str(folder / "words.yaml"))


def test_hostile_names_and_groups_stay_text(tmp_path: Path) -> None:
    names = ("a\n  - name: evil", "b: {#", "\u202ec\x1b[31m", "=d|x", "\u2028e\x85", "*f", "x" * 300)
    options = fleet(tmp_path, *((f"{name}.contoso.example", GOOD, f"g{name}") for name in names))
    text = suggest(options, Wishes())
    summary, _ = judged(options, text, tmp_path)

    assert [wave["name"] for wave in yaml.safe_load(text)["waves"]] == ["pilot"]
    assert not set("\x1b\u202e\u2028\x85") & set(text)
    assert [wave.devices["ready"] for wave in summary.waves] == [7]


def test_ids_that_are_names_are_quoted_where_they_must_be(tmp_path: Path) -> None:
    options = fleet(
        tmp_path, *((f"{name}.contoso.example", GOOD, "") for name in ("no", "1e3", "køb", "a'b", "x\u202ey"))
    )
    lines = (tmp_path / "hunting.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "hunting.csv").write_text(
        "\n".join([lines[0], *(",".join(["", "", *line.split(",")[2:]]) for line in lines[1:]), ""]), encoding="utf-8"
    )
    text = suggest(options, Wishes())
    summary, _ = judged(options, text, tmp_path)

    assert [wave.devices["ready"] for wave in summary.waves] == [4, 1]  # nobody could read the last one in a list
    assert "\u202e" not in text


def test_few_devices_besides_the_pilot_are_one_ring(tmp_path: Path) -> None:
    ready = [(f"r{number}.contoso.example", GOOD, "") for number in range(6)]
    alone = suggest(fleet(tmp_path, *ready[:3]), Wishes())
    more = suggest(fleet(tmp_path, *ready), Wishes())

    assert [wave["name"] for wave in yaml.safe_load(alone)["waves"]] == ["pilot"]
    assert yaml.safe_load(alone)["waves"][0]["gate"]["devices"] == 3
    assert [list(wave["devices"]) for wave in yaml.safe_load(more)["waves"]] == [["listed"], ["listed"]]
    assert [len(wave["devices"]["listed"]) for wave in yaml.safe_load(more)["waves"]] == [5, 1]


def test_without_a_ready_device_what_stands_in_the_way_is_said(tmp_path: Path) -> None:
    options = fleet(tmp_path, ("a.contoso.example", OLD, ""), ("b.contoso.example", OLD, ""))
    with pytest.raises(InputError) as raised:
        suggest(options, Wishes())

    problem = raised.value.problems[0]
    assert problem.what == "no device is READY"
    assert (
        problem.hint
        == "what most of them need: update-sensor (2 devices), update-windows (2 devices); check tells the rest"
    )


def test_where_all_devices_move_at_once_that_is_said(tmp_path: Path) -> None:
    pack = Path(shutil.copytree("fixtures/packs/valid/smallest", tmp_path / "pack"))
    options = replace(fleet(tmp_path, ("a.contoso.example", GOOD, "")), pack=str(pack))
    told = "# Devices onboard automatically here, all at once"
    apart = suggest(options, Wishes())
    with (pack / "routes.yaml").open("a") as routes:
        routes.write("whole_fleet: {os.family: windows}\n")

    assert told not in apart
    assert told in suggest(options, Wishes())
