"""The elements of one JSON array, from bytes that are cut anywhere.

Without ``alt=sse`` Gemini streams a reply as a single array whose elements arrive one after another
(wire-format notes, 5.3). An element is handed out as soon as its last bracket is there.
"""

from __future__ import annotations

import re

from callsmith.wire.sse import MAX_EVENT, MAX_STRAY

# Over whole strings and all that is no bracket, up to a bracket or to a string that does not end here.
_TOKEN = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+(["{}\[\]])', re.DOTALL)
_STRING_END = re.compile(rb'["\\]')
_QUOTE, _BACKSLASH, _OPENING = ord('"'), ord("\\"), b"{["


class ArrayDecoder:
    """``closed``: the array's own bracket came. ``stray`` is text that belongs to no element;
    ``oversized`` counts elements above ``max_element`` bytes, which are dropped so that memory stays bounded.
    """

    def __init__(self, max_element: int = MAX_EVENT) -> None:
        self.closed = False
        self.stray = b""
        self.oversized = 0
        self._max = max_element
        self._buffer = bytearray()
        self._at = 0  # how far the buffer is read; one past its end after a backslash
        self._start = 0  # of the element being read, else of what follows the last one
        self._depth = 0
        self._in_string = False
        self._dropping = False

    @property
    def unfinished(self) -> bytes:
        """What is left of an element that never ended."""
        return bytes(self._buffer) if self._depth > 1 else b""

    def feed(self, chunk: bytes) -> list[bytes]:
        buffer = self._buffer
        buffer += chunk
        found: list[bytes] = []
        while self._at < len(buffer) and not self.closed:
            if self._in_string:
                self._string(buffer)
                continue
            token = _TOKEN.match(buffer, self._at)
            if token is None:
                self._at = len(buffer)
                break
            self._at = token.end()
            byte = buffer[self._at - 1]
            if byte == _QUOTE:
                self._in_string = True
            elif byte in _OPENING:
                self._open(self._at - 1)
            else:
                self._close(found)
        self._forget()
        return found

    def _string(self, buffer: bytearray) -> None:
        """A string that began in an earlier chunk: up to its quote, over its escapes."""
        end = _STRING_END.search(buffer, self._at)
        if end is None:
            self._at = len(buffer)
        elif buffer[end.start()] == _BACKSLASH:
            self._at = end.end() + 1
        else:
            self._at = end.end()
            self._in_string = False

    def _open(self, at: int) -> None:
        self._depth += 1
        if self._depth == 1:
            self._start = at + 1
        elif self._depth == 2:
            self._between(at)
            self._start = at

    def _close(self, found: list[bytes]) -> None:
        self._depth = max(0, self._depth - 1)
        if self._depth == 1:
            if not self._dropping:
                found.append(bytes(self._buffer[self._start : self._at]))
            self._dropping = False
            self._start = self._at
        elif self._depth == 0:
            self._between(self._at - 1)
            self.closed = True
            self._start = self._at

    def _between(self, end: int) -> None:
        text = bytes(self._buffer[self._start : end]).strip(b" \t\r\n,")
        if text and len(self.stray) < MAX_STRAY:
            self.stray += text + b"\n"

    def _forget(self) -> None:
        """Let go of what has been handed out, of what follows the array, and of an element that grows too large."""
        size = len(self._buffer)
        if self.closed:
            self._between(size)
            self._start = size
        elif not self._dropping and size - self._start > self._max:
            self._dropping = True
            self.oversized += 1
        if self._dropping:
            self._start = size
        if self._start:
            del self._buffer[: self._start]
            self._at -= self._start
            self._start = 0
