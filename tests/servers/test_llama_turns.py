"""Tool turns against llama.cpp's server, whose grammar holds the arguments to the schema, in the formats it serves.

The model's reply depends on nothing but the schema and the seed, so every format and both twins must give the same.
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from callsmith.calls import judge
from callsmith.schema.validate import violations
from callsmith.types.features import ResponseSchema
from callsmith.types.options import Options
from callsmith.types.tool import Tool, ToolChoice
from tests.servers.player import Engine, Player, asking, assert_calls, assert_finished, made
from tests.servers.served import Served
from tests.servers.tools import NOW, TABLE, WEATHER

pytestmark = pytest.mark.servers

SERVED = ("openai-chat", "openai-responses", "anthropic")
FORMATS = pytest.mark.parametrize("wire", SERVED)
TWINS = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])


@FORMATS
@TWINS
def test_parallel_calls_are_answered_and_the_turn_goes_on(
    llama: Served, engine: Engine, wire: str, stream: bool
) -> None:
    player = Player(engine, asking(llama, wire, tools=[WEATHER], options=Options(stream=stream), system="Be brief."))
    first = player.say("Weather?")
    assert_calls(first, [WEATHER], 2)
    second = player.answer('{"degrees": 7}', '{"degrees": 3, "søndag": "våt"}')
    assert_finished(second)
    assert second.text and not second.calls
    assert first.usage is not None and second.usage is not None
    assert first.usage.input and first.usage.output and second.usage.output
    # The calls and their results are in the second prompt: one token a byte.
    said = sum(len(name) + len(arguments) for name, arguments in made(first))
    assert (second.usage.input or 0) > first.usage.input + said


@FORMATS
@TWINS
@pytest.mark.parametrize("tool", [WEATHER, TABLE, NOW], ids=lambda tool: tool.name)
def test_arguments_fit_the_schema(llama: Served, engine: Engine, wire: str, stream: bool, tool: Tool) -> None:
    options = Options(stream=stream, tool_choice=ToolChoice("required"))
    player = Player(engine, asking(llama, wire, tools=[tool], options=options))
    turn = player.say("Now.")
    assert_calls(turn, [tool], len(turn.calls))
    assert turn.calls


def test_all_formats_and_their_twins_read_the_same_reply(llama: Served, engine: Engine) -> None:
    player = Player(engine, asking(llama, SERVED[0], tools=[TABLE]))
    replies = []
    for wire in SERVED:
        for stream in (True, False):
            player.ask = asking(llama, wire, tools=[TABLE], options=Options(stream=stream))
            first = player.say("A table.")
            replies.append([(name, json.loads(arguments)) for name, arguments in made(first)])
            assert_finished(player.answer("done", "done"))
    assert len(replies[0]) == 2
    assert replies == [replies[0]] * len(replies)


def test_a_conversation_is_carried_from_format_to_format(llama: Served, engine: Engine) -> None:
    """Ids, results and system prompt in the next format's terms; the server's template sees every call answered."""
    player = Player(engine, asking(llama, SERVED[0], tools=[WEATHER], system="Be brief."))
    turns = [player.say("Weather?")]
    for wire in (*SERVED[1:], *SERVED):
        player.ask = replace(player.ask, target=replace(player.ask.target, wire=wire))
        turns.append(player.answer("7 degrees", "3 degrees"))
        turns.append(player.say("And tomorrow?"))
    for turn in turns:
        assert_finished(turn)
    assert [len(turn.calls) for turn in turns] == [2, *[0, 2] * 5]


@FORMATS
@TWINS
def test_a_failed_tool_and_a_cancelled_call(llama: Served, engine: Engine, wire: str, stream: bool) -> None:
    player = Player(engine, asking(llama, wire, tools=[WEATHER], options=Options(stream=stream)))
    player.say("Weather?")
    assert_finished(player.answer("no such city", "", error=True))
    player.say("Again.")
    assert len(player.waiting) == 2
    assert_finished(player.say("Never mind, something else."))


CUT_SHORT = Options(max_tokens=60)


@pytest.mark.parametrize("wire", ["openai-chat", "anthropic"])
def test_a_call_cut_by_the_token_limit_is_not_answered_nor_sent_back(llama: Served, engine: Engine, wire: str) -> None:
    player = Player(engine, asking(llama, wire, tools=[TABLE], options=CUT_SHORT))
    cut = player.say("A table.")
    assert (cut.state, len(cut.calls), player.waiting) == ("finished", 1, ())
    assert cut.finish in ("length", "max_tokens")
    player.ask = asking(llama, wire, tools=[TABLE])
    assert_calls(player.say("Go on."), [TABLE], 2)


def test_a_cut_call_that_the_server_says_is_complete(llama: Served, engine: Engine) -> None:
    """llama.cpp calls a Responses reply completed although the limit cut it, and refuses it when it is sent back."""
    player = Player(engine, asking(llama, "openai-responses", tools=[TABLE], options=CUT_SHORT))
    cut = player.say("A table.")
    assert cut.finish == "completed"
    (call,) = player.waiting
    assert judge(call, {TABLE.name: TABLE}).valid is False
    refused = player.say("Go on.")
    assert refused.problem is not None and "parse tool call arguments" in refused.problem.message


@TWINS
def test_a_reply_held_to_a_schema(llama: Served, engine: Engine, stream: bool) -> None:
    """Chat only: this server passes over the schema of a Responses or Messages request without a word."""
    assert TABLE.parameters is not None
    options = Options(stream=stream, response=ResponseSchema(TABLE.parameters))
    turn = Player(engine, asking(llama, "openai-chat", options=options)).say("A table, as data.")
    assert_finished(turn)
    assert violations(TABLE.parameters, json.loads(turn.text)) == ()
