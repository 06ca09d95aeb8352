"""The demo provider's Messages: the bytes of a stream and of a body, its thoughts, steps, pauses and caches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsmith.demo.signature import is_genuine
from callsmith.starters import STARTERS
from callsmith.types.features import Cache, McpServer, WebSearch
from callsmith.types.options import Options
from callsmith.types.parts import Opaque
from tests.demo.talk import Talk

WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"


def asked(model: str = "demo-thinking", tools: Any = (WEATHER,), **options: Any) -> Talk:
    return Talk("anthropic", model, tools, Options(**options))


def stream(talk: Talk) -> list[tuple[str, Any]]:
    """The events of the last request's answer, each with its name."""
    status, data = talk.raw(talk.request.body)
    assert status == 200
    found = []
    for event in data.decode().split("\n\n")[:-1]:
        name, _, document = event.partition("\n")
        found.append((name.removeprefix("event: "), json.loads(document.removeprefix("data: "))))
    return found


def body(talk: Talk) -> Any:
    status, data = talk.raw(json.dumps({**talk.body, "stream": False}).encode())
    assert status == 200
    return json.loads(data)


def test_the_events_come_in_the_service_s_order() -> None:
    talk = asked()
    talk.say(PROMPT)
    events = stream(talk)
    assert all(name == document["type"] for name, document in events)
    names = [name for name, _ in events]
    assert names[:3] == ["message_start", "content_block_start", "ping"]
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    opened = [document for name, document in events if name == "content_block_start"]
    assert [(block["index"], block["content_block"]["type"]) for block in opened] == [
        (0, "thinking"),
        (1, "tool_use"),
        (2, "tool_use"),
    ]
    assert opened[0]["content_block"] == {"type": "thinking", "thinking": "", "signature": ""}
    assert opened[1]["content_block"]["input"] == {}
    kinds = [document["delta"]["type"] for name, document in events if name == "content_block_delta"]
    thinking = kinds.index("signature_delta")
    assert set(kinds[:thinking]) == {"thinking_delta"} and set(kinds[thinking + 1 :]) == {"input_json_delta"}
    pieces = [d["delta"]["partial_json"] for n, d in events if n == "content_block_delta" and d["index"] == 1][:]
    assert pieces[0] == "" and json.loads("".join(pieces))["location"] == "Paris"


def test_the_usage_leaves_out_what_the_cache_holds_and_is_cumulative() -> None:
    talk = asked("demo-instant", cache=Cache(("tools", "system", "messages")))
    talk.system = "Be brief."
    first = talk.say("weather in Paris").usage
    events = stream(talk)
    start, final = events[0][1]["message"]["usage"], events[-2][1]["usage"]
    assert first is not None and first.cache_write == first.input and first.cache_read == 0
    assert (start["input_tokens"], start["output_tokens"]) == (0, 1)
    assert final["output_tokens"] == first.output
    assert final["cache_creation_input_tokens"] == start["cache_creation_input_tokens"] == first.cache_write
    assert start["cache_creation"]["ephemeral_5m_input_tokens"] == first.cache_write
    second = talk.answer({"temperature": 21}).usage
    assert second is not None and second.input is not None
    assert (second.cache_read, second.cache_write) == (first.input, second.input - (first.input or 0))
    assert body(talk)["usage"]["input_tokens"] == 0


