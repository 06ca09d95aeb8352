"""Streamed tool calls as real providers bend them; each test names the trap it stands for."""

import json

import pytest

from callsmith.fold import Fold
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

WIRE = WIRES["openai-chat"]


def streamed(*deltas: object, finish: str | None = "tool_calls", done: bool = True) -> Turn:
    """A turn from tool-call deltas; a delta is one entry of ``tool_calls`` or a whole ``delta`` object."""
    decoder, fold = WIRE.decoder(), Fold()
    for delta in deltas:
        whole = delta if isinstance(delta, dict) and "delta" in delta else {"delta": {"tool_calls": [delta]}}
        fold.apply(decoder.feed(b"data: " + json.dumps({"choices": [{"index": 0, **whole}]}).encode() + b"\n\n"))
    if finish:
        end = {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}
        fold.apply(decoder.feed(b"data: " + json.dumps(end).encode() + b"\n\n"))
    if done:
        fold.apply(decoder.feed(b"data: [DONE]\n\n"))
    fold.apply(decoder.close())
    return fold.turn()


def entry(index: object = 0, id: object = None, name: object = None, arguments: object = None, **more: object) -> dict:
    return {"index": index, "id": id, "function": {"name": name, "arguments": arguments}, **more}


def calls(turn: Turn) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.arguments) for call in turn.calls]


def test_standard_deltas() -> None:
    turn = streamed(entry(0, "a", "f", ""), entry(0, arguments='{"x":'), entry(0, arguments="1}"))
    assert calls(turn) == [("a", "f", '{"x":1}')]


def test_trap_01_index_missing_or_null() -> None:
    turn = streamed({"id": "a", "function": {"name": "f", "arguments": '{"x":1}'}}, entry(None, "b", "g", "{}"))
    assert calls(turn) == [("a", "f", '{"x":1}'), ("b", "g", "{}")]


def test_trap_02_indices_start_at_one_or_skip() -> None:
    turn = streamed(entry(1, "a", "f", "{}"), entry(4, "b", "g", "{}"))
    assert [call[0] for call in calls(turn)] == ["a", "b"]


def test_trap_03_two_calls_share_one_index() -> None:
    turn = streamed(
        entry(0, "a", "f", ""), entry(0, arguments='{"x":1}'), entry(0, "b", "g", ""), entry(0, arguments='{"y":2}')
    )
    assert calls(turn) == [("a", "f", '{"x":1}'), ("b", "g", '{"y":2}')]


@pytest.mark.parametrize("arguments", ["", None])
def test_trap_04_no_arguments_become_an_empty_object(arguments: object) -> None:
    assert calls(streamed(entry(0, "a", "f", arguments))) == [("a", "f", "{}")]


def test_trap_05_name_in_every_delta() -> None:
    turn = streamed(entry(0, "a", "f", '{"x"'), entry(0, "a", "f", ":1}"))
    assert calls(turn) == [("a", "f", '{"x":1}')]


def test_trap_06_id_in_every_delta_without_index() -> None:
    turn = streamed(entry(None, "a", "f", '{"x"'), entry(None, "a", None, ":1}"))
    assert calls(turn) == [("a", "f", '{"x":1}')]


@pytest.mark.parametrize("again", ['{"x":1}', json.dumps('{"x":1}'), '{"x": 1}'])
def test_trap_07_summary_chunk_repeats_the_arguments(again: str) -> None:
    turn = streamed(entry(0, "a", "f", '{"x":1}'), entry(0, "a", "f", again))
    assert calls(turn) == [("a", "f", '{"x":1}')]


def test_trap_08_id_only_on_the_first_delta() -> None:
    turn = streamed(entry(0, "a", "f", '{"x"'), entry(0, "", None, ":1}"))
    assert calls(turn) == [("a", "f", '{"x":1}')]


def test_trap_09_an_empty_id_is_no_id() -> None:
    assert calls(streamed(entry(0, "", "f", "{}"), entry(1, "", "g", "{}"))) == [
        ("call_1", "f", "{}"),
        ("call_2", "g", "{}"),
    ]


def test_trap_10_a_call_without_any_id_gets_one() -> None:
    turn = streamed(entry(0, None, "f", "{}"), {"index": 1, "function": {"name": "g", "arguments": "{}"}})
    assert calls(turn) == [("call_1", "f", "{}"), ("call_2", "g", "{}")]


def test_trap_11_type_missing() -> None:
    assert streamed(entry(0, "a", "f", "{}")).calls[0].type == "function"


def test_trap_12_text_goes_on_after_a_call() -> None:
    turn = streamed(entry(0, "a", "f", "{}"), {"delta": {"content": "still here"}})
    assert turn.text == "still here"
    assert len(turn.calls) == 1


