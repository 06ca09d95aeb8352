"""A file of any kind taken apart: each entry with its place, whatever is wrong with the others.

A record as it was exported has an entry on each line and is read line by line, so its size does not matter and damage
stays where it is. JSON that was laid out otherwise is read whole, up to a size.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from callsmith.record.written import FORMAT, VERSION
from callsmith.types.parts import finite

MOST_LINE = 256_000_000
MOST_WHOLE = 64_000_000
# Objects and lists on one line: each costs memory many times the two bytes it is written with.
MOST_OBJECTS = 5_000_000
_HEAD = 10_000

Kind = Literal["tool", "conversation", "exchange", "recording", "wrong", "note"]


@dataclass(frozen=True, slots=True)
class Entry:
    """``wrong``: what stands there cannot be read, ``said`` tells why. ``note``: something to know."""

    kind: Kind
    place: str
    value: Any = None
    said: str = ""


def entries(stream: BinaryIO) -> Iterator[Entry]:
    start = stream.readline(_HEAD)
    if start[:3] == b"\xef\xbb\xbf":
        start = start[3:]
    if start[:2] == b"\x1f\x8b" or start[:4] == b"PK\x03\x04":
        yield Entry("wrong", "the file", said="It is compressed. Unpack it first.")
    elif not start:
        yield Entry("wrong", "the file", said="It is empty.")
    elif (head := _head_of(start)) is not None:
        yield from _version(head.get("version"))
        yield from _record_lines(stream)
    elif _begins_lines(start):
        yield from _exchange_lines(start, stream)
    else:
        yield from _whole(start, stream)


def _head_of(line: bytes) -> Mapping[str, Any] | None:
    """The first line of a record as it is exported ends inside its list of tools."""
    text = line.strip()
    if not text.startswith(b"{") or not text.endswith(b"["):
        return None
    try:
        head = json.loads(text + b"]}")
    except ValueError:
        return None
    return head if isinstance(head, Mapping) and head.get("format") == FORMAT else None


def _version(version: Any) -> Iterator[Entry]:
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        yield Entry("note", "line 1", said="The file does not say which version of the format it has.")
    elif version > VERSION:
        said = f"The file has version {version} of the format, from a newer Callsmith; this one knows {VERSION}. "
        yield Entry("note", "line 1", said=f"{said}What fits is taken; fields that are not known here are left out.")


def _record_lines(stream: BinaryIO) -> Iterator[Entry]:
    ended = False
    for number, line in _lines(stream, 2):
        place = f"line {number}"
        if line is None:
            yield Entry("wrong", place, said=f"It has more than {MOST_LINE // 1_000_000} MB.")
            continue
        text = line.strip()
        if text.startswith(b"{"):
            yield _entry(text.removesuffix(b","), place)
        elif text == b"]}":
            ended = True
        elif text and text != b'], "conversations": [':
            yield Entry("wrong", place, said="It does not begin as a conversation or a tool does.")
    if not ended:
        yield Entry("wrong", "the end of the file", said="The file is cut off: its last line is missing.")


def _entry(text: bytes, place: str) -> Entry:
    try:
        value = loads(text)
    except ValueError as error:
        return Entry("wrong", place, said=str(error))
    return Entry(_kind_of(value), place, value)


def _kind_of(value: Any) -> Kind:
    return "tool" if isinstance(value, Mapping) and "tool" in value else "conversation"


def _begins_lines(start: bytes) -> bool:
    """The first line alone is an exchange, or it goes on too long to tell and begins as one."""
    if start.endswith(b"\n"):
        try:
            return _is_exchange(loads(start))
        except ValueError:
            return False
    return start.startswith((b'{"id":', b'{"wire":', b'{"conversation":')) and b'"exchanges"' not in start[:200]


def _exchange_lines(start: bytes, stream: BinaryIO) -> Iterator[Entry]:
    first = start if start.endswith(b"\n") else start + stream.readline(MOST_LINE)
    yield _exchange_entry(first, "line 1")
    for number, line in _lines(stream, 2):
        if line is None:
            yield Entry("wrong", f"line {number}", said=f"It has more than {MOST_LINE // 1_000_000} MB.")
        elif line.strip():
            yield _exchange_entry(line, f"line {number}")


def _exchange_entry(line: bytes, place: str) -> Entry:
    try:
        value = loads(line)
    except ValueError as error:
        return Entry("wrong", place, said=str(error))
    if not _is_exchange(value):
        return Entry("wrong", place, said="It is no exchange: it has no request and response.")
    return Entry("exchange", place, value)


def _is_exchange(value: Any) -> bool:
    return isinstance(value, Mapping) and "request" in value and "response" in value


def _whole(start: bytes, stream: BinaryIO) -> Iterator[Entry]:
    data = start + stream.read(MOST_WHOLE)
    if len(data) > MOST_WHOLE:
        most = MOST_WHOLE // 1_000_000
        said = (
            f"It is not laid out as Callsmith exports it, one conversation on each line, and has more than {most} MB."
        )
        yield Entry("wrong", "the file", said=said)
        return
    try:
        document = loads(data)
    except ValueError as error:
        yield Entry("wrong", "the file", said=str(error))
        return
    if isinstance(document, Mapping) and isinstance(document.get("exchanges"), list) and "setup" not in document:
        yield Entry("recording", "the file", document)
    elif _is_exchange(document):
        yield Entry("exchange", "the file", document)
    elif isinstance(document, Mapping) and document.get("format") == FORMAT:
        yield from _version(document.get("version"))
        yield from _members(document)
    else:
        said = f'It is no record of conversations (its format is not "{FORMAT}") and no recording of exchanges.'
        yield Entry("wrong", "the file", said=said)


def _members(document: Mapping[str, Any]) -> Iterator[Entry]:
    kinds: tuple[tuple[str, Kind], ...] = (("tools", "tool"), ("conversations", "conversation"))
    for name, kind in kinds:
        listed = document.get(name, [])
        if not isinstance(listed, list):
            yield Entry("wrong", f"/{name}", said="It must be a list.")
            continue
        for place, value in enumerate(listed):
            yield Entry(kind, f"/{name}/{place}", value)


def _lines(stream: BinaryIO, number: int) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number; None for one that is too long."""
    while line := stream.readline(MOST_LINE):
        if len(line) >= MOST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(MOST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, line
        number += 1


def loads(data: bytes) -> Any:
    """Strict JSON. ValueError says in words what is wrong, and where."""
    if data.count(b"{") + data.count(b"[") > MOST_OBJECTS:
        raise ValueError(f"It holds more than {MOST_OBJECTS:,} objects and lists.")
    try:
        return json.loads(data, parse_constant=_refused, parse_float=finite)
    except json.JSONDecodeError as error:
        if error.msg.startswith("Unterminated string"):
            raise ValueError("It is cut off, or a quotation mark in it is missing.") from None
        if error.pos >= len(error.doc.rstrip()):
            raise ValueError("It is cut off: its end is missing.") from None
        raise ValueError(f"It is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"It is not UTF-8 text: byte {error.start + 1} cannot be read.") from None
    except RecursionError:
        raise ValueError("It is nested too deeply to read.") from None
    except ValueError as error:
        raise ValueError(f"It is not JSON that can be read: {str(error)[:120]}.") from None


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
