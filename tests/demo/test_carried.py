"""A conversation carried from every format into every other, in the middle of a turn and after it: the demo provider,
which checks as vendors do, takes it; where it would not, that was said before sending, with a way out that works."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from callsmith.notes import notes
from callsmith.starters import STARTERS
from callsmith.types.features import Effort, WebSearch
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from callsmith.wire.registry import WIRES
from tests.demo.talk import Talk

TOOLS = (STARTERS[0].tools[0], Tool("run_sql", "Runs an SQL query", type="custom"))
MODELS = (("demo-thinking", "demo-thinking"), ("demo-instant", "demo-thinking"), ("demo-thinking", "demo-instant"))


def mend(talk: Talk) -> None:
    """Take the first way out of everything that is said to be refused."""
    connection = replace(talk.target.connection, wires=tuple(WIRES))
    target = replace(talk.target, connection=connection)
    setup = Setup(connection.id, target.wire, target.model, options=talk.options)
    refused = [
        note for note in notes(setup, target, talk.tools, talk.options, talk.conversation) if note.level == "refused"
    ]
    for note in refused:
        setup = note.fixes[0].change(setup)
    talk.options = setup.options
    talk.target = replace(talk.target, wire=setup.wire)


@pytest.mark.parametrize("level", ["default", "low", "off"])
@pytest.mark.parametrize(("before", "after"), list(product(sorted(WIRES), repeat=2)))
@pytest.mark.slow
def test_a_conversation_goes_on_in_another_format(before: str, after: str, level: str) -> None:
    for first, second in MODELS:
        options = Options(thinking=Effort(level), web_search=WebSearch())  # type: ignore[arg-type]
        talk = Talk(before, first, TOOLS, options)
        turns = [talk.say("search the web for comets"), talk.say("weather in Paris and Tokyo")]
        assert len(turns[-1].calls) == 2
        talk.target = replace(talk.target, wire=after, model=second)
        mend(talk)
        results = [{"temperature": 1}, ValueError("station offline")]
        turns.append(talk.answer(*results))
        talk.options = options
        turns.append(talk.say("Run the SQL query `SELECT 1`"))
        assert [call.name for call in turns[-1].calls] == ["run_sql"]
        turns += [talk.answer("1 row"), talk.say("thanks")]
        assert [turn.problem for turn in turns] == [None] * 6, (first, second)
