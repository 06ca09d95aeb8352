"""The official SDKs reading the same bytes, through a transport that never leaves the process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import anthropic
import httpx
import httpx2
import openai
from google import genai


def readers(size: int) -> dict[str, Callable[[bytes], None]]:
    """By wire format: a function that reads a whole stream, given in pieces of ``size`` bytes, event by event."""

    def client(body: bytes, http: Any = httpx) -> Any:
        """``http``: Anthropic's SDK takes clients of httpx's successor only."""

        class Pieces(http.SyncByteStream):  # type: ignore[misc]
            def __iter__(self) -> Iterator[bytes]:
                return (body[at : at + size] for at in range(0, len(body), size))

        def answer(request: Any) -> Any:
            return http.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces())

        return http.Client(transport=http.MockTransport(answer))

    def chat(body: bytes) -> None:
        sdk = openai.OpenAI(api_key="none", http_client=client(body))
        _drain(sdk.chat.completions.create(model="m", messages=[], stream=True))

    def responses(body: bytes) -> None:
        sdk = openai.OpenAI(api_key="none", http_client=client(body))
        _drain(sdk.responses.create(model="m", input="", stream=True))

    def messages(body: bytes) -> None:
        sdk = anthropic.Anthropic(api_key="none", http_client=client(body, httpx2))
        _drain(sdk.messages.create(model="m", messages=[], max_tokens=1, stream=True))

    def gemini(body: bytes) -> None:
        options = genai.types.HttpOptions(httpx_client=client(body))
        sdk = genai.Client(api_key="none", http_options=options)
        _drain(sdk.models.generate_content_stream(model="m", contents="x"))

    return {"openai-chat": chat, "openai-responses": responses, "anthropic": messages, "gemini": gemini}


def _drain(events: Iterable[Any]) -> None:
    for _ in events:
        pass
