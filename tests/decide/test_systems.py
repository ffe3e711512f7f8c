"""What people call a system: by role and build, since names of versions repeat and three builds are of both roles."""

import pytest

from checker.decide.systems import system_name

NAMES = [
    ("windows", "client", "", "22631", "", "Windows 11 23H2"),
    ("windows", "client", "", "14393", "", "Windows 10 1607"),
    ("windows", "server", "", "14393", "", "Windows Server 2016"),
    ("windows", "server", "", "26100", "", "Windows Server 2025"),
    ("windows", "client", "", "26100", "", "Windows 11 24H2"),
    ("windows", "server", "", "19045", "", "Windows Server 19045"),  # no such product: the build says what was read
    ("windows", "", "", "14393", "", "Windows 14393"),  # client or server? not guessed
    ("windows", "client", "", "", "", "Windows"),
    ("Windows", "client", "", "19045", "", "Windows 10 22H2"),
    ("macos", "", "", "", "15.1.1", "macOS 15"),
    ("macos", "", "", "", "", "macOS"),
    ("linux", "", "ubuntu", "", "22.04", "Ubuntu 22.04"),
    ("linux", "", "gentoo", "", "", "gentoo"),
    ("linux", "", "", "", "", "Linux"),
    ("", "client", "", "19045", "", ""),
]


@pytest.mark.parametrize(("family", "role", "distribution", "build", "version", "name"), NAMES)
def test_what_people_call_it(family: str, role: str, distribution: str, build: str, version: str, name: str) -> None:
    assert system_name(family, role, distribution, build, version) == name
