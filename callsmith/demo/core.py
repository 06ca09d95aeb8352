"""The demo provider without its transport: a request in, a paced answer in real wire bytes out.

Deterministic: the same request gives the same reply. The one thing it remembers is which requests
``demo-rate-limited`` has turned away, so that the next try of the same request succeeds.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.brain.decide import decide
from callsmith.demo.catalog import listing, no_model
from callsmith.demo.estimate import usage_of
from callsmith.demo.misbehave import misbehaved
from callsmith.demo.models import DemoModel, find_model
from callsmith.demo.paths import find, nearest
from callsmith.demo.script import limited
from callsmith.demo.wires.base import DemoWire, Route, Stamp

RETRY_AFTER_SECONDS = 1
# An unstreamed reply takes its time too, but nobody learns from waiting longer.
LONGEST_WAIT = 3.0
_REMEMBERED = 1_000
_NOTHING: Mapping[str, str] = MappingProxyType({})
_JSON = "application/json"
_FRAMINGS = {"sse": "text/event-stream; charset=utf-8", "array": "application/json; charset=utf-8"}
_HTML = (
    b"<html>\r\n<head><title>500 Internal Server Error</title></head>\r\n<body>\r\n"
    b"<center><h1>500 Internal Server Error</h1></center>\r\n<hr><center>demo</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes and when they are due, in seconds after the answer began; infinity: nothing more comes."""

    due: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: tuple[tuple[str, str], ...]
    pieces: Iterator[Piece]


class DemoProvider:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._turned_away: dict[str, None] = {}
        self._lock = threading.Lock()

    def answer(
        self,
        method: str,
        path: str,
        body: bytes,
        now: datetime | None = None,
        *,
        query: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
    ) -> Reply:
        """``now`` is for tests; the clock otherwise. Header names in lower case."""
        path = path.rstrip("/")
        seed = hashlib.sha256(body).hexdigest()
        found = find(path)
        try:
            if found is None:
                document = listing(path, headers) if method == "GET" else None
                if document is None:
                    raise Refused(f"Invalid URL ({method} {path})", status=404)
                return _whole(200, document, seed)
            wire, named = found
            if method != "POST":
                raise Refused(f"Not allowed to {method} on {path}.", status=405, code="method_not_supported")
            route = Route(**named, query=query, headers=headers)
            return self._reply(wire, body, seed, now or datetime.now(UTC), route)
        except Refused as refused:
            return _refusal(found[0] if found else nearest(path, headers), refused, seed)

    def _reply(self, wire: DemoWire, body: bytes, seed: str, now: datetime, route: Route) -> Reply:
        ask = wire.ask(_document(body), seed, now.date(), route)
        model = find_model(ask.model)
        if model is None:
            raise no_model(ask.model)
        refusal = self._status(wire, model, seed)
        if refusal is not None:
            return refusal
        script = limited(misbehaved(decide(ask, model), ask, model), ask.max_tokens, ask.stop)
        usage = usage_of(ask, script) if script.reports_usage else None
        stamp = Stamp(seed[:24], int(now.timestamp()))
        pace = model.pace or math.inf
        if ask.stream:
            events = (Piece(said / pace, data) for said, data in wire.stream(ask, script, usage, stamp))
            failure = wire.failed(ask, _overloaded(wire, model)) if script.ends == "error" else b""
            return Reply(200, _headers(_FRAMINGS[ask.framing], seed), _ended(events, script.ends, failure))
        if script.ends == "error":
            return _refusal(wire, _overloaded(wire, model), seed)
        data = wire.whole(ask, script, usage, stamp)
        wait = min((usage.output or 0) / pace, LONGEST_WAIT) if usage else 0.0
        half = len(data) // 2
        pieces = [Piece(wait, data[:half]), Piece(wait, data[half:])]
        return Reply(200, _headers(_JSON, seed), _ended(iter(pieces), script.ends))

    def _status(self, wire: DemoWire, model: DemoModel, seed: str) -> Reply | None:
        """The answer of a model whose habit is an HTTP status."""
        if model.habit == "unauthorized":
            message = "Incorrect API key provided. This demo model refuses every key, so that you can see a 401."
            return _refusal(wire, Refused(message, status=401, code="invalid_api_key"), seed)
        if model.habit == "server-error":
            return Reply(500, _headers("text/html", seed), iter([Piece(0.0, _HTML)]))
        if model.habit == "rate-limited" and self._turn_away(seed):
            message = (
                f"Rate limit reached for {model.id} on requests per min (RPM): Limit 1, Used 1, Requested 1. "
                f"Please try again in {RETRY_AFTER_SECONDS}s."
            )
            refused = Refused(message, status=429, code="rate_limit_exceeded", type_="requests")
            return _refusal(wire, refused, seed, ("Retry-After", str(RETRY_AFTER_SECONDS)))
        return None

    def _turn_away(self, seed: str) -> bool:
        """True at the first try of a request; its next try is let through and forgotten."""
        with self._lock:
            if seed in self._turned_away:
                del self._turned_away[seed]
                return False
            self._turned_away[seed] = None
            if len(self._turned_away) > _REMEMBERED:
                del self._turned_away[next(iter(self._turned_away))]
            return True


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(f"We could not parse the JSON body of your request. ({error})") from error


def _overloaded(wire: DemoWire, model: DemoModel) -> Refused:
    """Anthropic has a status of its own for it."""
    status = 529 if wire.endpoint_type == "anthropic" else 503
    message = f"The model {model.id} is overloaded. Please try again later."
    return Refused(message, status=status, code="overloaded", type_="server_error")


def _whole(status: int, document: Any, seed: str) -> Reply:
    return Reply(status, _headers(_JSON, seed), iter([Piece(0.0, json.dumps(document).encode())]))


def _refusal(wire: DemoWire, refused: Refused, seed: str, *more: tuple[str, str]) -> Reply:
    headers = (*_headers(_JSON, seed), *more)
    return Reply(refused.status, headers, iter([Piece(0.0, wire.error(refused))]))


def _headers(content_type: str, seed: str) -> tuple[tuple[str, str], ...]:
    """The request's id under the names that OpenAI's and Anthropic's clients look for."""
    request_id = f"req_demo_{seed[:16]}"
    return (("Content-Type", content_type), ("X-Request-Id", request_id), ("Request-Id", request_id))


def _ended(pieces: Iterator[Piece], ends: str, failure: bytes = b"") -> Iterator[Piece]:
    """All pieces; or half of them, and then the end (cut), an error, or silence (stall)."""
    if ends == "whole":
        yield from pieces
        return
    everything = list(pieces)
    half = everything[: max(1, len(everything) // 2)]
    yield from half
    if ends == "error":
        yield Piece(half[-1].due, failure)
    if ends == "stall":
        yield Piece(math.inf, b"")
