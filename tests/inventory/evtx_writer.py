"""Writes a small event log (EVTX), for no log of SENSE is public: one chunk, binary XML without templates."""

import struct
import zlib
from collections.abc import Sequence
from xml.etree import ElementTree

NAMESPACE = "{http://schemas.microsoft.com/win/2004/08/events/event}"
CHUNK, CHUNK_HEADER, FILE_HEADER = 65_536, 512, 4096
EPOCH_1601 = 116_444_736_000_000_000  # 1970-01-01 in steps of 100 ns


def write_evtx(events: Sequence[str]) -> bytes:
    """Return a log of events, each given as its XML."""
    body = b""
    for number, event in enumerate(events, start=1):
        body += _record(number, ElementTree.fromstring(event), CHUNK_HEADER + len(body))  # noqa: S314 - our own
    used = CHUNK_HEADER + len(body)
    head = b"ElfChnk\0" + struct.pack("<4Q", 1, len(events), 1, len(events))
    head += struct.pack("<4I", 128, used - 1, used, zlib.crc32(body)) + bytes(64)
    tables = bytes(CHUNK_HEADER - 128)
    head += struct.pack("<2I", 0, zlib.crc32(head[:120] + tables))
    file = b"ElfFile\0" + struct.pack("<3QI2H2H", 0, 0, len(events) + 1, 128, 1, 3, FILE_HEADER, 1) + bytes(76)
    file += struct.pack("<2I", 0, zlib.crc32(file[:120]))
    return file.ljust(FILE_HEADER, b"\0") + (head + tables + body).ljust(CHUNK, b"\0")


def _record(number: int, event: ElementTree.Element, place: int) -> bytes:
    xml = b"\x0f\x01\x01\x00"
    xml += _element(event, place + 24 + len(xml)) + b"\0"
    size = 24 + len(xml) + 4
    return b"\x2a\x2a\0\0" + struct.pack("<IQQ", size, number, EPOCH_1601) + xml + struct.pack("<I", size)


def _element(element: ElementTree.Element, place: int) -> bytes:
    """Return an element; ``place`` is where it begins in its chunk, for names are found by their places."""
    attributes = element.attrib
    head = 9 + len(_name(element.tag))
    listed = b""
    for name, value in attributes.items():
        more = 0x40 if name != list(attributes)[-1] else 0
        at = place + head + 4 + len(listed) + 1
        listed += bytes([0x06 | more]) + struct.pack("<I", at + 4) + _name(name) + _value(value)
    start = place + 9
    inner = (struct.pack("<I", len(listed)) + listed if attributes else b"") + b"\x02"
    at = start + len(_name(element.tag)) + len(inner)
    for child in element:
        inner += _element(child, at)
        at = start + len(_name(element.tag)) + len(inner)
    if element.text and element.text.strip():
        inner += _value(element.text)
    inner += b"\x04"
    flag = 0x40 if attributes else 0
    size = 4 + len(_name(element.tag)) + len(inner)
    return bytes([0x01 | flag]) + struct.pack("<II", size, start) + _name(element.tag) + inner


def _name(name: str) -> bytes:
    plain = name.removeprefix(NAMESPACE)
    number = 0
    for letter in plain:
        number = (number * 65_599 + ord(letter)) & 0xFFFFFFFF
    return struct.pack("<IHH", 0, number & 0xFFFF, len(plain)) + plain.encode("utf-16-le") + b"\0\0"


def _value(text: str) -> bytes:
    return b"\x05\x01" + struct.pack("<H", len(text)) + text.encode("utf-16-le")
