"""Responses answers: items as they arrive, the final response that wins, errors, and what is no answer at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.replay import recordings
from callsmith.types.parts import Opaque, Refusal, Text, Thinking, ToolCall
from tests.wire.responses_kit import (
    OPEN_MESSAGE,
    REASONING,
    USAGE,
    WIRE,
    added,
    call,
    delta,
    done,
    final,
    message,
    read,
    sse,
)


def test_a_whole_answer_streamed_and_plain_are_the_same_turn() -> None:
    summary = {**REASONING, "summary": [{"type": "summary_text", "text": t} for t in ("one", "two")]}
    end = final(summary, message("Hi"), call(), usage=USAGE)
    body = sse(
        {"type": "response.created", "response": {"id": "r", "model": "m", "status": "in_progress", "output": []}},
        {"type": "response.in_progress", "response": {}},
        added({"type": "reasoning", "id": "x", "summary": []}),
        delta("reasoning_summary_text", "one", summary_index=0),
        delta("reasoning_summary_text", "two", summary_index=1),
        done(summary),
        added({**message(""), "content": []}, 1),
        delta("output_text", "H", 1, content_index=0),
        delta("output_text", "i", 1, content_index=0),
        done(message("Hi"), 1),
        added({**call(""), "status": "in_progress"}, 2),
        delta("function_call_arguments", '{"a"', 2),
        delta("function_call_arguments", ":1}", 2),
        done(call(), 2),
        end,
    )
    turn = read(body)
    assert turn == read(json.dumps(end["response"]).encode(), stream=False)
    assert [type(part) for part in turn.parts] == [Thinking, Text, ToolCall]
    assert (turn.thinking, turn.text, turn.state, turn.finish) == ("one\n\ntwo", "Hi", "finished", "completed")
    assert (turn.calls[0].id, turn.calls[0].name, turn.calls[0].arguments) == ("call_1", "f", '{"a":1}')
    assert turn.usage is not None
    assert (turn.usage.input, turn.usage.cache_read, turn.usage.reasoning, turn.usage.total) == (80, 5, None, 103)
    assert turn.unknown == ()


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_any_slicing_gives_the_same_turn(step: int) -> None:
    body = sse(
        OPEN_MESSAGE, delta("output_text", "Gr\u00fc\u00dfe \U0001f600"), final(message("Gr\u00fc\u00dfe \U0001f600"))
    )
    assert read(body, step=step) == read(body)


@pytest.mark.slow
def test_streams_and_plain_bodies_of_the_recordings_are_twins(shared: Path) -> None:
    seen = 0
    for exchange in recordings([shared / "recordings" / "openai-responses"]):
        body = exchange["response"]["body_text"]
        ends = [line[5:] for line in body.splitlines() if line.startswith("data:") and '"response.completed"' in line]
        if exchange["framing"] == "single" or not ends:
            continue
        response = json.loads(ends[-1])["response"]
        if not response.get("output"):
            continue
        seen += 1
        streamed, plain = read(body.encode()), read(json.dumps(response).encode(), stream=False)
        assert (streamed.parts, streamed.meta, streamed.usage, streamed.finish) == (
            plain.parts,
            plain.meta,
            plain.usage,
            plain.finish,
        ), exchange["id"]
    assert seen > 100


def test_hosts_without_event_lines_and_hosts_without_a_type() -> None:
    events = [OPEN_MESSAGE, delta("output_text", "Hi"), final(message("Hi"))]
    assert read(sse(*events, names=False)) == read(sse(*events))
    untyped = "".join(
        f"event: {event['type']}\ndata: {json.dumps({k: v for k, v in event.items() if k != 'type'})}\n\n"
        for event in events
    )
    assert read(untyped.encode()) == read(sse(*events))


def test_text_refusal_and_annotations_of_one_message() -> None:
    cited = {
        "type": "output_text",
        "text": "See",
        "annotations": [{"type": "url_citation", "url": "https://a.example"}],
    }
    item = {**message(""), "content": [cited, {"type": "refusal", "refusal": "No"}]}
    body = sse(OPEN_MESSAGE, delta("output_text", "See", content_index=0), delta("refusal", "No", content_index=1))
    cut = read(body)
    assert (cut.text, cut.refusal, cut.state) == ("See", "No", "interrupted")
    turn = read(body + sse(done(item), final(item)))
    assert [type(part) for part in turn.parts] == [Text, Refusal]
    assert turn.parts[0].extra["annotations"] == cited["annotations"]
    assert turn.refusal == "No"


def test_annotations_are_seen_before_the_item_is_done() -> None:
    note = {
        "type": "response.output_text.annotation.added",
        "output_index": 0,
        "content_index": 0,
        "annotation": {"u": 1},
    }
    assert read(sse(OPEN_MESSAGE, delta("output_text", "See"), note)).parts[0].extra == {"annotations": [{"u": 1}]}


def test_the_final_output_wins_over_all_that_was_streamed() -> None:
    body = sse(OPEN_MESSAGE, delta("output_text", "Helo"), added(call(""), 1), done(call(), 1), final(message("Hello")))
    turn = read(body)
    assert (turn.text, turn.calls) == ("Hello", ())
    assert [note.where for note in turn.unknown] == ["an item that the final response leaves out"]


def test_an_empty_final_output_leaves_the_items_gathered() -> None:
    turn = read(sse(added(call("")), done(call()), final()))
    assert (turn.calls[0].arguments, turn.state) == ('{"a":1}', "finished")


def test_done_values_stand_in_for_missed_deltas() -> None:
    body = sse(
        OPEN_MESSAGE,
        delta("output_text", "He"),
        {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": "Hello"},
        added({"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": ""}, 1),
        {"type": "response.function_call_arguments.done", "output_index": 1, "arguments": '{"x":2}'},
    )
    turn = read(body)
    assert (turn.text, turn.calls[0].arguments, turn.calls[0].id) == ("Hello", '{"x":2}', "c")


def test_item_ids_that_change_between_events() -> None:
    item = {**message("Hi"), "id": "another"}
    body = sse(OPEN_MESSAGE, {**delta("output_text", "Hi"), "item_id": "third"}, done(item), final({**item, "id": "4"}))
    turn = read(body)
    assert (turn.text, len(turn.parts), turn.unknown) == ("Hi", 1, ())


def test_events_without_an_index_go_by_item_id() -> None:
    first, second = call("", number=1), call("", "g", number=2)
    events = [added(first), added(second, 1), delta("function_call_arguments", "{}", item_id="fc_1")]
    for event in events:
        event.pop("output_index")
    assert [item.arguments for item in read(sse(*events)).calls] == ["{}", ""]


def test_every_item_at_index_zero_is_an_item_of_its_own() -> None:
    turn = read(sse(added(call("")), done(call()), added(call("", "g", 2)), done(call("{}", "g", 2)), final()))
    assert [item.name for item in turn.calls] == ["f", "g"]
    assert len(read(sse(done(call()), done(call("{}", "g", 2)), final())).calls) == 2


def test_a_second_response_in_the_stream_is_the_answer_and_the_first_is_kept() -> None:
    created = {"type": "response.created", "response": {"id": "r2"}}
    start = sse(added(call("")), done(call()), final(call()), created, OPEN_MESSAGE, delta("output_text", "5"))
    turn = read(start + sse(final(message("570"))))
    assert (turn.text, turn.calls, turn.state) == ("570", (), "finished")
    assert "call_1" in turn.unknown[0].raw
    cut = read(start)
    assert (cut.text, cut.calls, cut.state) == ("5", (), "interrupted")


def test_custom_tool_call() -> None:
    item = {"type": "custom_tool_call", "id": "ctc", "call_id": "c", "name": "sql", "input": "select 1"}
    open_call = added({**item, "input": ""})
    told = delta("custom_tool_call_input", "select 1")
    for body in (sse(open_call, told, done(item), final(item)), sse(open_call, told)):
        custom = read(body).calls[0]
        assert (custom.id, custom.name, custom.arguments, custom.type) == ("c", "sql", "select 1", "custom")


def test_a_servers_step_is_opaque_in_its_place_and_shows_its_state() -> None:
    search = {"type": "web_search_call", "id": "ws", "status": "in_progress", "action": {"query": "x"}}
    start = sse(added(search), {"type": "response.web_search_call.searching", "output_index": 0, "item_id": "ws"})
    running = Reader(WIRE, 200, stream=True)
    running.feed(start)
    step = running.turn().parts[0]
    assert isinstance(step, Opaque) and step.data["status"] == "searching" and step.extra == {}
    whole = {**search, "status": "completed"}
    turn = read(start + sse(done(whole), final(whole, message("Hi"))))
    assert turn.parts[0] == Opaque("web_search_call", whole)
    assert turn.unknown == ()


def test_a_servers_step_that_broke_off_is_kept_as_far_as_it_came_and_marked() -> None:
    code = {"type": "code_interpreter_call", "id": "ci", "status": "in_progress", "code": ""}
    turn = read(sse(added(code), delta("code_interpreter_call_code", "1+"), delta("code_interpreter_call_code", "1")))
    step = turn.parts[0]
    assert isinstance(step, Opaque) and (step.data["code"], step.extra) == ("1+1", {"partial": True})


def test_reasoning_without_text_is_opaque() -> None:
    turn = read(sse(added(REASONING), done(REASONING), final(REASONING, call())))
    assert turn.parts[0] == Opaque("reasoning", REASONING)


def test_raw_reasoning_text() -> None:
    item = {"type": "reasoning", "id": "rs", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]}
    turn = read(sse(added({**item, "content": []}), delta("reasoning_text", "hm"), done(item), final(item)))
    assert turn.parts == (Thinking("hm", "reasoning_text", {"reasoning": item}),)


def test_summaries_and_raw_reasoning_of_one_item_stay_apart_when_it_breaks_off() -> None:
    start = added({"type": "reasoning", "id": "rs", "summary": []})
    raw = [delta("reasoning_text", text, content_index=0) for text in ("a", "b")]
    turn = read(sse(start, raw[0], delta("reasoning_summary_text", "S", summary_index=0), raw[1]))
    assert [(part.text, part.source) for part in turn.parts if isinstance(part, Thinking)] == [
        ("S", "reasoning_summary"),
        ("ab", "reasoning_text"),
    ]


@pytest.mark.parametrize("name", ["keepalive", "response.new_thing.delta"])
def test_unknown_events_are_kept_and_harm_nothing(name: str) -> None:
    turn = read(sse(OPEN_MESSAGE, {"type": name, "sequence_number": 3}, final(message("Hi"))))
    assert (turn.text, turn.state) == ("Hi", "finished")
    assert [note.where for note in turn.unknown] == [f"event {name}"]


def test_an_item_and_a_content_part_of_unknown_type_are_kept() -> None:
    odd = {"type": "hologram", "id": "h"}
    sound = {**message(""), "content": [{"type": "output_audio", "data": "AA"}]}
    turn = read(sse(final(odd, sound)))
    assert [(part.type, part.data) for part in turn.parts if isinstance(part, Opaque)] == [
        ("hologram", odd),
        ("output_audio", sound["content"][0]),
    ]


def test_incomplete_says_why_and_is_an_end() -> None:
    end = final(message("ha"), status="incomplete", incomplete_details={"reason": "max_output_tokens"}, usage=USAGE)
    turn = read(sse(OPEN_MESSAGE, end))
    assert (turn.state, turn.finish, turn.text) == ("finished", "max_output_tokens", "ha")
    assert turn.usage is not None


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_failure_without_an_error_object(status: str) -> None:
    turn = read(json.dumps({"status": status, "output": [], "error": None}).encode(), stream=False)
    assert turn.problem is not None and turn.problem.code == status


def test_a_background_answer_that_is_not_ready() -> None:
    turn = read(json.dumps({"object": "response", "status": "queued", "output": []}).encode(), stream=False)
    assert turn.problem is not None and "queued" in turn.problem.message


def test_a_final_event_is_final_whatever_status_its_response_still_has() -> None:
    end = final(message("Hi"))
    end["response"]["status"] = "in_progress"
    turn = read(sse(OPEN_MESSAGE, end))
    assert (turn.state, turn.finish) == ("finished", "completed")


def test_done_marker_ends_a_stream_whose_items_are_whole_and_no_other() -> None:
    marker = b"data: [DONE]\n\n"
    assert read(sse(OPEN_MESSAGE, done(message("Hi"))) + marker).state == "finished"
    assert read(sse(OPEN_MESSAGE, delta("output_text", "Hi")) + marker).state == "interrupted"
    assert read(sse(final(message("Hi"))) + marker).state == "finished"


def test_late_deltas_of_a_done_item_are_kept_apart() -> None:
    turn = read(sse(OPEN_MESSAGE, done(message("Hi")), delta("output_text", "?"), final()))
    assert (turn.text, len(turn.unknown)) == ("Hi", 1)


def test_error_appended_to_a_stream_and_glued_to_a_line() -> None:
    start = sse(OPEN_MESSAGE, delta("output_text", "a"))
    for tail in (b'{"error": {"message": "died"}}', b'data: {"type": "resp{"error": {"message": "died"}}\n\n'):
        turn = read(start + tail)
        assert turn.problem is not None and turn.problem.message == "died"
        assert turn.text == "a"


def test_error_in_a_plain_200() -> None:
    turn = read(b'{"error": {"message": "filtered", "code": "content_filter"}}', stream=False)
    assert turn.problem is not None and turn.problem.code == "content_filter"


def test_json_in_place_of_a_stream() -> None:
    body = json.dumps(final(message("whole"), call())["response"], indent=2).encode()
    assert read(body) == read(body, stream=False)
    assert read(body, step=3).text == "whole"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("body", "code"),
    [(b"<html></html>", "html"), (b"", "empty"), (b"oops", "not_json"), (b'{"choices": []}', "no_output")],
)
def test_what_is_no_answer_is_a_problem_not_an_exception(body: bytes, code: str, stream: bool) -> None:
    problem = read(body, stream=stream).problem
    assert problem is not None and problem.code == code


@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, [[]], {"type": []}])
def test_junk_in_any_field_is_survived(junk: Any) -> None:
    for field in ("type", "output_index", "content_index", "delta", "item", "response"):
        for event in (OPEN_MESSAGE, delta("output_text", "a"), done(call()), final(message("b"))):
            odd = f"data: {json.dumps({**event, field: junk})}\n\n".encode()
            # What comes after it is read as ever.
            assert read(odd + sse(final(message("b")))).text == "b"
    for field in ("type", "content", "call_id", "id", "name", "arguments", "summary"):
        for item in (message("a"), call(), REASONING):
            read(sse(added({**item, field: junk}), done({**item, field: junk}), final({**item, field: junk})))


def test_http_error_with_the_code_beside_the_text() -> None:
    problem = WIRE.error(400, b'{"code": "invalid-argument", "error": "Incorrect API key provided"}')
    assert (problem.status, problem.code, problem.message) == (400, "invalid-argument", "Incorrect API key provided")
