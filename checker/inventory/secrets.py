"""Takes what may be a secret out of the text of a record that was set aside.

A record never holds one, since a mapping reads only what it names. What cannot be read is kept as text, and there
nobody knows which part is the name of a user, a serial number, a public address, an organisation or a package. So only
words stay whose shape tells that they are none of these, and what stands between words: enough to see which device it
is about and what is wrong.
"""

import re

HIDDEN = "…"
_WORD = re.compile(r"[^\s,;|\"'{}\[\]()<>=\\]+")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}", re.ASCII)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:?\d\d)?"
_HARMLESS = re.compile(
    r"[0-9a-f]{40}"  # a Defender id
    r"|(?-i:(?:(?:[a-z0-9-]{1,30}|[A-Z0-9-]{1,30})\.){2,5}[a-z]{2,15})"  # a name with its domain; one without may be a
    # person's, and letters in both cases are those of a token
    r"|\d{1,5}(?:\.\d{1,5}){0,4}"  # numbers and versions; with more digits it may be a serial number
    rf"|\d{{4}}-\d\d-\d\d(?:t{_CLOCK})?|\d{{1,4}}[/.]\d{{1,2}}[/.]\d{{1,4}}|{_CLOCK}|[ap]m"
    r"|kb\d{6,7}|true|false|yes|no|null|linux|macos|windows(?:server)?\d{0,4}",
    re.ASCII | re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return a text in which each word that may be a secret is replaced by an ellipsis."""
    return _WORD.sub(_shown, text)


def _shown(word: re.Match[str]) -> str:
    plain = word[0].strip(":")
    harmless = not plain or (_HARMLESS.fullmatch(plain) and not _ADDRESS.fullmatch(plain))
    return word[0] if harmless else HIDDEN
