"""What a server or a model answers as a tool may hold half a character; no result does."""

from __future__ import annotations

import pytest

from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer
from callsmith.execute.occasion import CannotAnswer, Occasion, Reach
from callsmith.types.answering import Answer, Answering, Player
from callsmith.types.parts import Made, ToolCall
from callsmith.types.tool import Tool


class Half:
    """Plays every tool, with half a character at the end."""

    def play(self, occasion: Occasion, player: Player) -> Answer:
        if occasion.call.name == "gone":
            raise CannotAnswer("Gone \ud83d", restart=True)
        return Answer("Warm \ud83d", Made("model", "m\ude00"), notes=("\ud83d\ude00",))


REACH = Reach(lambda name: None, Policy, lambda: False, Half())


def asked(name: str) -> Answer:
    return answer(Occasion(ToolCall("1", name, "{}"), Tool(name)), Answering(), "model", REACH)


def test_an_answer_is_whole() -> None:
    found = asked("weather")
    assert (found.content, found.made, found.notes) == ("Warm \ufffd", Made("model", "m\ufffd"), ("\U0001f600",))


def test_why_there_is_none_is_whole() -> None:
    with pytest.raises(CannotAnswer, match="Gone \ufffd") as raised:
        asked("gone")
    assert raised.value.restart
