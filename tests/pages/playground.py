"""The Playground as a visitor has it, without a browser, and replies put into its store by hand."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from callsmith import conversation as pure
from callsmith.conversation import pending_calls
from callsmith.play import reply_node
from callsmith.results import Draft
from callsmith.starters import STARTERS
from callsmith.store import Store
from callsmith.types.codec import to_json
from callsmith.types.exchange import Exchange, HttpRequest, Marks
from callsmith.types.options import Options
from callsmith.types.parts import Media, Part
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage

APP = Path(__file__).resolve().parents[2] / "app.py"
WEATHER = STARTERS[0].tools[0]


class Page:
    """The app as a visitor has it who begins with this setup."""

    def __init__(self, store: Store, setup: Setup | None = None, conversation_id: str = "") -> None:
        self.store = store
        if setup is not None:
            store.set_preference("last_setup", to_json(setup))
        self.at = AppTest.from_file(str(APP), default_timeout=30)
        if conversation_id:
            self.at.query_params["conversation"] = conversation_id
        self.run()

    def run(self) -> None:
        self.at.run()
        assert not self.at.exception, self.at.exception

    def click(self, key: str) -> None:
        self.at.button(key=key).click()
        self.run()

    def say(self, text: str) -> None:
        self.at.chat_input(key="composer").set_value(text)
        self.run()

    def has(self, key: str) -> bool:
        return any(button.key == key for button in self.at.button)

    @property
    def text(self) -> str:
        """All that is written on the page, outside inputs."""
        parts = (*self.at.markdown, *self.at.caption, *self.at.warning, *self.at.info, *self.at.code)
        return "\n".join(part.value for part in parts)

    @property
    def conversation_id(self) -> str:
        return str(self.at.query_params["conversation"])

    @property
    def roles(self) -> list[str]:
        """Of the messages in view, as the store has them."""
        conversation = self.store.load(self.conversation_id)
        assert conversation is not None
        return [node.message.role for node in conversation.path()]

    def type(self, number: int, draft: Draft) -> None:
        """Leave a draft in a slot, as typing does, and look at the page again."""
        self.store.save_draft(self.conversation_id, self.slot(number), to_json(draft))
        self.run()

    def slot(self, number: int) -> str:
        conversation = self.store.load(self.conversation_id)
        assert conversation is not None and conversation.head is not None
        assert len(pending_calls(conversation)) > number
        return f"{conversation.head[:12]}-{number}"


def weather(store: Store, model: str = "demo-instant", options: Options | None = None) -> Setup:
    return Setup(model=model, tools=(ToolUse(store.save_tool(WEATHER)),), options=options or Options())


def replied(
    store: Store,
    *parts: Part,
    prompt: str = "What is new?",
    said: tuple[Media, ...] = (),
    setup: Setup | None = None,
    wire: str = "openai-chat",
    model: str = "demo-instant",
    request: Mapping[str, Any] | None = None,
    finish: str = "stop",
    extra: Mapping[str, Any] | None = None,
    usage: Usage | None = None,
    problem: Problem | None = None,
    conversation_id: str = "",
) -> str:
    """A conversation whose last reply is made of these parts, as an exchange leaves it. Its id."""
    conversation_id = conversation_id or store.create(setup or Setup(model="demo-instant"))
    before = store.load(conversation_id)
    assert before is not None
    asked = before if not prompt else pure.say(before, prompt, said)
    body = json.dumps(request or {"model": model}).encode()
    exchange = Exchange(
        id=uuid.uuid4().hex,
        connection="Demo model",
        wire=wire,
        model=model,
        request=HttpRequest("POST", "http://demo/v1", (), body),
        stream=True,
        marks=Marks(time.time(), sent=0.01, first_byte=0.2, first_token=0.4, done=1.6),
        status=200,
    )
    new = [node for node in asked.nodes.values() if node.id not in before.nodes]
    store.begin_exchange(exchange, conversation_id, asked.head, nodes=new)
    state: Any = "finished" if problem is None else "interrupted" if problem.kind == "interrupted" else "failed"
    turn = Turn(parts, state, finish=finish, usage=usage, problem=problem, extra=extra or {})
    store.finish_exchange(exchange, turn, reply_node(exchange, turn, asked.head))
    return conversation_id
