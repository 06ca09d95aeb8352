"""OpenAI Responses as the demo provider writes it: typed events, and the same reply as one object.

Nothing is kept between requests, so ``previous_response_id`` finds nothing, and whatever goes on must be sent whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.script import Script
from callsmith.demo.wires.base import Route, Stamp
from callsmith.demo.wires.responses_events import Telling
from callsmith.demo.wires.responses_reply import items_of, response
from callsmith.demo.wires.responses_request import read_ask
from callsmith.demo.wires.text import json_bytes
from callsmith.types.usage import Usage


class DemoResponses:
    endpoint_type = "openai-response"

    def ask(self, document: Any, seed: str, today: date, route: Route) -> Ask:
        return read_ask(document, seed, today)

    def stream(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> Iterator[tuple[int, bytes]]:
        telling, items, status = Telling(), items_of(ask, script, stamp), _status(script)
        for kind in ("response.created", "response.in_progress"):
            yield telling.event(kind, response=response(ask, stamp, "in_progress"))
        yield from telling.items(items)
        yield telling.event(f"response.{status}", response=response(ask, stamp, status, items, usage))

    def whole(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> bytes:
        return json_bytes(response(ask, stamp, _status(script), items_of(ask, script, stamp), usage))

    def failed(self, ask: Ask, refused: Refused) -> bytes:
        return b"event: error\ndata: " + json_bytes({"type": "error", "error": _error(refused)}) + b"\n\n"

    def error(self, refused: Refused) -> bytes:
        return json_bytes({"error": _error(refused)})


def _status(script: Script) -> str:
    return "incomplete" if script.finish == "length" else "completed"


def _error(refused: Refused) -> dict[str, Any]:
    return {"message": refused.message, "type": refused.type, "param": refused.param, "code": refused.code}
