"""Every kind of part a reply may hold, as the transcript shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsmith.conversation import PAUSED
from callsmith.store import Store
from callsmith.types.features import ResponseSchema
from callsmith.types.options import Options
from callsmith.types.parts import Opaque, Refusal, Text, Thinking, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.types.usage import Usage
from tests.pages.playground import Page, replied, weather

pytestmark = pytest.mark.slow

SCHEMA = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
ASKED_SCHEMA = {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA}}}
SEARCH = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "harbour of Boston"}}


def titles(page: Page) -> list[str]:
    return [expander.label for expander in page.at.expander]


def opened(page: Page, title: str) -> str:
    """The text of a row, opened as a click opens it."""
    (row,) = [expander for expander in page.at.expander if title in expander.label]
    page.at.session_state[row.key] = True
    page.run()
    (row,) = [expander for expander in page.at.expander if title in expander.label]
    return "\n".join(code.value for code in row.code)


def test_thinking_is_folded_and_says_its_tokens_once(store: Store) -> None:
    parts = Thinking("first thought"), Text("well"), Thinking("second thought"), Text("done")
    page = Page(store, conversation_id=replied(store, *parts, usage=Usage(output=50, reasoning=42)))
    assert "Thinking (42 tokens)" in titles(page)
    assert "Thinking" in titles(page)
    assert "second thought" in page.text


@pytest.mark.parametrize(
    ("part", "title"),
    [
        (Thinking("in short", "reasoning_summary"), "Thinking, summarised"),
        (Thinking("in short", "thought"), "Thinking, summarised"),
        (Thinking("in full", "reasoning_text"), "Thinking"),
        (Thinking("", "thinking", {"signature": "sig"}), "Thinking, not shown by the provider"),
        (Opaque("redacted_thinking", {"data": "abc"}), "Thinking, kept encrypted by the provider"),
        (Opaque("reasoning", {"summary": [], "encrypted_content": "x"}), "Thinking, kept encrypted by the provider"),
        (Opaque("reasoning", {"summary": []}), "Thinking, not shown by the provider"),
    ],
)
def test_thinking_is_called_what_it_is(store: Store, part: Any, title: str) -> None:
    page = Page(store, conversation_id=replied(store, part, Text("so")))
    assert title in titles(page)


def test_what_travels_in_place_of_thinking_is_one_click_away_without_its_base64(store: Store) -> None:
    part = Opaque("redacted_thinking", {"type": "redacted_thinking", "data": "Q" * 5000})
    page = Page(store, conversation_id=replied(store, part))
    assert "redacted_thinking" not in page.text
    raw = opened(page, "kept encrypted")
    assert '"type": "redacted_thinking"' in raw
    assert "5,000 characters" in raw
    assert "Q" * 100 not in raw


def test_a_step_says_what_it_did_and_keeps_its_block_folded(store: Store) -> None:
    failed = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": {"error_code": "max_uses_exceeded"}}
    parts = Opaque("server_tool_use", SEARCH), Opaque("web_search_tool_result", failed)
    page = Page(store, conversation_id=replied(store, *parts, wire="anthropic"))
    (searched,) = [title for title in titles(page) if "Web search" in title]
    assert "harbour of Boston" in searched
    (result,) = [title for title in titles(page) if "Search results" in title]
    assert "failed" in result
    assert json.loads(opened(page, "Web search")) == SEARCH


def test_a_part_nobody_knows_is_shown_raw_under_its_own_name(store: Store) -> None:
    page = Page(store, conversation_id=replied(store, Opaque("hologram", {"beam": [1, 2]}), extra={"odd": {"x": 1}}))
    (title,) = [title for title in titles(page) if "hologram" in title]
    assert "not known to Callsmith" in title
    assert json.loads(opened(page, "hologram")) == {"beam": [1, 2]}
    assert json.loads(opened(page, "Also in the reply: odd")) == {"odd": {"x": 1}}


def test_a_text_that_only_carries_a_signature_draws_nothing(store: Store) -> None:
    texts = Text("One "), Text("sentence."), Text("", {"thoughtSignature": "sig"})
    page = Page(store, conversation_id=replied(store, *texts, wire="gemini"))
    assert [markdown.value for markdown in page.at.chat_message[-1].markdown] == ["One sentence."]


def cited(url: str, title: str, quote: str = "") -> dict[str, Any]:
    located = {"type": "web_search_result_location", "url": url, "title": title, "cited_text": quote}
    return {"citations": [located]}


def test_citations_are_numbered_where_they_end_and_listed(store: Store) -> None:
    port = "https://port.example/a(b) c"
    parts = (
        Text("Founded "),
        Text("in 1630", cited("https://boston.example/", "History", "founded in 1630")),
        Text(", says "),
        Text("the port", cited(port, "Port")),
        Text(" and "),
        Text("the town", cited("https://boston.example/", "History")),
        Text("."),
    )
    page = Page(store, conversation_id=replied(store, *parts, wire="anthropic"))
    town, quay = "[\\[1\\]](https://boston.example/)", "[\\[2\\]](https://port.example/a%28b%29%20c)"
    (body, sources) = (markdown.value for markdown in page.at.chat_message[-1].markdown)
    assert body == f"Founded in 1630 {town}, says the port {quay} and the town {town}."
    lines = sources.split("\n")
    assert lines[0] == "1. [History](https://boston.example/) · boston.example · “founded in 1630”"
    assert lines[1].startswith("2. [Port](https://port.example/a%28b%29%20c)")
    assert "2 sources" in titles(page)


@pytest.mark.parametrize(
    ("text", "end", "shown"),
    [
        ("Boston is old", 6, "Boston [\\[1\\]](https://a.example/) is old"),
        ("Boston is old", 13, "Boston is old [\\[1\\]](https://a.example/)"),
        ("Boston is old", 3, "Boston is old"),
        ("Boston is old", 900, "Boston is old [\\[1\\]](https://a.example/)"),
        ("see `a b c` here", 8, "see `a b c` here"),
        ("see ([a](https://a.example/)) so", 12, "see ([a](https://a.example/) [\\[1\\]](https://a.example/)) so"),
        ("it costs $5 or $6", 11, "it costs \\$5 [\\[1\\]](https://a.example/) or \\$6"),
    ],
)
def test_offsets_of_citations_are_hints(store: Store, text: str, end: int, shown: str) -> None:
    annotation = {"type": "url_citation", "start_index": 0, "end_index": end, "url": "https://a.example/", "title": "A"}
    conversation = replied(store, Text(text, {"annotations": [annotation]}), wire="openai-responses")
    page = Page(store, conversation_id=conversation)
    assert page.at.chat_message[-1].markdown[0].value == shown
    assert "1 source" in titles(page)


def test_a_refusal_is_said_apart(store: Store) -> None:
    page = Page(store, conversation_id=replied(store, Refusal("I will not say {1}."), request=ASKED_SCHEMA))
    assert "**Refused**] I will not say {1}." in page.text
    assert "Reply as data" not in page.text


@pytest.mark.parametrize(
    ("finish", "said"),
    [
        ("refusal", "**Refused**] The provider ended this reply as a refusal."),
        ("SAFETY", "cut by a content filter"),
        ("PROHIBITED_CONTENT", "cut by a content filter"),
    ],
)
def test_a_refusal_that_has_no_field_of_its_own_is_told_by_the_finish_reason(
    store: Store, finish: str, said: str
) -> None:
    declined = replied(store, Text("I will not."), wire="anthropic", finish=finish, request=ASKED_SCHEMA)
    page = Page(store, conversation_id=declined)
    assert said in page.text
    assert "I will not." in page.text
    assert "Reply as data" not in page.text


@pytest.mark.parametrize(
    ("reply", "badge", "shown"),
    [
        ('{"age": 36}', "fits its schema", '{\n  "age": 36\n}'),
        ('{"age": "36"}', "does not fit its schema", '{\n  "age": "36"\n}'),
        ("thirty-six", "not JSON", "thirty-six"),
    ],
)
def test_a_reply_asked_for_as_data_is_judged_by_the_schema_it_was_asked_with(
    store: Store, reply: str, badge: str, shown: str
) -> None:
    now = Setup(model="demo-instant", options=Options(response=ResponseSchema({"type": "array"})))
    page = Page(store, conversation_id=replied(store, Text(reply), setup=now, request=ASKED_SCHEMA))
    (head,) = [markdown.value for markdown in page.at.markdown if "Reply as data" in markdown.value]
    assert f" {badge}]" in head
    assert page.at.chat_message[-1].code[0].value == shown


@pytest.mark.parametrize(
    "request_body",
    [
        ASKED_SCHEMA,
        {"text": {"format": {"type": "json_schema", "name": "r", "schema": SCHEMA}}},
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
        {"generationConfig": {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA}},
    ],
    ids=["chat", "responses", "anthropic", "gemini"],
)
def test_the_schema_is_found_in_every_format(store: Store, request_body: dict[str, Any]) -> None:
    page = Page(store, conversation_id=replied(store, Text('{"age": "x"}'), request=request_body))
    assert "does not fit its schema" in page.text
    assert "/age" in page.text


def test_json_that_nobody_asked_for_is_just_text(store: Store) -> None:
    page = Page(store, conversation_id=replied(store, Text('{"age": 36}')))
    assert "Reply as data" not in page.text


def test_data_that_broke_off_is_not_judged(store: Store) -> None:
    broke = Problem("interrupted", "The answer broke off before its end")
    page = Page(store, conversation_id=replied(store, Text('{"age": 3'), request=ASKED_SCHEMA, problem=broke))
    assert "cut off, not checked" in page.text
    assert "not JSON" not in page.text


def test_an_interrupted_reply_says_so_once(store: Store) -> None:
    broke = Problem("interrupted", "The answer broke off before its end")
    page = Page(store, conversation_id=replied(store, Text("It began"), problem=broke))
    assert page.text.count("broke off before its end") == 1
    assert "It began" in page.text


def test_an_earlier_reply_that_broke_off_still_says_so(store: Store) -> None:
    broke = Problem("interrupted", "The answer broke off before its end")
    conversation = replied(store, Text("It began"), problem=broke)
    replied(store, Text("Whole"), prompt="Go on", conversation_id=conversation)
    assert "broke off before its end" in Page(store, conversation_id=conversation).text


def test_a_custom_tool_is_called_with_text(store: Store) -> None:
    call = ToolCall("c1", "run_sql", '{"not": "json on purpose"}', "custom")
    page = Page(store, conversation_id=replied(store, call, finish="tool_calls"))
    assert "free text" in page.text
    (code,) = [code for code in page.at.code if "on purpose" in code.value]
    assert code.value == '{"not": "json on purpose"}'
    assert code.language in ("", None, "plaintext")


def test_a_tool_that_is_gone_is_told_from_one_that_never_was(store: Store) -> None:
    request = {"tools": [{"type": "function", "function": {"name": "old_tool", "parameters": {}}}]}
    calls = ToolCall("a", "old_tool", "{}"), ToolCall("b", "made_up", "{}"), ToolCall("c", "get_current_weather", "{}")
    page = Page(store, conversation_id=replied(store, *calls, setup=weather(store), request=request))
    heads = {
        name: next(markdown.value for markdown in page.at.markdown if f"**{name}** :" in markdown.value)
        for name in ("old_tool", "made_up", "get_current_weather")
    }
    assert "no longer in your tools" in heads["old_tool"]
    assert "not one of your tools" in heads["made_up"]
    assert "your tools" not in heads["get_current_weather"]


def test_a_paused_reply_goes_on_from_where_it_paused(store: Store) -> None:
    conversation = replied(store, Text("I search."), Opaque("server_tool_use", SEARCH), finish=PAUSED)
    page = Page(store, conversation_id=conversation)
    assert "paused in the middle of a server tool" in page.text
    page.click("continue")
    assert page.roles == ["user", "assistant", "assistant"]
    assert "I search." in page.text
    assert not page.has("continue")
