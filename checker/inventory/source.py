"""One input file as UTF-8, or as a binary form: tells what it is, and hashes its bytes in the pass that reads them."""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from checker.errors import InputError, Problem, UnknownFormatError

BLOCK = 4 << 20  # bytes read and proven at a time: small enough that memory is used again, not asked for anew
HEAD = 1 << 16  # bytes looked at to tell encoding and format
MOJIBAKE_BOM = "ï»¿".encode()  # the mark of UTF-8 read as cp1252 and saved again
EMPTY, NO_TEXT = "is empty", "is no text, and of no other form that is known"  # what is wrong with a file
LARGEST_TEXT = 1 << 30  # bytes of a text that is read whole: what stays of it in memory is several times that
BINARY = {  # forms that are no text, by how they begin, for the table of openers; what begins as ZIP is a workbook here
    b"PK\x03\x04": "xlsx",
    b"PAR1": "parquet",
    b"ElfFile\0": "evtx",
}
CONSOLE = "cp850"  # in which Windows' own commands write, systeminfo among them
CODE_PAGES = {"cp1252": "Windows-1252", CONSOLE: "code page 850"}  # in the order in which they are tried
IN_WORDS = "\xa0®©°·´"
NO_EXPORT = {  # and what is no export, or none that can be read: what it is, and what to do
    b"\xd0\xcf\x11\xe0": (
        "is an old Excel workbook, one with a password, or a Thumbs.db of Windows",
        "save a workbook as CSV, or as .xlsx without a password",
    ),
    b"7z\xbc\xaf\x27\x1c": ("is a 7-Zip archive", "unpack it, or pack it as ZIP"),
    b"Rar!": ("is a RAR archive", "unpack it, or pack it as ZIP"),
    b"BZh": ("is packed with bzip2", "unpack it, or pack it with gzip"),
    b"\xfd7zXZ\0": ("is packed with xz", "unpack it, or pack it with gzip"),
    b"MSCF": ("is a cabinet archive", "unpack it, or pack it as ZIP"),
    b"%PDF": ("is a PDF document", "export it as CSV"),
}
TAR, TAR_MARK = 257, b"ustar"  # where the mark of a tar archive stands
CONTROLS = bytes({*range(32)} - {*b"\t\n\r\f\x1b"})  # of which text has none, or a stray one
MOST_CONTROLS = 50  # one in so many bytes: more is no text, be it damaged


class DamagedTextError(Exception):
    """Bytes that cannot be text, found at an offset of a block that starts on a known line."""

    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(what)


@dataclass(slots=True)
class Source:
    """A file that is being read: ``blocks`` or ``text`` give its UTF-8, after which ``sha256`` is that of its bytes."""

    path: str
    encoding: str  # of a text; of a binary form its name
    skip: int = 0  # bytes of the byte order mark
    notices: tuple[str, ...] = ()
    place: str = ""  # where the file lies, if not at its path
    done: Callable[[int], None] = lambda _: None  # told the bytes read since it was last called
    form: str = ""  # of what is no text
    size: int = 0  # bytes read so far
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
        """Yield the text as UTF-8 in blocks, without a byte order mark; UTF-16 whole characters at a time.

        Raises:
            DamagedTextError: bytes of another encoding than UTF-8 are not in it. (UTF-8 is proven by who reads it.)
        """
        if self.encoding != "utf-8":
            yield from self._decoded()
            return
        for place, block in enumerate(self._raw()):
            yield block[self.skip :] if self.skip and not place else block

    def whole(self) -> Path:
        """Hash the whole file, and return where it lies: for a library that opens it by itself."""
        for _ in self._raw():
            pass
        return self.file

    def text(self, most: int = LARGEST_TEXT) -> str:
        """Return the whole text, of at most so many bytes.

        Raises:
            DamagedTextError: bytes are not in the encoding, or NUL.
            InputError: there are more bytes.
        """
        if (size := self.file.stat().st_size) > most:
            what = f"has {size >> 20:,} MiB, more than a file of its format can have ({most >> 20:,} MiB)"
            raise InputError(Problem(self.path, what, "split it"))
        raw = b"".join(self._raw())
        try:
            text = raw[self.skip :].decode(self.encoding)
        except UnicodeDecodeError as error:
            raise self._damage(error, raw[self.skip : self.skip + error.start], 1) from None
        if "\0" in text:
            raise DamagedTextError(text.count("\n", 0, text.index("\0")) + 1, "a NUL byte stands in the text")
        return text.removeprefix(MOJIBAKE_BOM.decode())

    def _raw(self) -> Iterator[bytes]:
        """Yield the bytes of the file in blocks, and hash them."""
        self._hash, self.size = hashlib.sha256(), 0
        with self.file.open("rb") as file:
            while block := file.read(BLOCK):
                self._hash.update(block)
                self.size += len(block)
                self.done(len(block))
                yield block

    def _decoded(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)()
        line, skip = 1, self.skip
        for block in chain(self._raw(), [b""]):
            try:
                text = decoder.decode(block[skip:], final=not block)
            except UnicodeDecodeError as error:
                raise self._damage(error, error.object[: error.start], line) from None
            if "\0" in text:
                raise DamagedTextError(line + text.count("\n", 0, text.index("\0")), "a NUL byte stands in the text")
            if self.size <= BLOCK:
                text = text.removeprefix(MOJIBAKE_BOM.decode())
            line, skip = line + text.count("\n"), 0
            if text:
                yield text.encode()

    def _damage(self, error: UnicodeDecodeError, before: bytes, line: int) -> DamagedTextError:
        """Return where bytes are no text; ``before`` are those before them, the first on ``line``."""
        line += before.decode(self.encoding, errors="ignore").count("\n")
        return DamagedTextError(line, f"byte {error.object[error.start]:#04x} is not {self.encoding.upper()}")


