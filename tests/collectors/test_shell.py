"""What the collector for macOS and Linux gathers on invented machines, read by the reader fact by fact."""

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from checker.facts.moments import read_time
from tests.collectors.machine import COLLECTOR, EDR, HEALTH, PLAIN, SHELLS, Machine, linux, mac, needed
from tests.inventory.records import facts, moment, rows

SECRETS = ("hunter2", "0f0f0f0f-1111", "55555555-6666", "66666666-6666", "svc")
LNX = "11ef23a35e5094e8ca91dbc4a8ca0f2cbff93503"
BOOTED = moment("2026-11-20 07:00:00")
LINUX_FACTS = {
    "os.family": "linux",
    "os.distribution": "ubuntu",
    "os.version": "22.04",
    "os.kernel": "5.15.0-122-generic",
    "os.architecture": "x64",
    "hardware.cores": "4",
    "hardware.memory_mb": "7937",
    "hardware.disk_mb": "5120",
    "agent.version": "101.24082.0004",
    "agent.healthy": "yes",
    "agent.expires": "2027-06-10",
    "agent.conflicting_applications": "[]",
    "onboarding.status": "onboarded",
    "av.engine": "1.1.24090.11",
    "av.intelligence": "1.421.818.0",
    "mdatp.geo": "GW_EU",
    "mdatp.test_ok": (
        '["https://mdav.eu.endpoint.security.microsoft.com/mdav",'
        '"https://mdav.eu.endpoint.security.microsoft.com/xplat/api/report"]'
    ),
    "mdatp.test_failed": '["https://winatp-gw-weu.microsoft.com/test"]',
    "mdatp.test_hosts": '["mdav.eu.endpoint.security.microsoft.com","winatp-gw-weu.microsoft.com"]',
    "proxy.kind": "none",
    "proxy.has_credentials": "no",
}


