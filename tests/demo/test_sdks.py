"""The official SDKs complete a streamed turn of parallel calls against ``demo-server``, thinking and all.

What they send back is what they were given: the demo provider refuses a lost thought, signature or result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from callsmith.demo.server import DemoServer
from callsmith.starters import STARTERS
from tests.demo.kit import offered

pytestmark = pytest.mark.slow

SEARCH, FETCH = STARTERS[3].tools
PROMPT = "Search the docs for refunds and search the docs for delivery times, then tell me what they say"
RESULTS: dict[str, Any] = {
    "refunds": {"matches": [{"id": "doc-17", "title": "Refunds"}]},
    "delivery times": {"matches": [{"id": "doc-40", "title": "Delivery"}]},
    "doc-17": {"title": "Refunds", "text": "Money back."},
    "doc-40": {"title": "Delivery", "text": "Three days."},
}
ANSWER = "“Refunds” says: “Money back.” “Delivery” says: “Three days.”"


@pytest.fixture
def chat(server: DemoServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def claude(server: DemoServer) -> Iterator[anthropic.Anthropic]:
    """This SDK adds ``/v1`` itself."""
    address = server.base_url.removesuffix("/v1")
    with anthropic.Anthropic(base_url=address, api_key="none", max_retries=0) as client:
        yield client


def result(arguments: Any) -> str:
    [asked] = arguments.values()
    return json.dumps(RESULTS[asked])


def test_openai_chat(chat: openai.OpenAI) -> None:
    messages: list[Any] = [{"role": "user", "content": PROMPT}]
    thoughts = []
    for calls in (2, 2, 0):
        with chat.chat.completions.stream(
            model="demo-thinking", messages=messages, tools=offered([SEARCH, FETCH])
        ) as stream:
            message = stream.get_final_completion().choices[0].message
        thoughts.append(message.model_dump()["reasoning_content"])
        assert len(message.tool_calls or ()) == calls
        messages.append(message.model_dump(exclude_none=True))
        for call in message.tool_calls or ():
            content = result(json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    assert messages[-1]["content"] == ANSWER
    assert all(thoughts)


def test_anthropic(claude: anthropic.Anthropic) -> None:
    tools: list[Any] = [
        {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
        for tool in (SEARCH, FETCH)
    ]
    messages: list[Any] = [{"role": "user", "content": PROMPT}]
    for kinds in (["thinking", "tool_use", "tool_use"], ["thinking", "tool_use", "tool_use"], ["thinking", "text"]):
        with claude.messages.stream(
            model="demo-thinking",
            max_tokens=4000,
            thinking={"type": "enabled", "budget_tokens": 2000},
            messages=messages,
            tools=tools,
        ) as stream:
            message = stream.get_final_message()
        assert [block.type for block in message.content] == kinds
        assert message.usage.output_tokens > 1
        messages.append({"role": "assistant", "content": message.content})
        results = [
            {"type": "tool_result", "tool_use_id": block.id, "content": result(block.input)}
            for block in message.content
            if block.type == "tool_use"
        ]
        if results:
            messages.append({"role": "user", "content": results})
    assert message.content[-1].type == "text" and message.content[-1].text == ANSWER
    assert message.stop_reason == "end_turn"


def test_anthropic_without_its_thoughts_is_refused(claude: anthropic.Anthropic) -> None:
    asked: dict[str, Any] = {
        "model": "demo-thinking",
        "max_tokens": 1000,
        "tools": [{"name": SEARCH.name, "description": SEARCH.description, "input_schema": SEARCH.parameters}],
    }
    messages: list[Any] = [{"role": "user", "content": "Search the docs for refunds"}]
    message = claude.messages.create(messages=messages, **asked)
    [call] = [block for block in message.content if block.type == "tool_use"]
    messages += [
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "none"}]},
    ]
    with pytest.raises(anthropic.BadRequestError, match="Expected `thinking` or `redacted_thinking`"):
        claude.messages.create(messages=messages, **asked)


def test_errors_reach_the_sdks_as_their_own(chat: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    said: Any = [{"role": "user", "content": "hello"}]
    with pytest.raises(openai.AuthenticationError, match="refuses every key"):
        chat.chat.completions.create(model="demo-unauthorized", messages=said)
    with pytest.raises(anthropic.AuthenticationError, match="refuses every key"):
        claude.messages.create(model="demo-unauthorized", max_tokens=100, messages=said)
    with pytest.raises(anthropic.RateLimitError) as limited:
        claude.messages.create(model="demo-rate-limited", max_tokens=100, messages=said)
    assert limited.value.response.headers["retry-after"] == "1"
    broken = claude.messages.create(model="demo-overloaded", max_tokens=100, messages=said, stream=True)
    with pytest.raises(anthropic.APIStatusError, match="overloaded"):
        list(broken)


def test_the_model_lists_are_read(chat: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    assert [model.id for model in chat.models.list()] == [model.id for model in claude.models.list()]
