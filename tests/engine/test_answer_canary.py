"""The key that a way of answering uses, the player's, and the connection's own are nowhere where they could be read
afterwards, though every server says them back: not in the database, the log, a result, a note or an exported setup."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from callsmith import setup_file
from callsmith import slots as places
from callsmith.conversation import Conversation, say
from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer
from callsmith.execute.occasion import Reach
from callsmith.execute.players import Players
from callsmith.jobs import Jobs
from callsmith.loop.loop import Loop
from callsmith.loop.run import Machinery
from callsmith.loop.types import Plan, ToolPlan
from callsmith.play import Ask, Play, added
from callsmith.redaction import RedactingFilter
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.answering import Answering, By, Http, Mcp, Player
from callsmith.types.codec import to_json
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.options import Options
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import HttpCall, Tool
from tests.engine.execute.http_kit import Script, plain, serving
from tests.engine.loop.kit import ended

OWN, PLAYERS, TOOLS = (f"sk-canary-{whose}-0123456789abcdefABCDEF" for whose in ("own", "player", "tool"))
HOST = "http://echo.invalid"
OWNER = Connection("own", "Own", f"{HOST}/v1", key=KeyRef("session"))
ACTOR = Connection("actor", "Actor", f"{HOST}/v1", key=KeyRef("session"))
HEADERS = {"Authorization": "Bearer {{TOOL_KEY}}"}
TOOL = Tool("t")


class Echo(httpx.BaseTransport):
    """Says the Authorization header back: in the arguments of a call, as a player's result, and in the last reply."""

    def __init__(self) -> None:
        self.heard: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        said = request.headers["Authorization"]
        self.heard.add(said)
        asked = json.loads(request.read())
        message: dict[str, object] = {"role": "assistant", "content": json.dumps({"you_sent": said})}
        if "tools" in asked and asked["messages"][-1]["role"] == "user":
            function = {"name": TOOL.name, "arguments": json.dumps({"you_sent": said})}
            message |= {"content": None, "tool_calls": [{"id": "1", "type": "function", "function": function}]}
        finish = "tool_calls" if "tool_calls" in message else "stop"
        choice = {"index": 0, "message": message, "finish_reason": finish}
        return httpx.Response(200, json={"choices": [choice]}, headers={"X-Request-Id": f"req {said}"})


class Workshop:
    """The engine as the page wires it, with two connections that ask the echo."""

    def __init__(self, folder: Path) -> None:
        self.echo = Echo()
        self.logs = RedactingFilter()
        self.store = Store(f"sqlite:///{folder / 'canary.db'}")
        self._transport = Transport(mounts={HOST: self.echo})
        self._play = Play(self.store, Jobs(), self._transport, lambda name: None, self.logs)
        keys = {OWNER.id: OWN, ACTOR.id: PLAYERS}
        players = Players(self._play, lambda: [OWNER, ACTOR], lambda one: keys[one.id], lambda one: "echo")
        self._reach = Reach({"TOOL_KEY": TOOLS}.get, lambda: Policy(True), lambda: False, players, self.logs.learn)
        self.loop = Loop(Machinery(self.store, self._play, answer, lambda usage, target, at: 0.0))
        self.conversation_id = self.store.create(Setup())
        self.said = ""

    @property
    def conversation(self) -> Conversation:
        loaded = self.store.load(self.conversation_id)
        assert loaded is not None
        return loaded

    def turn(self, target: Target, answering: Answering) -> None:
        """One turn of two exchanges, or of one where the tool gave no answer."""
        ask = Ask(target, "", [TOOL], Options(stream=False))
        plan = Plan(ask, OWN, self._reach, MappingProxyType({TOOL.name: ToolPlan(TOOL, answering)}))
        before = self.conversation
        after = say(before, "Go")
        job = self._play.ask(after, ask, OWN, added(before.nodes, after))
        run = self.loop.begin(self.conversation_id, job, plan)
        ended(run)
        self.said = repr([run.snapshot().ended, run.snapshot().calls])

    def close(self) -> None:
        self._transport.close()
        self.store.close()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("way", ["http", "http refused", "mcp", "model"])
@pytest.mark.slow
def test_keys_are_kept_nowhere(way: str, workshop: Workshop, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.addFilter(workshop.logs)
    target = Target(OWNER, "openai-chat", "echo")
    with serving(lambda site: _says_back(way)) as site:
        by: By = "http" if way == "http refused" else way  # type: ignore[assignment]
        answering = Answering(
            by=by,
            auto=True,
            http=Http(HttpCall("GET", site.url("/?key={{TOOL_KEY}}"), headers=HEADERS)),
            mcp=Mcp(url=site.url("/mcp"), headers=HEADERS, seconds=5),
            model=Player(ACTOR.id, "echo"),
        )
        workshop.turn(target, answering)
        went_out = b"".join(site.asked).decode() + repr(workshop.echo.heard)
    assert OWN in went_out and (PLAYERS if way == "model" else TOOLS) in went_out

    tool_id = workshop.store.save_tool(TOOL)
    workshop.store.save_answering(tool_id, answering)
    setup, records = Setup(tools=(ToolUse(tool_id),)), workshop.store.tools_with([tool_id])
    exported = setup_file.of_conversation(workshop.conversation, setup, target, records, [OWNER, ACTOR])
    drafts = [to_json(slot.draft) for slot in places.slots(workshop.store, workshop.conversation)]
    read = [workshop.said, repr(drafts), repr(workshop.conversation), setup_file.write(exported), caplog.text]
    assert "{{TOOL_KEY}}" in read[3]
    assert "[key hidden]" in read[2]
    if way != "mcp":
        assert len(workshop.conversation.path()) == 4, "the result was sent, and the reply came"
    workshop.close()
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert files
    read += [file.read_bytes().decode("utf-8", "replace") for file in files]
    assert [key for key in (OWN, PLAYERS, TOOLS) if any(key in text for text in read)] == []


def _says_back(way: str) -> Script:
    def send(client: socket.socket) -> None:
        status = "403 Forbidden" if way == "http refused" else "200 OK"
        plain(b'{"you_sent": "' + TOOLS.encode() + b'"}', status=status)(client)

    return send
