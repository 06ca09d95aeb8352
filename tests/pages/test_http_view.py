"""The settings of a tool over HTTP: kept at each change, what is wrong kept as typed, a sample call without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings as configured
from callsmith.store import Store
from callsmith.types.answering import Answering, Http
from callsmith.types.tool import HttpArgument, HttpCall, Origin, Tool
from components import services
from tests.pages.test_answers_panel import area_text, at_key, click, has, kept, type_area
from tests.pages.test_panels import page, ran, said

pytestmark = pytest.mark.slow

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "days": {"type": "integer", "minimum": 3}},
    "required": ["id", "days"],
}
CALL = HttpCall(
    "GET",
    "https://api.example.com/items/{id}?key={{SHOP_KEY}}",
    (HttpArgument("id", "path", "id"), HttpArgument("days", "query", "days")),
    {"Authorization": "Bearer {{SHOP_TOKEN}}"},
)
TOOL = Tool("get_item", "Gets it", SCHEMA)
IMPORTED = Tool("get_item", "Gets it", SCHEMA, origin=Origin("curl", http=CALL))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(configured.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def begin(store: Store, tool: Tool = TOOL, http: Http | None = None) -> tuple[AppTest, str]:
    tool_id = store.save_tool(tool)
    store.save_answering(tool_id, Answering(by="http", http=http))
    return page(tool_id, "Answers"), tool_id


def http_of(store: Store, tool_id: str) -> Http:
    found = kept(store, tool_id).http
    assert found is not None
    return found


def type_url(at: AppTest, url: str) -> None:
    ran(at_key(at.text_input, "answers-http-url").input(url).run())


def sent(at: AppTest) -> str:
    return next((one.value for one in at.code if one.language == "http"), "")


def test_a_request_is_begun_with_its_url(store: Store) -> None:
    at, tool_id = begin(store)
    assert not has(at.button, "answers-http-imported")
    type_url(at, "https://api.example.com/items/{id}")
    call = http_of(store, tool_id).call
    assert call.arguments == (HttpArgument("id", "path", "id"), HttpArgument("days", "query", "days"))
    assert sent(at).startswith("GET https://api.example.com/items/")
    assert "days=3" in sent(at).splitlines()[0]
    type_url(at, "https://api.example.com/items")
    assert {one.place for one in http_of(store, tool_id).call.arguments} == {"query"}
    click(at, "answers-undo")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://x", "starts with https://"),
        ("https://{id}.example.com/", "choose where the request goes"),
        ("https://me:pw@example.com/", "user name or password"),
        ("https://example.com/?api_key=abcdef", "hold a secret"),
        ("https://example.com/sk-0123456789abcdef0123", "hold a secret"),
        ("https://example.com/{{api_key}}", "another variable"),
    ],
)
def test_a_url_that_cannot_be_kept_stays_as_typed(store: Store, url: str, why: str) -> None:
    at, tool_id = begin(store, http=Http(CALL))
    type_url(at, url)
    assert why in said(at)
    assert at_key(at.text_input, "answers-http-url").value == url
    assert http_of(store, tool_id).call == CALL
    type_url(at, "https://example.com/{id}")
    assert "Not taken over" not in said(at)
    assert http_of(store, tool_id).call.url == "https://example.com/{id}"


def test_the_imported_request_is_one_click(store: Store) -> None:
    at, tool_id = begin(store, IMPORTED)
    click(at, "answers-http-imported")
    assert http_of(store, tool_id) == Http(CALL)
    assert not has(at.button, "answers-http-imported")
    assert "SHOP_KEY and SHOP_TOKEN are not set" in said(at)
    click(at, "answers-undo")
    assert kept(store, tool_id).http is None


def test_arguments_are_placed(store: Store) -> None:
    at, tool_id = begin(store, http=Http(CALL))
    for place, argument in (
        ("header", HttpArgument("days", "header", "days")),
        ("cookie", HttpArgument("days", "cookie", "days")),
        ("whole", HttpArgument("days", "body", "")),
        ("body", HttpArgument("days", "body", "days")),
    ):
        ran(at_key(at.selectbox, "answers-http-place-1").set_value(place).run())
        assert http_of(store, tool_id).call.arguments[1] == argument
    ran(at_key(at.text_input, "answers-http-name-1").input("number_of_days").run())
    assert http_of(store, tool_id).call.arguments[1] == HttpArgument("days", "body", "number_of_days")
    assert sent(at).endswith('{"number_of_days":3}')
    ran(at_key(at.selectbox, "answers-http-type").set_value("text/plain").run())
    assert "has no fields" in said(at)
    ran(at_key(at.selectbox, "answers-http-place-1").set_value("none").run())
    assert http_of(store, tool_id).call.arguments == CALL.arguments[:1]
    ran(at_key(at.selectbox, "answers-http-place-0").set_value("query").run())
    assert "for which no argument is set" in said(at)


def test_headers_take_secrets_by_name_only(store: Store) -> None:
    at, tool_id = begin(store, http=Http(CALL))
    assert area_text(at, "answers-http-headers") == "Authorization: Bearer {{SHOP_TOKEN}}"
    for lines, why in (
        ("Authorization: Bearer abcdef", "looks like a secret"),
        ("Host: x", "set by Callsmith"),
        ("x", "no colon"),
    ):
        type_area(at, "answers-http-headers", lines)
        assert why in said(at)
        assert area_text(at, "answers-http-headers") == lines
        assert http_of(store, tool_id).call == CALL
    type_area(at, "answers-http-headers", "X-Key: {{KEY}}")
    assert http_of(store, tool_id).call.headers == {"X-Key": "{{KEY}}"}
    assert "Not taken over" not in said(at)
    assert "X-Key: {{KEY}}" in sent(at)


def test_a_secret_that_is_set_is_not_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHOP_TOKEN", "SHOP_KEY"):
        monkeypatch.setenv(name, "canary-0123456789")
    at, _ = begin(store, http=Http(CALL))
    assert "are not set" not in said(at)
    assert "{{SHOP_KEY}}" in sent(at)
    assert "canary" not in said(at) + sent(at)


def test_limits_and_the_part_that_is_the_result(store: Store) -> None:
    at, tool_id = begin(store, http=Http(CALL))
    ran(at_key(at.number_input, "answers-http-seconds").set_value(1.5).run())
    ran(at_key(at.number_input, "answers-http-size").set_value(1_000).run())
    ran(at_key(at.text_input, "answers-http-result").input("$.data[0]").run())
    assert http_of(store, tool_id) == Http(CALL, 1.5, 1_000, "$.data[0]")
    ran(at_key(at.text_input, "answers-http-result").input("$.[").run())
    assert "Not taken over" in said(at)
    assert http_of(store, tool_id).result_at == "$.data[0]"


def test_whether_the_address_may_be_reached(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    at, _ = begin(store, http=Http(CALL))
    assert "checked at each call" in said(at)
    type_url(at, "http://10.1.2.3/{id}")
    assert "a private network (10.1.2.3)" in said(at)
    assert "CALLSMITH_PRIVATE_ADDRESSES=allow" in said(at)
    monkeypatch.setenv("CALLSMITH_PRIVATE_ADDRESSES", "allow")
    ran(at.run())
    assert "This address may be reached" in said(at)


def test_names_and_values_are_shown_as_text(store: Store) -> None:
    odd = "<img src=x>**b**"
    tool = Tool("t", "", {"type": "object", "properties": {odd: {"type": "string", "enum": ["<script>"]}}})
    at, _ = begin(store, tool, Http(HttpCall("POST", "https://h.example/", (HttpArgument(odd, "body", odd),))))
    assert any(one.value == "\\<img src=x\\>\\*\\*b\\*\\*" for one in at.markdown)
    assert "<script>" in sent(at)
