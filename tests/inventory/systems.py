"""What exports of Defender say of a system, as several of its tables say it."""

WINDOWS_11 = {
    "os.family": "windows",
    "os.role": "client",
    "os.platform": "Windows11",
    "os.azure_stack_hci": "no",
}
WINDOWS_10 = {**WINDOWS_11, "os.platform": "Windows10"}
SERVER_2019 = {**WINDOWS_11, "os.role": "server", "os.platform": "WindowsServer2019"}
MAC = {"os.family": "macos", "os.platform": "macOS", "os.azure_stack_hci": "no"}
LINUX = {"os.family": "linux", "os.platform": "Linux", "os.azure_stack_hci": "no"}
NEW_ANTIVIRUS = {"av.platform": "4.18.24090.11", "av.engine": "1.1.24090.11", "av.intelligence": "1.421.818.0"}
