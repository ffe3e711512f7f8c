"""No report, message or summary of a redacted run holds a name of the fleet, whatever kinds of reports there are."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from checker.reporters.kinds import KINDS
from tests.cli.conftest import Ran
from tests.contoso import ROOT
from tests.unpacked import contents

from .fleets import HOSTILE, Fleet, demo, hostile

Run = Callable[..., Ran]

FLEETS = {"demo": demo, "hostile": hostile}
OUTPUTS = [(kind, ending) for kind, writers in KINDS.items() for ending in writers]
COMMANDS = {
    "check": ("--all-outcomes", "--phase", "all"),
    "plan": (),
    "gate": (),
}
DEVICE = re.compile(
    r"((name:)?(device-[0-9a-f]{16})?(\.domain-[0-9a-f]{12}\.example)?|(entra:)?[0-9a-f-]{36}|[0-9a-f]{40})"
)
AS_OF = ("--as-of", "2026-11-23", "--redact", "--redact-key")


@pytest.fixture(scope="module", params=FLEETS)
def fleet(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return FLEETS[request.param](tmp_path_factory.mktemp("fleet") / request.param)


def written(folder: Path, fleet: Fleet, without: str = "") -> list[str]:
    """Return the options that write every kind of report, with one device for those that tell of one."""
    outputs = [f"-o{kind}:{folder}/out/{kind}{ending}" for kind, ending in OUTPUTS if kind != without]
    one = [] if without == "xccdf" else ["--device", fleet.one]
    return [*outputs, *one]


def texts(path: Path) -> Iterator[str]:
    """Yield every text in a file, in archives and tables, too."""
    return (content.decode("utf-8", "backslashreplace") for content in contents(path.read_bytes()))


def leaks(text: str, originals: frozenset[str]) -> list[str]:
    """Return the names that stand in a text, in whatever case: a word as a word of its own, several words anywhere."""
    found = text.casefold()
    words = {*re.findall(r"[a-z0-9-]+", found), *re.findall(r"[a-z0-9.-]+", found), *re.findall(r"[a-z0-9]+", found)}
    folded = {name.casefold(): name for name in originals}
    plain = {name for name in folded if re.fullmatch(r"[a-z0-9.-]+", name)}
    return [
        folded[name] for name in sorted((plain & words) | {name for name in folded.keys() - plain if name in found})
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_output_holds_a_name(run: Run, fleet: Fleet, tmp_path: Path, command: str) -> None:
    outputs = written(tmp_path, fleet, "xccdf" if command != "check" else "")
    more = list(COMMANDS[command])
    if command == "gate":
        more += ["--wave", "wave-1" if "demo" in str(fleet.inventory) else "second"]
    ran = run(command, fleet.inventory, *fleet.governing, *AS_OF, tmp_path / "key", *outputs, *more)

    assert ran.code in (0, 1, 3), ran.err
    assert leaks(ran.out, fleet.originals) == []
    assert leaks(ran.err, fleet.originals) == []
    for file in sorted((tmp_path / "out").rglob("*")):
        for text in texts(file):
            assert leaks(text, fleet.originals) == [], file.name


def test_the_search_would_find_a_name(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    """Without --redact every kind is full of names: else the search above proves nothing."""
    outputs = written(tmp_path, fleet)
    ran = run("check", fleet.inventory, *fleet.governing, "--as-of", "2026-11-23", "--all-outcomes", *outputs)

    assert leaks(ran.out, fleet.originals)
    for file in sorted(path for path in (tmp_path / "out").rglob("*") if path.stem != "rejected"):  # it has no row
        assert any(leaks(text, fleet.originals) for text in texts(file)), file.name


def test_every_device_goes_by_a_pseudonym(run: Run, fleet: Fleet, tmp_path: Path) -> None:
    """Also those whose names are words of the reports, which no search can tell from them."""
    kinds = ("devices", "findings", "plan")
    outputs = [f"-o{kind}:{tmp_path / kind}{'.ndjson' if kind != 'plan' else '.csv'}" for kind in kinds]
    run("check", fleet.inventory, *fleet.governing, *AS_OF, tmp_path / "key", *outputs)
    devices = pl.read_ndjson(tmp_path / "devices.ndjson", infer_schema_length=None)
    findings = pl.read_ndjson(tmp_path / "findings.ndjson", infer_schema_length=None)
    plan = pl.read_csv(tmp_path / "plan.csv", infer_schema=False)

    for frame in (devices, findings, plan):
        assert [name for name in frame["device_name"] if not DEVICE.fullmatch(name or "")] == []
        assert frame["device_id"].to_list() == sorted(frame["device_id"].to_list())
    assert [alias for aliases in devices["aliases"] for alias in aliases if not DEVICE.fullmatch(alias)] == []
    assert devices["group"].drop_nulls().str.contains("^group-[0-9a-f]{12}$").all()
    assert devices["wave"].drop_nulls().str.contains("^wave-[0-9a-f]{12}$").all()


def test_hostile_names_stay_apart(run: Run, tmp_path: Path) -> None:
    fleet = hostile(tmp_path / "fleet")
    tables = [f"-odevices:{tmp_path}/{name}.ndjson" for name in ("named", "redacted")]
    run("check", fleet.inventory, "--as-of", "2026-11-23", tables[0])
    run("check", fleet.inventory, *AS_OF, tmp_path / "key", tables[1])
    named, redacted = (
        pl.read_ndjson(tmp_path / f"{name}.ndjson", infer_schema_length=None) for name in ("named", "redacted")
    )

    assert redacted.height == named.height > len(HOSTILE) // 2
    assert redacted["device_id"].n_unique() == named["device_id"].n_unique()
    assert redacted["readiness"].value_counts(sort=True).equals(named["readiness"].value_counts(sort=True))


@pytest.mark.parametrize("bad", ["quote", "columns", "no product"])
def test_errors_quote_no_cell(run: Run, tmp_path: Path, bad: str) -> None:
    content = {
        "quote": 'DeviceId,DeviceName,OSBuild\n1,"secret7"x,\n2,b,\n',
        "columns": "DeviceId,DeviceName,OSBuild\n1,secret7\n2,b,3\n",
        "no product": "secret7,other\n1,2\n",
    }[bad]
    (tmp_path / "export.csv").write_text(content)
    ran = run("check", tmp_path / "export.csv", *AS_OF, tmp_path / "key")

    assert ran.code == 2
    assert "export.csv" in ran.err
    assert "secret7" not in ran.err


def test_a_wave_that_is_not_there_is_not_looked_for_aloud(run: Run, tmp_path: Path) -> None:
    fleet = demo(tmp_path / "fleet")
    given = (fleet.inventory, *fleet.governing, "--wave", "absent", "--as-of", "2026-11-23")

    assert "tag9pilot" in run("gate", *given).err
    assert "tag9pilot" not in run("gate", *given, "--redact", "--redact-key", tmp_path / "key").err


def test_the_environment_and_the_folder_are_in_no_output(run: Run, tmp_path: Path) -> None:
    fleet = demo(tmp_path / "fleet")
    ran = run("check", fleet.inventory, *fleet.governing, *AS_OF, tmp_path / "key", f"-ojson:{tmp_path}/report.json")

    for text in (ran.out, (tmp_path / "report.json").read_text()):
        assert str(tmp_path) not in text
        assert str(Path.cwd()) not in text


def test_no_name_is_proposed_for_a_device_that_is_not_there(run: Run, tmp_path: Path) -> None:
    fleet = demo(tmp_path / "fleet")
    wanted = (f"-oxccdf:{tmp_path}/x.xml", "--device", "ws-gda-012.contoso.exampl")
    given = (fleet.inventory, "--as-of", "2026-11-23", *wanted)

    assert "ws-gda-012.contoso.example" in run("check", *given).err
    assert "ws-gda" not in run("check", *given, "--redact", "--redact-key", tmp_path / "key").err


def test_what_an_option_says_is_not_repeated(run: Run, tmp_path: Path) -> None:
    fleet = demo(tmp_path / "fleet")
    ran = run("check", fleet.inventory, *AS_OF, tmp_path / "key", "--assume", "os.ubr=1 where {device.grup: secret7}")

    assert ran.code == 2
    assert "secret7" not in ran.err


def test_tailored_values_odd_systems_and_hosts_of_tenants_do_not_leak(run: Run, tmp_path: Path) -> None:
    fleet = demo(tmp_path / "fleet")
    hunting = fleet.inventory / "hunting.csv"
    hunting.write_bytes(hunting.read_bytes().replace(b",WindowsServer2019,", b",secret7,", 3))
    urls = fleet.inventory / "urls.csv"
    tested = urls.read_bytes()
    urls.write_bytes(tested.replace(b"edr-weu.eu.endpoint.security.microsoft.com", b"secret7.vault.azure.net"))
    tailoring = tmp_path / "tailoring.yaml"
    tailoring.write_text("parameters:\n  sense_min: {value: '10.9999999', reason: ours}\n")
    pack = tmp_path / "secret7" / "pack"
    shutil.copytree(ROOT / "rules/streamlined-connectivity", pack)
    outputs = [f"-o{kind}:{tmp_path}/out/{kind}{ending}" for kind, ending in OUTPUTS if kind != "xccdf"]
    given = (fleet.inventory, *fleet.governing, *AS_OF, tmp_path / "key", "--tailoring", tailoring, "--pack", pack)
    ran = run("check", *given, *outputs)

    assert ran.code == 1, ran.err
    for text in (ran.out, *(text for file in (tmp_path / "out").rglob("*.*") for text in texts(file))):
        assert "10.9999999" not in text
        assert "secret7.vault" not in text
        assert "secret7/pack" not in text
    devices = pl.read_ndjson(tmp_path / "out/devices.ndjson", infer_schema_length=None)
    assert not devices["os"].str.contains("secret7").any()
