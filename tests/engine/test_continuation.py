"""Which of the earlier turns a recorded request carries on, and recordings that cannot be read."""

import json
from typing import Any

import pytest

from callsmith.continuation import continued


def call(name: str) -> dict[str, Any]:
    function = {"name": "f", "arguments": json.dumps({"q": name})}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": name, "type": "function", "function": function}],
    }


def result(name: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": name, "content": f"result {name}"}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def exchange(name: str, wire: str, request: Any, reply: Any) -> dict[str, Any]:
    return {
        "id": name,
        "conversation": "c",
        "wire": wire,
        "framing": "single",
        "request": {"host": "api.example.com", "path": "/v1beta/models/m:generateContent", "json": request},
        "response": {"status": 200, "body_text": json.dumps(reply)},
    }


def chat(name: str, messages: list[dict[str, Any]], reply: dict[str, Any]) -> dict[str, Any]:
    answer = {"choices": [{"message": reply, "finish_reason": "stop"}]}
    return exchange(name, "openai-chat", {"model": "m", "messages": messages}, answer)


DONE = {"role": "assistant", "content": "Done"}
ONE = [user("one"), call("a"), result("a")]


def built(*exchanges: dict[str, Any]) -> dict[str, Any]:
    return {row["id"]: row["request"] for row in continued(exchanges)}


def test_every_step_of_a_long_turn() -> None:
    two = [*ONE, call("b"), result("b")]
    exchanges = [chat("1", ONE[:1], call("a")), chat("2", ONE, call("b")), chat("3", two, DONE)]
    assert built(*exchanges) == {"2": exchanges[1]["request"]["json"], "3": exchanges[2]["request"]["json"]}


@pytest.mark.parametrize("between", [chat("2", [user("two")], call("b")), chat("2", ONE[:1], call("b"))])
def test_the_arm_that_is_carried_on_and_not_the_latest(between: dict[str, Any]) -> None:
    asked = chat("3", ONE, DONE)
    assert built(chat("1", ONE[:1], call("a")), between, asked) == {"3": asked["request"]["json"]}


def gemini(name: str, contents: list[dict[str, Any]], *parts: dict[str, Any]) -> dict[str, Any]:
    reply = {"candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": "STOP"}]}
    return exchange(name, "gemini", {"contents": contents}, reply)


def test_calls_without_ids_are_known_by_what_they_ask() -> None:
    first, again = ({"functionCall": {"name": "f", "args": {"q": text}}, "thoughtSignature": text} for text in "ab")
    asks = {"role": "user", "parts": [{"text": "one"}]}
    response = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"x": 1}}}]}
    asked = gemini("3", [asks, {"role": "model", "parts": [first]}, response], {"text": "Done"})
    assert built(gemini("1", [asks], first), gemini("2", [asks], again), asked) == {"3": asked["request"]["json"]}


def test_a_turn_of_another_format_is_not_carried_on() -> None:
    block = {"type": "tool_use", "id": "a", "name": "f", "input": {"q": "a"}}
    other = exchange("1", "anthropic", {"messages": ONE[:1]}, {"content": [block], "stop_reason": "tool_use"})
    assert built(other, chat("2", ONE, DONE)) == {}


def test_a_body_that_is_no_conversation_is_left_out() -> None:
    odd = exchange("1", "openai-responses", {"input": [1]}, {"status": "completed", "output": []})
    assert built(odd, {**odd, "id": "2"}) == {}


@pytest.mark.parametrize(("missing", "said"), [("request", "no request"), ("response", "no response")])
def test_an_exchange_without_its_half_is_named(missing: str, said: str) -> None:
    first = chat("1", ONE[:1], call("a"))
    del first[missing]
    with pytest.raises(ValueError, match=f"^1: this exchange has {said}"):
        list(continued([first, chat("2", ONE, DONE)]))


def test_half_a_character_in_an_answer_is_read() -> None:
    first = chat("1", ONE[:1], call("a"))
    first["response"]["body_text"] += "\ud83d"
    assert built(first, chat("2", ONE, DONE)) == {}
