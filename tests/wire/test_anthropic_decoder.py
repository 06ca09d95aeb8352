"""Messages replies: streams, bodies, blocks of every kind, errors inside them, and what is no reply at all."""

import json
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.types.parts import Malformed, Opaque, Part, Text, Thinking, ToolCall
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

WIRE = WIRES["anthropic"]
USAGE = {"input_tokens": 10, "cache_read_input_tokens": 300, "cache_creation_input_tokens": 5, "output_tokens": 1}


def read(body: bytes, *, stream: bool = True, step: int | None = None) -> Turn:
    reader = Reader(WIRE, 200, stream=stream)
    for at in range(0, len(body), step or len(body) or 1):
        reader.feed(body[at : at + (step or len(body))])
    reader.close()
    return reader.turn()


def sse(*events: Any) -> bytes:
    lines = [f"event: {event.get('type', '')}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
    return "".join(lines).encode()


def start(**usage: Any) -> dict[str, Any]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None}
    return {"type": "message_start", "message": {**message, "stop_sequence": None, "usage": usage or USAGE}}


def block(index: int, content: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": content},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text(index: int, *pieces: str) -> list[dict[str, Any]]:
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": piece} for piece in pieces))


def call(index: int, *pieces: str, start_input: Any = None, **fields: Any) -> list[dict[str, Any]]:
    content = {"type": "tool_use", "id": f"toolu_{index}", "name": "get_time", "input": start_input or {}, **fields}
    return block(index, content, *({"type": "input_json_delta", "partial_json": piece} for piece in pieces))


def end(reason: str = "end_turn", usage: Any = None, **fields: Any) -> list[dict[str, Any]]:
    delta = {"stop_reason": reason, "stop_sequence": None, **fields}
    return [
        {"type": "message_delta", "delta": delta, "usage": usage or {"output_tokens": 20}},
        {"type": "message_stop"},
    ]


def arguments(turn: Turn) -> list[str]:
    return [item.arguments for item in turn.calls]


THINKING = block(
    0,
    {"type": "thinking", "thinking": "", "signature": ""},
    {"type": "thinking_delta", "thinking": "hm, "},
    {"type": "thinking_delta", "thinking": "Rome"},
    {"type": "signature_delta", "signature": "EqQB"},
)
REDACTED = {"type": "redacted_thinking", "data": "xyz"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "time"}}
FOUND = {
    "type": "web_search_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": [{"type": "web_search_result", "url": "u", "encrypted_content": "e"}],
}
MCP = {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "n", "server_name": "s", "input": {}}
CITATION = {"type": "web_search_result_location", "url": "u", "cited_text": "c", "encrypted_index": "i"}

WHOLE_STREAM = sse(
    start(),
    {"type": "ping"},
    *THINKING,
    *block(1, REDACTED),
    *block(2, {**SEARCH, "input": {}}, {"type": "input_json_delta", "partial_json": '{"query":"time"}'}),
    *block(3, FOUND),
    *block(
        4,
        {"type": "text", "text": "", "citations": []},
        {"type": "citations_delta", "citation": CITATION},
        {"type": "text_delta", "text": "It is "},
        {"type": "text_delta", "text": "ten \U0001f600"},
    ),
    *call(5, "", '{"tz":"Europe/', 'Rome"}', caller={"type": "direct"}),
    *end("tool_use", {"output_tokens": 20}, container={"id": "container_1"}),
)
WHOLE_BODY = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "content": [
        {"type": "thinking", "thinking": "hm, Rome", "signature": "EqQB"},
        REDACTED,
        SEARCH,
        FOUND,
        {"type": "text", "text": "It is ten \U0001f600", "citations": [CITATION]},
        {
            "type": "tool_use",
            "id": "toolu_5",
            "name": "get_time",
            "input": {"tz": "Europe/Rome"},
            "caller": {"type": "direct"},
        },
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "container": {"id": "container_1"},
    "usage": {**USAGE, "output_tokens": 20},
}
WHOLE_PARTS: tuple[Part, ...] = (
    Thinking("hm, Rome", "thinking", {"signature": "EqQB"}),
    Opaque("redacted_thinking", REDACTED),
    Opaque("server_tool_use", SEARCH),
    Opaque("web_search_tool_result", FOUND),
    Text("It is ten \U0001f600", {"citations": [CITATION]}),
    ToolCall("toolu_5", "get_time", '{"tz":"Europe/Rome"}', extra={"caller": {"type": "direct"}}),
)