def tries(found: list[dict[str, str]]) -> dict[str, tuple[str, str, str, int, str]]:
    """Return of each URL of some records how it was tried and what came back, the last for each host and method."""
    said = [json.loads(record["url.tests"])[0] for record in found if "url.tests" in record]
    return {
        f"{each['method']} {each['host']}:{each['port']}": (
            each["method"],
            each["via"],
            each["result"],
            each["status"],
            each["error"],
        )
        for each in said
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_an_onboarded_linux_says_all_that_the_rules_ask(tmp_path: Path, shell: str) -> None:
    needed(shell)
    device, *tests = linux(tmp_path).records("-g", "eu", shell=shell)
    assert (device["name"], device["mde_id"]) == ("lnx-07.contoso.example", LNX)
    said = facts(device)
    assert read_time(said.pop("device.booted_at")) == BOOTED
    assert device["observed"] - read_time(said.pop("agent.restarted_at")) >= timedelta(days=1, hours=2, minutes=3)
    assert said == LINUX_FACTS
    assert {test["mde_id"] for test in tests} == {LNX}
    found = tries(tests)
    assert found["system mdav.eu.endpoint.security.microsoft.com:443"] == ("system", "direct", "reachable", 404, "")
    assert found["system edr-neu3.eu.endpoint.security.microsoft.com:443"][2:4] == ("reachable", 200)
    assert found["mdatp mdav.eu.endpoint.security.microsoft.com:443"] == ("mdatp", "", "reachable", 0, "")
    assert found["mdatp winatp-gw-weu.microsoft.com:443"] == ("mdatp", "", "tls_error", 0, "")
    assert "system packages.microsoft.com:443" in found
    assert "system discovery.dm.microsoft.com:443" in found


def test_a_restart_of_the_agent_is_now_less_its_age(tmp_path: Path) -> None:
    machine = linux(tmp_path)
    machine.says["ps -o etime= -p 812"] = "02:05\n"
    (device,) = machine.records("-s")
    age = device["observed"] - read_time(device["agent.restarted_at"])
    assert timedelta(seconds=124) <= age <= timedelta(seconds=135)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_mac_tells_its_own_processor_and_goes_through_the_proxy_of_its_settings(tmp_path: Path, shell: str) -> None:
    needed(shell)
    machine = mac(tmp_path)
    device, *tests = machine.records(shell=shell)
    assert (device["os.family"], device["os.version"], device["os.architecture"]) == ("macos", "15.1", "arm64")
    assert (device["hardware.cores"], device["hardware.memory_mb"]) == ("10", "16384")
    assert read_time(device["device.booted_at"]) == BOOTED
    assert not {"os.kernel", "os.distribution", "hardware.disk_mb"} & device.keys()
    found = tries(tests)
    assert found["system mdav.us.endpoint.security.microsoft.com:443"][:2] == ("system", "system_proxy")
    assert "system packages.microsoft.com:443" not in found
    assert all("-x proxy.contoso.example:8080" in call for call in machine.calls() if call.startswith("curl"))


def test_where_another_way_than_the_agents_may_be_tested_the_test_is_weak(tmp_path: Path) -> None:
    script = linux(tmp_path / "a", **{"scutil --proxy": "  ProxyAutoConfigEnable : 1\n"})
    variable = linux(tmp_path / "b")
    variable.environment["https_proxy"] = "http://svc:hunter2@proxy.contoso.example:8080"
    person = linux(tmp_path / "c", **{"id -u": "1000\n"})
    for machine in (script, variable, person):
        machine.folder.mkdir()
        found = tries(machine.records())
        assert {each[0] for each in found.values()} == {"mdatp", "curl"}
        assert "hunter2" not in next(machine.folder.glob("*.ndjson")).read_text()


def test_the_agents_own_proxy_is_the_way_and_its_credentials_are_nobodys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    own = linux(tmp_path / "a", **{"mdatp health": HEALTH + 'proxy : "http://proxy.contoso.example:3128" [managed]\n'})
    found = own.records()
    assert (found[0]["proxy.kind"], found[0]["proxy.has_credentials"]) == ("static", "no")
    assert {each[1] for each in tries(found).values()} == {"", "named_proxy"}
    guarding = 'proxy : "http://svc:hunter2@proxy.contoso.example:3128"\n'
    guarded = linux(tmp_path / "b", **{"mdatp health": HEALTH + guarding})
    found = guarded.records()
    assert (found[0]["proxy.kind"], found[0]["proxy.has_credentials"]) == ("authenticated", "yes")
    assert not any("hunter2" in call for call in guarded.calls())


ANSWERS = {  # what curl prints and its exit code, for a host of the service and for another -> result, status, error
    ("404 000", 0): (("reachable", 404, ""), ("reachable", 404, "")),
    ("403 000", 0): (("reachable", 403, ""), ("reachable", 403, "")),
    ("000 407", 56): (("blocked", 407, "proxy"), ("blocked", 407, "proxy")),
    ("000 403", 56): (("blocked", 403, "proxy"), ("blocked", 403, "proxy")),
    ("000 000", 56): (("blocked", 0, "reset"), ("blocked", 0, "reset")),
    ("000 000", 28): (("blocked", 0, "timeout"), ("blocked", 0, "timeout")),
    ("000 000", 7): (("blocked", 0, "refused"), ("blocked", 0, "refused")),
    ("000 000", 6): (("blocked", 0, "dns"), ("", 0, "dns")),
    ("000 000", 60): (("tls_error", 0, "curl 60"), ("", 0, "certificate")),
    ("000 000", 35): (("tls_error", 0, "curl 35"), ("", 0, "certificate")),
    ("000 000", 77): (("not_tested", 0, ""), ("not_tested", 0, "")),
    ("", 2): (("not_tested", 0, ""), ("not_tested", 0, "")),
}


@pytest.mark.parametrize(("answer", "said"), ANSWERS.items())
def test_what_curl_says_is_proof_only_where_it_proves(
    tmp_path: Path,
    answer: tuple[str, int],
    said: tuple[tuple[str, int, str], tuple[str, int, str]],
) -> None:
    machine = linux(tmp_path)
    machine.says = {line: text for line, text in machine.says.items() if not line.startswith(("curl", "mdatp"))}
    program = tmp_path / "bin" / "curl"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nprintf %s '{answer[0]}'\nexit {answer[1]}\n")
    program.chmod(0o755)
    found = tries(machine.records())
    assert found["system mdav.us.endpoint.security.microsoft.com:443"][2:] == said[0]
    assert found["system go.microsoft.com:443"][2:] == said[1]


def test_without_an_agent_and_without_curl_the_rest_is_written_and_what_is_lacking_is_told(tmp_path: Path) -> None:
    machine = linux(tmp_path)
    machine.says = {line: text for line, text in machine.says.items() if not line.startswith(("curl", "mdatp"))}
    done = machine.collect()
    assert done.returncode == 0
    assert "left out: the agent (there is no mdatp)" in done.stderr
    assert "left out: tests of hosts (there is no curl)" in done.stderr
    (device,) = rows(tmp_path / "lnx-07.contoso.example.ndjson")
    assert "mde_id" not in device
    assert (device["agent.version"], device["agent.installed"]) == ("not installed", "no")
    assert not any(name.startswith(("mdatp.", "proxy.", "onboarding.")) for name in device)


def test_a_user_is_told_that_his_tests_are_not_those_of_the_system(tmp_path: Path) -> None:
    done = linux(tmp_path, **{"id -u": "1000\n"}).collect()
    assert done.returncode == 0
    assert "left out: tests as the system (run as root)" in done.stderr


def test_an_agent_that_does_not_answer_says_nothing(tmp_path: Path) -> None:
    machine = linux(tmp_path, **{"mdatp health": "ERROR: Could not connect to the daemon. Status Code: 1001\n"})
    for line in ("mdatp health --details edr", "mdatp health --output json", "mdatp connectivity test"):
        machine.says[line] = ""
    done = machine.collect()
    assert "left out: what mdatp health says" in done.stderr
    device = rows(tmp_path / "lnx-07.contoso.example.ndjson")[0]
    assert not any(name.startswith(("agent.version", "mdatp.", "onboarding.")) for name in device)


def test_an_agent_that_is_not_onboarded_and_has_no_geo_says_so(tmp_path: Path) -> None:
    edr = EDR.replace('edr_partner_geo_location                    : "GW_EU"\n', "")
    machine = linux(tmp_path, **{"mdatp health": HEALTH.replace("0f0f0f0f-1111-2222-3333-444444444444", "unavailable")})
    machine.says["mdatp health --details edr"] = edr
    (device,) = machine.records("-s")
    assert (device["onboarding.status"], device["mdatp.geo"]) == ("can-be-onboarded", "")


def test_a_connectivity_test_that_was_cut_off_says_nothing_as_a_whole(tmp_path: Path) -> None:
    cut = "Testing connection with https://a.contoso.example/x ... [OK]\nTesting connection with https://b.cont"
    device, *tests = linux(tmp_path, **{"mdatp connectivity test": cut}).records()
    assert not any(name.startswith("mdatp.test") for name in device)
    assert "mdatp a.contoso.example:443" in tries(tests)


HOSTILE = {
    'quote"and\\backslash': 'quote"and\\backslash',
    "two\nlines\tand\x01\x1b[31mmore": "two lines and  [31mmore",
    "ümläut-日本": "ümläut-日本",
    "half\udcffof a letter": "halfof a letter",
    "$(touch no)`touch no`;touch no": "$(touch no)`touch no`;touch no",
    "%s%n": "%s%n",
}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("given", "read"), HOSTILE.items())
def test_hostile_names_stay_texts(tmp_path: Path, shell: str, given: str, read: str) -> None:
    needed(shell)
    conflicts = "".join(letter for letter in given if letter.isprintable())
    machine = linux(tmp_path, **{"uname -n": given, "mdatp health": HEALTH.replace(": []", f": [{conflicts!r}]")})
    (device,) = machine.records("-s", shell=shell)
    assert device["name"] == read
    assert device["agent.version"] == "101.24082.0004"
    assert not (tmp_path / "no").exists()
    (written,) = tmp_path.glob("*.ndjson")
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,100}\.ndjson", written.name)


