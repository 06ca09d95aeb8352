"""Structured output, web search and remote MCP servers, as they are set up in the options and leave in a request."""

from __future__ import annotations

from typing import Any

import pytest

from callsmith.store import Store
from callsmith.types.features import McpServer, ResponseSchema, WebSearch
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from tests.pages.options_kit import CLAUDE, GATEWAY, kept, keys, open_tab
from tests.pages.playground import Page

pytestmark = pytest.mark.slow

SERVER = McpServer("tickets", "https://mcp.example.com/mcp", allowed_tools=("find", "open"))


def claude(store: Store, wire: str = "", options: Options | None = None) -> Page:
    store.save_connection(GATEWAY)
    return Page(store, Setup(connection_id="gw", model=CLAUDE, wire=wire, options=options or Options()))


def fill(page: Page, **fields: Any) -> None:
    for name, value in fields.items():
        page.at.text_input(key=f"mcp-field-{name}").set_value(value)


def add_server(page: Page, **fields: Any) -> None:
    open_tab(page, "MCP")
    page.click("mcp-add")
    fill(page, **fields)
    page.click("mcp-save")


def test_a_server_is_added_with_its_token_by_name(store: Store) -> None:
    page = claude(store)
    add_server(
        page,
        label="tickets",
        url="https://mcp.example.com/mcp",
        authorization="{{TICKETS}}",
        allowed_tools="find, open",
    )
    assert kept(store).options.mcp == (
        McpServer("tickets", "https://mcp.example.com/mcp", "{{TICKETS}}", allowed_tools=("find", "open")),
    )
    assert page.has("chip-mcp-tickets")
    assert not page.has("mcp-save")


@pytest.mark.parametrize("secret", ["sk-canary-0123456789abcdef", "Bearer sk-canary-0123456789abcdef", "hunter2"])
def test_a_token_in_its_own_words_is_refused_and_kept_nowhere(store: Store, secret: str) -> None:
    page = claude(store)
    add_server(page, label="tickets", url="https://mcp.example.com/mcp", authorization=secret)
    assert "the token itself is never stored" in page.text.replace("\\", "")
    assert secret not in page.text
    assert kept(store).options.mcp == ()
    assert page.at.text_input(key="mcp-field-label").value == "tickets"
    fill(page, authorization="{{TICKETS}}")
    page.click("mcp-save")
    assert kept(store).options.mcp[0].authorization == "{{TICKETS}}"


def test_every_finding_stands_at_its_field(store: Store) -> None:
    page = claude(store)
    add_server(page, url="http://mcp.example.com")
    assert "The label is missing" in page.text
    assert "starts with https" in page.text


def test_a_server_is_switched_off_edited_removed_and_put_back(store: Store) -> None:
    page = claude(store, options=Options(mcp=(SERVER,)))
    open_tab(page, "MCP")
    page.at.toggle(key="mcp-on-tickets").set_value(False)
    page.run()
    page.click("mcp-edit-tickets")
    assert page.at.text_input(key="mcp-field-allowed_tools").value == "find, open"
    fill(page, allowed_tools="")
    page.click("mcp-save")
    changed = McpServer("tickets", "https://mcp.example.com/mcp", on=False)
    assert kept(store).options.mcp == (changed,)
    page.click("mcp-remove-tickets")
    assert kept(store).options.mcp == ()
    page.click("mcp-undo")
    assert kept(store).options.mcp == (changed,)


def test_approval_is_asked_for_where_the_format_has_it(store: Store) -> None:
    for wire, there in (("anthropic", False), ("openai-responses", True)):
        page = claude(store, wire)
        open_tab(page, "MCP")
        page.click("mcp-add")
        assert ("mcp-field-approval" in keys(page)) == there


def test_a_format_without_mcp_says_where_it_is(store: Store) -> None:
    page = claude(store, "gemini", Options(mcp=(SERVER,)))
    open_tab(page, "MCP")
    assert "Gemini has no remote MCP servers; Responses and Messages have them." in page.text
    assert page.has("mcp-remove-tickets")
    assert not page.has("mcp-edit-tickets")


def test_web_search_is_shaped_and_keeps_its_shape_while_off(store: Store) -> None:
    page = claude(store, options=Options(web_search=WebSearch()))
    open_tab(page, "Search")
    page.at.text_input(key="option-web-allowed_domains").set_value("example.com docs.example.com,")
    page.at.number_input(key="option-web-uses").set_value(3)
    page.at.text_input(key="option-web-city").set_value("Oslo")
    page.run()
    shaped = WebSearch(max_uses=3, allowed_domains=("example.com", "docs.example.com"), city="Oslo")
    assert kept(store).options.web_search == shaped
    page.click("chip-web_search")
    page.at.toggle(key="option-web-search").set_value(True)
    page.run()
    assert kept(store).options.web_search == shaped


def test_a_domain_is_no_address(store: Store) -> None:
    page = claude(store, options=Options(web_search=WebSearch()))
    open_tab(page, "Search")
    page.at.text_input(key="option-web-allowed_domains").set_value("https://example.com/a")
    page.run()
    assert "without https" in page.text
    assert kept(store).options.web_search == WebSearch()


def test_the_reply_schema_opens_in_the_editor_of_tools(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    open_tab(page, "Reply")
    page.at.toggle(key="option-response").set_value(True)
    page.run()
    response = kept(store).options.response
    assert response is not None and response.schema["required"] == ["answer"]
    assert "answer\\*" in page.text
    page.click("response-edit")
    assert "Fields of the reply" in page.text


def test_a_format_says_what_it_is_not_sent_of_a_reply_schema(store: Store) -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    page = claude(store, options=Options(response=ResponseSchema(schema)))
    open_tab(page, "Reply")
    assert "Messages is sent the schema without its name, its description and strict mode." in page.text