def test_every_kind_of_block_in_its_place() -> None:
    turn = read(WHOLE_STREAM)
    assert turn.parts == WHOLE_PARTS
    assert (turn.state, turn.finish, turn.unknown) == ("finished", "tool_use", ())
    assert (turn.meta["id"], turn.meta["model"]) == ("msg_1", "m")
    assert turn.extra["container"] == {"id": "container_1"}


def test_the_stream_and_its_plain_twin_give_the_same_turn() -> None:
    body = json.dumps(WHOLE_BODY).encode()
    assert read(WHOLE_STREAM) == read(body, stream=False) == read(body)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 100])
def test_any_slicing_gives_the_same_turn(step: int) -> None:
    assert read(WHOLE_STREAM, step=step) == read(WHOLE_STREAM)
    assert read(WHOLE_STREAM.replace(b"\n", b"\r\n"), step=step) == read(WHOLE_STREAM)


def test_thinking_that_is_not_displayed_leaves_its_signature() -> None:
    hidden = block(0, {"type": "thinking", "thinking": "", "signature": ""}, THINKING[-2]["delta"])
    assert read(sse(start(), *hidden, *end())).parts == (Thinking("", "thinking", {"signature": "EqQB"}),)


@pytest.mark.parametrize("pieces", [("EqQB",), ("Eq", "QB"), ("EqQB", "EqQB")])
def test_a_signature_whole_in_pieces_or_repeated(pieces: tuple[str, ...]) -> None:
    deltas = [{"type": "signature_delta", "signature": piece} for piece in pieces]
    turn = read(sse(start(), *block(0, {"type": "thinking", "thinking": "hm"}, *deltas), *end()))
    assert turn.parts == (Thinking("hm", "thinking", {"signature": "EqQB"}),)


def test_blocks_of_a_kind_not_known_yet_are_kept_whole() -> None:
    unheard_of = {"type": "compaction", "content": None}
    turn = read(
        sse(start(), *block(0, unheard_of, {"type": "compaction_delta", "content": "sum"}), *text(1, "a"), *end())
    )
    assert turn.parts == (Opaque("compaction", {"type": "compaction", "content": "sum"}), Text("a"))


def test_a_server_tools_input_that_is_no_json_is_kept() -> None:
    turn = read(sse(start(), *block(0, MCP, {"type": "input_json_delta", "partial_json": '{"a": '}), *end()))
    assert turn.parts == (Opaque("mcp_tool_use", MCP),)
    assert turn.calls == ()
    assert [item.raw for item in turn.unknown] == ['{"a": ']


def test_events_deltas_and_fields_not_known_are_kept() -> None:
    strange = {"type": "content_block_note", "note": 1}
    delta = {"type": "tone_delta", "tone": "calm"}
    ending = end()
    ending[0]["context_management"] = {"applied_edits": []}
    ending[1]["amazon-bedrock-invocationMetrics"] = {"latency": 3}
    turn = read(sse(start(), strange, *block(0, {"type": "text", "text": "a"}, delta), *ending))
    assert turn.text == "a"
    assert [json.loads(item.raw) for item in turn.unknown] == [strange, delta]
    assert turn.meta["context_management"] == {"applied_edits": []}
    assert turn.meta["amazon-bedrock-invocationMetrics"] == {"latency": 3}


@pytest.mark.parametrize(
    "junk",
    [
        {"type": "content_block_start", "index": [], "content_block": 3},
        {"type": "content_block_start", "index": 9, "content_block": {"type": {}}},
        {"x": 1},
        {},
    ],
)
def test_junk_is_kept_and_the_rest_is_read(junk: dict[str, Any]) -> None:
    turn = read(sse(start(), junk, *text(0, "a"), *end()) + b"data: 7\n\ndata: {broken\n\n")
    assert (turn.text, turn.state) == ("a", "finished")
    assert len(turn.unknown) == 3


def test_how_the_answer_stopped_is_told() -> None:
    details = {"type": "refusal", "category": "x", "explanation": "y"}
    turn = read(sse(start(), *text(0, "I"), *end("refusal", stop_details=details, stop_sequence="END")))
    assert (turn.finish, turn.meta["stop_details"], turn.meta["stop_sequence"]) == ("refusal", details, "END")


def test_pause_turn_ends_the_reply_with_its_step_open() -> None:
    turn = read(sse(start(), *block(0, SEARCH), *end("pause_turn")))
    assert (turn.finish, turn.state, turn.parts) == ("pause_turn", "finished", (Opaque("server_tool_use", SEARCH),))