def open_source(path: str, done: Callable[[int], None], place: str = "") -> Source:
    """Tell the encoding or binary form of a file by its first bytes.

    Raises:
        UnknownFormatError: it is empty, or neither text nor a binary form that can be read.
    """
    with Path(place or path).open("rb") as file:
        start = file.read(HEAD)
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not start.strip(b"\r\n\t \xef\xbb\xbf\xff\xfe" + (b"\0" if wide else b"")):
        raise UnknownFormatError(Problem(path, EMPTY, "export it again"))
    for magic, form in BINARY.items():
        if start.startswith(magic):
            return Source(path, form, place=place, done=done, form=form)
    _refuse_no_export(start, path)
    if start.startswith(codecs.BOM_UTF8):
        skip = 3 + (len(MOJIBAKE_BOM) if start[3:].startswith(MOJIBAKE_BOM) else 0)
        return Source(path, "utf-8", skip=skip, place=place, done=done)
    if start.startswith(MOJIBAKE_BOM):
        return Source(path, "utf-8", skip=len(MOJIBAKE_BOM), place=place, done=done)
    if wide:
        return Source(path, "utf-16-le" if start[0] == 0xFF else "utf-16-be", skip=2, place=place, done=done)
    even, odd = start[0:4096:2].count(0), start[1:4096:2].count(0)
    if max(even, odd) > max(len(start[:4096]) // 4, 4 * min(even, odd)):  # ASCII in UTF-16 is every other byte NUL
        return Source(path, "utf-16-le" if odd > even else "utf-16-be", place=place, done=done)
    controls = len(start) - len(start.translate(None, CONTROLS))
    if controls > len(start) // MOST_CONTROLS + 1:
        raise UnknownFormatError(Problem(path, NO_TEXT, "export it as CSV or JSON"))
    return Source(path, "utf-8", place=place, done=done)


def _refuse_no_export(start: bytes, path: str) -> None:
    for magic, (what, hint) in NO_EXPORT.items():
        if start.startswith(magic):
            raise UnknownFormatError(Problem(path, what, hint))
    if start.startswith(TAR_MARK, TAR):
        raise UnknownFormatError(Problem(path, "is a tar archive", "unpack it, or pack it as ZIP"))


def reopened(source: Source, damage: DamagedTextError) -> Source:
    """Return the source in a code page of Windows if that is what it is; else raise the damage as an error.

    A file that holds sound UTF-8 beyond ASCII as well as bytes that are none was damaged, and guessing would only hide
    it. Without any sound UTF-8 the bytes are those of an old export, and names may be misread: a notice says so.
    """
    raw = source.file.read_bytes()
    if source.encoding == "utf-8" and not source.skip and b"\0" not in raw and raw.decode(errors="ignore").isascii():
        for code_page, name in CODE_PAGES.items():
            if _is_text(raw, code_page):
                notice = f"is not UTF-8 and was read as {name}: names with accents may be wrong"
                return Source(source.path, code_page, notices=(notice,), place=source.place, done=source.done)
    hint = "the file is damaged or of mixed encodings: export it again as UTF-8"
    raise InputError(Problem(f"{source.path}:{damage.line}", damage.what, hint))


def _is_text(raw: bytes, code_page: str) -> bool:
    """Tell whether all bytes stand for characters; of the code page of a console, where all do, for such as words have.

    A console also has lines and blocks, which would be read out of any damage.
    """
    try:
        text = raw.decode(code_page)
    except UnicodeDecodeError:
        return False
    letters = {letter for letter in text if not letter.isascii()}
    return code_page != CONSOLE or all(letter.isalpha() or letter in IN_WORDS for letter in letters)


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
