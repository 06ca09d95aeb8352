"""The Connections page and the model picker, with a real store and a fake server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings
from callsmith.redaction import RedactingFilter
from callsmith.store import Store
from callsmith.transport import Broken
from callsmith.types.codec import from_json
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.exchange import Headers
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from components import services
from components.connections import check

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "connections.py"
CANARY = "sk-canary-0123456789abcdef"
MODELS = {"data": [{"id": "gpt-4o"}, {"id": "gpt-4o-mini"}, {"id": "claude-x"}]}


class Server:
    """What every GET answers; set ``answer`` to change its mood."""

    def __init__(self) -> None:
        self.answer: Callable[[str, dict[str, str]], tuple[int, bytes]] = lambda url, headers: (
            (200, json.dumps(MODELS).encode()) if CANARY in headers.get("Authorization", "") else (401, b"{}")
        )
        self.asked: list[str] = []

    def __call__(self, url: str, headers: Headers) -> tuple[int, Headers, bytes]:
        self.asked.append(url)
        status, body = self.answer(url, dict(headers))
        return status, (), body


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    fake = Server()
    monkeypatch.setattr(check, "get", fake)
    check.catalog.clear()
    return fake


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, server: Server) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    engine = lambda: SimpleNamespace(store=opened, logs=RedactingFilter())  # noqa: E731
    monkeypatch.setattr(services, "engine", engine)
    yield opened
    opened.close()


@pytest.fixture
def page(store: Store) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=10)
    at.session_state["_framed"] = True
    return ran(at.run())


def ran(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


def click(at: AppTest, key: str) -> AppTest:
    return ran(at.button(key=key).click().run())


def add(at: AppTest, preset: str) -> AppTest:
    return ran(at.menu_button(key="connection-add").click(preset).run())


def fill(at: AppTest, **fields: str) -> None:
    for name, value in fields.items():
        at.text_input(key=f"connection-{name.replace('_', '-')}").input(value)


def said(at: AppTest) -> str:
    """All the words on the page, as markdown without its escapes."""
    return " ".join(str(item.value) for item in (*at.markdown, *at.caption, *at.warning)).replace("\\", "")


def shown(at: AppTest) -> str:
    """Everything the page sends to the browser, the values of its text boxes included."""
    return repr(at.main) + repr([box.value for box in (*at.text_input, *at.text_area)])


def typed_connection(store: Store, base_url: str = "https://gw.example.com/v1") -> Connection:
    connection = Connection("c1", "Gateway", base_url, key=KeyRef("session"), preset="other")
    store.save_connection(connection)
    return connection


def test_the_demo_is_there_from_the_start_and_not_to_be_changed(page: AppTest) -> None:
    assert "scripted, not an LLM" in said(page)
    keys = {button.key for button in page.button}
    assert "connection-test-demo" in keys
    assert not keys & {"connection-edit-demo", "connection-delete-demo", "connection-duplicate-demo"}


def test_a_preset_fills_the_form_and_saving_keeps_it(
    page: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENWEN_API_KEY", CANARY)
    add(page, "wenwen")
    assert page.text_input(key="connection-base-url").value == "https://api.wenwen-ai.com/v1"
    assert page.text_input(key="connection-key-name").value == "WENWEN_API_KEY"
    click(page, "connection-save")
    (kept,) = store.connections()
    assert (kept.name, kept.base_url, kept.preset) == ("wenwen", "https://api.wenwen-ai.com/v1", "wenwen")
    assert kept.key == KeyRef("environment", "WENWEN_API_KEY")
    assert "key from WENWEN_API_KEY" in said(page)
    assert not page.text_input


def test_errors_are_said_all_at_once_and_what_was_typed_stays(page: AppTest, store: Store) -> None:
    add(page, "other")
    fill(page, name="", base_url="gw.example.com?x", key_name="sk-abcdefghijklmnopqrstuvwx")
    page.text_area(key="connection-headers").input("Authorization: Bearer abc")
    page.text_area(key="connection-extra-body").input('{"a": ')
    click(page, "connection-save")
    assert store.connections() == []
    words = said(page)
    for part in ("name is missing", "starts with http", "looks like the key itself", "Line 1", "Not JSON"):
        assert part in words
    assert page.text_input(key="connection-base-url").value == "gw.example.com?x"
    assert page.text_area(key="connection-headers").value == "Authorization: Bearer abc"
    assert page.text_area(key="connection-extra-body").value == '{"a": '
    fill(page, name="Mine", base_url="https://gw.example.com/v1", key_name="MINE_KEY")
    page.text_area(key="connection-headers").input("Authorization: Bearer {{MINE_KEY}}")
    page.text_area(key="connection-extra-body").input('{"a": 1}')
    click(page, "connection-save")
    (kept,) = store.connections()
    assert kept.headers == {"Authorization": "Bearer {{MINE_KEY}}"}
    assert kept.extra_body == {"a": 1}


def test_cancel_keeps_nothing(page: AppTest, store: Store) -> None:
    add(page, "openai")
    click(page, "connection-cancel")
    assert store.connections() == []
    assert not page.text_input


def test_editing_keeps_the_id_and_what_the_form_does_not_touch(page: AppTest, store: Store) -> None:
    typed_connection(store)
    page.run()
    click(page, "connection-edit-c1")
    fill(page, name="Renamed")
    click(page, "connection-save")
    (kept,) = store.connections()
    assert kept == Connection("c1", "Renamed", "https://gw.example.com/v1", key=KeyRef("session"), preset="other")


def test_a_duplicate_is_a_new_connection_under_another_name(page: AppTest, store: Store) -> None:
    typed_connection(store)
    page.run()
    click(page, "connection-duplicate-c1")
    assert len(store.connections()) == 1
    click(page, "connection-save")
    first, second = store.connections()
    assert (first.name, second.name) == ("Gateway", "Gateway 2")
    assert first.base_url == second.base_url
    assert first.id != second.id


def test_delete_can_be_undone(page: AppTest, store: Store) -> None:
    kept = typed_connection(store)
    page.run()
    click(page, "connection-delete-c1")
    assert store.connections() == []
    assert "Deleted **Gateway**" in said(page)
    click(page, "connection-undo")
    assert store.connections() == [kept]
    assert "Deleted" not in said(page)


def test_the_environments_connection_is_shown_and_only_duplicated(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "https://gw.example.com/v1")
    at = AppTest.from_file(str(PAGE), default_timeout=10)
    at.session_state["_framed"] = True
    ran(at.run())
    assert "key from CALLSMITH_API_KEY, which is not set" in said(at)
    keys = {button.key for button in at.button}
    assert {"connection-test-environment", "connection-duplicate-environment"} <= keys
    assert not keys & {"connection-edit-environment", "connection-delete-environment"}


def test_a_key_without_a_base_url_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_API_KEY", CANARY)
    at = AppTest.from_file(str(PAGE), default_timeout=10)
    at.session_state["_framed"] = True
    assert "CALLSMITH_BASE_URL is not" in said(ran(at.run()))
    assert CANARY not in said(at)


def answers(status: int, body: bytes) -> Callable[[str, dict[str, str]], tuple[int, bytes]]:
    return lambda url, headers: (status, body)


def breaks(problem: Problem) -> Callable[[str, dict[str, str]], tuple[int, bytes]]:
    def answer(url: str, headers: dict[str, str]) -> tuple[int, bytes]:
        raise Broken(problem)

    return answer


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (None, "It works: 3 models."),
        (answers(401, b'{"error": {"message": "bad key"}}'), "The key was not accepted."),
        (answers(200, b"<!doctype html>"), "The base URL leads to a web page."),
        (answers(404, b"404 page not found"), "Wrong path."),
        (answers(503, b'{"error": {"message": "none", "code": "model_not_found"}}'), "This key's group does not serve"),
        (breaks(Problem("connection", "x", code="refused")), "gw.example.com cannot be reached."),
        (breaks(Problem("timeout", "x", code="connect")), "gw.example.com did not answer in time."),
    ],
    ids=["works", "wrong key", "html", "wrong path", "wrong group", "unreachable", "timeout"],
)
def test_the_test_says_exactly_how_it_stands(
    page: AppTest, store: Store, server: Server, answer: Any, verdict: str
) -> None:
    typed_connection(store)
    page.session_state["key:c1"] = CANARY
    server.answer = answer or server.answer
    page.run()
    click(page, "connection-test-c1")
    assert verdict in said(page)
    asked = len(server.asked)
    ran(page.run())
    assert verdict in said(page)
    assert len(server.asked) == asked


def test_the_models_can_be_searched(page: AppTest, store: Store) -> None:
    typed_connection(store)
    page.session_state["key:c1"] = CANARY
    page.session_state["connection-models-c1"] = True
    page.run()
    click(page, "connection-test-c1")
    assert list(page.dataframe[0].value["Model"]) == ["claude-x", "gpt-4o", "gpt-4o-mini"]
    ran(page.text_input(key="connection-search-c1").input("mini gpt").run())
    assert list(page.dataframe[0].value["Model"]) == ["gpt-4o-mini"]
    ran(page.text_input(key="connection-search-c1").input("nothing").run())
    assert "0 models" in said(page)


def test_a_test_without_a_key_asks_nobody(page: AppTest, store: Store, server: Server) -> None:
    typed_connection(store)
    page.run()
    click(page, "connection-test-c1")
    assert "No key for Gateway." in said(page)
    assert server.asked == []


def test_a_missing_version_is_added_with_one_click(page: AppTest, store: Store, server: Server) -> None:
    typed_connection(store, "https://gw.example.com/api")
    page.session_state["key:c1"] = CANARY
    well = server.answer
    server.answer = lambda url, headers: well(url, headers) if "/v1/" in url else (200, b"<html></html>")
    page.run()
    click(page, "connection-test-c1")
    click(page, "connection-add-version-c1")
    assert store.connections()[0].base_url == "https://gw.example.com/api/v1"
    assert "It works: 3 models." in said(page)


def test_a_typed_key_is_used_and_found_nowhere(page: AppTest, store: Store, server: Server, tmp_path: Path) -> None:
    server.answer = lambda url, headers: (401, f'{{"error": {{"message": "no {headers["Authorization"]}"}}}}'.encode())
    add(page, "other")
    ran(page.radio(key="connection-key-source").set_value("session").run())
    fill(page, name="Typed", base_url="https://gw.example.com/v1", new_key=f" {CANARY} ")
    click(page, "connection-save")
    (kept,) = store.connections()
    click(page, f"connection-test-{kept.id}")
    assert page.session_state[f"key:{kept.id}"] == CANARY
    assert "key typed, this session only" in said(page)
    assert "[key hidden]" in said(page)
    assert CANARY not in shown(page)
    assert CANARY not in str(dict(page.query_params))
    assert all(CANARY not in url for url in server.asked)
    assert all(CANARY.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    click(page, f"connection-forget-{kept.id}")
    assert f"key:{kept.id}" not in page.session_state
    ran(page.text_input(key=f"connection-new-key-{kept.id}").input(CANARY).run())
    assert page.session_state[f"key:{kept.id}"] == CANARY
    assert CANARY not in shown(page)


def test_a_key_does_not_follow_a_connection_to_another_host(page: AppTest, store: Store) -> None:
    typed_connection(store)
    page.session_state["key:c1"] = CANARY
    page.run()
    click(page, "connection-edit-c1")
    fill(page, base_url="https://gw.example.com/api/v1")
    click(page, "connection-save")
    assert page.session_state["key:c1"] == CANARY
    click(page, "connection-edit-c1")
    fill(page, base_url="https://elsewhere.example.com/v1")
    click(page, "connection-save")
    assert "key:c1" not in page.session_state


def picker() -> None:
    import streamlit as st

    from callsmith.types.codec import from_json, to_json
    from callsmith.types.setup import Setup
    from components.connections import picker

    def keep(setup: Setup) -> None:
        st.session_state["setup"] = to_json(setup)

    setup = from_json(Setup, st.session_state.get("setup", {}))
    picker.render(setup, keep)
    picker.note(setup)


@pytest.fixture
def chooser(store: Store) -> AppTest:
    typed_connection(store)
    at = AppTest.from_function(picker, default_timeout=10)
    at.session_state["key:c1"] = CANARY
    at.session_state["setup"] = {"connection_id": "c1", "model": "gpt-4o"}
    return ran(at.run())


def type_model(at: AppTest, model: str) -> None:
    """AppTest knows only the options that are listed; a browser sends what was typed in the same way."""
    box = at.selectbox(key="picker-model")
    box.options.append(model)
    ran(box.select(model).run())


def chosen(at: AppTest) -> Setup:
    return from_json(Setup, at.session_state["setup"])


def test_the_picker_asks_nobody_until_told_to(chooser: AppTest, server: Server) -> None:
    assert server.asked == []
    assert chooser.selectbox(key="picker-model").options == ["gpt-4o"]
    assert chooser.button(key="picker-load").label == "Load models"
    click(chooser, "picker-load")
    assert chooser.selectbox(key="picker-model").options == ["claude-x", "gpt-4o", "gpt-4o-mini"]
    assert chooser.selectbox(key="picker-model").value == "gpt-4o"
    ran(chooser.run())
    assert len(server.asked) == 1
    assert chooser.button(key="picker-load").label == "Refresh"


def test_a_listed_or_a_typed_model_is_chosen_and_remembered(chooser: AppTest, store: Store) -> None:
    click(chooser, "picker-load")
    ran(chooser.selectbox(key="picker-model").select("claude-x").run())
    assert (chosen(chooser).connection_id, chosen(chooser).model) == ("c1", "claude-x")
    type_model(chooser, "my/own-model")
    assert chosen(chooser).model == "my/own-model"
    assert store.preference("last_models") == {"c1": "my/own-model"}


def test_choosing_a_connection_asks_it_for_its_models_and_takes_its_last_one(
    chooser: AppTest, store: Store, server: Server
) -> None:
    store.save_connection(Connection("c2", "Local", "http://localhost:8000/v1"))
    store.set_preference("last_models", {"c2": "llama3"})
    server.answer = answers(200, b'{"data": [{"id": "llama3"}, {"id": "qwen"}]}')
    chooser.run()
    ran(chooser.selectbox(key="picker-connection").select("c2").run())
    assert (chosen(chooser).connection_id, chosen(chooser).model) == ("c2", "llama3")
    assert server.asked == ["http://localhost:8000/v1/models"]
    assert chooser.selectbox(key="picker-model").options == ["llama3", "qwen"]


def test_a_list_that_fails_is_told_in_one_line_and_a_model_can_be_typed(chooser: AppTest, server: Server) -> None:
    server.answer = breaks(Problem("connection", "x", code="name_not_found"))
    click(chooser, "picker-load")
    assert "The host gw.example.com was not found" in said(chooser)
    type_model(chooser, "typed-model")
    assert chosen(chooser).model == "typed-model"


def test_another_key_is_another_list(chooser: AppTest, server: Server) -> None:
    click(chooser, "picker-load")
    chooser.session_state["key:c1"] = "sk-another-0123456789abcdef"
    ran(chooser.run())
    assert chooser.button(key="picker-load").label == "Load models"
    assert chooser.selectbox(key="picker-model").options == ["gpt-4o"]


def test_the_demo_is_labelled_and_listed_at_once(chooser: AppTest, server: Server) -> None:
    listed = {"data": [{"id": "demo-agent", "description": "Misbehaves on purpose: 401."}]}
    server.answer = answers(200, json.dumps(listed).encode())
    chooser.session_state["setup"] = {"connection_id": "demo", "model": "demo-agent"}
    ran(chooser.run())
    assert "Scripted, not an LLM. Misbehaves on purpose: 401." in said(chooser)
    assert chooser.selectbox(key="picker-model").options == ["demo-agent"]
    assert not chooser.button
