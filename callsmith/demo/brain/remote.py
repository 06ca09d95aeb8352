"""Remote MCP servers as the demo model knows them: invented, each with the same two tools. Nothing is called."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.brain.now import Now
from callsmith.demo.brain.searching import query_of
from callsmith.demo.ids import made_id
from callsmith.demo.script import Remote, Say, Script, Step
from callsmith.demo.web import PAGES, look_up
from callsmith.types.features import McpServer
from callsmith.types.tool import Tool

_QUERY: Mapping[str, Any] = {
    "type": "object",
    "properties": {"query": {"type": "string", "description": "What to look for"}},
    "required": ["query"],
    "additionalProperties": False,
}
_ASKED = re.compile(r"\b(?:mcp|remote|the docs|documentation|knowledge base)\b", re.IGNORECASE)


def tools_of(server: McpServer) -> tuple[Tool, ...]:
    """What the server says it has: two tools, or those that the request allows."""
    names = server.allowed_tools or ("search_documents", "list_topics")
    return tuple(Tool(name, f"{name.replace('_', ' ').capitalize()} of {server.label}", _QUERY) for name in names)


def remote(ask: Ask, now: Now) -> Script | None:
    """The steps of a call to a server that the prompt speaks of; None where it speaks of none."""
    server = _meant(ask.servers, now.prompt)
    if server is None or ask.choice.mode == "none" or now.did("remote") and not ask.leave:
        return None
    tool = tools_of(server)[0]
    query = query_of(now.prompt)
    arguments = json.dumps({"query": query}, ensure_ascii=False, separators=(",", ":"))
    call = Remote(made_id("remote", ask.seed), server.label, tool.name, arguments, None)
    if server.approval == "always" and not ask.leave:
        return Script((call,))
    refused = [request for request, granted in ask.leave.items() if not granted]
    if refused:
        return Script((Say(f"You did not allow me to call {tool.name} on {server.label}, so I leave it at that."),))
    page = next(iter(look_up(now.prompt)), PAGES[8])
    output = json.dumps({"title": page.title, "text": page.text}, ensure_ascii=False)
    made = Remote(call.id, server.label, tool.name, arguments, output, next(iter(ask.leave), ""))
    steps: tuple[Step, ...] = (made, Say(f"{server.label} has a page called “{page.title}”. {page.text}"))
    return Script(steps)


def _meant(servers: Sequence[McpServer], prompt: str) -> McpServer | None:
    for server in servers:
        if re.search(rf"\b{re.escape(server.label)}\b", prompt, re.IGNORECASE):
            return server
    return servers[0] if servers and _ASKED.search(prompt) else None
