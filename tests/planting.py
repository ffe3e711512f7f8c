"""Plants secrets in fixtures, wherever their format has room: in what is not read, and next to telling names."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from checker.inventory.mapping import title_key
from checker.model.record import FileRecords

MARK: Final = "zqsecret"  # stands in every secret that may hold letters
ORGANISATION: Final = "5ec2e700-dead"
ADDRESS: Final = "198.18.77."
ALREADY_THERE: Final = ("hunter2", "nora.lind", "Nora Lind")  # in columns that are read
ALL: Final = (MARK, ORGANISATION, ADDRESS, *ALREADY_THERE)

# What an export calls a secret, and the secret of that kind: the first that fits, "" for any other name.
KINDS: Final[Mapping[str, str]] = {
    r"org(?:ani[sz]ation)?[_ ]?id|tenant": f"{ORGANISATION}-4bad-8000-%012d",
    r"sha256sig|\bsig\b|signature|onboarding_?blob": f"{MARK}%03dUExBTlRFRA" + "QUJD" * 20 + "==",
    r"upn|principal|e-?mail": f"{MARK}%03d.lind@contoso.example",
    r"user|owner|person|account|logged": f"{MARK.title()}%03d Lind",
    r"public_?ip|external_?ip|remote_?ip|wan": f"{ADDRESS}%d",
    r"token|password|secret|bearer": f"eyJhbGciOi.{MARK}%03d.SflKxwRJSM",
    "": f"SN-{MARK.upper()}-%03d",
}
ADDED: Final = ("OrgId", "Sig", "UserPrincipalName", "Logged on user", "PublicIP", "AccessToken", "Service tag")
NAMES: Final = (
    r"org(?:anization)?[_ ]?id|tenant_?id|sha256sig|sig|user_?principal_?name|upn|user_?name|userid|e-?mail"
    r"|serial_?number|public_?ip(?:_?address)?|last_?external_?ip(?:_?address)?|access_?token|password"
)
# Behind a name, before its value: "sig":"…", \"orgId\":\"…\", "OrgId"="…", org_id : "…", OrgId  REG_SZ  …, <OrgId>…<
BETWEEN: Final = r"(?:\\*[\"']?[ \t]*[:=][ \t]*\\*[\"']?|[ \t]+REG_SZ[ \t]+|[^<>\n]*>\s*<value>|[\"']?>)"
VALUE: Final = r"[^\s\"'\\<>,;{}\[\]][^\"'\\<>\r\n,;{}\[\]]*"
MOJIBAKE: Final = "ï»¿"  # a mark of UTF-8 that was taken for text


@dataclass(frozen=True, slots=True)
class Planter:
    """Plants secrets in one file, of which these titles are not read, and these are titles at all."""

    number: int
    unread: frozenset[str]
    titles: frozenset[str]

    def secret(self, name: str) -> str:
        """Return a secret of the kind that a column's name tells."""
        text = next(text for kind, text in KINDS.items() if re.search(kind, name, re.IGNORECASE))
        return text % (self.number % 250)

    def text(self, text: str) -> str:
        """Return a text with a secret behind each name of one."""
        names = "|".join([NAMES, *(re.escape(title.split("\\")[-1]) for title in sorted(self.unread))])
        named = re.compile(rf"(?i)(?<![\w.-])(?P<before>(?P<name>{names}){BETWEEN}){VALUE}")
        return named.sub(lambda match: match["before"] + self.secret(match["name"]), text)

    def csv(self, text: str) -> str:
        """Return a table with secrets in the columns that are not read, in new columns, and inside of the others."""
        lines = text.splitlines(keepends=True)
        start = next(at for at, line in enumerate(lines) if not line.startswith(("sep=", "#TYPE")) and line.strip())
        delimiter = max(",;\t", key=lines[start].count)
        header, *rows = [row for row in csv.reader(lines[start:], delimiter=delimiter) if row]
        hidden = [at for at, title in enumerate(header) if title_key(title) in self.unread]
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        added = [name for name in ADDED if title_key(name) not in map(title_key, header)]
        writer.writerow([*header, *added])
        for row in rows:
            for at in (at for at in hidden if at < len(row)):
                row[at] = self.secret(header[at])
            writer.writerow([*map(self.text, row), *(map(self.secret, added) if len(row) == len(header) else ())])
        return "".join(lines[:start]) + out.getvalue()

    def json(self, text: str) -> str:
        """Return JSON, or lines or pages of it, with secrets in what is not read, and in new keys of the records."""
        return "\n".join(json.dumps(self._planted(node, ())) for node in _documents(text)) + "\n"

    def _planted(self, node: Any, path: tuple[str, ...], hidden: bool = False) -> Any:  # noqa: ANN401 - JSON
        if isinstance(node, list):
            column = path if path and title_key(path[0]) in self.titles else ()  # else they are the records
            return [self._planted(item, column, hidden) for item in node]
        if isinstance(node, str):
            return self.secret(path[-1] if path else "") if hidden else self.text(node)
        if not isinstance(node, dict):
            return node
        found = {
            key: self._planted(value, (*path, key), hidden or title_key(".".join((*path, key))) in self.unread)
            for key, value in node.items()
        }
        is_record = sum(title_key(key.partition(".")[0]) in self.titles for key in node) > 1
        folded = set(map(str.casefold, node))
        return found | {name: self.secret(name) for name in ADDED if name.casefold() not in folded and is_record}