def test_an_answer_without_content() -> None:
    turn = read(json.dumps({**WHOLE_BODY, "content": []}).encode(), stream=False)
    assert (turn.parts, turn.state, turn.problem) == ((), "finished", None)


def test_trap_50_every_text_block_of_a_plain_body_is_kept() -> None:
    blocks = [{"type": "text", "text": "Let me look. "}, REDACTED, {"type": "text", "text": "Ten."}]
    turn = read(json.dumps({**WHOLE_BODY, "content": blocks}).encode(), stream=False)
    assert (turn.text, [part.kind for part in turn.parts]) == ("Let me look. Ten.", ["text", "opaque", "text"])


def test_trap_57_usage_counts_the_cache_into_the_input() -> None:
    usage = read(WHOLE_STREAM).usage
    assert usage is not None
    assert (usage.input, usage.output, usage.total) == (315, 20, 335)
    assert (usage.cache_read, usage.cache_write, usage.reasoning) == (300, 5, None)


def test_trap_19_usage_in_a_stream_is_cumulative() -> None:
    later = {
        "input_tokens": 10,
        "cache_read_input_tokens": 300,
        "cache_creation_input_tokens": None,
        "output_tokens": 9,
    }
    first = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 4}}
    details = {"output_tokens_details": {"thinking_tokens": 6}, "server_tool_use": {"web_search_requests": 1}}
    usage = read(sse(start(), *text(0, "a"), first, *end("end_turn", {**later, **details}))).usage
    assert usage is not None
    assert (usage.input, usage.cache_read, usage.cache_write) == (315, 300, 5)
    assert (usage.output, usage.reasoning, usage.total) == (9, 6, 324)
    assert usage.raw["server_tool_use"] == {"web_search_requests": 1}


def test_usage_that_was_not_reported_is_unknown() -> None:
    usage = read(sse(start(input_tokens=3, output_tokens=1), *end("end_turn", {"output_tokens": 2}))).usage
    assert usage is not None
    assert (usage.input, usage.total, usage.cache_read, usage.cache_write) == (3, 5, None, None)
    body = {key: value for key, value in WHOLE_BODY.items() if key != "usage"}
    assert read(json.dumps(body).encode(), stream=False).usage is None


def test_trap_02_indices_that_start_at_one_or_skip() -> None:
    turn = read(sse(start(), *text(1, "a"), *call(4, '{"a":1}'), *end("tool_use")))
    assert (turn.text, arguments(turn)) == ("a", ['{"a":1}'])


def test_trap_03_two_blocks_on_one_index_stay_apart() -> None:
    turn = read(sse(start(), *call(0, '{"a":1}', id="x"), *call(0, '{"a":2}', id="y"), *end("tool_use")))
    assert [(item.id, item.arguments) for item in turn.calls] == [("x", '{"a":1}'), ("y", '{"a":2}')]
    opened = [*call(0, id="x", caller={"type": "direct"}), *call(0, '{"a":2}', id="y")]
    unstopped = read(sse(start(), *(event for event in opened if event["type"] != "content_block_stop"), *end()))
    assert arguments(unstopped) == ["{}", '{"a":2}']
    assert unstopped.calls[0].extra == {"caller": {"type": "direct"}}


@pytest.mark.parametrize("pieces", [(), ("",), ("", " ")])
def test_trap_04_a_call_without_arguments_is_an_empty_object(pieces: tuple[str, ...]) -> None:
    assert arguments(read(sse(start(), *call(0, *pieces), *end("tool_use")))) == ["{}"]


def test_the_whole_input_in_the_blocks_start_counts_where_no_delta_follows() -> None:
    assert arguments(read(sse(start(), *call(0, start_input={"a": 1}), *end()))) == ['{"a":1}']
    assert arguments(read(sse(start(), *call(0, '{"a":2}', start_input={"a": 1}), *end()))) == ['{"a":2}']


@pytest.mark.parametrize("missing", ["", None])
def test_trap_09_10_a_call_without_an_id_gets_one(missing: str | None) -> None:
    turn = read(sse(start(), *call(0, "{}", id=missing), *call(1, "{}", id=missing), *end("tool_use")))
    assert len({item.id for item in turn.calls} - {""}) == 2


def test_trap_12_text_after_a_call_belongs_to_the_reply() -> None:
    turn = read(sse(start(), *call(0, "{}"), *text(1, "more"), *end("tool_use")))
    assert [part.kind for part in turn.parts] == ["tool_call", "text"]


def test_trap_14_a_finish_reason_of_calls_without_calls() -> None:
    turn = read(sse(start(), *text(0, "a"), *end("tool_use")))
    assert (turn.finish, turn.calls, turn.state) == ("tool_use", (), "finished")


