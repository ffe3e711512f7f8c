"""Takes secrets out of a text that is kept as it stands: onboarding packages, ids of organisations, signatures.

A record never holds them, since a mapping reads only what it names. What is set aside because it cannot be read is kept
as text, and there nobody knows which part is what: so whatever looks like one gives way.
"""

import re

HIDDEN = "(not shown)"
_NAMES = (
    r"org_?id|previous_?org_?ids|tenant_?id|sha256sig|sig|onboarding_?info|onboarded_?info|onboarding_?blob"
    r"|body|user_?principal_?name|upn|password|secret|token"
)
# A named value: "orgId":"…", OrgID=…, org_id : "…", "OnboardedInfo"="{\"body\":\"…\"}". To the end of the line where
# the value is not closed: a package is JSON in JSON, whose quotes are escaped once or twice.
_NAMED = re.compile(rf"(?i)(?<![a-z0-9])((?:{_NAMES})\\*[\"']?\s*[:=]\s*)[^\r\n]*")
_GUID = re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])")
_BLOB = re.compile(r"[A-Za-z0-9+/_=-]{64,}")  # longer than a Defender id of 40 digits: base64, signatures, keys


def without_secrets(text: str) -> str:
    """Return a text in which what may be a secret is replaced: named values, GUIDs, and runs of 64 letters or more."""
    for pattern, new in ((_NAMED, rf"\1{HIDDEN}"), (_GUID, HIDDEN), (_BLOB, HIDDEN)):
        text = pattern.sub(new, text)
    return text
