"""What a run in the shell says of itself, as plain values: each message, each exchange, what waits, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from callsmith.commands.run_turn import Sitting
from callsmith.conversation import Node, pending_approvals
from callsmith.loop.types import Reason, RunSnapshot
from callsmith.media import size
from callsmith.setup_file import found
from callsmith.slots import slots
from callsmith.store import ExchangeInfo
from callsmith.types.connection import Target
from callsmith.types.parts import Media, ToolResult
from callsmith.types.usage import Usage

OUTCOMES: Mapping[Reason, tuple[str, int]] = {
    "answered": ("finished", 0),
    "limit": ("limit", 2),
    "waiting": ("waiting", 3),
    "paused": ("waiting", 3),
    "stopped": ("stopped", 1),
    "failed": ("error", 1),
}
_TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning", "total")


def document(sitting: Sitting, snapshot: RunSnapshot) -> dict[str, Any]:
    """The whole run. What is unknown is null; what there is none of is left out of messages."""
    ended, conversation = snapshot.ended, sitting.store.load(sitting.conversation_id)
    outcome, code = OUTCOMES[ended.reason] if ended is not None else ("stopped", 1)
    target = sitting.target
    return {
        "format": "callsmith-run",
        "version": 1,
        "setup": sitting.file.name,
        "connection": target.connection.name,
        "model": target.model,
        "wire": target.wire,
        "outcome": outcome,
        "exit_code": code,
        "said": ended.words if ended is not None else "Stopped",
        "limit": ended.limit if ended is not None else None,
        "messages": [message(node) for node in (conversation.path() if conversation is not None else ())],
        "exchanges": [exchange(sitting, info) for info in exchanges(sitting)],
        "waiting": waiting(sitting),
        "used": asdict(snapshot.used),
        "limits": asdict(snapshot.limits),
    }


def message(node: Node) -> dict[str, Any]:
    said = node.message
    row = {
        "role": said.role,
        "text": said.text,
        "thinking": said.thinking,
        "refusal": said.refusal,
        "calls": [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in said.calls],
        "results": [result(one) for one in said.results],
        "media": [
            {"type": part.media_type, "name": part.name, "bytes": size(part)}
            for part in said.parts
            if isinstance(part, Media)
        ],
        "exchange": said.origin.exchange_id if said.origin is not None else "",
        "finish": said.finish,
        "cut": said.cut,
    }
    return {name: value for name, value in row.items() if value}


def result(part: ToolResult) -> dict[str, Any]:
    made = part.made
    return {
        "call_id": part.call_id,
        "name": part.name,
        "content": part.content,
        "is_error": part.is_error,
        "by": made.by if made is not None else "hand",
        "detail": made.detail if made is not None else "",
        "seconds": made.seconds if made is not None else None,
        "bytes": len(part.content.encode("utf-8", "surrogatepass")),
    }


def exchanges(sitting: Sitting) -> list[ExchangeInfo]:
    """Those of the turn and those in which models played tools, oldest first."""
    store, conversation_id = sitting.store, sitting.conversation_id
    every = [*store.exchange_turn_info(conversation_id).values(), *store.played_info(conversation_id).values()]
    return sorted(every, key=lambda info: info.marks.started)


def exchange(sitting: Sitting, info: ExchangeInfo) -> dict[str, Any]:
    usage, problem = info.usage, info.problem
    return {
        "id": info.id,
        "state": info.state,
        "connection": info.connection,
        "model": info.model,
        "wire": info.wire,
        "plays": info.plays,
        "attempts": len(info.attempts),
        "first_token_seconds": info.marks.first_token,
        "seconds": info.marks.done,
        "usage": None if usage is None else {name: getattr(usage, name) for name in _TOKENS},
        "cost": cost(sitting, info, usage),
        "problem": None if problem is None else {"kind": problem.kind, "message": problem.message},
    }


def cost(sitting: Sitting, info: ExchangeInfo, usage: Usage | None) -> float | None:
    """In US dollars; None where it is not known."""
    connection = found(info.connection, sitting.connections)
    if usage is None or connection is None:
        return None
    return sitting.price(usage, Target(connection, info.wire, info.model), info.marks.started)


def waiting(sitting: Sitting) -> list[dict[str, Any]]:
    """The calls and approvals that wait for a person, each with why."""
    conversation = sitting.store.load(sitting.conversation_id)
    if conversation is None:
        return []
    rows = []
    for slot in slots(sitting.store, conversation):
        if slot.problem:
            why = slot.draft.note or _why(sitting, slot.call.name)
            rows.append({"id": slot.call.id, "name": slot.call.name, "arguments": slot.call.arguments, "why": why})
    for asked in pending_approvals(conversation):
        why = f"{asked.server} asks for leave to run it"
        rows.append({"id": asked.id, "name": asked.name, "arguments": asked.arguments, "why": why})
    return rows


def _why(sitting: Sitting, name: str) -> str:
    tool = next((one for one in sitting.file.tools if one.on and one.name == name), None)
    if tool is None:
        return "no tool of this name was offered"
    return "it is answered by hand" if tool.answering.by == "hand" else "it was not answered before the run ended"