def planter(number: int, records: FileRecords) -> Planter:
    """Return what plants in a file, of which these are the records."""
    file = records.file
    read = re.split(", | or ", ", ".join([*file.columns.values(), *file.keys.values()]))
    first = {re.split(r"[.\[]", title)[0] for title in (*file.unmapped, *read)}
    unread = [title for title in file.unmapped if not any(column.startswith(f"{title}.") for column in read)]
    return Planter(number, frozenset(map(title_key, unread)), frozenset(map(title_key, first)))


def planted(path: Path, seeds: Planter) -> bytes:
    """Return a fixture with secrets; one that is no text as it is."""
    raw = path.read_bytes()
    encoding = _encoding(raw)
    if encoding is None:
        return raw
    text = raw.decode(encoding)
    if path.suffix == ".csv":
        mark = MOJIBAKE if text.startswith(MOJIBAKE) else ""
        return (mark + seeds.csv(text.removeprefix(mark))).encode(encoding)
    if path.suffix in (".json", ".jsonl", ".ndjson"):
        return seeds.json(text).encode(encoding)
    more = "".join(f"<Data Name='{name}'>{seeds.secret(name)}</Data>" for name in ADDED)
    return re.sub("(?=</(?:EventData|EDRCompInfo)>)", more, seeds.text(text)).encode(encoding)


def broken(path: Path, content: bytes, seeds: Planter) -> bytes:
    """Return a planted file with a record more that cannot be read, made of secrets."""
    encoding = _encoding(content)
    if encoding is None:
        return content
    text = content.decode(encoding)
    secrets = [seeds.secret(name) for name in ADDED]
    if path.suffix == ".csv":
        bad = '"' + '","'.join(secrets[:3]) + '"x\r\n' + " ".join(secrets) + "\r\n"
    elif path.suffix in (".json", ".jsonl", ".ndjson") and text.lstrip().startswith("[") and text.count("\n") == 1:
        return (text.rstrip()[:-1] + f",{json.dumps(' '.join(secrets))}]").encode(encoding)
    elif path.suffix in (".json", ".jsonl", ".ndjson"):
        bad = json.dumps(dict(zip(ADDED, secrets, strict=True)))[:-1] + ", oops}\n"
    else:
        bad = "\n" + " ".join(secrets) + "\n"
    return (text + bad).encode(encoding)


def _encoding(raw: bytes) -> str | None:
    """Return how a text is encoded, None for what is no text."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if raw.startswith(mark):
            return encoding
    if b"\0" in raw[:64]:
        return "utf-16-le" if raw[1:2] == b"\0" and raw[:1].isascii() and raw[3:4] == b"\0" else None
    try:
        raw.decode()
    except UnicodeDecodeError:
        return None if raw[:4].count(b"\n") == 0 and not raw[:16].isascii() else "latin-1"
    return "utf-8"


def _documents(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        else:
            node, at = decoder.raw_decode(text, at)
            yield node
