"""Everything about a turn that is not its messages or tools. None means: not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from callsmith.types.features import Cache, Effort, McpServer, ResponseSchema, SpokenReply, WebSearch
from callsmith.types.parts import NO_EXTRA
from callsmith.types.tool import ToolChoice


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits of one exchange, in seconds. ``total`` covers all attempts and the whole reply."""

    connect: float = 10.0
    first_byte: float = 120.0
    between_bytes: float = 60.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Options:
    """Sampling and tool options. ``extra_body`` is merged last into the request body, objects
    field by field."""

    tool_choice: ToolChoice = ToolChoice()
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    stream: bool = True
    extra_body: Mapping[str, Any] = field(default_factory=lambda: NO_EXTRA)
    limits: Limits = Limits()
    thinking: Effort = Effort()
    response: ResponseSchema | None = None
    web_search: WebSearch | None = None
    mcp: tuple[McpServer, ...] = ()
    cache: Cache = Cache()
    spoken: SpokenReply | None = None

    def active(self) -> Options:
        """The options without what is kept but switched off: what a request is built from."""
        return replace(
            self,
            response=self.response if self.response is not None and self.response.on else None,
            web_search=self.web_search if self.web_search is not None and self.web_search.on else None,
            mcp=tuple(server for server in self.mcp if server.on),
        )
