"""The traps of wire-format notes, section 10, in Responses answers."""

import json
from typing import Any

import pytest

from callsmith.types.parts import Text, ToolCall
from tests.wire.responses_kit import OPEN_MESSAGE, added, call, delta, done, final, message, read, sse


def test_trap_04_a_call_without_arguments_has_an_empty_object() -> None:
    assert read(sse(added(call("")), done(call("")), final(call("")))).calls[0].arguments == "{}"
    assert read(sse(added(call("")), final())).calls[0].arguments == "{}"


def test_trap_09_a_call_without_a_call_id_can_be_answered() -> None:
    item = {"type": "function_call", "name": "f", "arguments": "{}"}
    turn = read(
        json.dumps({"object": "response", "status": "completed", "output": [item, item]}).encode(), stream=False
    )
    assert [said.id for said in turn.calls] == ["call_1", "call_2"]


def test_trap_12_text_after_a_call() -> None:
    turn = read(sse(final(call(), message("And more"))))
    assert [type(part) for part in turn.parts] == [ToolCall, Text]


def test_trap_15_ping_comments() -> None:
    assert read(b": PING\n\n" + sse(OPEN_MESSAGE) + b": PING\n\n" + sse(final(message("a")))).text == "a"


@pytest.mark.parametrize(
    "error",
    [
        {"type": "error", "code": "rate_limit_exceeded", "message": "slow down", "param": None, "sequence_number": 2},
        {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "slow down"}},
        {"type": "", "error": {"code": "rate_limit_exceeded", "message": "slow down"}},
        final(status="failed", error={"code": "rate_limit_exceeded", "message": "slow down"}),
    ],
)
def test_trap_16_errors_in_a_stream_keep_the_partial_text(error: dict[str, Any]) -> None:
    turn = read(sse(OPEN_MESSAGE, delta("output_text", "par"), error))
    assert (turn.text, turn.state) == ("par", "failed")
    assert turn.problem is not None
    assert (turn.problem.kind, turn.problem.code, turn.problem.message) == (
        "stream",
        "rate_limit_exceeded",
        "slow down",
    )


def test_trap_17_a_broken_stream_has_no_usage_and_is_interrupted() -> None:
    turn = read(sse(OPEN_MESSAGE, delta("output_text", "par")))
    assert (turn.usage, turn.state, turn.text) == (None, "interrupted", "par")
    assert turn.problem is not None and turn.problem.kind == "interrupted"


def test_trap_18_obfuscation_is_no_content() -> None:
    turn = read(sse(OPEN_MESSAGE, delta("output_text", "a", obfuscation="xyz"), final()))
    assert (turn.text, turn.unknown) == ("a", ())


def test_trap_35_an_invented_status_is_no_failure() -> None:
    turn = read(json.dumps({"status": "requires_action", "output": [call()]}).encode(), stream=False)
    assert (turn.state, turn.finish, len(turn.calls)) == ("finished", "requires_action", 1)


def test_trap_35_a_call_that_the_final_response_leaves_out_is_kept_in_sight() -> None:
    turn = read(sse(done(call()), final(message("Hello"))))
    assert (turn.text, turn.calls) == ("Hello", ())
    assert [note.where for note in turn.unknown] == ["an item that the final response leaves out"]
    assert '"call_1"' in turn.unknown[0].raw


def test_trap_35_an_empty_final_response_leaves_the_calls_gathered() -> None:
    assert [said.id for said in read(sse(done(call()), final())).calls] == ["call_1"]
