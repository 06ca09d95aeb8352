"""Tool turns through LiteLLM's proxy, which writes every format in its own way before a Chat server."""

from __future__ import annotations

import pytest

from callsmith.types.options import Options
from callsmith.wire.registry import WIRES
from tests.servers.player import Engine, Player, asking, assert_calls, assert_finished
from tests.servers.served import Served
from tests.servers.tools import WEATHER

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_parallel_calls_are_answered_and_the_turn_goes_on(
    litellm: Served, engine: Engine, wire: str, stream: bool
) -> None:
    player = Player(engine, asking(litellm, wire, tools=[WEATHER], options=Options(stream=stream)))
    assert_calls(player.say("weather"), [WEATHER], 2)
    second = player.answer('{"degrees": 7}', "40 mm of rain, søndag")
    assert_finished(second)
    assert second.text and not second.calls
