"""Half characters (lone surrogates), which some models send: bytes in, events out, and no event holds one.

One answer of each format, streamed and not, with every text-bearing field there is: each of its texts gets half a
character in turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.types.codec import to_json
from callsmith.types.events import CallDelta, Event, PartDone, PartExtra, TextDelta
from callsmith.types.halves import has_half, whole
from callsmith.types.parts import Malformed, Parsed, Text, ToolCall
from callsmith.types.turn import Turn
from callsmith.wire.base import Decoder, Wire
from callsmith.wire.registry import WIRES
from callsmith.wire.whole import WholeWire

HIGH, LOW = "\ud83d", "\ude00"

CHAT_CALL = {"id": "call_a", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
CHAT_CITATION = {"type": "url_citation", "url_citation": {"url": "https://a.b", "title": "A", "start_index": 0}}
CHAT_MESSAGE = {
    **{"role": "assistant", "content": "Hello", "reasoning_content": "Hm", "refusal": "No", "mood": "calm"},
    **{"annotations": [CHAT_CITATION], "tool_calls": [CHAT_CALL]},
    "reasoning_details": [{"type": "reasoning.text", "text": "so", "signature": "s", "index": 0}],
}
CHAT_USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "note": "none"}
CHAT = {
    **{"id": "c1", "model": "m", "system_fingerprint": "fp", "usage": CHAT_USAGE},
    "choices": [{"index": 0, "message": CHAT_MESSAGE, "finish_reason": "tool_calls"}],
}
CHAT_DELTA = {**CHAT_MESSAGE, "tool_calls": [{"index": 0, **CHAT_CALL}]}
CHAT_STREAM = [
    {"id": "c1", "model": "m", "choices": [{"index": 0, "delta": CHAT_DELTA}]},
    {"choices": [{"index": 0, "delta": {"content": " you"}, "finish_reason": "tool_calls"}], "usage": CHAT_USAGE},
    {"error": {"message": "Over", "code": "late", "type": "server", "param": "p"}},
]  # fmt: skip

RESPONSES_OUTPUT: list[dict[str, Any]] = [
    {
        **{"type": "reasoning", "id": "rs", "encrypted_content": "xyz"},
        "summary": [{"type": "summary_text", "text": "Hm"}],
        "content": [{"type": "reasoning_text", "text": "so"}],
    },
    {
        **{"type": "message", "id": "msg", "role": "assistant", "status": "completed"},
        "content": [
            {
                **{"type": "output_text", "text": "Hello"},
                "annotations": [{"type": "url_citation", "url": "https://a.b", "title": "A"}],
            },
            {"type": "refusal", "refusal": "No"},
        ],
    },
    {"type": "function_call", "id": "fc", "call_id": "call_a", "name": "weather", "arguments": '{"city": "Oslo"}'},
    {"type": "custom_tool_call", "id": "ct", "call_id": "call_b", "name": "code", "input": "print(1)"},
    {"type": "web_search_call", "id": "ws", "status": "completed", "action": {"type": "search", "query": "weather"}},
    {"type": "mcp_call", "id": "mcp", "name": "look", "arguments": "{}", "output": "Seen", "server_label": "s"},
]
RESPONSES = {
    **{"id": "r1", "object": "response", "model": "m", "status": "completed", "output": RESPONSES_OUTPUT},
    "usage": {"input_tokens": 1, "output_tokens": 2, "note": "none"},
}


def _responses_stream() -> Iterator[Any]:
    yield {"type": "response.created", "response": {"id": "r1", "model": "m"}}
    delta = {"output_index": 0, "item_id": "rs", "content_index": 0, "summary_index": 0}
    yield {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": {**RESPONSES_OUTPUT[0], "summary": [], "content": []},
    }
    yield {"type": "response.reasoning_summary_text.delta", **delta, "delta": "Hm"}
    yield {"type": "response.reasoning_text.delta", **delta, "delta": "so"}
    delta = {"output_index": 1, "item_id": "msg", "content_index": 0}
    yield {"type": "response.output_item.added", "output_index": 1, "item": {**RESPONSES_OUTPUT[1], "content": []}}
    yield {"type": "response.output_text.delta", **delta, "delta": "Hello"}
    yield {"type": "response.output_text.annotation.added", **delta, "annotation": {"type": "x", "title": "A"}}
    yield {"type": "response.refusal.delta", **delta, "content_index": 1, "delta": "No"}
    added = {**RESPONSES_OUTPUT[2], "arguments": ""}
    yield {"type": "response.output_item.added", "output_index": 2, "item": added}
    yield {"type": "response.function_call_arguments.delta", "output_index": 2, "item_id": "fc", "delta": '{"city'}
    yield {"type": "response.odd", "what": "odd"}
    for index, item in enumerate(RESPONSES_OUTPUT):
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": {**RESPONSES, "output": []}}


RESPONSES_STREAM = list(_responses_stream())

ANTHROPIC_BLOCKS: list[dict[str, Any]] = [
    {"type": "thinking", "thinking": "Hm", "signature": "sig"},
    {"type": "redacted_thinking", "data": "xyz"},
    {"type": "text", "text": "Hello", "citations": [{"type": "char_location", "cited_text": "A", "title": "D"}]},
    {"type": "tool_use", "id": "toolu_a", "name": "weather", "input": {"city": "Oslo"}},
    {"type": "server_tool_use", "id": "srv", "name": "web_search", "input": {"query": "weather"}},
    {"type": "web_search_tool_result", "tool_use_id": "srv", "content": [{"type": "web_search_result", "title": "A"}]},
]  # fmt: skip
ANTHROPIC = {
    **{"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": ANTHROPIC_BLOCKS},
    **{"stop_reason": "tool_use", "stop_sequence": "END", "usage": {"input_tokens": 1, "service_tier": "standard"}},
}


def _anthropic_stream() -> Iterator[Any]:
    yield {"type": "message_start", "message": {**ANTHROPIC, "content": [], "stop_reason": None}}
    empty: dict[str, Any] = {"thinking": "", "signature": "", "text": "", "citations": [], "input": {}}
    for index, block in enumerate(ANTHROPIC_BLOCKS):
        begun = {name: empty.get(name, value) for name, value in block.items()}
        yield {"type": "content_block_start", "index": index, "content_block": begun}
        for delta in _anthropic_deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {"type": "odd", "what": "odd"}
    ended = {"stop_reason": "tool_use", "stop_sequence": "END"}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 2, "note": "none"}}
    yield {"type": "message_stop"}


def _anthropic_deltas(block: dict[str, Any]) -> Iterator[Any]:
    if "thinking" in block:
        yield {"type": "thinking_delta", "thinking": block["thinking"]}
        yield {"type": "signature_delta", "signature": block["signature"]}
    if "text" in block:
        yield {"type": "text_delta", "text": block["text"]}
        yield {"type": "citations_delta", "citation": block["citations"][0]}
    if "input" in block:
        yield {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}


ANTHROPIC_STREAM = list(_anthropic_stream())

GEMINI_PARTS: list[dict[str, Any]] = [
    {"text": "Hm", "thought": True},
    {"text": "Hello", "thoughtSignature": "sig"},
    {"functionCall": {"id": "fc", "name": "weather", "args": {"city": "Oslo"}}, "thoughtSignature": "sig"},
    {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
    {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
    {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
]
GEMINI_CANDIDATE = {
    **{"finishReason": "STOP", "finishMessage": "Done", "index": 0},
    "groundingMetadata": {"webSearchQueries": ["weather"], "groundingChunks": [{"web": {"uri": "u", "title": "A"}}]},
    "citationMetadata": {"citationSources": [{"uri": "u", "license": "mit"}]},
}
GEMINI_AROUND = {"modelVersion": "m", "responseId": "g1", "usageMetadata": {"promptTokenCount": 1, "note": "none"}}
GEMINI = {
    **GEMINI_AROUND,
    "candidates": [{**GEMINI_CANDIDATE, "content": {"role": "model", "parts": GEMINI_PARTS}}],
}
GEMINI_STREAM = [
    *({**GEMINI_AROUND, "candidates": [{"content": {"role": "model", "parts": [part]}}]} for part in GEMINI_PARTS),
    {**GEMINI_AROUND, "candidates": [GEMINI_CANDIDATE]},
]

WHOLE = {"openai-chat": CHAT, "openai-responses": RESPONSES, "anthropic": ANTHROPIC, "gemini": GEMINI}
STREAMS: dict[str, Sequence[Any]] = {
    **{"openai-chat": CHAT_STREAM, "openai-responses": RESPONSES_STREAM},
    **{"anthropic": ANTHROPIC_STREAM, "gemini": GEMINI_STREAM},
}
ERRORS = {
    "openai-chat": {"error": {"message": "Bad", "type": "invalid", "code": "c", "param": "p"}},
    "openai-responses": {"error": {"message": "Bad", "type": "invalid", "code": "c", "param": "p"}},
    "anthropic": {"type": "error", "error": {"type": "invalid", "message": "Bad"}, "request_id": "req"},
    "gemini": [{"error": {"code": 400, "message": "Bad", "status": "INVALID", "details": [{"reason": "r"}]}}],
}


def texts(value: Any) -> int:
    """How many texts there are, names of fields included."""
    if isinstance(value, str):
        return 1
    if isinstance(value, dict):
        return sum(1 + texts(item) for item in value.values())
    return sum(map(texts, value)) if isinstance(value, list) else 0


def hurt(value: Any, at: int, half: str) -> Any:
    """A copy whose ``at``-th text has a half at its end."""
    left = [at]

    def walked(one: Any) -> Any:
        if isinstance(one, str):
            left[0] -= 1
            return one + half if left[0] == -1 else one
        if isinstance(one, dict):
            return {walked(name): walked(item) for name, item in one.items()}
        return [walked(item) for item in one] if isinstance(one, list) else one

    return walked(value)


def stream(documents: Sequence[Any]) -> bytes:
    lines = []
    for document in documents:
        named = f"event: {whole(document['type'])}\n" if "type" in document else ""
        lines.append(f"{named}data: {json.dumps(document)}\n\n")
    return "".join(lines).encode()


def streamed(decoder: Decoder, data: bytes, size: int) -> list[Event]:
    events: list[Event] = []
    for at in range(0, len(data), size):
        events += decoder.feed(data[at : at + size])
    return events + decoder.close()


def bare(wire: str) -> Wire:
    """The format without the guard: shows that the halves do come that far."""
    guarded = WIRES[wire]
    assert isinstance(guarded, WholeWire)
    return guarded._wire


@pytest.mark.parametrize("half", [HIGH, LOW])
@pytest.mark.parametrize("wire", WHOLE)
def test_no_text_of_a_whole_answer_brings_a_half(wire: str, half: str) -> None:
    came = 0
    for at in range(texts(WHOLE[wire])):
        body = json.dumps(hurt(WHOLE[wire], at, half)).encode()
        came += any(map(has_half, bare(wire).read(body)))
        assert not has_half(WIRES[wire].read(body)), (wire, at, body)
    assert came > 30


@pytest.mark.parametrize("half", [HIGH, LOW])
@pytest.mark.parametrize("wire", STREAMS)
def test_no_text_of_a_stream_brings_a_half(wire: str, half: str) -> None:
    came = 0
    for at in range(texts(list(STREAMS[wire]))):
        data = stream(hurt(list(STREAMS[wire]), at, half))
        came += any(map(has_half, streamed(bare(wire).decoder(), data, 700)))
        assert not has_half(streamed(WIRES[wire].decoder(), data, 700)), (wire, at, data)
    assert came > 30


@pytest.mark.parametrize("wire", ERRORS)
def test_no_text_of_an_error_brings_a_half(wire: str) -> None:
    for at in range(texts(ERRORS[wire])):
        body = json.dumps(hurt(ERRORS[wire], at, HIGH)).encode()
        assert not has_half(WIRES[wire].error(400, body)), (wire, at)
        assert not has_half(WIRES[wire].read(body)), (wire, at)


def _turn(wire: str, data: bytes) -> Turn:
    reader = Reader(WIRES[wire], 200, stream=True)
    reader.feed(data)
    reader.close()
    return reader.turn()


@pytest.mark.parametrize("wire", WHOLE)
def test_what_has_no_half_is_read_as_without_the_guard(wire: str) -> None:
    body, data = json.dumps(WHOLE[wire]).encode(), stream(STREAMS[wire])
    assert WIRES[wire].read(body) == bare(wire).read(body)
    assert streamed(WIRES[wire].decoder(), data, 100) == streamed(bare(wire).decoder(), data, 100)


def _pieces() -> Iterator[tuple[str, Any]]:
    """For every text that comes in pieces: two that cut a character, with the format."""
    for field in ("content", "reasoning_content", "refusal"):
        yield "openai-chat", [{"choices": [{"index": 0, "delta": {field: half}}]} for half in (HIGH, LOW)]
    calls = [{"index": 0, "id": "a", "function": {"name": "f", "arguments": half}} for half in (f'"{HIGH}', f'{LOW}"')]
    yield "openai-chat", [{"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]} for call in calls]
    for kind, field in (("text_delta", "text"), ("thinking_delta", "thinking")):
        deltas = [{"type": kind, field: half} for half in (HIGH, LOW)]
        yield "anthropic", [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    for kind in ("output_text", "refusal", "reasoning_text", "reasoning_summary_text", "function_call_arguments"):
        event = {"type": f"response.{kind}.delta", "output_index": 0, "item_id": "i"}
        yield "openai-responses", [{**event, "delta": half} for half in (HIGH, LOW)]
    for more in ({}, {"thought": True}):
        parts = [{"text": half, **more} for half in (HIGH, LOW)]
        yield "gemini", [{"candidates": [{"content": {"parts": [part]}}]} for part in parts]


@pytest.mark.parametrize(("wire", "pieces"), list(_pieces()))
def test_a_character_cut_between_two_pieces_is_whole_again(wire: str, pieces: list[Any]) -> None:
    assert not has_half(streamed(WIRES[wire].decoder(), stream(pieces[:1]), 50))
    turn = _turn(wire, stream(pieces))
    assert "\U0001f600" in json.dumps(to_json(turn), ensure_ascii=False), turn
    assert "\ufffd" not in json.dumps(to_json(turn), ensure_ascii=False), turn


class _Said:
    """A decoder that says what it is told to."""

    ended = False

    def __init__(self, *said: Event) -> None:
        self._said = list(said)

    def feed(self, chunk: bytes) -> list[Event]:
        return [self._said.pop(0)]

    def close(self) -> list[Event]:
        return []


class _Small:
    """A format of that decoder, and nothing else."""

    name = label = "small"

    def __init__(self, *said: Event) -> None:
        self._decoder = _Said(*said)

    def decoder(self) -> Decoder:
        return self._decoder


def _said(*said: Event) -> list[Event]:
    decoder = WholeWire(_Small(*said)).decoder()  # type: ignore[arg-type]
    return [event for _ in said for event in decoder.feed(b"")] + decoder.close()


def test_a_half_waits_for_the_next_piece_of_its_own_text() -> None:
    assert _said(TextDelta(0, "a" + HIGH), TextDelta(1, LOW), TextDelta(0, LOW)) == [
        TextDelta(0, "a"),
        TextDelta(1, "\ufffd"),
        TextDelta(0, "\U0001f600"),
    ]
    apart = _said(PartExtra(0, "a", HIGH), PartExtra(0, "b", LOW), PartExtra(0, "a", LOW))
    assert apart == [PartExtra(0, "a", ""), PartExtra(0, "b", "\ufffd"), PartExtra(0, "a", "\U0001f600")]


def test_a_half_that_stays_alone_is_told_at_the_end() -> None:
    assert _said(TextDelta(0, "a" + HIGH)) == [TextDelta(0, "a"), TextDelta(0, "\ufffd")]
    assert _said(CallDelta(0, "i", "n", HIGH), CallDelta(0, "i", "n", "x"))[1:] == [CallDelta(0, "i", "n", "\ufffdx")]


def test_what_settles_a_part_settles_its_half_too() -> None:
    settled = PartDone(0, Text("a\ufffd"))
    assert _said(TextDelta(0, "a" + HIGH), PartDone(0, Text("a" + HIGH))) == [TextDelta(0, "a"), settled]


def test_arguments_stay_as_they_were_sent_and_their_value_is_whole() -> None:
    call = ToolCall("a", "f", '{"a": "\\ud83d", "\\ude00": ["\\ud83d\\ude00"]}')
    assert call.parsed() == Parsed({"a": "\ufffd", "\ufffd": ["\U0001f600"]})
    assert isinstance(ToolCall("a", "f", '"\\ud83').parsed(), Malformed)
