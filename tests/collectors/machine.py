"""An invented machine on which the collector for macOS and Linux runs: its programs say what they are given to say."""

import os
import shlex
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.inventory.records import rows

ROOT = Path(__file__).parent.parent.parent
COLLECTOR = ROOT / "collectors" / "mde-readiness-collect.sh"
SHELLS = ("dash", "bash", "busybox")
# All that the collector runs beside what the tests invent; in the test of busybox they are its own.
TOOLS = ["awk", "sed", "tr", "cut", "date", "iconv", "mktemp", "mv", "chmod", "cat", "rm"]
NO_SUCH_OPTION = 2


def needed(program: str) -> None:
    """Skip the test where a program is not installed, which fails in CI."""
    if shutil.which(program) is None:
        assert not os.environ.get("CI"), f"{program} is not installed: .ci/install.sh"
        pytest.skip(f"{program} is not installed")


@dataclass
class Machine:
    """``says``: what a program prints, by its command line; a program without an entry is not there."""

    folder: Path
    says: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)  # in place of those of the system, by path
    environment: dict[str, str] = field(default_factory=dict)

    def collect(self, *options: str, shell: str = "dash") -> subprocess.CompletedProcess[str]:
        """Run the collector with the invented programs, and no others but plain tools."""
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        self._invent(programs)
        for tool in TOOLS:
            found = shutil.which("busybox" if shell == "busybox" and tool != "iconv" else tool)
            assert found
            (programs / tool).unlink(missing_ok=True)
            (programs / tool).symlink_to(found)
        path = shutil.which(shell)
        assert path
        return subprocess.run(
            [path, *(["sh"] if shell == "busybox" else []), str(self._script()), *options],
            env={"PATH": str(programs), **self.environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def records(self, *options: str, shell: str = "dash") -> list[dict[str, Any]]:
        """Return what the reader makes of what the collector writes."""
        done = self.collect(*options, shell=shell)
        assert done.returncode == 0, done.stderr
        (written,) = self.folder.glob("*.ndjson")
        return rows(written)

    def _invent(self, programs: Path) -> None:
        texts = self.folder / "texts"
        texts.mkdir(exist_ok=True)
        cases: dict[str, list[str]] = {}
        for number, (line, text) in enumerate(self.says.items()):
            program, _, arguments = line.partition(" ")
            (texts / str(number)).write_bytes(text.encode("utf-8", "surrogateescape"))
            answer = f"cat {shlex.quote(str(texts / str(number)))}"
            pattern = f"*{shlex.quote(arguments)}*" if arguments else "*"
            cases.setdefault(program, []).append(f"{pattern}) {answer}; exit 0 ;;")
        for program, known in cases.items():
            lines = "\n".join(known)
            logged = f'printf "%s\\n" "{program} $*" >>{shlex.quote(str(self.folder / "calls"))}'
            script = programs / program
            script.write_text(f'#!/bin/sh\n{logged}\ncase "$*" in\n{lines}\nesac\nexit {NO_SUCH_OPTION}\n')
            script.chmod(script.stat().st_mode | stat.S_IXUSR)

    def _script(self) -> Path:
        """Return a copy of the collector that reads the invented files of the system."""
        text = COLLECTOR.read_text()
        for number, (path, content) in enumerate(self.files.items()):
            assert path in text
            invented = self.folder / f"file-{number}"
            invented.write_text(content)
            text = text.replace(path, str(invented))
        copy = self.folder / COLLECTOR.name
        copy.write_text(text)
        return copy

    def calls(self) -> list[str]:
        """Return the command lines of the invented programs that were run."""
        return (self.folder / "calls").read_text().splitlines()


HEALTH = """\
healthy                                     : true
health_issues                               : []
licensed                                    : true
engine_version                              : "1.1.24090.11"
app_version                                 : "101.24082.0004"
org_id                                      : "0f0f0f0f-1111-2222-3333-444444444444"
machine_guid                                : "55555555-6666-7777-8888-999999999999"
product_expiration                          : Jun 10, 2027 at 01:34:28 PM
cloud_enabled                               : true [managed]
definitions_version                         : "1.421.818.0"
edr_machine_id                              : "11EF23A35E5094E8CA91DBC4A8CA0F2CBFF93503"
conflicting_applications                    : []
"""
EDR = """\
edr_device_tags                             : []
edr_machine_id                              : "11EF23A35E5094E8CA91DBC4A8CA0F2CBFF93503"
edr_sense_guid                              : "66666666-6666-7777-8888-999999999999"
edr_partner_geo_location                    : "GW_EU"
"""
PLAIN = (
    '{"$type":"getHealthAllResult","appVersion":"101.24082.0004","orgId":"0f0f0f0f-1111-2222-3333-444444444444",'
    '"productExpiration":"1812634468000","proxy":{"displayValue":"None","isManaged":false,"value":"None"}}'
)
CONNECTIVITY = """\
Testing connection with https://mdav.eu.endpoint.security.microsoft.com/mdav ... [OK]
Testing connection with https://mdav.eu.endpoint.security.microsoft.com/xplat/api/report?id=hunter2 ... [OK]
Testing connection with https://winatp-gw-weu.microsoft.com/test ... [ERROR] Failed with curl error 60
"""
OS_RELEASE = 'NAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="$(touch /tmp/no)"\n'
ANSWER = "200 000"


def linux(folder: Path, **says: str) -> Machine:
    """Return an onboarded Ubuntu, on which root runs the collector."""
    return Machine(
        folder,
        {
            "uname -n": "lnx-07.contoso.example\n",
            "uname -m": "x86_64\n",
            "uname -r": "5.15.0-122-generic\n",
            "uname -s": "Linux\n",
            "id -u": "0\n",
            "getconf _NPROCESSORS_ONLN": "4\n",
            "df -Pk": "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 9 1 4194304 1% /\n",
            "du -sk": "1048576\t/opt/microsoft/mdatp\n",
            "pgrep -o wdavdaemon": "812\n",
            "ps -o etime= -p 812": " 1-02:03:04\n",
            "mdatp health --details edr": EDR,
            "mdatp health --output json": PLAIN,
            "mdatp connectivity test": CONNECTIVITY,
            "mdatp health": HEALTH,
            "curl mdav": "404 000",
            "curl go.microsoft.com": "302 000",
            "curl": ANSWER,
            **says,
        },
        {
            "/etc/os-release": OS_RELEASE,
            "/proc/meminfo": "MemTotal:        8127868 kB\nMemFree:  1 kB\n",
            "/proc/stat": "cpu  1 2 3\nbtime 1795158000\n",
        },
    )


def mac(folder: Path, **says: str) -> Machine:
    """Return a Mac with Apple's processor, in a shell under Rosetta, behind the proxy of its settings."""
    machine = linux(folder)
    for program in ("df -Pk", "du -sk", "getconf _NPROCESSORS_ONLN", "uname -r"):
        del machine.says[program]
    machine.files = {}
    machine.says |= {
        "uname -n": "mac-03.contoso.example\n",
        "uname -s": "Darwin\n",
        "sw_vers -productVersion": "15.1\n",
        "sysctl -n hw.physicalcpu": "10\n",
        "sysctl -n hw.memsize": "17179869184\n",
        "sysctl -n kern.boottime": "{ sec = 1795158000, usec = 123 } Thu Nov 19 15:00:00 2026\n",
        "sysctl -n hw.optional.arm64": "1\n",
        "scutil --proxy": (
            "<dictionary> {\n  HTTPSEnable : 1\n  HTTPSPort : 8080\n  HTTPSProxy : proxy.contoso.example\n"
            "  ProxyAutoConfigEnable : 0\n}\n"
        ),
        **says,
    }
    return machine
