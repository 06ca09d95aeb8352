"""Chat Completions replies: streams, bodies, errors inside them, and what is no reply at all."""

import json
import random
from collections.abc import Iterator

import pytest

from callsmith.reading import Reader
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

WIRE = WIRES["openai-chat"]


def read(body: bytes, *, stream: bool = True, status: int = 200, step: int | None = None) -> Turn:
    reader = Reader(WIRE, status, stream=stream)
    for at in range(0, len(body), step or len(body) or 1):
        reader.feed(body[at : at + (step or len(body))])
    reader.close()
    return reader.turn()


def sse(*chunks: object, done: bool = True) -> bytes:
    lines = [f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in chunks]
    return ("".join(lines) + ("data: [DONE]\n\n" if done else "")).encode()


def delta(finish: str | None = None, **fields: object) -> dict:
    return {"id": "c", "model": "m", "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 80, "completion_tokens": 23, "total_tokens": 103}}


def test_the_gateways_documented_example(shared) -> None:
    example = json.loads((shared / "gateway-example.json").read_text())
    turn = read(json.dumps(example["response"]).encode(), stream=False)
    call = turn.calls[0]
    assert (call.id, call.name) == ("call_4yKljCtGceYj1heJY8G9h3te", "get_current_weather")
    assert call.arguments == '{"location":"Boston, MA","unit":"celsius"}'
    assert (turn.finish, turn.text, turn.state) == ("tool_calls", "", "finished")
    assert turn.usage is not None
    assert (turn.usage.input, turn.usage.output, turn.usage.cache_read, turn.usage.total) == (80, 23, 0, 103)


def test_text_reasoning_refusal_and_usage() -> None:
    body = sse(delta(reasoning_content="hm"), delta(content="Hi"), delta(refusal="no"), delta("stop"), USAGE)
    turn = read(body)
    assert (turn.text, turn.thinking, turn.refusal, turn.finish) == ("Hi", "hm", "no", "stop")
    assert turn.usage is not None and turn.usage.total == 103
    assert turn.meta["model"] == "m"


@pytest.mark.parametrize("step", [1, 2, 3, 7, None])
def test_any_slicing_gives_the_same_turn(step: int | None) -> None:
    body = sse(delta(content="Gr\u00fc\u00dfe "), delta(content="\U0001f600"), delta("stop"), USAGE)
    assert read(body, step=step) == read(body)
    assert read(body).text == "Gr\u00fc\u00dfe \U0001f600"


def test_trap_13_chunk_ids_differ() -> None:
    first, second = delta(content="a"), {**delta(content="b"), "id": "other", "created": 9}
    assert read(sse(first, second, delta("stop"))).text == "ab"


def test_trap_15_ping_comments() -> None:
    assert read(b": PING\n\n" + sse(delta(content="a"), delta("stop")) + b": PING\n\n").text == "a"


def test_trap_16_error_object_inside_a_stream_keeps_the_partial_text() -> None:
    turn = read(sse(delta(content="par"), {"error": {"message": "overloaded", "code": 503}}))
    assert (turn.text, turn.state) == ("par", "failed")
    assert turn.problem is not None
    assert (turn.problem.kind, turn.problem.message, turn.problem.code) == ("stream", "overloaded", "503")


def test_error_as_a_string_inside_a_stream() -> None:
    turn = read(sse({"error": "no quota"}))
    assert turn.problem is not None and turn.problem.message == "no quota"


def test_trap_17_usage_chunk_without_choices_and_broken_streams_without_usage() -> None:
    assert read(sse(delta(content="a"), delta("stop"), USAGE)).usage is not None
    cut = read(sse(delta(content="a"), done=False))
    assert (cut.usage, cut.state) == (None, "interrupted")


def test_trap_18_obfuscation_is_no_content() -> None:
    turn = read(sse({**delta(content="a"), "obfuscation": "xyz"}, delta("stop")))
    assert (turn.text, "obfuscation" in turn.meta) == ("a", False)


def test_trap_52_reasoning_in_both_fields_counts_once() -> None:
    assert read(sse(delta(reasoning="x", reasoning_content="x"), delta("stop"))).thinking == "x"


def test_usage_on_every_chunk_is_replaced_not_added() -> None:
    one = {**delta(content="a"), "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
    turn = read(sse(one, one, {**delta("stop"), "usage": USAGE["usage"]}))
    assert turn.usage is not None and turn.usage.total == 103


def test_no_done_marker_but_a_finish_reason_is_an_end() -> None:
    assert read(sse(delta(content="a"), delta("stop"), done=False)).state == "finished"


def test_json_in_place_of_a_stream() -> None:
    body = json.dumps({"choices": [{"message": {"content": "whole"}, "finish_reason": "stop"}]}, indent=2).encode()
    assert read(body) == read(body, stream=False)
    assert read(body, step=3).text == "whole"


def test_error_body_appended_to_a_stream() -> None:
    turn = read(sse(delta(content="a"), done=False) + b'{"error": {"message": "upstream died", "code": "x"}}')
    assert turn.problem is not None and turn.problem.message == "upstream died"
    assert turn.text == "a"


def test_error_glued_to_an_unfinished_data_line() -> None:
    turn = read(sse(delta(content="a"), done=False) + b'data: {"choices": [{"del{"error": {"message": "died"}}\n\n')
    assert turn.problem is not None and turn.problem.message == "died"


def test_error_in_a_plain_200() -> None:
    turn = read(b'{"error": {"message": "filtered", "code": "content_filter"}}', stream=False)
    assert turn.problem is not None and turn.problem.code == "content_filter"


@pytest.mark.parametrize("stream", [True, False])
def test_a_web_page_in_place_of_an_answer(stream: bool) -> None:
    turn = read(b"<!doctype html>\n<html><body>Welcome</body></html>", stream=stream)
    assert turn.problem is not None and turn.problem.code == "html"


@pytest.mark.parametrize("body", [b"", b"   ", b"\n\n", b": PING\n\n"])
@pytest.mark.parametrize("stream", [True, False])
def test_an_empty_answer_is_a_problem_not_an_exception(body: bytes, stream: bool) -> None:
    assert read(body, stream=stream).problem is not None


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"x"', b'{"choices": "x"}', b'{"choices": [3]}', b"[1,2]"])
@pytest.mark.parametrize("stream", [True, False])
def test_json_that_is_no_reply_never_raises(body: bytes, stream: bool) -> None:
    assert read(body, stream=stream).state != "streaming"
    assert read(b"data: " + body + b"\n\n", stream=stream).state != "streaming"


def test_a_message_in_the_last_chunk_counts_only_when_nothing_came() -> None:
    whole = {"choices": [{"index": 0, "message": {"content": "all"}, "finish_reason": "stop"}]}
    assert read(sse(whole)).text == "all"
    assert read(sse(delta(content="all"), whole)).text == "all"


def test_content_as_parts() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "4"}]
    turn = read(sse(delta(content=parts), delta("stop")))
    assert (turn.thinking, turn.text) == ("hm", "4")


