"""What a Gemini reply says: text, thoughts, calls, signatures, media, usage, and how it ended."""

import json
from typing import Any

import pytest

from callsmith.types.parts import Media, Opaque, Text, Thinking, ToolCall
from tests.wire.gemini_kit import USAGE, WIRE, call, chunk, read, sse


def test_text_thoughts_usage_and_what_stands_around_them() -> None:
    turn = read(sse(chunk({"text": "hm", "thought": True}), chunk({"text": "Hi"}, finish="STOP") | {"responseId": "r"}))
    assert (turn.text, turn.thinking, turn.finish, turn.state) == ("Hi", "hm", "STOP", "finished")
    assert (turn.meta["modelVersion"], turn.meta["responseId"]) == ("m", "r")


def test_trap_10_calls_without_ids_get_local_ones_and_given_ids_are_kept() -> None:
    given = {"functionCall": {"id": "f1", "name": "h", "args": {}}}
    turn = read(sse(chunk(call("f"), call("f"), given, given, finish="STOP")))
    assert [item.id for item in turn.calls] == ["call_1", "call_2", "f1", "f1_2"]
    assert [item.extra.get("functionCall") for item in turn.calls] == [None, None, {"id": "f1"}, {"id": "f1"}]


def test_trap_04_a_call_without_arguments_has_an_empty_object() -> None:
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


def test_usage_is_told_while_the_reply_arrives_once_for_what_came_together() -> None:
    decoder = WIRE.decoder()
    body = sse(*(chunk({"text": "a"}) | {"usageMetadata": {"totalTokenCount": count}} for count in (3, 7)))
    assert [event.usage.total for event in decoder.feed(body) if event.kind == "usage"] == [7]
    again = sse(chunk({"text": "b"}) | {"usageMetadata": {"totalTokenCount": 7}})
    assert [event.kind for event in decoder.feed(again)] == ["text_delta"]


def test_fields_of_the_content_that_are_not_known_belong_to_the_message() -> None:
    turn = read(sse({"candidates": [{"content": {"parts": [{"text": "a"}], "note": 1}, "finishReason": "STOP"}]}))
    assert (turn.text, turn.extra) == ("a", {"note": 1})


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


def test_other_candidates_are_kept_apart() -> None:
    two = {"candidates": [{"index": i, "content": {"parts": [{"text": f"answer {i}"}]}} for i in (0, 1)]}
    turn = read(json.dumps(two).encode(), stream=False)
    assert turn.text == "answer 0"
    assert "answer 1" in turn.unknown[0].raw
