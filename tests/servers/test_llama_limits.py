"""What llama.cpp's server refuses comes out in its words; what is stopped is stopped on its side too."""

from __future__ import annotations

import time

import pytest

from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from tests.servers.player import PATIENCE, Engine, Player, asking, assert_finished
from tests.servers.served import Served
from tests.servers.tools import LONG, WEATHER

pytestmark = [
    pytest.mark.servers,
    pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "anthropic"]),
]
TWINS = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])


def refused(turn: Turn) -> Problem:
    assert turn.problem is not None
    assert (turn.state, turn.problem.kind, turn.parts) == ("failed", "http", ())
    return turn.problem


@TWINS
def test_a_prompt_beyond_the_context(llama: Served, engine: Engine, wire: str, stream: bool) -> None:
    player = Player(engine, asking(llama, wire, options=Options(stream=stream), system="long " * 4_000))
    problem = refused(player.say("Hello"))
    assert problem.status == 400 and not problem.retryable
    assert "context" in problem.message
    assert len(player.exchanges()[0].attempts) == 1


@TWINS
def test_a_schema_with_a_reference_to_nowhere(llama: Served, engine: Engine, wire: str, stream: bool) -> None:
    broken = Tool("broken", "", {"type": "object", "properties": {"a": {"$ref": "#/$defs/nowhere"}}})
    problem = refused(Player(engine, asking(llama, wire, tools=[broken], options=Options(stream=stream))).say("Now."))
    assert problem.status == 400 and not problem.retryable
    assert "nowhere" in problem.message


def test_a_wrong_key(llama: Served, engine: Engine, wire: str) -> None:
    problem = refused(Player(engine, asking(llama, wire), key="sk-wrong-0123456789").say("Hello"))
    assert problem.status == 401 and problem.message


def test_stop_in_the_middle_of_a_call_frees_the_server(llama: Served, engine: Engine, wire: str) -> None:
    """Streamed only: llama.cpp does not notice that the client of an unstreamed reply has gone."""
    player = Player(engine, asking(llama, wire, tools=[LONG]))
    job = player.begin("Sing.")
    job.wait_token(PATIENCE)
    assert busy(llama) and not job.done
    job.cancel()
    turn = player.finished(job)
    assert turn.state == "stopped" and turn.problem is not None and turn.problem.kind == "stopped"
    assert len(turn.calls) == 1 and player.waiting == ()
    deadline = time.monotonic() + PATIENCE
    while busy(llama):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    player.ask = asking(llama, wire, tools=[WEATHER])
    assert_finished(player.say("Something else, then."))


def busy(llama: Served) -> bool:
    return any(slot["is_processing"] for slot in llama.get("/slots").json())
