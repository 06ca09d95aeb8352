"""Server-sent events from bytes, split anywhere.

Work is done on bytes: LF and CR never occur inside a UTF-8 character, so a chunk boundary inside one
is harmless. Beyond the specification, for the sake of real providers:

- a byte order mark at the start is skipped and the first event kept;
- the last event is yielded although the blank line after it is missing;
- lines that are no SSE field at all are kept as ``stray``: a gateway may answer with JSON in place of
  a stream, or append a bare error body to one (wire-format notes, 1.5);
- an event above ``max_event`` bytes is dropped and said, so that memory stays bounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

MAX_EVENT = 32 * 1024 * 1024
MAX_STRAY = 32 * 1024 * 1024
_FIELDS = frozenset((b"data", b"event", b"id", b"retry"))
_BOM = b"\xef\xbb\xbf"


class SseEvent(NamedTuple):
    """``data`` is the payload as bytes, several ``data:`` lines joined by a line feed."""

    data: bytes
    event: str = ""


@dataclass(slots=True)
class SseDecoder:
    """``feed`` any bytes, then ``close`` once. ``stray`` and ``oversized`` say what was no event."""

    max_event: int = MAX_EVENT
    oversized: int = 0
    _stray: list[bytes] = field(default_factory=list)
    _stray_size: int = 0
    _rest: list[bytes] = field(default_factory=list)
    _rest_size: int = 0
    _started: bool = False
    _skip_lf: bool = False
    _dropping: bool = False
    _size: int = 0
    _event: str = ""
    _data: list[bytes] | None = None

    @property
    def stray(self) -> bytes:
        return b"\n".join(self._stray)

    def feed(self, chunk: bytes) -> list[SseEvent]:
        if not chunk:
            return []
        if self._skip_lf:
            self._skip_lf = False
            if chunk[:1] == b"\n":
                chunk = chunk[1:]
        if b"\n" not in chunk and b"\r" not in chunk:
            self._keep(chunk)
            return []
        if self._rest:
            self._rest.append(chunk)
            chunk = b"".join(self._rest)
        if not self._started:
            self._started = True
            chunk = chunk.removeprefix(_BOM)
        if b"\r" in chunk:
            self._skip_lf = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        rest = lines.pop()
        self._rest = []
        self._rest_size = 0
        events: list[SseEvent] = []
        for line in lines:
            self._line(line, events)
        if rest:
            self._keep(rest)
        return events

    def close(self) -> list[SseEvent]:
        events: list[SseEvent] = []
        if self._rest:
            line = b"".join(self._rest)
            self._rest = []
            self._line(line if self._started else line.removeprefix(_BOM), events)
        self._line(b"", events)
        return events

    def _keep(self, piece: bytes) -> None:
        """An unfinished line waits in pieces, so that many small chunks of one long line stay cheap."""
        self._rest_size += len(piece)
        if self._rest_size + self._size > self.max_event:
            self._overflow()
        elif not self._dropping or not self._rest:
            self._rest.append(piece)

    def _line(self, line: bytes, events: list[SseEvent]) -> None:
        if not line:
            if self._data is not None:
                data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
                events.append(SseEvent(data, self._event))
                self._data = None
                self._size = 0
            self._event = ""
            self._dropping = False
        elif self._dropping:
            return
        elif line[:5] == b"data:":
            value = line[6:] if line[5:6] == b" " else line[5:]
            self._size += len(value)
            if self._data is None:
                self._data = [value]
            else:
                self._data.append(value)
            if self._size > self.max_event:
                self._overflow()
        else:
            self._other_line(line)

    def _other_line(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if not name and line[:1] == b":":
            return
        if name not in _FIELDS:
            if self._stray_size < MAX_STRAY:
                self._stray.append(line)
                self._stray_size += len(line) + 1
        elif name == b"event":
            self._event = value.strip().decode("utf-8", "replace")
        elif name == b"data":
            self._data = [*(self._data or ()), b""]

    def _overflow(self) -> None:
        """Drop the event that grows too large, up to the blank line that ends it."""
        self.oversized += not self._dropping
        self._dropping = True
        self._data = None
        self._size = 0
        self._rest = []
        self._rest_size = 0
