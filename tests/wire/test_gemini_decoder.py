"""Gemini replies: SSE, JSON arrays and bodies, parts with and without signatures, and what is no reply at all."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from callsmith.conversation import answerable
from callsmith.reading import Reader
from callsmith.types.message import Origin
from callsmith.types.parts import Media, Opaque, Text, Thinking, ToolCall
from callsmith.types.turn import Turn
from callsmith.wire.gemini_array import ArrayDecoder
from callsmith.wire.registry import WIRES

WIRE = WIRES["gemini"]
USAGE = {"promptTokenCount": 28, "candidatesTokenCount": 5, "thoughtsTokenCount": 52, "totalTokenCount": 85}


def read(body: bytes, *, stream: bool = True, step: int | None = None) -> Turn:
    reader = Reader(WIRE, 200, stream=stream)
    for at in range(0, len(body), step or len(body) or 1):
        reader.feed(body[at : at + (step or len(body))])
    reader.close()
    return reader.turn()


def sse(*chunks: object) -> bytes:
    return "".join(f"data: {json.dumps(chunk, ensure_ascii=False)}\r\n\r\n" for chunk in chunks).encode()


def array(*chunks: object) -> bytes:
    """As Google writes it: indented, a line with a comma between elements."""
    return ("[" + "\n,\n".join(json.dumps(chunk, indent=2, ensure_ascii=False) for chunk in chunks) + "\n]").encode()


def chunk(*parts: object, finish: Any = None, **fields: object) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate | fields], "modelVersion": "m"}


def call(name: str, args: object = None, **beside: object) -> dict[str, Any]:
    return {"functionCall": {"name": name, "args": args or {}}, **beside}


def test_text_thoughts_usage_and_what_stands_around_them() -> None:
    turn = read(sse(chunk({"text": "hm", "thought": True}), chunk({"text": "Hi"}, finish="STOP") | {"responseId": "r"}))
    assert (turn.text, turn.thinking, turn.finish, turn.state) == ("Hi", "hm", "STOP", "finished")
    assert (turn.meta["modelVersion"], turn.meta["responseId"]) == ("m", "r")


STREAMS = (
    (
        chunk({"text": 'Gr\u00fc\u00dfe ["{\\'}),
        chunk({"text": ' \U0001f600 }]"'}, finish="STOP") | {"usageMetadata": USAGE},
    ),
    (chunk(call("f", {"a": ']}\\"'}, thoughtSignature="s"), call("g")), chunk({"text": ""}, finish="STOP")),
    (chunk({"text": "a"}), {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}),
    (chunk({"text": "a"}),),
)


@pytest.mark.parametrize("step", [1, 2, 3, 7])
@pytest.mark.parametrize("framing", [sse, array])
@pytest.mark.parametrize("chunks", STREAMS)
def test_any_slicing_gives_the_same_turn(chunks: Any, framing: Any, step: int) -> None:
    body = framing(*chunks)
    assert read(body, step=step) == read(body)


@pytest.mark.parametrize("chunks", STREAMS[:3])
def test_both_framings_give_the_same_turn(chunks: Any) -> None:
    turn = read(sse(*chunks))
    assert (turn.parts, turn.usage, turn.state) == ((got := read(array(*chunks))).parts, got.usage, got.state)


def test_an_array_hands_out_each_element_with_its_last_bracket() -> None:
    decoder = WIRE.decoder()
    body = array(chunk({"text": "a"}), chunk({"text": "b"}, finish="STOP"))
    first = body.index(b"\n,\n")
    assert not [event for event in decoder.feed(body[: first - 1]) if event.kind == "text_delta"]
    assert [event.text for event in decoder.feed(body[first - 1 : first]) if event.kind == "text_delta"] == ["a"]


@pytest.mark.parametrize("step", [None, 1])
def test_white_space_and_a_byte_order_mark_before_an_array(step: int | None) -> None:
    body = b"\xef\xbb\xbf\r\n " + array(chunk({"text": "a"}, finish="STOP"))
    assert (read(body, step=step).text, read(body, step=step).unknown) == ("a", ())
    assert [event.kind for event in WIRE.decoder().feed(body)][0] == "meta"


def test_an_array_that_breaks_off_is_interrupted_and_its_rest_is_kept() -> None:
    body = array(chunk({"text": "a"}), chunk({"text": "lost"}, finish="STOP"))
    turn = read(body[:-30])
    assert (turn.text, turn.state) == ("a", "interrupted")
    assert "lost" in turn.unknown[0].raw


def test_an_array_element_too_large_is_dropped_and_counted() -> None:
    decoder = ArrayDecoder(max_element=20)
    found = [
        element for piece in (b'[{"a":1},{"b":"', b"x" * 50, b'"},{"c":', b"3}]") for element in decoder.feed(piece)
    ]
    assert (found, decoder.oversized, decoder.closed) == ([b'{"a":1}', b'{"c":3}'], 1, True)


def test_text_after_an_array_and_between_its_elements_is_kept() -> None:
    decoder = ArrayDecoder()
    assert decoder.feed(b'[{"a":1} oops ,{"b":2}] and {"more": "]"}') == [b'{"a":1}', b'{"b":2}']
    assert decoder.stray == b'oops\nand {"more": "]"}\n'


def test_a_broken_stream_is_interrupted() -> None:
    turn = read(sse(chunk({"text": "par"}))[:-2])
    assert (turn.text, turn.state, turn.usage) == ("par", "interrupted", None)
    assert turn.problem is not None and turn.problem.retryable


def test_trap_10_calls_without_ids_get_local_ones_and_given_ids_are_kept() -> None:
    given = {"functionCall": {"id": "f1", "name": "h", "args": {}}}
    turn = read(sse(chunk(call("f"), call("f"), given, given, finish="STOP")))
    assert [item.id for item in turn.calls] == ["call_1", "call_2", "f1", "f1_2"]
    assert [item.extra.get("functionCall") for item in turn.calls] == [None, None, {"id": "f1"}, {"id": "f1"}]


def test_trap_4_a_call_without_arguments_has_an_empty_object() -> None:
    assert read(sse(chunk({"functionCall": {"name": "now"}}, finish="STOP"))).calls[0].arguments == "{}"


def test_trap_24_signatures_stay_on_the_exact_part() -> None:
    body = sse(
        chunk({"text": "I will "}),
        chunk({"text": "look"}),
        chunk(call("f", thoughtSignature="first"), call("g")),
        chunk({"text": "so"}),
        chunk({"text": "", "thoughtSignature": "last"}, finish="STOP"),
    )
    assert read(body).parts == (
        Text("I will look"),
        ToolCall("call_1", "f", "{}", extra={"thoughtSignature": "first"}),
        ToolCall("call_2", "g", "{}"),
        Text("so"),
        Text("", {"thoughtSignature": "last"}),
    )


def test_text_after_signed_text_is_a_part_of_its_own() -> None:
    body = sse(chunk({"text": "a"}), chunk({"text": "b", "thoughtSignature": "s"}), chunk({"text": "c"}, finish="STOP"))
    assert read(body).parts == (Text("a"), Text("b", {"thoughtSignature": "s"}), Text("c"))


def test_a_signature_without_data_counts_as_beside_empty_text() -> None:
    assert read(sse(chunk({"thoughtSignature": "s"}, finish="STOP"))).parts == (Text("", {"thoughtSignature": "s"}),)


def test_empty_text_alone_is_no_part() -> None:
    assert read(sse(chunk(call("f")), chunk({"text": ""}, finish="STOP"))).parts == (ToolCall("call_1", "f", "{}"),)


def test_trap_12_text_runs_on_after_a_call() -> None:
    body = sse(chunk({"text": "a"}), chunk(call("f")), chunk({"text": "b"}), chunk({"text": "c"}, finish="STOP"))
    assert [type(part) for part in read(body).parts] == [Text, ToolCall, Text]
    assert read(body).text == "abc"


def test_thoughts_between_text_are_parts_in_order() -> None:
    body = sse(
        chunk({"text": "x", "thought": True}, {"text": "a"}), chunk({"text": "y", "thought": True}, finish="STOP")
    )
    assert read(body).parts == (Thinking("x", "thought"), Text("a"), Thinking("y", "thought"))


def test_streamed_and_plain_twins_give_the_same_turn() -> None:
    parts: list[dict[str, Any]] = [{"text": "t", "thought": True}, {"text": "Hel"}, {"text": "lo"}, call("f", {"a": 1})]
    parts.append({"executableCode": {"language": "PYTHON", "code": "1"}, "thoughtSignature": "s"})
    plain = chunk(*parts, finish="STOP") | {"usageMetadata": USAGE}
    streamed = [chunk(part) for part in parts[:-1]] + [chunk(parts[-1], finish="STOP") | {"usageMetadata": USAGE}]
    assert read(json.dumps(plain).encode(), stream=False) == read(sse(*streamed))


def test_server_steps_are_kept_whole_in_their_place() -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}, "thoughtSignature": "s"}
    result = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n"}}
    turn = read(sse(chunk({"text": "a"}, code, result, {"text": "b"}, {"newThing": {"x": 1}}, finish="STOP")))
    assert turn.parts == (
        Text("a"),
        Opaque("executableCode", code),
        Opaque("codeExecutionResult", result),
        Text("b"),
        Opaque("newThing", {"newThing": {"x": 1}}),
    )


def test_pictures_are_media_with_their_signature() -> None:
    part = {"inlineData": {"mimeType": "image/png", "data": "QUJD"}, "thoughtSignature": "s"}
    turn = read(sse(chunk(part, {"fileData": {"mimeType": "image/png", "fileUri": "gs://b/f"}}, finish="STOP")))
    assert turn.parts == (
        Media("image/png", "QUJD", extra={"thoughtSignature": "s"}),
        Media("image/png", url="gs://b/f"),
    )


def test_grounding_belongs_to_the_message_and_measurements_to_the_response() -> None:
    grounding = {"webSearchQueries": ["q"], "groundingChunks": [{"web": {"uri": "u", "title": "t"}}]}
    turn = read(sse(chunk({"text": "a"}), chunk(finish="STOP", groundingMetadata=grounding, avgLogprobs=-0.5)))
    assert turn.extra == {"groundingMetadata": grounding}
    assert turn.meta["avgLogprobs"] == -0.5


def test_usage_excludes_nothing_and_the_last_one_counts() -> None:
    first = chunk({"text": "a"}) | {"usageMetadata": {"promptTokenCount": 28, "totalTokenCount": 28}}
    details = {"promptTokensDetails": [{"modality": "TEXT", "tokenCount": 20}, {"modality": "AUDIO", "tokenCount": 8}]}
    last = USAGE | details | {"toolUsePromptTokenCount": 10, "cachedContentTokenCount": 7, "totalTokenCount": 95}
    usage = read(sse(first, chunk(finish="STOP") | {"usageMetadata": last})).usage
    assert usage is not None and usage.raw == last
    assert (usage.input, usage.output, usage.total) == (38, 57, 95)
    assert (usage.cache_read, usage.cache_write, usage.reasoning) == (7, None, 52)
    assert (usage.audio_in, usage.audio_out) == (8, None)


@pytest.mark.parametrize("step", [None, 1])
def test_usage_without_counts_does_not_replace_counts(step: int | None) -> None:
    bare = {"trafficType": "ON_DEMAND"}
    body = sse(
        chunk({"text": "a"}) | {"usageMetadata": USAGE}, chunk({"text": "b"}, finish="STOP") | {"usageMetadata": bare}
    )
    usage = read(body, step=step).usage
    assert usage is not None and usage.total == 85
    assert read(sse(chunk({"text": "a"}) | {"usageMetadata": bare})).usage is None


@pytest.mark.parametrize(
    ("reason", "finish"), [(1, "STOP"), (2, "MAX_TOKENS"), (9, "9"), ("MALFORMED_FUNCTION_CALL",) * 2, ("NEW",) * 2]
)
def test_finish_reasons_by_name_and_number(reason: Any, finish: str) -> None:
    turn = read(sse({"candidates": [{"finishReason": reason}]}))
    assert (turn.finish, turn.state, turn.parts) == (finish, "finished", ())


@pytest.mark.parametrize("content", [None, {}, {"role": "model"}, {"parts": None}])
def test_candidates_without_content_or_parts(content: Any) -> None:
    candidate = {"finishReason": "MAX_TOKENS"} | ({} if content is None else {"content": content})
    turn = read(json.dumps({"candidates": [candidate], "usageMetadata": USAGE}).encode(), stream=False)
    assert (turn.finish, turn.parts, turn.state) == ("MAX_TOKENS", (), "finished")


@pytest.mark.parametrize("as_stream", [True, False])
def test_a_blocked_prompt_says_so(as_stream: bool) -> None:
    answer = {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "No."}, "usageMetadata": {"x": "y"}}
    turn = read(sse(answer) if as_stream else json.dumps(answer).encode(), stream=as_stream)
    assert turn.state == "failed" and turn.problem is not None
    assert (turn.problem.code, turn.problem.type) == ("prompt_blocked", "SAFETY")
    assert turn.problem.message == "The prompt was blocked (SAFETY): No."
    assert turn.usage is not None and (turn.usage.input, turn.usage.total) == (0, None)


def test_prompt_feedback_without_a_block_is_only_kept() -> None:
    turn = read(sse(chunk({"text": "a"}, finish="STOP") | {"promptFeedback": {"safetyRatings": []}}))
    assert (turn.state, turn.meta["promptFeedback"]) == ("finished", {"safetyRatings": []})


def test_a_reason_to_block_beside_an_answer_takes_nothing_away() -> None:
    turn = read(sse(chunk({"text": "a"}, finish="STOP") | {"promptFeedback": {"blockReason": "OTHER"}}))
    assert (turn.text, turn.state) == ("a", "finished")


ERROR = {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED", "details": []}}


@pytest.mark.parametrize("body", [sse(ERROR), sse([ERROR]), json.dumps([ERROR]).encode(), json.dumps(ERROR).encode()])
def test_trap_16_an_error_inside_a_200(body: bytes) -> None:
    turn = read(body)
    assert turn.state == "failed" and turn.problem is not None
    assert (turn.problem.kind, turn.problem.message) == ("stream", "slow down")
    assert (turn.problem.code, turn.problem.type, turn.problem.retryable) == ("429", "RESOURCE_EXHAUSTED", True)


def test_an_error_after_text_keeps_the_text() -> None:
    turn = read(sse(chunk({"text": "par"})) + json.dumps(ERROR).encode())
    assert (turn.text, turn.state) == ("par", "failed")


@pytest.mark.parametrize("wrap", [lambda error: error, lambda error: [error]])
def test_trap_55_error_bodies_of_google_and_of_the_gateway(wrap: Any) -> None:
    problem = WIRE.error(429, json.dumps(wrap(ERROR)).encode())
    assert (problem.status, problem.code, problem.type) == (429, "429", "RESOURCE_EXHAUSTED")
    assert problem.message == "slow down"
    gateway = {"error": {"message": "no channel", "type": "new_api_error", "param": "", "code": "model_not_found"}}
    problem = WIRE.error(503, json.dumps(gateway).encode())
    assert (problem.code, problem.type, problem.retryable) == ("model_not_found", "new_api_error", False)
    assert WIRE.error(502, b"<html>Bad gateway</html>").message.startswith("The server answered with a web page")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"<html></html>", "html"),
        (b"oops", "not_json"),
        (b"{}", "no_candidates"),
        (b"[]", "no_candidates"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_is_no_reply_is_a_problem(body: bytes, code: str, stream: bool) -> None:
    problem = read(body, stream=stream).problem
    assert problem is not None
    assert (problem.kind, problem.code) == ("unreadable", code)


def test_trap_15_ping_comments_and_a_done_marker() -> None:
    body = b": PING\r\n\r\n" + sse(chunk({"text": "a"}, finish="STOP")) + b": PING\r\n\r\ndata: [DONE]\r\n\r\n"
    assert (read(body).text, read(body).state, read(body).unknown) == ("a", "finished", ())


def test_other_candidates_are_kept_apart() -> None:
    two = {"candidates": [{"index": i, "content": {"parts": [{"text": f"answer {i}"}]}} for i in (0, 1)]}
    turn = read(json.dumps(two).encode(), stream=False)
    assert turn.text == "answer 0"
    assert "answer 1" in turn.unknown[0].raw


def pieces(*paths: tuple[str, dict[str, Any]], more: bool = True) -> dict[str, Any]:
    partial = [{"jsonPath": path} | value for path, value in paths]
    return {"functionCall": {"partialArgs": partial} | ({"willContinue": True} if more else {})}


def test_arguments_in_pieces_are_joined_by_their_paths() -> None:
    start = {"functionCall": {"name": "cook", "willContinue": True}, "thoughtSignature": "s"}
    body = sse(
        chunk(start),
        chunk(pieces(("$.r.items[0].name", {"stringValue": "Lasa", "willContinue": True}))),
        chunk(pieces(("$.r.items[0].name", {"stringValue": "gna"}), ("$.r.items[0].n", {"numberValue": 2}))),
        chunk(pieces(("$.r.items[1]", {"boolValue": True}), ("$.r['odd key']", {"nullValue": "NULL_VALUE"}))),
        chunk({"functionCall": {}}),
        chunk({"functionCall": {"name": "now", "willContinue": True}}),
        chunk({"functionCall": {}, "thoughtSignature": "late"}, finish="STOP"),
    )
    turn = read(body)
    assert [json.loads(item.arguments) for item in turn.calls] == [
        {"r": {"items": [{"name": "Lasagna", "n": 2}, True], "odd key": None}},
        {},
    ]
    assert [item.extra for item in turn.calls] == [{"thoughtSignature": "s"}, {"thoughtSignature": "late"}]
    assert turn.unknown == ()


@pytest.mark.parametrize("finish", [None, "MAX_TOKENS"])
def test_a_call_whose_pieces_stop_short_is_no_json(finish: Any) -> None:
    start = {"functionCall": {"name": "cook", "willContinue": True}}
    turn = read(sse(chunk(start), chunk(pieces(("$.a", {"stringValue": "x", "willContinue": True})), finish=finish)))
    assert turn.calls[0].arguments == '{"a":"x"'
    message = turn.message(Origin("x", "c", "gemini", "m"))
    assert message is not None and answerable(message) == ()


@pytest.mark.parametrize(
    "piece",
    [{"jsonPath": "$"}, {"jsonPath": "$.a[99999999]", "stringValue": ""}, {"stringValue": "x"}, 3, {"jsonPath": 1}],
)
def test_pieces_that_fit_nowhere_are_kept_as_unknown(piece: Any) -> None:
    start = {"functionCall": {"name": "f", "partialArgs": [piece], "willContinue": True}}
    turn = read(sse(chunk(start), chunk({"functionCall": {}}, finish="STOP")))
    assert (turn.calls[0].name, len(turn.unknown)) == ("f", 1)


def test_a_call_that_says_nothing_is_kept_as_unknown() -> None:
    turn = read(sse(chunk({"functionCall": {}}, finish="STOP")))
    assert (turn.calls, turn.unknown[0].where) == ((), "function call without a name")


def _documents() -> Iterator[object]:
    rng = random.Random(11)
    values: list[object] = [
        None,
        True,
        3,
        "x",
        [],
        {},
        [None],
        {"a": 1},
        {"text": "t"},
        {"functionCall": {"name": "f"}},
    ]
    for _ in range(400):
        part = {
            key: rng.choice(values) for key in ("text", "thought", "functionCall", "inlineData", "thoughtSignature")
        }
        parts = rng.choice([[part], [part, rng.choice(values)], rng.choice(values)])
        content = rng.choice([{"parts": parts, "role": rng.choice(values)}, rng.choice(values)])
        candidate = {"content": content, "finishReason": rng.choice(values), "index": rng.choice(values)}
        yield {
            "candidates": rng.choice([[candidate], [candidate, candidate], rng.choice(values)]),
            "usageMetadata": rng.choice(values),
            "promptFeedback": rng.choice([{"blockReason": rng.choice(values)}, rng.choice(values)]),
            "error": rng.choice([None, None, None, rng.choice(values)]),
        }


def test_no_shape_of_chunk_raises() -> None:
    documents = list(_documents())
    read(sse(*documents))
    read(array(*documents), step=61)
    for document in documents:
        body = json.dumps(document).encode()
        assert read(body, stream=False) == read(body, stream=True)
