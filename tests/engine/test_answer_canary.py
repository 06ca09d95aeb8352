"""A key that a way of answering uses, and the connection's own, are nowhere where they could be read afterwards, though
the server says them back: not in the database, the log, a result, a note or an exported setup."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest

from callsmith import slots as places
from callsmith.conversation import append, say
from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer
from callsmith.execute.occasion import Occasion, Reach
from callsmith.redaction import RedactingFilter
from callsmith.types.answering import Answer, Answering, Http, Mcp
from callsmith.types.codec import to_json
from callsmith.types.message import Message
from callsmith.types.parts import ToolCall
from callsmith.types.tool import HttpCall, Tool
from tests.engine.execute.http_kit import Site, plain, serving
from tests.engine.loop.kit import Nobody, Table, ended

CANARY = "sk-canary-0123456789abcdefABCDEF"
HEADERS = {"Authorization": "Bearer {{TOOL_KEY}}"}


@pytest.mark.parametrize("by", ["http", "http refused", "mcp"])
def test_a_tools_key_is_kept_nowhere(by: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def echo(site: Site) -> object:
        def send(client: socket.socket) -> None:
            status = "403 Forbidden" if by == "http refused" else "200 OK"
            plain(b'{"you_sent": "' + CANARY.encode() + b'"}', status=status)(client)

        return send

    caplog.set_level(logging.DEBUG)
    logs = RedactingFilter()
    caplog.handler.addFilter(logs)
    with serving(echo) as site:  # type: ignore[arg-type]
        answering = Answering(
            by="mcp" if by == "mcp" else "http",
            auto=True,
            http=Http(HttpCall("GET", site.url("/?key={{TOOL_KEY}}"), headers=HEADERS)),
            mcp=Mcp(url=site.url("/mcp"), headers=HEADERS, seconds=5),
        )
        reach = Reach({"TOOL_KEY": CANARY}.get, lambda: Policy(True), lambda: False, Nobody(), logs.learn)

        def really(occasion: Occasion) -> Answer:
            return answer(occasion, answering, answering.by, reach)

        at = Table(tmp_path, really)
        tool = Tool("t")
        asked = append(say(at.conversation, "Go"), Message("assistant", (ToolCall("1", "t", "{}"),), finish="stop"))
        at.store.save_nodes(at.conversation_id, list(asked.nodes.values()), asked.head)
        run = at.loop.answer(at.conversation_id, at.plan((tool, answering)), go_on=False)
        ended(run)
        assert any(CANARY.encode() in one for one in site.asked), "the key did go out"
    said = [to_json(run.snapshot().ended), to_json(run.snapshot().calls), to_json(answering)]
    said += [to_json(slot.draft) for slot in places.slots(at.store, at.conversation)]
    assert CANARY not in repr(said)
    ended(at.loop.answer(at.conversation_id, at.plan((tool, answering))))
    at.close()
    for file in tmp_path.iterdir():
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file.name
    assert CANARY not in caplog.text
