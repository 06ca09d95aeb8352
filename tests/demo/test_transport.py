"""The demo provider behind httpx in process, and on loopback with the official client."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner

from callsmith.cli import main
from callsmith.demo import MODELS, DemoTransport
from callsmith.demo.server import DemoServer
from callsmith.starters import STARTERS
from tests.demo.kit import offered

if TYPE_CHECKING:
    from openai import OpenAI

BASE = "http://demo.callsmith.invalid/v1"
WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(transport=DemoTransport(paced=False), base_url=BASE) as client:
        yield client


@pytest.fixture
def openai(server: DemoServer) -> Iterator[OpenAI]:
    from openai import OpenAI

    with OpenAI(base_url=server.base_url, api_key="unused", max_retries=2) as client:
        yield client


def body(model: str, prompt: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": prompt}], **more}


def test_it_answers_like_any_server(http: httpx.Client) -> None:
    assert [entry["id"] for entry in http.get("models").json()["data"]] == [model.id for model in MODELS]
    with http.stream("POST", "chat/completions", json=body("demo-agent", "write 5 words", stream=True)) as response:
        assert response.headers["x-request-id"].startswith("req_demo_")
        lines = [line for line in response.iter_lines() if line]
    assert lines[-1] == "data: [DONE]"


def test_the_pace_is_kept() -> None:
    with httpx.Client(transport=DemoTransport(), base_url=BASE) as client:
        began = time.monotonic()
        client.post("chat/completions", json=body("demo-pace-500", "write 100 words", stream=True))
        assert time.monotonic() - began >= 100 / 500


@pytest.mark.parametrize("by", ["closing the response", "shutting the socket down"])
def test_a_stalled_reply_ends_at_once_when_it_is_stopped(http: httpx.Client, by: str) -> None:
    got: list[bytes] = []
    ended = threading.Event()
    stalled = threading.Event()
    with http.stream("POST", "chat/completions", json=body("demo-stall", "write 8 words", stream=True)) as response:

        def read() -> None:
            try:
                for chunk in response.iter_raw():
                    got.append(chunk)
                    stalled.set()
            except httpx.ReadError:
                ended.set()

        thread = threading.Thread(target=read)
        thread.start()
        assert stalled.wait(10)
        assert not ended.is_set()
        if by.startswith("closing"):
            response.stream.close()  # type: ignore[union-attr]
        else:
            response.extensions["network_stream"].get_extra_info("socket").shutdown(2)
        thread.join(10)
    assert ended.is_set() and got


def test_the_read_timeout_is_obeyed(http: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        http.post("chat/completions", json=body("demo-stall", "hi", stream=True), timeout=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("stream", [False, True])
def test_the_official_client_goes_through_a_turn_with_parallel_calls(openai: OpenAI, stream: bool) -> None:
    messages: list[Any] = [{"role": "user", "content": PROMPT}]
    first = complete(openai, messages, stream)
    assert [json.loads(call["arguments"])["location"] for call in first["calls"]] == ["Paris", "Tokyo"]
    assert first["finish"] == "tool_calls"
    assert first["usage"].completion_tokens > 0
    messages.append(
        {
            "role": "assistant",
            "content": first["content"] or None,
            "tool_calls": [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["name"], "arguments": call["arguments"]},
                }
                for call in first["calls"]
            ],
        }
    )
    for call, degrees in zip(first["calls"], (21, 17), strict=True):
        content = json.dumps({"temperature": degrees, "unit": "celsius"})
        messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    second = complete(openai, messages, stream)
    assert second["content"] == "It is 21 °C in Paris. It is 17 °C in Tokyo."
    assert (second["finish"], second["calls"]) == ("stop", [])
    assert second["usage"].prompt_tokens_details.cached_tokens == first["usage"].prompt_tokens


def complete(openai: OpenAI, messages: list[Any], stream: bool) -> dict[str, Any]:
    common: dict[str, Any] = {"model": "demo-instant", "messages": messages, "tools": offered([WEATHER])}
    if not stream:
        whole = openai.chat.completions.create(**common)
        message = whole.choices[0].message
        calls = [
            {"id": call.id, "name": call.function.name, "arguments": call.function.arguments}
            for call in message.tool_calls or []
            if call.type == "function"
        ]
        content = message.content or ""
        return {"content": content, "calls": calls, "finish": whole.choices[0].finish_reason, "usage": whole.usage}
    with openai.chat.completions.stream(**common, stream_options={"include_usage": True}) as events:
        for _ in events:
            pass
        final = events.get_final_completion()
    message = final.choices[0].message
    calls = [
        {"id": call.id, "name": call.function.name, "arguments": call.function.arguments}
        for call in message.tool_calls or []
    ]
    content = message.content or ""
    return {"content": content, "calls": calls, "finish": final.choices[0].finish_reason, "usage": final.usage}


@pytest.mark.slow
def test_the_official_client_sees_models_errors_and_retries(openai: OpenAI) -> None:
    from openai import AuthenticationError, BadRequestError

    assert "demo-agent" in [model.id for model in openai.models.list()]
    with pytest.raises(BadRequestError) as refused:
        openai.chat.completions.create(model="demo-instant", messages=[], temperature=1)
    assert refused.value.code == "empty_array"
    with pytest.raises(AuthenticationError):
        openai.chat.completions.create(model="demo-unauthorized", messages=[{"role": "user", "content": "hi"}])
    answer = openai.chat.completions.create(model="demo-rate-limited", messages=[{"role": "user", "content": "hi"}])
    assert answer.choices[0].message.content


def test_a_client_that_leaves_does_not_hold_the_server(server: DemoServer) -> None:
    request = body("demo-stall", "write 8 words", stream=True)
    before = set(threading.enumerate())
    with httpx.Client() as client, client.stream("POST", f"{server.base_url}/chat/completions", json=request) as answer:
        chunks = answer.iter_raw()
        got = b""
        while got.count(b"data: ") < 5:  # all that comes before the silence
            got += next(chunks)
        serving = set(threading.enumerate()) - before
    assert serving
    for thread in serving:
        thread.join(10)
        assert not thread.is_alive()


def test_the_server_refuses_bodies_without_a_length(server: DemoServer) -> None:
    with httpx.Client() as client:
        answer = client.post(f"{server.base_url}/chat/completions", content=iter([b"{}"]))
    assert answer.status_code == 411


def test_a_taken_port_is_told_in_one_line(server: DemoServer) -> None:
    result = CliRunner().invoke(main, ["demo-server", "--port", str(server.server_address[1])])
    assert result.exit_code == 1
    assert "Choose another with --port" in result.output and "Traceback" not in result.output
