"""The MCP server that answers a tool, on its page: typed, checked, its session seen and stopped; imports prepare it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.execute import mcp_sessions
from callsmith.execute.mcp import STDIO_OFF
from callsmith.importing import read_as
from callsmith.store import Store
from callsmith.types.answering import Answering, Mcp
from callsmith.types.tool import Origin, Tool
from components.tools import import_apply
from tests.engine.execute.mcp_kit import ask, program
from tests.pages.test_answers_panel import type_area

pytest.importorskip("mcp", reason="the optional MCP client is not installed: pip install -r requirements-mcp.txt")
pytestmark = pytest.mark.slow

ECHO = Tool("echo", parameters={"type": "object", "properties": {"message": {"type": "string"}}})


def _page(tool_id: str) -> None:
    from components import services
    from components.answers import mcp_view, settings
    from components.answers.settings import Settings

    record = services.store().tool(tool_id)
    assert record is not None
    mcp_view.render(Settings(tool_id, record.tool, settings.kept(tool_id)))


class View:
    def __init__(self, store: Store, tool: Tool = ECHO, mcp: Mcp | None = None) -> None:
        self.store = store
        self.id = store.save_tool(tool)
        if mcp is not None:
            store.save_answering(self.id, Answering(mcp=mcp))
        self.at = AppTest.from_function(_page, args=(self.id,), default_timeout=60)
        self.run()

    def run(self) -> None:
        self.at.run()
        assert not self.at.exception, self.at.exception

    def key(self, name: str) -> str:
        return f"answers-mcp-{name}-{self.id}"

    def type(self, name: str, text: str) -> None:
        self.at.text_input(key=self.key(name)).set_value(text)
        self.run()

    def press(self, name: str) -> None:
        self.at.button(key=self.key(name)).click()
        self.run()

    @property
    def kept(self) -> Mcp | None:
        record = self.store.tool(self.id)
        assert record is not None
        return record.answering.mcp

    @property
    def said(self) -> str:
        at = self.at
        return "\n".join(
            str(one.value) for one in [*at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.success]
        )


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CALLSMITH_STDIO", "allow")
    yield
    mcp_sessions.close_all()


def test_an_address_is_kept_and_one_with_a_secret_is_not(store: Store) -> None:
    view = View(store)
    view.type("url", "https://mcp.example.com/mcp")
    view.type("name", "find_order")
    assert view.kept == Mcp("https://mcp.example.com/mcp", name="find_order")
    view.type("url", "https://mcp.example.com/mcp?token=hunter2")
    assert view.kept == Mcp("https://mcp.example.com/mcp", name="find_order")
    assert "seems to hold a secret" in view.said and "hunter2" not in view.said
    assert view.at.text_input(key=view.key("url")).value == "https://mcp.example.com/mcp?token=hunter2"


def test_headers_take_secrets_by_name_alone(store: Store) -> None:
    view = View(store, mcp=Mcp("https://mcp.example.com/mcp"))
    type_area(view.at, view.key("headers"), "Authorization: Bearer {{TOKEN}}")
    good = {"Authorization": "Bearer {{TOKEN}}"}
    assert view.kept is not None and view.kept.headers == good
    type_area(view.at, view.key("headers"), "Authorization: Bearer hunter2")
    assert view.kept.headers == good
    assert "looks like a secret" in view.said and "hunter2" not in view.said


def test_changing_the_way_and_back_loses_no_address(store: Store) -> None:
    view = View(store, mcp=Mcp("https://mcp.example.com/mcp", headers={"X-Org": "{{ORG}}"}, seconds=5))
    way = view.at.segmented_control(key=view.key("way"))
    way.set_value("Command")
    view.run()
    view.type("command", "uvx mcp-server-time")
    assert view.kept == Mcp(command="uvx mcp-server-time", headers={"X-Org": "{{ORG}}"}, seconds=5)
    view.at.segmented_control(key=view.key("way")).set_value("Address")
    view.run()
    assert view.kept == Mcp("https://mcp.example.com/mcp", headers={"X-Org": "{{ORG}}"}, seconds=5)


def test_a_check_lists_the_tools_and_compares_the_schema(store: Store, tmp_path: Path) -> None:
    server = Mcp(command=program(tmp_path / "log"))
    view = View(store, mcp=server)
    assert "No session is open" in view.said
    view.press("check")
    assert "odd-server 1** answers" in view.said and "has 1 tool." in view.said
    assert "echo is among them, with the same schema" in view.said and "live" in view.said
    assert ask(server, "echo", {"message": "same session"}).content == "Echo: same session"
    assert (tmp_path / "log").read_text().count('"initialize"') == 1


def test_a_check_says_what_differs_and_what_is_not_there(store: Store, tmp_path: Path) -> None:
    server = Mcp(command=program(tmp_path / "log"))
    other: dict[str, Any] = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    view = View(store, Tool("echo", parameters=other), server)
    view.press("check")
    assert "differs from the one here" in view.said and "text" in view.said
    missing = View(store, Tool("shout"), server)
    missing.press("check")
    assert "The tool shout is not among them." in missing.said and "Its tools: echo" in missing.said


def test_the_session_is_stopped_and_started_again(store: Store, tmp_path: Path) -> None:
    server = Mcp(command=program(tmp_path / "log"), seconds=10)
    view = View(store, mcp=server)
    view.press("check")
    view.press("stop")
    assert mcp_sessions.status(server) is None and "No session is open" in view.said
    with pytest.raises(Exception, match="status 3"):
        ask(server, "die")
    view.run()
    assert "ended with status 3" in view.said and view.at.code[0].value == "out of cheese"
    view.press("restart")
    state = mcp_sessions.status(server)
    assert state is not None and state.alive and "live" in view.said


def test_what_is_wrong_is_said(store: Store) -> None:
    view = View(store, mcp=Mcp("http://127.0.0.1:9/mcp", headers={"Authorization": "Bearer {{NOT_SET}}"}))
    view.press("check")
    assert 'The header "Authorization" needs NOT_SET, which is not set' in view.said.replace("\\", "")


def test_where_programs_are_off_the_command_is_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_STDIO", "")
    view = View(store, mcp=Mcp(command="uvx mcp-server-time"))
    assert STDIO_OFF in view.said and view.at.text[0].value == "uvx mcp-server-time"
    assert not [one for one in view.at.text_input if one.key == view.key("command")]


def test_imported_tools_have_their_server_prepared_and_wait_by_hand(store: Store) -> None:
    server = Mcp("https://mcp.example.com/mcp", headers={"Authorization": "Bearer {{T}}"})
    definition = {"name": "get.weather", "inputSchema": {"type": "object", "properties": {}}}
    found = read_as("tools", json.dumps({"tools": [definition]}), "")
    taken = store.save_tool(Tool("busy"))
    ids: list[str] = []

    def body() -> None:
        import streamlit as st

        from components.tools import import_apply

        st.session_state["ids"] = import_apply.apply(
            st.session_state["tools"], update=False, server=st.session_state["server"]
        )

    at = AppTest.from_function(body)
    at.session_state["tools"] = [found.candidates[0].tool, Tool("busy", origin=Origin("mcp"))]
    at.session_state["server"] = server
    at.run()
    assert not at.exception, at.exception
    ids = at.session_state["ids"]
    first, second, old = (store.tool(tool_id) for tool_id in (*ids, taken))
    assert first and second and old
    assert first.answering.by == "hand" and old.answering == Answering()
    assert first.answering.mcp is not None and first.answering.mcp.url == server.url
    assert (first.answering.mcp.name or first.tool.name) == "get.weather"
    assert second.answering.mcp is not None and second.answering.mcp.name == "busy" != second.tool.name
    assert import_apply.clashes([second.tool]) == [second.tool.name]
