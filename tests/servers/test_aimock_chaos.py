"""What aimock breaks on purpose ends as a problem in words, never as an exception, and loses nothing that came."""

from __future__ import annotations

import pytest

from callsmith.job import MAX_ATTEMPTS
from callsmith.types.options import Options
from callsmith.wire.registry import WIRES
from tests.servers.player import Engine, Player, asking, assert_finished
from tests.servers.served import Served

pytestmark = [pytest.mark.servers, pytest.mark.parametrize("wire", WIRES)]


def player(
    aimock: Served, engine: Engine, wire: str, request: pytest.FixtureRequest, *, stream: bool = True, **chaos: str
) -> Player:
    headers = {f"X-AIMock-Chaos-{name}": rate for name, rate in chaos.items()}
    named = {"X-Test-Id": request.node.nodeid, **headers}
    return Player(engine, asking(aimock, wire, options=Options(stream=stream), headers=named))


def test_a_rate_limit_is_waited_out_as_long_as_it_asks(
    aimock: Served, engine: Engine, wire: str, request: pytest.FixtureRequest
) -> None:
    asked = player(aimock, engine, wire, request)
    turn = asked.say("come back")
    assert_finished(turn)
    assert turn.text == "Now there is room."
    attempts = asked.exchanges()[0].attempts
    assert [(attempt.status, attempt.wait) for attempt in attempts] == [(429, 1.0), (200, None)]


def test_a_lasting_rate_limit_ends_in_the_servers_words(
    aimock: Served, engine: Engine, wire: str, request: pytest.FixtureRequest
) -> None:
    asked = player(aimock, engine, wire, request, RateLimit="1")
    turn = asked.say("hello")
    assert turn.problem is not None
    assert (turn.state, turn.problem.status, turn.problem.code) == ("failed", 429, "chaos_ratelimit")
    assert turn.problem.message == "Chaos: rate limit exceeded"
    assert [attempt.status for attempt in asked.exchanges()[0].attempts] == [429] * MAX_ATTEMPTS


def test_a_reply_cut_in_the_middle_keeps_what_came(
    aimock: Served, engine: Engine, wire: str, request: pytest.FixtureRequest
) -> None:
    asked = player(aimock, engine, wire, request)
    turn = asked.say("cut me off")
    assert turn.problem is not None
    assert (turn.state, turn.problem.kind) == ("interrupted", "interrupted")
    assert turn.text and "This sentence never comes to its proper end".startswith(turn.text)
    assert len(asked.exchanges()[0].attempts) == 1
    kept = asked.conversation.path()[-1].message
    assert (kept.role, kept.text, kept.cut) == ("assistant", turn.text, True)


def test_a_connection_closed_before_any_answer_is_tried_again_and_said(
    aimock: Served, engine: Engine, wire: str, request: pytest.FixtureRequest
) -> None:
    asked = player(aimock, engine, wire, request, Disconnect="1")
    turn = asked.say("hello")
    assert turn.problem is not None
    assert turn.problem.kind == "interrupted" and turn.problem.message
    assert turn.parts == ()
    assert len(asked.exchanges()[0].attempts) == MAX_ATTEMPTS


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_an_answer_that_is_not_json_is_said_and_kept(
    aimock: Served, engine: Engine, wire: str, stream: bool, request: pytest.FixtureRequest
) -> None:
    asked = player(aimock, engine, wire, request, stream=stream, Malformed="1")
    turn = asked.say("hello")
    assert turn.problem is not None
    assert (turn.state, turn.problem.kind, turn.problem.code) == ("failed", "unreadable", "not_json")
    assert "malformed json" in turn.problem.message
    assert b"malformed json" in asked.exchanges()[0].body


def test_a_refused_request_is_not_tried_again(
    aimock: Served, engine: Engine, wire: str, request: pytest.FixtureRequest
) -> None:
    asked = player(aimock, engine, wire, request)
    turn = asked.say("never")
    assert turn.problem is not None
    assert (turn.problem.status, turn.problem.message) == (400, "Never again")
    assert turn.problem.request_id
    assert len(asked.exchanges()[0].attempts) == 1
