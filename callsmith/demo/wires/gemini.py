"""Gemini generateContent as the demo provider writes it: events, one JSON array in pieces, or one body.

The model is in the path. Lines end as Google ends them, with a carriage return.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.script import Script
from callsmith.demo.wires.base import Route, Stamp
from callsmith.demo.wires.gemini_reply import chunks, document, whole
from callsmith.demo.wires.gemini_request import read_ask
from callsmith.demo.wires.gemini_words import STATUS_WORDS
from callsmith.demo.wires.text import json_bytes
from callsmith.types.usage import Usage


class DemoGemini:
    endpoint_type = "gemini"

    def ask(self, document: Any, seed: str, today: date, route: Route) -> Ask:
        return read_ask(document, seed, today, route)

    def stream(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> Iterator[tuple[int, bytes]]:
        array = ask.framing == "array"
        for number, chunk in enumerate(chunks(ask, script)):
            parts = [chunk.part] if chunk.part is not None else []
            data = json_bytes(document(ask, stamp, parts, chunk, usage))
            if array:
                yield chunk.said + chunk.thought, (b",\r\n" if number else b"[") + data
            else:
                yield chunk.said + chunk.thought, b"data: " + data + b"\r\n\r\n"
            last = chunk
        if array:
            yield last.said + last.thought, b"\n]"

    def whole(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> bytes:
        parts, last = whole(ask, script)
        return json_bytes(document(ask, stamp, parts, last, usage))

    def failed(self, ask: Ask, refused: Refused) -> bytes:
        if ask.framing == "array":
            return b",\r\n" + self.error(refused) + b"\n]"
        return b"data: " + self.error(refused) + b"\r\n\r\n"

    def error(self, refused: Refused) -> bytes:
        word = STATUS_WORDS.get(refused.status, "UNKNOWN")
        return json_bytes({"error": {"code": refused.status, "message": refused.message, "status": word}})