def test_a_name_of_a_path_stays_in_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert linux(tmp_path, **{"uname -n": "../../etc/x"}).collect("-s", "-o", "out").returncode == 0
    assert [file.name for file in out.iterdir()] == ["_._.._etc_x.ndjson"]


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    (tmp_path / "lnx-07.contoso.example.ndjson").symlink_to(precious)
    assert linux(tmp_path).collect("-s").returncode == 0
    assert precious.read_text() == "kept"


def test_no_id_of_the_organisation_no_guid_and_no_credentials_are_written(tmp_path: Path) -> None:
    plain = PLAIN.replace('"value":"None"', '"value":"http://svc:hunter2@proxy.contoso.example:8080"')
    machine = linux(tmp_path, **{"mdatp health --output json": plain})
    machine.records()
    text = next(tmp_path.glob("*.ndjson")).read_text()
    assert not [secret for secret in SECRETS if secret in text]
    assert '"proxy.kind":"authenticated"' in text


@pytest.mark.parametrize(
    "options",
    [("-g", "mars"), ("-x",), ("stray",), ("-H", "http://a/b"), ("-H", ""), ("-g",)],
)
def test_wrong_usage_is_told(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = linux(tmp_path).collect(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: mde-readiness-collect.sh" in done.stderr
    assert not list(tmp_path.glob("*.ndjson"))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    done = linux(tmp_path).collect("-s", "-o", "none/such")
    assert done.returncode == 1
    assert "cannot write to none/such" in done.stderr


def test_standard_output_holds_the_same_lines(tmp_path: Path) -> None:
    done = linux(tmp_path).collect("-o", "-", "-H", "edr-chn.ch.endpoint.security.microsoft.com")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["mde_readiness"] for line in lines} == {"device/v1"}
    assert lines[-1]["url"] == "https://edr-chn.ch.endpoint.security.microsoft.com/"
    assert not list(tmp_path.glob("*.ndjson"))


def test_another_system_is_refused(tmp_path: Path) -> None:
    done = Machine(tmp_path, {**linux(tmp_path).says, "uname -s": "SunOS\n"}).collect()
    assert done.returncode == 1
    assert "is for macOS and Linux" in done.stderr


def test_shellcheck_finds_nothing() -> None:
    needed("shellcheck")
    found = subprocess.run(
        [str(shutil.which("shellcheck")), str(COLLECTOR)], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("word", ["-h", "--help"])
def test_it_tells_how_it_is_used(shell: str, word: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    command = [shell, "sh"] if shell == "busybox" else [shell]
    ran = subprocess.run([*command, str(COLLECTOR), word], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"usage: {COLLECTOR.name} [-g us|eu|uk|au] ")
    assert all(f"  {option}" in ran.stdout for option in ("-g GEO", "-H HOST", "-o FOLDER", "-s  "))
