"""What is asked of the demo model, whatever wire format it came in, and the refusal of a bad request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from callsmith.types.features import McpServer, ResponseSchema
from callsmith.types.message import Thread
from callsmith.types.tool import Tool, ToolChoice


@dataclass(frozen=True, slots=True)
class Ask:
    """``seed`` names this request (ids are made from it); ``today`` is what "tomorrow" counts from.

    ``thinks`` None leaves it to the model. ``searches``: the provider's web search is on offer. ``leave`` answers
    approval requests by id. ``goes_on``: a paused reply was sent back to be continued. ``cached``: how many messages
    at the start stand before the last cache breakpoint, where the format has breakpoints.
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
    response: ResponseSchema | None = None
    searches: bool = False
    servers: tuple[McpServer, ...] = ()
    leave: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    goes_on: bool = False
    cached: int | None = None


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