def test_other_choices_are_kept_apart() -> None:
    two = {"choices": [{"index": i, "message": {"content": f"answer {i}"}, "finish_reason": "stop"} for i in (0, 1)]}
    turn = read(json.dumps(two).encode(), stream=False)
    assert turn.text == "answer 0"
    assert "answer 1" in turn.unknown[0].raw


def test_unknown_fields_are_kept_and_shown() -> None:
    turn = read(sse({**delta(content="a", mood="calm"), "provider": "X"}, delta("stop")))
    assert turn.extra == {"mood": "calm"}
    assert turn.meta["provider"] == "X"


def test_a_broken_event_is_shown_and_reading_goes_on() -> None:
    turn = read(b"data: {oops\n\n" + sse(delta(content="a"), delta("stop")))
    assert (turn.text, turn.state) == ("a", "finished")
    assert turn.unknown[0].raw == "{oops"


def test_surrogates_cut_between_chunks_are_whole_again_and_lone_ones_replaced() -> None:
    body = b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}\n\n'
    body += b'data: {"choices":[{"index":0,"delta":{"content":"\\ude00 \\ud800"}}]}\n\ndata: [DONE]\n\n'
    assert read(body).text == "\U0001f600 \ufffd"


def test_length_with_a_call_is_kept_as_sent() -> None:
    entry = {"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"x": "tru'}}
    turn = read(sse(delta(tool_calls=[entry]), delta("length")))
    assert (turn.finish, turn.calls[0].arguments) == ("length", '{"x": "tru')


def _documents() -> Iterator[object]:
    rng = random.Random(7)
    values: list[object] = [None, True, 3, "x", [], {}, [None], {"a": 1}]
    for _ in range(300):
        call = {key: rng.choice(values) for key in ("index", "id", "type", "function", "custom")}
        body = {key: rng.choice(values) for key in ("content", "reasoning", "tool_calls", "function_call", "refusal")}
        if rng.random() < 0.5:
            body["tool_calls"] = [call]
        choice = {"index": rng.choice([0, 0, 1, None]), "delta": body, "finish_reason": rng.choice([None, "stop", 3])}
        yield {"choices": rng.choice([[choice], [choice, choice], None, choice]), "usage": rng.choice(values)}


def test_no_shape_of_chunk_raises() -> None:
    documents = list(_documents())
    assert read(sse(*documents)).state != "streaming"
    for document in documents:
        assert read(json.dumps(document).encode(), stream=False).state != "streaming"
        assert read(sse(document)).state != "streaming"


def test_reasoning_details_in_pieces_are_whole_again() -> None:
    def piece(text: str, index: int = 0) -> dict:
        return {"type": "reasoning.text", "text": text, "index": index}

    turn = read(sse(delta(reasoning_details=[piece("a")]), delta(reasoning_details=[piece("b"), piece("c", 1)])))
    assert turn.extra["reasoning_details"] == [piece("ab"), piece("c", 1)]
