"""One input file as UTF-8: tells its encoding, and hashes its bytes in the pass that reads them."""

import codecs
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from checker.errors import InputError, Problem

BLOCK = 4 << 20  # bytes read and proven at a time: small enough that memory is used again, not asked for anew
HEAD = 1 << 16  # bytes looked at to tell encoding and format
MOJIBAKE_BOM = "ï»¿".encode()  # the mark of UTF-8 read as cp1252 and saved again
CONTAINERS = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\x1f\x8b": "compressed with gzip",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
}


class DamagedTextError(Exception):
    """Bytes that cannot be text, found at an offset of a block that starts on a known line."""

    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(what)


@dataclass(slots=True)
class Source:
    """A file that is being read: ``blocks`` or ``text`` give its UTF-8, after which ``sha256`` is that of its bytes."""

    path: str
    encoding: str
    skip: int = 0  # bytes of the byte order mark
    notices: tuple[str, ...] = ()
    place: str = ""  # where the file lies, if not at its path
    done: Callable[[int], None] = lambda _: None  # told the bytes read since it was last called
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def file(self) -> Path:
        """Return where the file lies."""
        return Path(self.place or self.path)

    @property
    def sha256(self) -> str:
        """Return the digest of the bytes read so far: of the whole file once it was read."""
        return self._hash.hexdigest()

    def head(self) -> str:
        """Return the beginning of the text, cut after ``HEAD`` bytes at the end of a line if there is one.

        Bytes that are not UTF-8 stand in it as surrogates, so that it can be turned into its bytes again.
        """
        with self.file.open("rb") as file:
            raw = file.read(HEAD * 16)[self.skip :]
        errors = "surrogateescape" if self.encoding == "utf-8" else "ignore"
        text = raw.decode(self.encoding, errors=errors).removeprefix("ï»¿")
        end = text.find("\n", HEAD)
        return text if end < 0 else text[: end + 1]

    def blocks(self) -> Iterator[bytes]:
        """Yield the text as UTF-8 in blocks, without a byte order mark."""
        self._hash = hashlib.sha256()
        if self.encoding != "utf-8":
            yield from _blocks_of(io.BytesIO(self.text().encode()))
            return
        with self.file.open("rb") as file:
            first = True
            for block in _blocks_of(file):
                self._hash.update(block)
                self.done(len(block))
                yield block[self.skip :] if first and self.skip else block
                first = False

    def text(self) -> str:
        """Return the whole text; raise :class:`DamagedTextError` where the bytes are not in the encoding."""
        raw = self.file.read_bytes()
        self._hash = hashlib.sha256(raw)
        self.done(len(raw))
        try:
            text = raw[self.skip :].decode(self.encoding)
        except UnicodeDecodeError as error:
            line = raw[self.skip : self.skip + error.start].decode(self.encoding, errors="ignore").count("\n") + 1
            byte = raw[self.skip + error.start]
            raise DamagedTextError(line, f"byte {byte:#04x} is not {self.encoding.upper()}") from None
        if "\0" in text:
            raise DamagedTextError(text.count("\n", 0, text.index("\0")) + 1, "a NUL byte stands in the text")
        return text.removeprefix("ï»¿")


def _blocks_of(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def open_source(path: str, done: Callable[[int], None], place: str = "") -> Source:
    """Tell the encoding of a file by its first bytes; raise :class:`InputError` for what is no text at all."""
    with Path(place or path).open("rb") as file:
        start = file.read(HEAD)
    if not start.strip(b"\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise InputError(Problem(path, "is empty", "export it again"))
    for magic, what in CONTAINERS.items():
        if start.startswith(magic):
            raise InputError(Problem(path, f"is {what}, not text", "unpack it, or save it as CSV"))
    if start.startswith(codecs.BOM_UTF8):
        skip = 3 + (len(MOJIBAKE_BOM) if start[3:].startswith(MOJIBAKE_BOM) else 0)
        return Source(path, "utf-8", skip=skip, place=place, done=done)
    if start.startswith(MOJIBAKE_BOM):
        return Source(path, "utf-8", skip=len(MOJIBAKE_BOM), place=place, done=done)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Source(path, "utf-16-le" if start[0] == 0xFF else "utf-16-be", skip=2, place=place, done=done)
    even, odd = start[0:4096:2].count(0), start[1:4096:2].count(0)
    if max(even, odd) > len(start[:4096]) // 4:  # ASCII in UTF-16 is every other byte NUL
        return Source(path, "utf-16-le" if odd > even else "utf-16-be", place=place, done=done)
    return Source(path, "utf-8", place=place, done=done)


def reopened(source: Source, damage: DamagedTextError) -> Source:
    """Return the source in the Windows code page if that is what it is; else raise the damage as an error.

    A file that holds sound UTF-8 beyond ASCII as well as bytes that are none was damaged, and guessing would only hide
    it. Without any sound UTF-8 the bytes are those of an old export, and names may be misread: a notice says so.
    """
    raw = source.file.read_bytes()
    if source.encoding == "utf-8" and not source.skip and b"\0" not in raw and raw.decode(errors="ignore").isascii():
        try:
            raw.decode("cp1252")
        except UnicodeDecodeError:
            pass
        else:
            notice = "is not UTF-8 and was read as Windows-1252: names with accents may be wrong"
            return Source(source.path, "cp1252", notices=(notice,), place=source.place, done=source.done)
    hint = "the file is damaged or of mixed encodings: export it again as UTF-8"
    raise InputError(Problem(f"{source.path}:{damage.line}", damage.what, hint))


def check_text(block: bytes, line: int) -> None:
    """Raise :class:`DamagedTextError` if whole lines, the first being ``line``, are not UTF-8 or hold NUL."""
    nul = block.find(b"\0")
    if nul >= 0:
        raise DamagedTextError(line + block.count(b"\n", 0, nul), "a NUL byte stands in the text")
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError as error:
            found = f"byte {block[error.start]:#04x} is not UTF-8"
            raise DamagedTextError(line + block.count(b"\n", 0, error.start), found) from None
