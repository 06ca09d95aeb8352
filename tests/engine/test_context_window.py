"""About how long the next request is, and of how much."""

from __future__ import annotations

import pytest

from callsmith.connections import DEMO
from callsmith.context_window import DEMO_WINDOW, Next, next_request
from callsmith.conversation import Conversation, append, say
from callsmith.play import Ask
from callsmith.store.records import ExchangeInfo
from callsmith.types.connection import Connection, Target
from callsmith.types.exchange import Marks
from callsmith.types.message import Message, Origin
from callsmith.types.options import Options
from callsmith.types.parts import Text
from callsmith.types.usage import Usage

OPENAI = Connection("o", "OpenAI", "https://api.openai.com/v1")


def ask(connection: Connection = DEMO, model: str = "m", system: str = "") -> Ask:
    return Ask(Target(connection, "openai-chat", model), system, [], Options())


def info(usage: Usage | None) -> dict[str, ExchangeInfo]:
    return {"x": ExchangeInfo("x", "finished", "c", "openai-chat", "m", Marks(0.0), (), usage, None, None, None, None)}


def talked(model: str = "m") -> Conversation:
    asked = say(Conversation("c"), "one two three four")
    replied = append(asked, Message("assistant", (Text("yes"),), Origin("x", "c", "openai-chat", model)))
    return say(replied, "and now")


def test_what_was_reported_counts_and_only_what_is_new_is_estimated() -> None:
    assert next_request(ask(), talked(), info(Usage(input=1000, output=50))) == Next(1052, DEMO_WINDOW, True)


@pytest.mark.parametrize("usage", [None, Usage(input=1000), Usage(output=3)])
def test_where_nothing_was_reported_the_whole_is_estimated(usage: Usage | None) -> None:
    assert next_request(ask(system="Be brief"), talked(), info(usage)) == Next(9, DEMO_WINDOW, False)


def test_another_model_counts_anew() -> None:
    assert not next_request(ask(model="other"), talked(), info(Usage(input=1000, output=50))).reported


def test_windows_are_the_list_s_the_demo_s_or_unknown() -> None:
    empty = Conversation("c")
    assert next_request(ask(OPENAI, "gpt-4.1"), empty, {}).window == 1_000_000
    assert next_request(ask(OPENAI, "no-such-model"), empty, {}).window is None


def test_words() -> None:
    assert Next(1240, 128_000, True).words() == "about 1,240 tokens next, less than 1 % of 128,000"
    assert Next(64_000, 128_000, True).words() == "about 64,000 tokens next, 50 % of 128,000"
    assert Next(5, None, False).words() == "about 5 tokens next, context window unknown"
