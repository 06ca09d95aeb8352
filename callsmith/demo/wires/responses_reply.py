"""A script as the output items of a Responses reply, and the response object around them (wire-format notes, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.brain.remote import tools_of
from callsmith.demo.script import Call, Refuse, Remote, Say, Script, Search, Step, Think
from callsmith.demo.wires.base import Stamp
from callsmith.demo.wires.responses_items import PREFIXES
from callsmith.demo.wires.responses_reasoning import item_id, seal
from callsmith.demo.wires.responses_request import ENCRYPTED, SOURCES
from callsmith.types.features import McpServer
from callsmith.types.usage import Usage

# Fields of a request that its reply repeats, and what stands there where the request leaves them out.
_REPEATED: Mapping[str, Any] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
_SECRET = ("authorization", "headers")


@dataclass(frozen=True, slots=True)
class Item:
    """One output item: as it is announced, what is told of it, and as it is in the end."""

    begun: Mapping[str, Any]
    done: Mapping[str, Any]
    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        return str(self.done["id"])

    @property
    def type(self) -> str:
        return str(self.done["type"])


def items_of(ask: Ask, script: Script, stamp: Stamp) -> list[Item]:
    """In order: the tool lists of servers not yet known, then the steps. The last item is the one that a limit cut."""
    out = [_list(server, item_id("mcpl", stamp.id, at)) for at, server in enumerate(_unlisted(ask))]
    after: int | None = None
    groups = list(_groups(script.steps))
    for number, steps in enumerate(groups):
        cut = script.finish == "length" and number == len(groups) - 1
        if isinstance(steps[0], Think):
            after = len(out)
            out.append(_reasoning(ask, item_id("rs", stamp.id, after), steps))
        else:
            out.append(_item(ask, stamp.id, len(out), after, steps[0], "incomplete" if cut else "completed"))
    return out


def _groups(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """Thoughts in a row are one item; any other step is one of its own."""
    for thinks, group in groupby(steps, lambda step: isinstance(step, Think)):
        if thinks:
            yield tuple(group)
        else:
            yield from ((step,) for step in group)


def _unlisted(ask: Ask) -> list[McpServer]:
    given = ask.document.get("input")
    items = [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    known = {item.get("server_label") for item in items if item.get("type") == "mcp_list_tools"}
    return [server for server in ask.servers if server.label not in known]


def _list(server: McpServer, identifier: str) -> Item:
    tools = [
        {
            "annotations": {"read_only": True},
            "description": tool.description,
            "input_schema": tool.parameters,
            "name": tool.name,
        }
        for tool in tools_of(server)
    ]
    head = {"id": identifier, "type": "mcp_list_tools", "server_label": server.label}
    return Item({**head, "tools": []}, {**head, "tools": tools})


def _reasoning(ask: Ask, identifier: str, thoughts: Sequence[Step]) -> Item:
    """``encrypted_content`` is announced with another value than the final one, as OpenAI does."""
    include = ask.document.get("include") or ()
    texts = [step.text for step in thoughts if isinstance(step, Think)]
    shown = [step for step in thoughts if isinstance(step, Think) and ask.shows and not step.redacted]
    head = {"id": identifier, "type": "reasoning"}
    begun, done = ({"encrypted_content": seal(ask.model, identifier, text)} for text in ("", "\n".join(texts)))
    if ENCRYPTED not in include:
        begun, done = {}, {}
    summary = [{"type": "summary_text", "text": step.text} for step in shown]
    return Item({**head, **begun, "summary": []}, {**head, **done, "summary": summary}, tuple(thoughts))


def _item(ask: Ask, reply: str, at: int, after: int | None, step: Step, status: str) -> Item:
    begun, done = _forms(ask, step, status)
    identifier = item_id(PREFIXES[done["type"]], reply, at, after)
    return Item({"id": identifier, **begun}, {"id": identifier, **done}, (step,))


def _forms(ask: Ask, step: Step, status: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The item as it is announced and as it ends, without its id."""
    ends = {"status": status}
    begins = {"status": "in_progress"}
    match step:
        case Call(custom=True):
            head = {"type": "custom_tool_call", "call_id": step.id, "name": step.name}
            return {**head, **begins, "input": ""}, {**head, **ends, "input": step.arguments}
        case Call():
            head = {"type": "function_call", "call_id": step.id, "name": step.name}
            return {**head, **begins, "arguments": ""}, {**head, **ends, "arguments": step.arguments}
        case Search():
            action: dict[str, Any] = {"type": "search", "query": step.text}
            if SOURCES in (ask.document.get("include") or ()):
                action["sources"] = [{"type": "url", "url": source.url} for source in step.sources]
            return {"type": "web_search_call", **begins}, {"type": "web_search_call", **ends, "action": action}
        case Remote(output=None):
            asks = {"type": "mcp_approval_request", "arguments": step.arguments, "name": step.name}
            return {**asks, "server_label": step.server}, {**asks, "server_label": step.server}
        case Remote():
            head = {"type": "mcp_call", "name": step.name, "server_label": step.server}
            more = {"approval_request_id": step.approval or None, "error": None}
            given = step.output if status == "completed" else None
            return (
                {**head, **more, **begins, "arguments": "", "output": None},
                {**head, **more, **ends, "arguments": step.arguments, "output": given},
            )
        case _:
            head = {"type": "message", "role": "assistant"}
            return {**head, **begins, "content": []}, {**head, **ends, "content": [content_part(step)]}


def content_part(step: Step) -> dict[str, Any]:
    if isinstance(step, Refuse):
        return {"type": "refusal", "refusal": step.text}
    said = step if isinstance(step, Say) else Say("")
    annotations = [annotation(said, number) for number in range(len(said.citations))]
    return {"type": "output_text", "annotations": annotations, "logprobs": [], "text": said.text}


def annotation(said: Say, number: int) -> dict[str, Any]:
    """Flat, unlike chat."""
    cited = said.citations[number]
    return {
        "type": "url_citation",
        "end_index": cited.end,
        "start_index": cited.start,
        "title": cited.source.title,
        "url": cited.source.url,
    }


def response(ask: Ask, stamp: Stamp, status: str, items: Sequence[Item] = (), usage: Usage | None = None) -> Any:
    """``status``: in_progress, completed or incomplete. What is secret in the request is not repeated."""
    asked = ask.document
    out: dict[str, Any] = {
        "id": f"resp_{stamp.id}",
        "object": "response",
        "created_at": stamp.created,
        "status": status,
        "completed_at": stamp.created if status == "completed" else None,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "model": ask.model,
        "output": [item.done for item in items],
    }
    out.update((name, default if asked.get(name) is None else asked[name]) for name, default in _REPEATED.items())
    reasoning, text = asked.get("reasoning") or {}, asked.get("text") or {}
    out["reasoning"] = {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")}
    out["text"] = {"format": text.get("format") or {"type": "text"}, "verbosity": text.get("verbosity") or "medium"}
    out["tools"] = [{key: tool[key] for key in tool if key not in _SECRET} for tool in asked.get("tools") or ()]
    out["usage"] = _usage(usage)
    return out


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cache_read},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
    }
