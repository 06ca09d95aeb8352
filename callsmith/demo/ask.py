"""What is asked of the demo model, whatever wire format it came in, and the refusal of a bad request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from callsmith.types.features import McpServer, ResponseSchema, SpokenReply
from callsmith.types.message import Thread
from callsmith.types.tool import Tool, ToolChoice


@dataclass(frozen=True, slots=True)
class Ask:
    """``seed`` names this request (ids are made from it); ``today`` is what "tomorrow" counts from.

    What the provider ran itself stands in the thread as Opaque parts of type ``search`` or ``remote``.

    ``thinks`` None leaves it to the model; ``shows`` False keeps the thoughts to their signatures. ``searches``: the
    provider's web search is on offer. ``leave`` answers the approval requests made since the last user message, by id.
    ``pauses``: the format can end a reply in its middle; ``goes_on``: such a reply was sent back to be continued.
    ``cached``: how many messages at the start stand before the last cache breakpoint (0: only tools and system
    prompt; -1: none was set), where the format has breakpoints. ``framing``: events, or one JSON array in pieces.
    ``document`` is the request as it came, for formats whose reply repeats it.
    """

    model: str
    thread: Thread
    seed: str
    today: date
    tools: tuple[Tool, ...] = ()
    choice: ToolChoice = ToolChoice()
    parallel: bool = True
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    stream: bool = False
    include_usage: bool = False
    thinks: bool | None = None
    shows: bool = True
    response: ResponseSchema | None = None
    searches: bool = False
    servers: tuple[McpServer, ...] = ()
    leave: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    pauses: bool = False
    goes_on: bool = False
    cached: int | None = None
    spoken: SpokenReply | None = None
    framing: Literal["sse", "array"] = "sse"
    document: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class Refused(Exception):
    """A request that a strict provider refuses; ``param`` names the field at fault."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        type_: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code
        self.status = status
        self.type = type_
