"""One exchange: the request that was sent and the bytes that came back.

The raw view, the exports, replay and the tests all read these values, so what the user sees is what
was sent. The key is never in them: the transport puts it in place of ``{{api_key}}`` on the way out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from callsmith.types.problem import Problem

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """``body`` is exactly what goes out, but for placeholders where secrets go, as in ``headers``.

    ``secrets_at``: JSON pointers to the strings of the body whose ``{{NAME}}`` is filled when it is sent.
    """

    method: str
    url: str
    headers: Headers
    body: bytes
    secrets_at: tuple[str, ...] = ()

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at sending the request. ``at`` and ``wait`` are seconds from the start, and until the next."""

    at: float
    status: int | None = None
    problem: Problem | None = None
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """When things happened: ``started`` is Unix time in seconds, the others seconds after it."""

    started: float
    sent: float | None = None
    first_byte: float | None = None
    first_token: float | None = None
    done: float | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """``status`` and ``headers`` are None and empty until an answer began. ``body`` is what arrived."""

    id: str
    connection: str
    wire: str
    model: str
    request: HttpRequest
    stream: bool
    marks: Marks
    status: int | None = None
    headers: Headers = ()
    body: bytes = b""
    attempts: tuple[Attempt, ...] = ()