def test_trap_14_finish_says_calls_but_there_are_none() -> None:
    turn = streamed({"delta": {"content": "x"}})
    assert (turn.finish, turn.calls, turn.state) == ("tool_calls", (), "finished")


def test_arguments_as_an_object_are_encoded() -> None:
    assert calls(streamed(entry(0, "a", "f", {"x": 1}))) == [("a", "f", '{"x":1}')]


def test_placeholder_object_before_the_real_one() -> None:
    turn = streamed(entry(0, "a", "f", "{}"), entry(0, arguments='{"x":1}'))
    assert calls(turn) == [("a", "f", '{"x":1}')]
    assert [item.raw for item in turn.unknown] == ['{}{"x":1}']


def test_malformed_arguments_stay_as_sent() -> None:
    turn = streamed(entry(0, "a", "f", '{"x": oops'))
    assert calls(turn) == [("a", "f", '{"x": oops')]


def test_null_entries_and_empty_slots_are_dropped() -> None:
    assert calls(streamed(None, entry(3, None, None, None))) == []


def test_name_in_pieces() -> None:
    turn = streamed(entry(0, "a", "get_", ""), entry(0, None, "weather", ""), entry(0, arguments="{}"))
    assert calls(turn) == [("a", "get_weather", "{}")]


def test_two_calls_with_one_id_can_be_told_apart() -> None:
    turn = streamed(entry(0, "a", "f", "{}"), entry(1, "a", "g", "{}"))
    assert [call[0] for call in calls(turn)] == ["a", "a_2"]


def test_legacy_function_call() -> None:
    turn = streamed(
        {"delta": {"function_call": {"name": "f", "arguments": '{"x"'}}},
        {"delta": {"function_call": {"arguments": ":1}"}}},
        finish="function_call",
    )
    assert calls(turn) == [("call_1", "f", '{"x":1}')]
    assert turn.calls[0].type == "function_call"


def test_custom_tool_call_keeps_its_free_text() -> None:
    turn = streamed({"index": 0, "id": "a", "type": "custom", "custom": {"name": "sql", "input": "select 1"}})
    assert (turn.calls[0].type, turn.calls[0].arguments) == ("custom", "select 1")


def test_a_custom_tool_call_in_pieces_says_its_type_once() -> None:
    first = {"index": 0, "id": "a", "type": "custom", "custom": {"name": "sql", "input": "sel"}}
    (call,) = streamed(first, {"index": 0, "custom": {"input": "ect 1"}}).calls
    assert (call.type, call.name, call.arguments) == ("custom", "sql", "select 1")


def test_an_empty_custom_field_beside_a_function_is_nothing() -> None:
    (call,) = streamed(entry(0, "a", "f", "{}", custom={"name": "", "input": ""})).calls
    assert (call.type, call.name, call.arguments) == ("function", "f", "{}")


def test_extra_fields_of_a_call_are_kept_for_the_way_back() -> None:
    turn = streamed(entry(0, "a", "f", "{}", extra_content={"google": {"thought_signature": "s"}}))
    assert turn.calls[0].extra == {"extra_content": {"google": {"thought_signature": "s"}}}


def test_arguments_arrive_visibly_before_the_end() -> None:
    decoder, fold = WIRE.decoder(), Fold()
    for delta in (entry(0, "a", "f", ""), entry(0, arguments='{"city": "Par')):
        chunk = {"choices": [{"index": 0, "delta": {"tool_calls": [delta]}}]}
        fold.apply(decoder.feed(b"data: " + json.dumps(chunk).encode() + b"\n\n"))
    assert calls(fold.turn()) == [("a", "f", '{"city": "Par')]
    assert fold.turn().state == "streaming"


def test_entries_of_an_unstreamed_reply_are_calls_of_their_own() -> None:
    calls_sent = [{"id": i, "type": "function", "function": {"name": "f", "arguments": '{"x": oops'}} for i in "ab"]
    body = json.dumps({"choices": [{"message": {"tool_calls": calls_sent}, "finish_reason": "tool_calls"}]}).encode()
    fold = Fold()
    fold.apply(WIRE.read(body))
    assert calls(fold.turn()) == [("a", "f", '{"x": oops'), ("b", "f", '{"x": oops')]


def test_a_call_cut_off_before_its_arguments_does_not_look_complete() -> None:
    turn = streamed(entry(0, "a", "f", ""), finish=None, done=False)
    assert calls(turn) == [("a", "f", "")]
    assert turn.state == "interrupted"


def test_a_call_without_arguments_at_the_token_limit_does_not_look_complete() -> None:
    assert calls(streamed(entry(0, "a", "f", ""), finish="length")) == [("a", "f", "")]


def test_fields_a_provider_adds_to_the_function_cannot_overwrite_the_call() -> None:
    turn = streamed({"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}", "id": "EVIL"}})
    assert turn.calls[0].id == "a"
    assert turn.calls[0].extra == {"function": {"id": "EVIL"}}
