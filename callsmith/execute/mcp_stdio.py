"""A program that speaks MCP on its standard input and output, as what the SDK's client connects through.

The SDK's own transport puts what cannot be read into the log, and takes a message of any length. Here a program gets no
variable but PATH, HOME and the like, a line that is no message is kept beside its stderr and nowhere else, a message
that is too long becomes an error of its request, and the end takes the children along.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client.stdio import get_default_environment
from mcp.shared.message import SessionMessage
from mcp_types import ErrorData, JSONRPCError, jsonrpc_message_adapter

from callsmith.execute.mcp_http import MAX_MESSAGE, TOO_LONG

_TAIL = 4_000
_EDGE = 400
_ID = re.compile(rb'"id"\s*:\s*(\d{1,9})\b')
_GRACE = 1.0

_Incoming = MemoryObjectSendStream[SessionMessage | Exception]


class Said:
    """The end of what a program wrote, and the status it ended with by itself."""

    def __init__(self) -> None:
        self._tail = b""
        self.status: int | None = None

    def add(self, chunk: bytes) -> None:
        self._tail = (self._tail + chunk[-_TAIL:])[-_TAIL:]

    @property
    def text(self) -> str:
        return self._tail.decode("utf-8", "replace").strip()


@contextlib.asynccontextmanager
async def program(words: Sequence[str], said: Said) -> AsyncIterator[Any]:
    """Yields the two streams; ends the program and its children on leaving."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *words, stdin=pipe, stdout=pipe, stderr=pipe, env=get_default_environment(), start_new_session=True
    )
    assert process.stdin and process.stdout and process.stderr
    into, incoming = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    outgoing, out_of = anyio.create_memory_object_stream[SessionMessage](0)
    _running.add(process.pid)
    tasks = [
        asyncio.create_task(_read(process.stdout, into, said)),
        asyncio.create_task(_write(process.stdin, out_of, into)),
        asyncio.create_task(_listen(process.stderr, said)),
    ]
    try:
        yield incoming, outgoing
    finally:
        try:
            with anyio.CancelScope(shield=True):
                await _end(process, said)
        finally:
            _signal(process.pid, _KILL)
            _running.discard(process.pid)
            for task in tasks:
                task.cancel()
            for stream in (into, incoming, outgoing, out_of):
                stream.close()
            # A child that left the group may hold the pipes; nothing public lets go of them.
            getattr(process, "_transport").close()  # noqa: B009


_running: set[int] = set()
_KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


def kill_all() -> None:
    """At the end of the process, when nothing can be awaited any more."""
    for pid in list(_running):
        _signal(pid, _KILL)


async def _read(stdout: asyncio.StreamReader, into: _Incoming, said: Said) -> None:
    garbage = 0
    with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        async with into:
            async for line in _lines(stdout):
                message = _message(line, said)
                if message is not None:
                    await into.send(SessionMessage(message))
                    continue
                garbage += 1
                if garbage % 100 == 0:
                    await asyncio.sleep(0.1)


async def _lines(stdout: asyncio.StreamReader) -> AsyncIterator[bytes | tuple[bytes, bytes]]:
    """Lines; of one that is too long its two ends, where its id stands."""
    parts: list[bytes] = []
    size = 0
    while chunk := await stdout.read(1 << 16):
        first, *rest = chunk.split(b"\n")
        for number, piece in enumerate([first, *rest]):
            if number:
                line = b"".join(parts)
                yield line if size <= MAX_MESSAGE else (line[:_EDGE], line[-_EDGE:])
                parts, size = [], 0
            parts.append(piece)
            size += len(piece)
        if size > MAX_MESSAGE:
            line = b"".join(parts)
            parts = [line[:_EDGE], line[-_EDGE:]]


def _message(line: bytes | tuple[bytes, bytes], said: Said) -> Any:
    if isinstance(line, tuple):
        found = _ID.search(line[0]) or next(reversed(list(_ID.finditer(line[1]))), None)
        error = ErrorData(code=TOO_LONG, message="The message is too long")
        return JSONRPCError(jsonrpc="2.0", id=int(found.group(1)), error=error) if found else None
    if not line.strip():
        return None
    try:
        return jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        said.add(line[:_EDGE] + b"\n")
        return None


async def _write(
    stdin: asyncio.StreamWriter, out_of: MemoryObjectReceiveStream[SessionMessage], into: _Incoming
) -> None:
    try:
        async with out_of:
            async for item in out_of:
                stdin.write(item.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
                await stdin.drain()
    except OSError:
        # The session learns from it that nothing will be answered any more.
        into.close()


async def _listen(stderr: asyncio.StreamReader, said: Said) -> None:
    while chunk := await stderr.read(1 << 12):
        said.add(chunk)


async def _end(process: asyncio.subprocess.Process, said: Said) -> None:
    """As the protocol says: close its input, then ask it, then make it."""
    if process.stdin is not None:
        process.stdin.close()
    await _until(lambda: process.returncode is not None)
    said.status = process.returncode
    if _signal(process.pid, signal.SIGTERM):
        await _until(lambda: not _signal(process.pid, 0))
    _signal(process.pid, _KILL)
    await _until(lambda: process.returncode is not None)


async def _until(true: Any) -> None:
    clock = asyncio.get_running_loop().time
    last = clock() + _GRACE
    while not true() and clock() < last:
        await asyncio.sleep(0.01)


def _signal(pid: int, number: int) -> bool:
    """To the program and its children. False where none of them is left."""
    try:
        if sys.platform == "win32":
            os.kill(pid, number)
        else:
            os.killpg(pid, number)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
