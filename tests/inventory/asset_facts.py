"""What the fixtures of asset and management tools say, record by record: the name, and all that is said of facts."""

WINDOWS = {"os.family": "windows"}
LINUX = {"os.family": "linux"}
MACOS = {"os.family": "macos"}
NO_ANTIVIRUS = dict.fromkeys(("av.platform", "av.engine", "av.intelligence"), "0.0.0.0")  # noqa: S104 - a version
NEW_ANTIVIRUS = {"av.platform": "4.18.24090.11", "av.engine": "1.1.24090.11", "av.intelligence": "1.421.818.0"}
OLD_ANTIVIRUS = {"av.platform": "4.18.2211.5", "av.engine": "1.1.19900.2", "av.intelligence": "1.391.345.0"}
ENTERPRISE = {**WINDOWS, "os.role": "client", "os.edition": "enterprise", "os.build": "22631"}
PRO = {**WINDOWS, "os.role": "client", "os.edition": "professional", "os.build": "19045"}
SERVER_2019 = {**WINDOWS, "os.role": "server", "os.edition": "standard", "os.build": "17763"}
MAC_01: dict[str, str] = {
    **MACOS,
    "os.version": "15.1",
    "os.architecture": "arm64",
    "agent.version": "101.24092.0004",
    "agent.installed": "yes",
    "agent.healthy": "yes",
    "agent.expires": "2027-06-14",
    "av.engine": "1.1.24090.3",
}
MAC_02 = {
    **MACOS,
    "os.version": "13.6.9",
    "os.architecture": "x64",
    "agent.version": "not installed",
    "agent.installed": "no",
    "av.engine": "not installed",
}

