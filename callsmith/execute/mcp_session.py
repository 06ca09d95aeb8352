"""One live session with an MCP server, on the loop: started, called by several at a time, and closed.

A session owns a task that opens the connection, waits, and closes it. Calls are made beside it. When the connection
ends by itself, ``problem`` says so in plain words, and every call that waits fails with ``Lost``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from mcp import Client, MCPError
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import CallToolRequest, CallToolRequestParams, ContentBlock, Implementation
from mcp_types import CONNECTION_CLOSED, HEADER_MISMATCH, METHOD_NOT_FOUND, JSONRPCRequest, JSONRPCResponse
from pydantic import RootModel, TypeAdapter, ValidationError

from callsmith.execute.addresses import Policy
from callsmith.execute.mcp import SECONDS, McpListing, McpTarget, listing, plain, transport
from callsmith.execute.mcp_content import as_text
from callsmith.execute.mcp_http import HEARD, TOO_LONG, Heard
from callsmith.execute.mcp_stdio import Said

IDLE_SECONDS = 600.0
_ENDS_WITHIN = 5.0
_A_SECOND = 300  # messages of one server

# What the SDK says where an HTTP status comes without an error of the protocol.
_NO_REASON = "Server returned an error response"

_BLOCK: TypeAdapter[Any] = TypeAdapter(ContentBlock)
_RAW = RootModel[dict[str, Any]]
# What servers send, the SDK would write into the log.
for _name in ("client", "mcp.client", "mcp.shared"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Lost(Exception):
    """The connection ended before there was an answer."""


class Expired(Exception):
    """The server does not know the session any more: the call was not made."""


class Denied(Exception):
    """The server wants other headers."""


class Failed(Exception):
    """The server answered with an HTTP status instead of a result."""


class TooLong(Exception):
    """The answer is longer than a message may be."""


class Session:
    """Made on the loop, where it starts at once. ``fill`` puts secrets into the words of a command."""

    def __init__(
        self, target: McpTarget, policy: Policy, fill: Callable[[str], str], ended: Callable[[], None]
    ) -> None:
        self.target = target
        self.since = time.time()
        self.server = target.place
        self.calls = 0
        self.problem = ""
        self.asked: Counter[str] = Counter()
        self._policy = policy
        self._fill = fill
        self._ended = ended
        self._said = Said()
        self._heard = Heard()
        self._client: Client | None = None
        self._over = asyncio.Event()
        self._stopped = False
        self._busy = 0
        self._used = time.monotonic()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._serve())

    @property
    def alive(self) -> bool:
        return self._client is not None

    @property
    def dead(self) -> bool:
        """It ended, and not because it was asked to."""
        return bool(self.problem)

    @property
    def said(self) -> str:
        return self._said.text

    async def ready(self) -> None:
        """Raises ``Lost`` where it could not be started."""
        await asyncio.shield(self._ready)
        if not self.alive:
            raise Lost
        self._used = time.monotonic()

    async def stop(self) -> None:
        self._stopped = True
        self._over.set()
        if not self._ready.done():
            self._task.cancel()
        _, late = await asyncio.wait([self._task], timeout=_ENDS_WITHIN)
        for task in late:
            task.cancel()
            await asyncio.wait([task], timeout=_ENDS_WITHIN)

    async def retire(self) -> None:
        """Stop once the calls that are in it have ended."""
        while self._busy:
            await asyncio.sleep(0.05)
        await self.stop()

    async def tools(self) -> McpListing:
        client = self._live()
        with self._used_now():
            return await listing(client, self.target.place)

    async def call(self, name: str, arguments: dict[str, Any], seconds: float, progress: ProgressFnT) -> dict[str, Any]:
        """The result as the server sent it. Raises ``MCPError``, TimeoutError, ``ValidationError`` or one of the above.
        Cancelling it, like the time limit, tells the server."""
        client = self._live()
        heard = Heard()
        HEARD.set(heard)
        self.calls += 1
        request = CallToolRequest(params=CallToolRequestParams(name=name, arguments=arguments))
        with self._used_now():
            try:
                async with asyncio.timeout(seconds):
                    return await self._send(client, request, seconds, progress)
            except MCPError as error:
                await self._judge(error, heard)
                raise
            except (TimeoutError, ValidationError):
                raise
            except Exception as error:
                await self._closed()
                raise Lost from error

    async def _send(
        self, client: Client, request: CallToolRequest, seconds: float, told: ProgressFnT
    ) -> dict[str, Any]:
        # The SDK's own limit is the longer one, so that every TimeoutError is ours.
        async def once() -> dict[str, Any]:
            got = await client.session.send_request(
                request, _RAW, request_read_timeout_seconds=seconds + 60, progress_callback=told
            )
            return got.root

        try:
            return await once()
        except MCPError as error:
            if error.code != HEADER_MISMATCH:
                raise
            # Since 2026-07-28 some arguments also go into headers, which only the list of tools names.
            await listing(client, self.target.place)
            return await once()

    async def _judge(self, error: MCPError, heard: Heard) -> None:
        """Raises what an error of the connection means; returns where the server refused the call itself."""
        if heard.too_long or error.code == TOO_LONG:
            raise TooLong from error
        if heard.status in (401, 403):
            raise Denied(f"The server {self.target.place} answered with status {heard.status}") from error
        # 404 by the protocol; several servers say 400.
        if heard.status in (400, 404) and error.code != METHOD_NOT_FOUND and "ession" in error.message:
            raise Expired from error
        if heard.status >= 400 and error.message == _NO_REASON:
            raise Failed(f"The server {self.target.place} answered with status {heard.status}") from error
        if error.code == CONNECTION_CLOSED:
            await self._closed()
            raise Lost from error

    async def _closed(self) -> None:
        """Wait until it is known why, if the connection is gone and not only this answer."""
        await asyncio.wait([self._task], timeout=0.2)
        if self._over.is_set():
            await asyncio.wait([self._task], timeout=5)

    def _live(self) -> Client:
        if self._client is None:
            raise Lost
        return self._client

    @contextlib.contextmanager
    def _used_now(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._used = time.monotonic()

    async def _serve(self) -> None:
        HEARD.set(self._heard)
        try:
            async with contextlib.AsyncExitStack() as stack:
                async with asyncio.timeout(SECONDS):
                    streams = await stack.enter_async_context(
                        transport(self.target, self._policy, self._said, None, self._fill)
                    )
                    client = Client(
                        self._watched(streams),
                        read_timeout_seconds=SECONDS,
                        client_info=Implementation(name="callsmith", version="1"),
                        cache=None,
                    )
                    await stack.enter_async_context(client)
                if client.server_info is not None and client.server_info.name:
                    self.server = " ".join(client.server_info.name.split())[:80]
                self._client = client
                self._used = time.monotonic()
                self._ready.set_result(None)
                await self._until_over()
                self._client = None
            if not self._stopped:
                self.problem = self._ended_words()
        except TimeoutError:
            self.problem = f"The server {self.target.place} did not start to answer within {SECONDS:.0f} s."
        except Exception as error:
            if not self._stopped:
                self.problem = self._words(error)
        finally:
            self._client = None
            self._over.set()
            if not self._ready.done():
                self._ready.set_result(None)
            self._ended()

    async def _until_over(self) -> None:
        while not self._over.is_set():
            left = IDLE_SECONDS - (0 if self._busy else time.monotonic() - self._used)
            if left <= 0:
                self._stopped = True
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), left)

    def _words(self, error: Exception) -> str:
        if self._said.status is not None:
            return self._ended_words()
        return plain(self.target, error, self._heard.status)

    def _ended_words(self) -> str:
        if self.target.url:
            return f"The server {self.target.place} ended the connection."
        status = self._said.status
        how = f"ended with status {status}" if status is not None else "closed its output"
        return f"The program {self.target.place} {how}."

    @contextlib.asynccontextmanager
    async def _watched(self, streams: Any) -> AsyncIterator[Any]:
        async with streams as (incoming, outgoing):
            yield _Watched(incoming, self._see, self._over.set), outgoing

    def _see(self, item: Any) -> None:
        message = getattr(item, "message", None)
        if isinstance(message, JSONRPCRequest):
            self.asked[message.method] += 1
        elif isinstance(message, JSONRPCResponse):
            _mend(message.result)


def _mend(result: dict[str, Any]) -> None:
    """Content that the SDK does not know would make it refuse the whole result: it becomes text, as JSON."""
    content = result.get("content")
    if "structuredContent" in result and content is None:
        result["content"] = []
    if isinstance(content, list):
        result["content"] = [item if _known(item) else {"type": "text", "text": as_text(item)} for item in content]


def _known(item: Any) -> bool:
    try:
        _BLOCK.validate_python(item, by_name=False)
    except ValidationError:
        return False
    return True


class _Watched:
    """A stream of incoming messages that shows each one before it is handed on, and tells when it ends. A flood is
    read slowly, so that it holds up nobody else."""

    def __init__(self, inner: Any, see: Callable[[Any], None], over: Callable[[], None]) -> None:
        self._inner = inner
        self._see = see
        self._over = over
        self._second = 0.0
        self._count = 0

    @property
    def last_context(self) -> Any:
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> Any:
        item = await self._inner.receive()
        self._see(item)
        return item

    def __aiter__(self) -> _Watched:
        return self

    async def __anext__(self) -> Any:
        await self._slowly()
        try:
            item = await self._inner.__anext__()
        except StopAsyncIteration:
            self._over()
            raise
        self._see(item)
        return item

    async def _slowly(self) -> None:
        now = time.monotonic()
        if now - self._second > 1:
            self._second, self._count = now, 0
        self._count += 1
        if self._count > _A_SECOND:
            await asyncio.sleep(self._second + 1 - now)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def __aenter__(self) -> _Watched:
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> Any:
        return await self._inner.__aexit__(*error)