def test_a_breakpoint_behind_the_tools_leaves_the_messages_out() -> None:
    talk = asked("demo-instant", cache=Cache(("tools",), ttl="1h"))
    usage = talk.say("weather in Paris").usage
    assert usage is not None and usage.input and usage.cache_write
    assert usage.cache_write < usage.input
    counted = body(talk)["usage"]["cache_creation"]
    assert counted == {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": usage.cache_write}


def test_nothing_is_cached_without_a_breakpoint() -> None:
    talk = asked("demo-instant")
    talk.say("weather in Paris")
    usage = talk.answer({"temperature": 21}).usage
    assert usage is not None and (usage.cache_read, usage.cache_write) == (0, 0)


def test_thoughts_are_signed_for_their_model() -> None:
    talk = asked()
    talk.say(PROMPT)
    block = body(talk)["content"][0]
    assert is_genuine(block["signature"], "demo-thinking", "thinking", block["thinking"])
    assert not is_genuine(block["signature"], "demo-instant", "thinking", block["thinking"])


def test_thoughts_that_are_not_shown_still_have_a_signature_that_goes_back() -> None:
    talk = asked(extra_body={"thinking": {"type": "adaptive", "display": "omitted"}})
    first = talk.say(PROMPT)
    assert first.thinking == "" and first.parts[0].extra["signature"]
    assert talk.answer({"temperature": 1}, {"temperature": 2}).state == "finished"


def test_a_redacted_thought_goes_back_sealed() -> None:
    talk = asked()
    first = talk.say("weather in Paris, with redacted thoughts")
    assert [part.type for part in first.parts if isinstance(part, Opaque)] == ["redacted_thinking"]
    assert "stays with the provider" not in json.dumps(talk.body) + first.thinking
    assert talk.answer({"temperature": 1}).state == "finished"
    document = talk.body
    sealed = next(block for block in document["messages"][1]["content"] if block["type"] == "redacted_thinking")
    sealed["data"] = "AAAA"
    assert talk.refusal(document) == "messages.1.content.1: Invalid `data` in `redacted_thinking` block"


@pytest.mark.parametrize(("level", "thinks"), [("off", False), ("high", True), ("budget", True)])
def test_thinking_is_switched(level: Any, thinks: bool) -> None:
    model = "demo-thinking" if not thinks else "demo-instant"
    document = {"type": "enabled", "budget_tokens": 2000} if level == "budget" else {"type": "adaptive"}
    extra = {"thinking": document if thinks else {"type": "disabled"}}
    assert bool(asked(model, extra_body=extra).say(PROMPT).thinking) is thinks


def test_a_search_pauses_once_and_goes_on_when_sent_back() -> None:
    talk = asked("demo-pausing", (), web_search=WebSearch())
    paused = talk.say("What is the latest news about the ferry?")
    assert (paused.finish, paused.text) == ("pause_turn", "I look that up.")
    went_on = talk.ask()
    assert went_on.finish == "end_turn"
    assert "starts on 3 April" in went_on.text
    assert talk.body["messages"][-1]["role"] == "assistant"
    assert talk.say("hello").state == "finished"


def test_found_pages_and_citations_are_sealed() -> None:
    talk = asked("demo-instant", (), web_search=WebSearch())
    talk.say("Search the web for comet Vesper")
    kinds = [block["type"] for block in body(talk)["content"]]
    assert kinds == ["server_tool_use", "web_search_tool_result", "text", "text"]
    cited = body(talk)["content"][3]["citations"][0]
    assert cited["type"] == "web_search_result_location" and cited["url"] == "https://space.example/comet"
    assert body(talk)["usage"]["server_tool_use"]["web_search_requests"] == 1
    assert talk.say("thank you").state == "finished"
    document = talk.body
    found = document["messages"][1]["content"]
    assert found[1]["type"] == "web_search_tool_result"
    found[1]["content"][0]["encrypted_content"] = "AAAA"
    assert "Invalid `encrypted_content`" in talk.refusal(document)
    document = talk.body
    del document["messages"][1]["content"][0]
    assert "must have a corresponding `server_tool_use` block before it" in talk.refusal(document)


def test_a_search_without_its_result_is_refused_before_the_end() -> None:
    talk = asked("demo-instant", (), web_search=WebSearch())
    talk.say("Search the web for comet Vesper")
    talk.say("thank you")
    document = talk.body
    [use_id] = [block["id"] for block in document["messages"][1]["content"] if block["type"] == "server_tool_use"]
    del document["messages"][1]["content"][1]
    assert talk.refusal(document) == (
        f"messages.1: `web_search` tool use with id `{use_id}` was found without a corresponding "
        "`web_search_tool_result` block"
    )


def test_several_cited_sentences_go_back_as_they_came() -> None:
    prompt = "Search the web for the moon rover and the comet in the sky"
    talk = asked("demo-instant", (), web_search=WebSearch())
    turn = talk.say(prompt)
    content = body(talk)["content"]
    assert [bool(block.get("citations")) for block in content if block["type"] == "text"] == [False, True, True]
    assert turn.text == Talk("openai-chat", options=Options(web_search=WebSearch())).say(prompt).text
    document = talk.body
    document["messages"] += [{"role": "assistant", "content": content}, {"role": "user", "content": "thank you"}]
    assert talk.raw(json.dumps(document).encode())[0] == 200


def test_a_remote_server_is_called_by_the_connector() -> None:
    servers = (McpServer("library", "https://mcp.example/sse"),)
    talk = asked("demo-instant", (), mcp=servers)
    turn = talk.say("Ask the library about sourdough")
    assert [part.type for part in turn.parts if isinstance(part, Opaque)] == ["mcp_tool_use", "mcp_tool_result"]
    assert "library has a page called “Sourdough for beginners”" in turn.text
    assert talk.say("thank you").state == "finished"


def test_a_stop_text_is_named() -> None:
    talk = asked("demo-instant", (), stop=("scripted",))
    assert talk.say("write 100 words").finish == "stop_sequence"
    assert body(talk)["stop_sequence"] == "scripted"


def test_a_refusal_is_a_stop_reason() -> None:
    talk = asked("demo-refusal", ())
    assert talk.say("hello").finish == "refusal"
    assert body(talk)["stop_details"]["type"] == "refusal"


def test_one_call_where_parallel_calls_are_switched_off() -> None:
    assert len(asked("demo-instant", parallel_tool_calls=False).say(PROMPT).calls) == 1
