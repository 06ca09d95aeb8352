"""Tool turns against aimock in all four formats, streamed and whole, and what aimock understood of our requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsmith.types.options import Options
from callsmith.types.parts import Text, Thinking, ToolCall
from callsmith.wire.registry import WIRES
from tests.servers.player import Engine, Player, asking, assert_calls, assert_finished, made
from tests.servers.served import KEY, Served
from tests.servers.tools import NOW, WEATHER

pytestmark = [pytest.mark.servers, pytest.mark.parametrize("wire", WIRES)]

TOOLS = (WEATHER, NOW)
OSLO = ("get_weather", {"city": "Oslo", "days": 3})
BERGEN = ("get_weather", {"city": "Bergen", "days": 1, "note": 'søndag "9"'})
RESULTS = ('{"degrees": 7}', "40 mm of rain, søndag")


@pytest.fixture(params=[True, False], ids=["streamed", "whole"])
def stream(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def player(aimock: Served, engine: Engine, wire: str, stream: bool, request: pytest.FixtureRequest) -> Player:
    return Player(engine, asking(aimock, wire, tools=TOOLS, options=Options(stream=stream), headers=own(request)))


def own(request: pytest.FixtureRequest) -> dict[str, str]:
    """aimock keeps its journal and its counts apart by this header."""
    return {"X-Test-Id": request.node.nodeid.encode("ascii", "ignore").decode()}


def understood(aimock: Served, request: pytest.FixtureRequest) -> list[list[dict[str, Any]]]:
    """The messages of each request of this test as aimock read them, in Chat's terms whatever the format."""
    entries = aimock.get("/__aimock/journal", testId=own(request)["X-Test-Id"]).json()
    return [entry["body"]["messages"] for entry in entries]


def test_parallel_calls_are_answered_and_the_turn_goes_on(player: Player) -> None:
    first = player.say("weather")
    assert_calls(first, TOOLS, 2)
    assert [(name, json.loads(arguments)) for name, arguments in made(first)] == [OSLO, BERGEN]
    second = player.answer(*RESULTS)
    assert_finished(second)
    assert (second.text, second.calls) == ("It is 7 degrees in Oslo, and Bergen is as wet as ever.", ())
    assert [node.message.role for node in player.conversation.path()] == ["user", "assistant", "tool", "assistant"]


def test_each_result_is_understood_as_the_answer_to_its_own_call(
    aimock: Served, player: Player, request: pytest.FixtureRequest
) -> None:
    player.say("weather")
    player.answer(*RESULTS)
    messages = understood(aimock, request)[1]
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    assert [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in calls] == [OSLO, BERGEN]
    answers = [message for message in messages if message["role"] == "tool"]
    assert [answer["tool_call_id"] for answer in answers] == [call["id"] for call in calls]
    assert json.loads(answers[0]["content"]) == {"degrees": 7}
    assert "40 mm of rain, søndag" in answers[1]["content"]
    assert [message["role"] for message in messages][-2:] == ["tool", "tool"]


def test_words_before_a_call_are_kept_in_their_place(player: Player) -> None:
    first = player.say("say first")
    assert_calls(first, TOOLS, 1)
    assert [type(part) for part in first.parts] == [Text, ToolCall]
    assert first.text == "I look it up."
    assert player.answer("7 degrees").text == "Seven it is."


def test_a_call_without_arguments(player: Player) -> None:
    first = player.say("time")
    assert_calls(first, TOOLS, 1)
    assert made(first) == [("what_time_is_it", "{}")]
    assert player.answer("noon").text == "It is noon."


def test_a_failed_tool_is_told_as_such(aimock: Served, player: Player, request: pytest.FixtureRequest) -> None:
    player.say("time")
    assert player.answer("the clock has stopped", error=True).text == "It is noon."
    assert "the clock has stopped" in understood(aimock, request)[1][-1]["content"]


def test_thoughts_are_shown_apart_and_the_turn_goes_on(player: Player) -> None:
    first = player.say("think")
    assert_calls(first, TOOLS, 1)
    assert [type(part) for part in first.parts] == [Thinking, ToolCall]
    assert first.thinking == "They ask for Oslo."
    second = player.answer("7 degrees")
    assert (second.thinking, second.text) == ("Seven, they said.", "Seven degrees.")


def test_a_conversation_goes_on_after_the_turn(player: Player) -> None:
    player.say("weather")
    player.answer(*RESULTS)
    assert player.say("hello").text == "Hello from a server that others wrote."


def test_usage_is_what_was_reported(player: Player, wire: str) -> None:
    """aimock counts tokens on Chat alone and reports zeros elsewhere: a reported zero is a zero, not unknown."""
    usage = player.say("weather").usage
    assert usage is not None
    if wire == "openai-chat":
        assert usage.input and usage.output and usage.total == usage.input + usage.output
    else:
        assert (usage.input, usage.output) == (0, 0)
    assert usage.raw


def test_the_key_reaches_the_server_and_nothing_else(player: Player, engine: Engine) -> None:
    player.say("weather")
    player.key = "sk-wrong-0123456789"
    player.answer(*RESULTS)
    right, wrong = player.exchanges()
    assert (right.status, wrong.status) == (200, 401)
    kept = repr([right, wrong, player.conversation])
    assert KEY not in kept and player.key not in kept


def test_a_wrong_key_is_a_problem_in_the_servers_words(player: Player) -> None:
    player.key = "sk-wrong-0123456789"
    turn = player.say("hello")
    assert turn.problem is not None
    assert (turn.problem.kind, turn.problem.status, turn.problem.message) == ("http", 401, "Invalid API key")
    assert not turn.problem.retryable
