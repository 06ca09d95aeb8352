"""Which options a wire format has words for: those that change the request.

There is no table to keep in step with the formats: a small request is built with and without the option.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from callsmith.types.connection import Target
from callsmith.types.exchange import HttpRequest
from callsmith.types.features import Cache, McpServer, ResponseSchema, SpokenReply, WebSearch
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Text
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.registry import WIRES

_TOOLS = (Tool("a"), Tool("b"))
_THREAD = Thread("s", (Message("user", (Text("u"),)),))
_SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {}}
_SERVER = ("a", "https://mcp.example.com")


def _reply(**fields: Any) -> Options:
    return Options(response=ResponseSchema(_SCHEMA, **fields))


def _search(**fields: Any) -> Options:
    return Options(web_search=WebSearch(**fields))


def _server(**fields: Any) -> Options:
    return Options(mcp=(McpServer(*_SERVER, **fields),))


# Without the option, and with it.
_PROBES: Mapping[str, tuple[Options, Options]] = MappingProxyType(
    {
        "temperature": (Options(), Options(temperature=0.5)),
        "top_p": (Options(), Options(top_p=0.5)),
        "max_tokens": (Options(), Options(max_tokens=1234)),
        "seed": (Options(), Options(seed=7)),
        "stop": (Options(), Options(stop=("END",))),
        "parallel_tool_calls": (Options(), Options(parallel_tool_calls=False)),
        "validated": (Options(), Options(tool_choice=ToolChoice("validated"))),
        "allowed": (
            Options(tool_choice=ToolChoice("required")),
            Options(tool_choice=ToolChoice("required", allowed=("a",))),
        ),
        "response": (Options(), _reply()),
        "response.name": (_reply(), _reply(name="other")),
        "response.description": (_reply(), _reply(description="d")),
        "response.strict": (_reply(), _reply(strict=False)),
        "web_search": (Options(), _search()),
        "web_search.context_size": (_search(), _search(context_size="low")),
        "web_search.max_uses": (_search(), _search(max_uses=2)),
        "web_search.allowed_domains": (_search(), _search(allowed_domains=("example.com",))),
        "web_search.blocked_domains": (_search(), _search(blocked_domains=("example.com",))),
        "web_search.place": (_search(), _search(city="Oslo")),
        "mcp": (Options(), _server()),
        "mcp.allowed_tools": (_server(), _server(allowed_tools=("t",))),
        "mcp.approval": (_server(), _server(approval="never")),
        "mcp.headers": (_server(), _server(headers={"X-A": "1"})),
        "mcp.description": (_server(), _server(description="d")),
        "cache.breakpoints": (Options(), Options(cache=Cache(("tools", "system", "messages")))),
        "cache.key": (Options(), Options(cache=Cache(key="k"))),
        "spoken": (Options(), Options(spoken=SpokenReply())),
    }
)


def has(target: Target, option: str) -> bool:
    """Whether a request of this format, to this model, says anything for ``option``: a field of ``Options``, or a
    part of one after a dot (``web_search.max_uses``, ``cache.key``). The connection's extra body, which may say it
    otherwise, is left aside. KeyError for a name that is not known."""
    without, with_it = _PROBES[option]
    target = replace(target, connection=replace(target.connection, extra_body={}))
    return _sent(target, without) != _sent(target, with_it)


def _sent(target: Target, options: Options) -> HttpRequest:
    return WIRES[target.wire].request(target, _THREAD, _TOOLS, options)