def test_trap_15_ping_comments_and_events() -> None:
    body = b": PING\n\n" + sse(start(), {"type": "ping"}, {"type": "ping"}, *text(0, "a"), *end()) + b": PING\n\n"
    assert (read(body).text, read(body).unknown) == ("a", ())


@pytest.mark.parametrize(
    "error",
    [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_1"},
        {"error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": "req_1"},
    ],
)
def test_trap_16_an_error_inside_a_stream_keeps_the_partial_text(error: dict[str, Any]) -> None:
    for tail in (sse(error), json.dumps(error).encode()):
        turn = read(sse(start(), *text(0, "par")) + tail)
        problem = turn.problem
        assert problem is not None
        assert (turn.text, turn.state, problem.kind, problem.message) == ("par", "failed", "stream", "Overloaded")
        assert (problem.code, problem.request_id, problem.retryable) == ("overloaded_error", "req_1", True)


def test_an_error_where_a_whole_answer_should_be() -> None:
    body = b'{"type":"error","error":{"type":"invalid_request_error","message":"no"}}'
    for stream in (True, False):
        problem = read(body, stream=stream).problem
        assert problem is not None
        assert (problem.kind, problem.code, problem.retryable) == ("stream", "invalid_request_error", False)


def test_trap_17_a_broken_stream_is_interrupted_and_keeps_what_came() -> None:
    cut = sse(start(), *text(0, "a"), *call(1, '{"tz": "Eu')[:-1])
    turn = read(cut)
    assert turn.problem is not None
    assert (turn.state, turn.problem.kind, turn.text) == ("interrupted", "interrupted", "a")
    assert arguments(turn) == ['{"tz": "Eu']
    assert arguments(read(sse(start(), *call(0)[:-1]))) == [""]
    assert turn.usage is not None and turn.usage.input == 315


def test_the_end_counts_without_message_stop() -> None:
    assert read(sse(start(), *text(0, "a"), *end()[:-1])).state == "finished"
    assert read(sse(start(), *text(0, "a")) + b"data: [DONE]\n\n").state == "finished"


def test_trap_20_invalid_json_of_eager_streaming_stays_as_it_came() -> None:
    raw = '{"lines": ["a"\n"b"'
    turn = read(sse(start(), *call(0, raw[:9], raw[9:]), *end("tool_use")))
    assert arguments(turn) == [raw]
    assert isinstance(turn.calls[0].parsed(), Malformed)


def test_deltas_whose_block_never_started() -> None:
    def delta(index: int | None, **fields: Any) -> dict[str, Any]:
        return {"type": "content_block_delta", **({} if index is None else {"index": index}), "delta": fields}

    orphan = delta(7, type="input_json_delta", partial_json="{")
    body = sse(
        start(),
        delta(0, type="thinking_delta", thinking="hm"),
        delta(1, type="text_delta", text="a"),
        delta(None, type="text_delta", text="b"),
        orphan,
        *end(),
    )
    turn = read(body)
    assert (turn.thinking, turn.text) == ("hm", "ab")
    assert [json.loads(item.raw) for item in turn.unknown] == [orphan]


def test_text_cut_inside_a_surrogate_pair() -> None:
    body = sse(start(), *text(0, "PLACE")[:1]) + b"".join(
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}}\n\n' % half
        for half in (rb"\ud83d", rb"\ude00")
    )
    assert read(body + sse(*end())).text == "\U0001f600"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"<html>gateway</html>", "html"), (b"", "empty"), (b"not json", "not_json"), (b'{"id": "x"}', "no_content")],
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_is_no_reply_at_all(body: bytes, code: str, stream: bool) -> None:
    problem = read(body, stream=stream).problem
    assert problem is not None
    assert (problem.kind, problem.code) == ("unreadable", code)


def test_http_errors_of_anthropic_and_of_a_gateway() -> None:
    body = b'{"type":"error","error":{"type":"rate_limit_error","message":"slow"},"request_id":"req_9"}'
    problem = WIRE.error(429, body)
    assert (problem.status, problem.code, problem.message) == (429, "rate_limit_error", "slow")
    assert (problem.request_id, problem.retryable) == ("req_9", True)
    relayed = WIRE.error(503, b'{"type":"error","error":{"type":"new_api_error","message":"no (request id: 20A)"}}')
    assert (relayed.request_id, relayed.retryable) == ("20A", True)
    page = WIRE.error(502, b"<html></html>")
    assert (page.kind, page.status, page.code) == ("http", 502, "")