SAID: dict[str, list[tuple[str | None, dict[str, str]]]] = {
    "configmgr/r-system.csv": [
        ("WS-0001", {**WINDOWS, "os.role": "client", "os.build": "22631"}),
        ("WS-0002", {**WINDOWS, "os.role": "client", "os.build": "19045"}),
        ("SRV-01", {**WINDOWS, "os.role": "server", "os.build": "17763"}),
        ("SRV-12", {**WINDOWS, "os.role": "server", "os.build": "9600"}),
        ("UNKNOWN-07", {"os.family": "", "os.role": "", "os.build": ""}),
    ],
    # The name of an operating system is not the name of a device.
    "configmgr/operating-system.csv": [
        (None, ENTERPRISE),
        (None, PRO),
        (None, SERVER_2019),
        (None, {**WINDOWS, "os.role": "server", "os.edition": "datacenter", "os.build": "9600"}),
    ],
    # Three parts, or a fourth of 0, name no update.
    "configmgr/combined-device-resources.csv": [
        (
            "WS-0001",
            {
                **WINDOWS,
                "os.role": "client",
                "os.build": "22631",
                "os.ubr": "4460",
                **NEW_ANTIVIRUS,
                "sensor.onboarding_state": "1",
                "onboarding.status": "onboarded",
                "sensor.running": "yes",
            },
        ),
        (
            "WS-0002",
            {
                **WINDOWS,
                "os.role": "client",
                "os.build": "19045",
                **OLD_ANTIVIRUS,
                "sensor.onboarding_state": "0",
                "sensor.running": "no",
            },
        ),
        (
            "SRV-01",
            {
                **WINDOWS,
                "os.role": "server",
                "os.build": "17763",
                **NO_ANTIVIRUS,
                "sensor.onboarding_state": "",
                "onboarding.status": "",
                "sensor.running": "",
            },
        ),
        (
            "SRV-12",
            {
                **WINDOWS,
                "os.role": "server",
                "os.build": "9600",
                "av.platform": "4.10.209.0",
                "av.engine": "1.1.24080.9",
                "av.intelligence": "1.417.2.0",
                "sensor.onboarding_state": "",
                "onboarding.status": "",
                "sensor.running": "",
            },
        ),
    ],
    "configmgr/antimalware-health.csv": [(None, NEW_ANTIVIRUS), (None, OLD_ANTIVIRUS), (None, NO_ANTIVIRUS)],
    # What one view does not say, the other does: the second row has no caption, but a build.
    "configmgr/joined-query.csv": [
        (
            "WS-0001",
            {
                **ENTERPRISE,
                "os.ubr": "4460",
                "os.architecture": "x64",
                **NEW_ANTIVIRUS,
                "sensor.onboarding_state": "1",
                "onboarding.status": "onboarded",
                "sensor.running": "yes",
            },
        ),
        (
            "WS-0002",
            {
                **dict.fromkeys(("os.family", "os.role", "os.edition", "os.long_term"), ""),
                "os.build": "19045",
                "os.architecture": "arm64",
                **OLD_ANTIVIRUS,
                "sensor.onboarding_state": "0",
                "sensor.running": "no",
            },
        ),
        (
            "WS-0003",
            {
                **ENTERPRISE,
                "os.long_term": "yes",
                "os.build": "17763",
                "os.ubr": "6414",
                "os.architecture": "x64",
                **NEW_ANTIVIRUS,
                "sensor.onboarding_state": "1",
                "onboarding.status": "onboarded",
                "sensor.running": "yes",
            },
        ),
        # Multi-session Windows is a client to some and a server to others, so its role is not told.
        (
            "AVD-01",
            {
                **WINDOWS,
                "os.edition": "multi-session",
                "os.build": "22631",
                "os.ubr": "4460",
                "os.architecture": "x64",
                **dict.fromkeys(NEW_ANTIVIRUS, ""),
                "sensor.onboarding_state": "",
                "onboarding.status": "",
                "sensor.running": "",
            },
        ),
    ],
    "configmgr-updates/quick-fix-engineering.csv": [
        (None, {"updates.kbs": '["KB5046633"]'}),
        (None, {"updates.kbs": '["KB5006738"]'}),
        (None, {"updates.kbs": '["kb5006738"]'}),
        (None, {}),  # "File 1" is what an old update is called, and no number of one
        (None, {"updates.kbs": '["KB5005292"]'}),
    ],
    "configmgr-updates/joined-with-names.csv": [
        ("WS-0001", {"updates.kbs": '["KB5046633"]'}),
        ("WS-0002", {"updates.kbs": '["KB5006738"]'}),
        ("SRV-01", {"updates.kbs": ""}),
    ],
    # Windows 11 still calls itself "Windows 10 Enterprise" in ProductName; ReleaseId stopped at 2009.
    "cmpivot/registry.csv": [
        ("WS-0001", {**WINDOWS, "os.ubr": "4460", "os.build": "22631"}),
        ("WS-0001", {**WINDOWS, "os.build": "22631"}),
        ("WS-0001", {**WINDOWS, "os.version_name": "23H2"}),
        ("WS-0001", {**WINDOWS, "os.edition": "enterprise"}),
        ("WS-0001", WINDOWS),
        ("WS-0002", {**WINDOWS, "os.ubr": "1320", "os.build": "19045"}),
        ("WS-0002", {**WINDOWS, "os.build": "19045"}),
        ("WS-0002", {**WINDOWS, "os.edition": "professional"}),
        ("WS-0002", WINDOWS),
        ("SRV-01", {**WINDOWS, "os.ubr": "6414", "os.build": "17763"}),
        ("SRV-01", {**WINDOWS, "os.build": "17763"}),
        ("SRV-01", {**WINDOWS, "os.edition": "standard"}),
        ("SRV-01", {**WINDOWS, "os.installation": "core"}),
    ],
    "cmpivot/onboarding-status.txt": [
        ("WS-0001", {**WINDOWS, "sensor.onboarding_state": "1"}),
        ("WS-0001", WINDOWS),
        ("WS-0001", WINDOWS),
        ("WS-0002", {**WINDOWS, "sensor.onboarding_state": "0"}),
        ("SRV-01", {**WINDOWS, "sensor.onboarding_state": "1"}),
        ("SRV-01", WINDOWS),
    ],
    "cmpivot-devices/operating-system.csv": [
        ("WS-0001", {**ENTERPRISE, "os.architecture": "x64"}),
        ("WS-0002", {**PRO, "os.architecture": "arm64"}),
        ("SRV-01", {**SERVER_2019, "os.architecture": "x64"}),
    ],
    "cmpivot-devices/ep-status.csv": [
        ("WS-0001", {**WINDOWS, **NEW_ANTIVIRUS}),
        ("WS-0002", {**WINDOWS, **OLD_ANTIVIRUS}),
        ("SRV-01", {**WINDOWS, **NO_ANTIVIRUS}),
    ],
    "cmpivot-devices/projected.csv": [
        ("WS-0001", {**WINDOWS, "os.ubr": "4460"}),
        ("WS-0002", {**WINDOWS, "os.ubr": "1320"}),
        ("SRV-01", {**WINDOWS, "os.ubr": "6414"}),
    ],
    "cmpivot-updates/quick-fix-engineering.csv": [
        ("WS-0001", {**WINDOWS, "updates.kbs": '["KB5046633"]'}),
        ("WS-0001", {**WINDOWS, "updates.kbs": '["KB5006738"]'}),
        ("WS-0002", {**WINDOWS, "updates.kbs": '["KB5006738"]'}),
        ("SRV-01", {**WINDOWS, "updates.kbs": ""}),
    ],
    # Updates that may be missing as well as installed.
    "cmpivot-updates/software-update.csv": [("WS-0001", WINDOWS), ("WS-0002", WINDOWS), ("SRV-01", WINDOWS)],
    "azure-resources/resource-graph.json": [
        (
            "srv-01.corp.contoso.example",
            {**SERVER_2019, "os.ubr": "6414", "device.tags": '["site=hq"]', "device.location": "westeurope"},
        ),
        (
            "lnx-01",
            {
                **LINUX,
                "os.kernel": "5.15.0-91-generic",
                "os.version": "22.04.3",
                "os.distribution": "ubuntu",
                "device.tags": "",
                "device.location": "westeurope",
            },
        ),
        (
            "APP-02",
            {
                **SERVER_2019,
                "os.edition": "datacenter",
                "os.build": "20348",
                "os.ubr": "2849",
                "device.tags": "",
                "device.location": "northeurope",
            },
        ),
        ("SRV-01", {"onboarding.source": "defender-for-cloud"}),
        ("lnx-01", {}),  # its extension failed to install
        (None, {}),  # a network card
    ],
    "servicenow/labels.csv": [
        ("WS-0001", {**ENTERPRISE, "os.ubr": "4460", "device.location": "Zürich HQ"}),
        ("srv-01.corp.contoso.example", {**SERVER_2019, "os.edition": "datacenter", "device.location": "Bern DC"}),
        ("lnx-01.corp.contoso.example", {**LINUX, "os.version": "22.04", "device.location": ""}),
    ],
    "servicenow/columns.csv": [
        (
            "WS-0001",
            {
                **WINDOWS,
                "os.role": "client",
                "os.edition": "enterprise",
                "os.version_name": "23H2",
                "device.location": "Zurich HQ",
            },
        ),
        ("SRV-01", {**SERVER_2019, "device.location": "Bern DC, row 3"}),
        ("MAC-01", {**MACOS, "os.version": "15.1", "device.location": ""}),
    ],
    "servicenow/display-values.json": [
        ("WS-0001", {**ENTERPRISE, "device.location": "Zurich HQ"}),
        ("srv-01.corp.contoso.example", {**SERVER_2019, "os.ubr": "6414", "device.location": ""}),
        ("lnx-01.corp.contoso.example", {**LINUX, "os.version": "9.4", "device.location": ""}),
    ],
    "servicenow/values.json": [
        ("WS-0001", ENTERPRISE),  # its location is an id
        ("srv-01.corp.contoso.example", {**SERVER_2019, "os.ubr": "6414", "device.location": ""}),
        ("lnx-01.corp.contoso.example", {**LINUX, "os.version": "9.4", "device.location": ""}),
        ("esx-01", {"os.family": "other", "device.location": ""}),
    ],
    "jamf-computers/inventory.json": [
        ("MAC-01", {**MAC_01, "device.location": "Zurich"}),
        ("MAC-02", MAC_02),
        (
            "MAC-03",
            {
                **MACOS,
                "os.version": "14.7.1",
                "os.architecture": "arm64",
                "agent.version": "101.24082.0004",  # of the application, for the attribute is empty
                "agent.installed": "yes",
                "agent.healthy": "",
            },
        ),
        (None, {"agent.version": "101.24082.0004", "agent.installed": "yes"}),
    ],
    "jamf-search/advanced-search.csv": [
        ("MAC-01", MAC_01),
        ("MAC-02", MAC_02),
        (
            "Aoife's MacBook",
            {
                **MACOS,
                "os.version": "14.7.1",
                "os.architecture": "arm64",
                **dict.fromkeys(
                    ("agent.version", "agent.installed", "agent.healthy", "agent.expires", "av.engine"), ""
                ),
            },
        ),
    ],
    "osquery-table/os-version-of-one.json": [(None, {**ENTERPRISE, "os.ubr": "4460", "os.architecture": "x64"})],
    "osquery-table/fleet-export.csv": [
        ("WS-0001", {**ENTERPRISE, "os.ubr": "4460", "os.architecture": "x64"}),
        ("SRV-01", {**SERVER_2019, "os.ubr": "", "os.architecture": "x64"}),
        ("lnx-01", {**LINUX, "os.version": "22.04.3", "os.distribution": "ubuntu", "os.architecture": "x64"}),
        ("MAC-01", {**MACOS, "os.version": "15.1", "os.architecture": "arm64"}),
    ],
    "osquery-table/patches.json": [
        ("WS-0001", {"updates.kbs": '["KB5046633"]'}),
        ("WS-0001", {"updates.kbs": '["KB5006738"]'}),
    ],
    "osquery-log/results.jsonl": [
        ("WS-0001", {}),  # what was removed
        ("WS-0001", {**ENTERPRISE, "os.ubr": "4460", "os.architecture": "x64"}),
        ("WS-0001", {"updates.kbs": '["KB5046633"]'}),
        ("WS-0001", {}),  # a program whose name has "Windows Server" in it
        ("lnx-01", {**LINUX, "os.version": "22.04.3", "os.distribution": "ubuntu", "os.architecture": "x64"}),
        ("lnx-01", {"agent.version": "101.24082.0004", "agent.installed": "yes"}),
        (None, {"agent.version": "101.24082.0004", "agent.installed": "yes"}),  # its identifier is no name
    ],
    "osquery-snapshots/snapshots.jsonl": [
        ("WS-0001", {**ENTERPRISE, "os.ubr": "4460", "os.architecture": "x64"}),
        ("WS-0001", {"updates.kbs": '["KB5006738","KB5046633"]'}),
        (
            "lnx-01",
            {**LINUX, "os.version": "9.4", "os.distribution": "redhatenterpriselinux", "os.architecture": "x64"},
        ),
        ("lnx-01", {"agent.version": "101.24082.0004", "agent.installed": "yes"}),
        ("MAC-01", {"agent.version": "101.24092.0004", "agent.installed": "yes"}),
        ("MAC-01", {**MACOS, "os.version": "15.1", "os.architecture": "arm64"}),
        ("SRV-01", {}),
    ],
    "ansible-facts/lnx-01.json": [
        (
            "lnx-01.corp.contoso.example",
            {
                **LINUX,
                "os.version": "9.4",
                "os.distribution": "redhatenterpriselinux",
                "os.kernel": "5.14.0-427.13.1.el9_4.x86_64",
                "os.architecture": "x64",
                "hardware.memory_mb": "7685",
                "agent.version": "101.24082.0004",
                "agent.installed": "yes",
            },
        )
    ],
    # The last part of 10.0.17763.0 is no update.
    "ansible-facts/srv-01.json": [
        (
            "SRV-01.corp.contoso.example",
            {
                **SERVER_2019,
                "os.architecture": "x64",
                "os.installation": "core",
                "hardware.memory_mb": "32768",
                "device.booted_at": "2026-10-12T03:00:00.000000",
            },
        )
    ],
    "ansible-facts/ws-0001-no-administrator.json": [
        (
            "WS-0001.corp.contoso.example",
            {
                **WINDOWS,
                "os.role": "client",
                "os.build": "22631",
                "os.architecture": "x64",
                **dict.fromkeys(("os.edition", "os.long_term", "hardware.memory_mb", "device.booted_at"), ""),
            },
        )
    ],
    "ansible-facts/cached.json": [
        (
            "lnx-02",
            {
                **LINUX,
                "os.version": "22.04",
                "os.distribution": "ubuntu",
                "os.kernel": "5.15.0-91-generic",
                "os.architecture": "arm64",
                "hardware.memory_mb": "3911",
            },
        )
    ],
    "package-list/rpm.txt": [(None, {**LINUX, "agent.version": "101.23062.0010", "agent.installed": "yes"})],
    "package-list/rpm-not-installed.txt": [
        (None, {**LINUX, "agent.version": "not installed", "agent.installed": "no"})
    ],
    "package-list/dpkg.txt": [(None, {**LINUX, "agent.version": "101.24082.0004", "agent.installed": "yes"})],
    "package-list/dpkg-removed.txt": [(None, {**LINUX, "agent.version": "not installed", "agent.installed": "no"})],
    "package-list/query.txt": [(None, {**LINUX, "agent.version": "101.24082.0004", "agent.installed": "yes"})],
    "package-list/ansible-ad-hoc.txt": [
        ("lnx-01", {**LINUX, "agent.version": "101.24082.0004", "agent.installed": "yes"}),
        ("lnx-02", {**LINUX, "agent.version": "101.23062.0010", "agent.installed": "yes"}),
        ("lnx-03", {**LINUX, "agent.version": "not installed", "agent.installed": "no"}),
    ],
}
