"""The tools that a live MCP server offers: started as a command (stdio), or over streamable HTTP.

The SDK is optional (``requirements-mcp.txt``). A command runs a program on this machine, so it is off unless the
configuration allows it; the program gets no variable of ours but PATH, HOME and the like.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from callsmith.execute import mcp_loop
from callsmith.execute.addresses import PUBLIC, Policy, Refused

if TYPE_CHECKING:
    from mcp import Client

    from callsmith.execute.mcp_http import Heard
    from callsmith.execute.mcp_stdio import Said

SECONDS = 30.0
MAX_PAGES = 50
INSTALL = "The MCP client is not installed. Install it with: pip install -r requirements-mcp.txt"
STDIO_OFF = (
    "Starting a server as a command is off, since it runs a program on this machine. "
    "Set CALLSMITH_STDIO=allow in the environment or in .env, and start Callsmith again."
)


class McpProblem(Exception):
    """Why the server gave no list of tools, in plain words. ``said`` is what the program wrote to its stderr."""

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(message)
        self.said = said


@dataclass(frozen=True, slots=True)
class McpListing:
    """``tools`` are the definitions as sent: name, description, inputSchema, ..."""

    server: str
    version: str
    protocol: str
    tools: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class McpTarget:
    """Either an ``url``, or a ``command`` line. ``headers`` go with every request to an ``url``."""

    url: str = ""
    command: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The host, or the file name of the program: the rest of an address or a command line may hold a key."""
        if self.url:
            at = urlsplit(self.url)
            return f"{at.hostname or ''}:{at.port}" if at.port else at.hostname or ""
        return re.split(r"[\\/]", _words_of(self.command)[0])[-1]


def installed() -> bool:
    return importlib.util.find_spec("mcp") is not None


def list_tools(
    target: McpTarget, *, policy: Policy = PUBLIC, stdio: bool = False, seconds: float = SECONDS
) -> McpListing:
    """Connect, ask for every tool, and leave. Raises ``McpProblem``."""
    if not installed():
        raise McpProblem(INSTALL)
    if target.command and not stdio:
        raise McpProblem(STDIO_OFF)
    from callsmith.execute.mcp_http import Heard
    from callsmith.execute.mcp_stdio import Said

    said, heard = Said(), Heard()
    try:
        return mcp_loop.run(_listing(target, policy, said, heard), seconds)
    except TimeoutError as error:
        raise McpProblem(f"The server did not answer within {seconds:.0f} s.", said.text[-2000:]) from error
    except Exception as error:
        raise McpProblem(plain(target, error, heard.status), said.text[-2000:]) from error


async def _listing(target: McpTarget, policy: Policy, said: Said, heard: Heard) -> McpListing:
    from mcp import Client

    from callsmith.execute.mcp_http import HEARD

    HEARD.set(heard)
    async with (
        transport(target, policy, said, SECONDS) as streams,
        Client(streams, read_timeout_seconds=SECONDS) as client,
    ):
        return await listing(client, target.place)


async def listing(client: Client, place: str) -> McpListing:
    """``place`` is what a server without a name is called by."""
    tools: list[dict[str, Any]] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await client.list_tools(cursor=cursor)
        tools += [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in page.tools]
        cursor = page.next_cursor
        if not cursor:
            break
    info = client.server_info
    name = info.name if info is not None else ""
    version = info.version if info is not None else ""
    return McpListing(name or place, version or "", str(client.protocol_version or ""), tuple(tools))


@asynccontextmanager
async def transport(
    target: McpTarget, policy: Policy, said: Said, seconds: float | None, fill: Callable[[str], str] = str
) -> AsyncIterator[Any]:
    """What the SDK's client connects through, and what has to be closed after it. ``fill`` is applied to each word of a
    command; ``seconds`` without a byte end a request."""
    if target.command:
        from callsmith.execute.mcp_stdio import program

        yield program([fill(word) for word in _words_of(target.command)], said)
        return
    from mcp.client.streamable_http import streamable_http_client

    from callsmith.execute.mcp_http import MAX_MESSAGE, client

    if not target.url.startswith(("http://", "https://")):
        raise McpProblem("The address of a server starts with https:// or http://.")
    async with client(policy, target.headers, seconds) as http:
        yield streamable_http_client(target.url, http_client=http, max_sse_event_size=MAX_MESSAGE)


def _words_of(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise McpProblem(f"The command cannot be read: {error}. Check its quotes.") from error
    if not words:
        raise McpProblem("There is no command to start.")
    return words


def plain(target: McpTarget, error: BaseException, status: int = 0) -> str:
    """The first telling cause: failures of the SDK arrive as groups inside groups. ``status`` is the last one that the
    server answered with over HTTP."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, McpProblem | Refused):
            return str(cause)
    for cause in causes:
        if isinstance(cause, FileNotFoundError):
            return f"The program {_words_of(target.command)[0]} was not found on this machine."
        if isinstance(cause, PermissionError):
            return f"The program {_words_of(target.command)[0]} may not be started."
        if type(cause).__name__ in ("ReadError", "WriteError", "RemoteProtocolError"):
            return f"The server {target.place} broke off the connection."
        if type(cause).__name__ in ("ConnectError", "ConnectTimeout"):
            return f"Nothing answers at {target.place}. Is the server running?"
    if status >= 400:
        return f"The server answered with status {status}. Check the address and, if it wants a token, the headers."
    said = next((str(cause) for cause in causes if str(cause)), type(error).__name__)
    if target.command:
        return f"The program ended, or does not speak MCP on its standard output: {said[:300]}"
    return f"The server does not speak MCP as expected: {said[:300]}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Depth first; the leaves of groups, and what they were raised from."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
        return
    yield error
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)
