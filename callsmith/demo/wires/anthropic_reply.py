"""A script as content blocks: each whole, and as what a stream says of it (wire-format notes, 4.3 and 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.script import Call, Citation, Refuse, Remote, Say, Script, Search, Source, Think, tokens
from callsmith.demo.signature import sign

_CITED = 150
Delta = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Block:
    """``deltas`` go with the number of tokens each says."""

    whole: dict[str, Any]
    start: dict[str, Any]
    deltas: tuple[tuple[int, Delta], ...] = ()


def blocks(ask: Ask, script: Script) -> Iterator[Block]:
    for step in script.steps:
        match step:
            case Think():
                yield _thought(ask, step)
            case Say():
                yield from _texts(ask, step)
            case Refuse():
                yield _text(step.text)
            case Call():
                whole = {"type": "tool_use", "id": call_id(step), "name": step.name}
                yield _input(whole, step.arguments, cut=script.finish == "length")
            case Search():
                yield from _search(ask, step)
            case Remote():
                yield from _remote(step)


def call_id(call: Call) -> str:
    return f"toolu_{call.id.removeprefix('call_')}"


def _thought(ask: Ask, step: Think) -> Block:
    if step.redacted:
        whole = {"type": "redacted_thinking", "data": sign(ask.model, "redacted", "")}
        return Block(whole, whole)
    text = step.text if ask.shows else ""
    signature = sign(ask.model, "thinking", text)
    said = [(1, {"type": "thinking_delta", "thinking": token}) for token in tokens(step)] if ask.shows else []
    signed = (0 if said else len(tokens(step)), {"type": "signature_delta", "signature": signature})
    start = {"type": "thinking", "thinking": "", "signature": ""}
    return Block({**start, "thinking": text, "signature": signature}, start, (*said, signed))


def _texts(ask: Ask, step: Say) -> Iterator[Block]:
    """A cited stretch is a block of its own, between the blocks of what is not cited; no block is blank, for a blank
    one would be refused on its way back."""
    at = 0
    for cited in step.citations:
        between = step.text[at : cited.start]
        if between.strip():
            yield _text(between)
            between = ""
        yield _text(between + step.text[cited.start : cited.end], _citation(ask, step, cited))
        at = cited.end
    if step.text[at:]:
        yield _text(step.text[at:])


def _text(text: str, citation: dict[str, Any] | None = None) -> Block:
    said = [(1, {"type": "text_delta", "text": token}) for token in tokens(Say(text))]
    start: dict[str, Any] = {"type": "text", "text": ""}
    if citation is None:
        return Block({**start, "text": text}, start, tuple(said))
    first = (0, {"type": "citations_delta", "citation": citation})
    start = {"citations": [], **start}
    return Block({**start, "citations": [citation], "text": text}, start, (first, *said))


def _citation(ask: Ask, step: Say, cited: Citation) -> dict[str, Any]:
    return {
        "type": "web_search_result_location",
        "cited_text": step.text[cited.start : cited.end][:_CITED],
        "url": cited.source.url,
        "title": cited.source.title,
        "encrypted_index": sign(ask.model, "citation", cited.source.url),
    }


def _input(whole: dict[str, Any], arguments: str, *, cut: bool = False) -> Block:
    """``input`` is an object; arguments that are none stay the text they are, unless a token limit cut them."""
    try:
        given = json.loads(arguments)
    except ValueError:
        given = {} if cut else arguments
    pieces = [(0, ""), *((1, token) for token in tokens(Call("", "", arguments)))]
    said = tuple((count, {"type": "input_json_delta", "partial_json": piece}) for count, piece in pieces)
    return Block({**whole, "input": given}, {**whole, "input": {}}, said)


def _search(ask: Ask, step: Search) -> Iterator[Block]:
    use_id = f"srvtoolu_{step.id}"
    query = json.dumps({"query": step.text}, ensure_ascii=False)
    yield _input({"type": "server_tool_use", "id": use_id, "name": "web_search"}, query)
    found = [_result(ask, source) for source in step.sources]
    whole = {"type": "web_search_tool_result", "tool_use_id": use_id, "content": found}
    yield Block(whole, whole)


def _result(ask: Ask, source: Source) -> dict[str, Any]:
    return {
        "type": "web_search_result",
        "title": source.title,
        "url": source.url,
        "encrypted_content": sign(ask.model, "page", source.url),
        "page_age": None,
    }


def _remote(step: Remote) -> Iterator[Block]:
    use_id = f"mcptoolu_{step.id}"
    yield _input({"type": "mcp_tool_use", "id": use_id, "name": step.name, "server_name": step.server}, step.arguments)
    content = [{"type": "text", "text": step.output or ""}]
    whole = {"type": "mcp_tool_result", "tool_use_id": use_id, "is_error": False, "content": content}
    yield Block(whole, whole)
