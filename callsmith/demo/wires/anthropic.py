"""Anthropic Messages as the demo provider writes it: events in the service's own order (wire-format notes, 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.script import Refuse, Script, Search, count
from callsmith.demo.wires.anthropic_reply import blocks
from callsmith.demo.wires.anthropic_request import read_ask
from callsmith.demo.wires.base import Route, Stamp
from callsmith.demo.wires.text import json_bytes
from callsmith.types.usage import Usage

_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "pause": "pause_turn"}
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class DemoAnthropic:
    endpoint_type = "anthropic"

    def ask(self, document: Any, seed: str, today: date, route: Route) -> Ask:
        return read_ask(document, seed, today, route)

    def stream(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> Iterator[tuple[int, bytes]]:
        said = 0
        message = _message(ask, stamp, [], {"stop_reason": None, "stop_sequence": None})
        if usage is not None:
            message["usage"] = {**_usage(ask, script, usage), "output_tokens": 1}
        yield said, _event("message_start", message=message)
        for index, block in enumerate(blocks(ask, script)):
            yield said, _event("content_block_start", index=index, content_block=block.start)
            if not index:
                yield said, _event("ping")
            for more, delta in block.deltas:
                said += more
                yield said, _event("content_block_delta", index=index, delta=delta)
            yield said, _event("content_block_stop", index=index)
        said = count(script)
        counted = {} if usage is None else {"usage": _final(ask, script, usage)}
        yield said, _event("message_delta", delta=_outcome(script), **counted)
        yield said, _event("message_stop")

    def whole(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> bytes:
        message = _message(ask, stamp, [block.whole for block in blocks(ask, script)], _outcome(script))
        if usage is not None:
            message["usage"] = _usage(ask, script, usage)
        return json_bytes(message)

    def failed(self, ask: Ask, refused: Refused) -> bytes:
        return _event("error", error=_error(refused))

    def error(self, refused: Refused) -> bytes:
        return json_bytes({"type": "error", "error": _error(refused)})


def _error(refused: Refused) -> dict[str, Any]:
    return {"type": _TYPES.get(refused.status, "api_error"), "message": refused.message}


def _message(ask: Ask, stamp: Stamp, content: list[dict[str, Any]], outcome: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"msg_demo_{stamp.id}",
        "type": "message",
        "role": "assistant",
        "model": ask.model,
        "content": content,
        **outcome,
    }


def _outcome(script: Script) -> dict[str, Any]:
    if any(isinstance(step, Refuse) for step in script.steps):
        details = {"type": "refusal", "category": None, "explanation": "This demo model refuses every request."}
        return {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details}
    if script.stopped:
        return {"stop_reason": "stop_sequence", "stop_sequence": script.stopped}
    return {"stop_reason": _REASONS[script.finish], "stop_sequence": None}


def _usage(ask: Ask, script: Script, usage: Usage) -> dict[str, Any]:
    """``input_tokens`` leaves out both kinds of cached tokens (wire-format notes, section 9)."""
    read, written = usage.cache_read or 0, usage.cache_write or 0
    hour = written if '"ttl":"1h"' in json_bytes(ask.document).decode() else 0
    return {
        "input_tokens": (usage.input or 0) - read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": written - hour, "ephemeral_1h_input_tokens": hour},
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
        **_server_tools(script),
        "service_tier": "standard",
    }


def _final(ask: Ask, script: Script, usage: Usage) -> dict[str, Any]:
    """Cumulative, as ``message_delta`` has it."""
    left_out = ("cache_creation", "service_tier")
    return {name: value for name, value in _usage(ask, script, usage).items() if name not in left_out}


def _server_tools(script: Script) -> dict[str, Any]:
    searches = sum(isinstance(step, Search) for step in script.steps)
    return {"server_tool_use": {"web_search_requests": searches, "web_fetch_requests": 0}} if searches else {}


def _event(kind: str, **fields: Any) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + json_bytes({"type": kind, **fields}) + b"\n\n"
