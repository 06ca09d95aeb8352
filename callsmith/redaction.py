"""Secrets on their way out and back: filled into a request last, and taken out of whatever returns.

Providers echo keys in error messages, so an answer is cleaned before anything else sees it. Short words
such as ``ollama`` or ``none``, which local servers accept as keys, are no secrets and stay as they are.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from callsmith.types.connection import KEY_PLACEHOLDER
from callsmith.types.exchange import HttpRequest
from callsmith.types.parts import Part, Refusal, Text, Thinking, ToolCall
from callsmith.types.turn import Turn
from callsmith.wire.body import encode

HIDDEN = "[key hidden]"


def is_secret(value: str) -> bool:
    return len(value) >= 16 or (len(value) >= 8 and any(char.isdigit() for char in value))


class Redactor:
    """Replaces secrets in bytes that may be cut anywhere, and in whole texts."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if is_secret(secret) for form in _forms(secret)}
        self._secrets = sorted((form.encode("utf-8", "replace") for form in forms), key=len, reverse=True)
        self._held = b""

    def __bool__(self) -> bool:
        return bool(self._secrets)

    def feed(self, chunk: bytes) -> bytes:
        """The chunk without secrets. An end that may be the start of a secret waits for the next chunk."""
        if not self._secrets:
            return chunk
        data = self.clean(self._held + chunk)
        held = max((self._overlap(data, secret) for secret in self._secrets), default=0)
        self._held = data[len(data) - held :]
        return data[: len(data) - held]

    def flush(self) -> bytes:
        held, self._held = self._held, b""
        return held

    def clean(self, data: bytes) -> bytes:
        for secret in self._secrets:
            if secret in data:
                data = data.replace(secret, HIDDEN.encode())
        return data

    def text(self, text: str) -> str:
        return self.clean(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    @staticmethod
    def _overlap(data: bytes, secret: bytes) -> int:
        for size in range(min(len(secret) - 1, len(data)), 0, -1):
            if data.endswith(secret[:size]):
                return size
        return 0


def _forms(secret: str) -> set[str]:
    """A secret as it may come back: as it is, inside JSON (with and without escaped slashes), as Python prints it."""
    in_json = json.dumps(secret)[1:-1]
    return {secret, in_json, in_json.replace("/", "\\/"), repr(secret)[1:-1]}


def cleaned_turn(turn: Turn, redactor: Redactor) -> Turn:
    """The turn with secrets taken out of its texts and arguments."""
    if not redactor:
        return turn
    parts: list[Part] = []
    for part in turn.parts:
        if isinstance(part, Text | Thinking | Refusal):
            part = replace(part, text=redactor.text(part.text))
        elif isinstance(part, ToolCall):
            part = replace(part, arguments=redactor.text(part.arguments))
        parts.append(part)
    return replace(turn, parts=tuple(parts))


def filled(request: HttpRequest, key: str | None, resolved: Callable[[str], str]) -> HttpRequest:
    """The request as it goes out. ``resolved`` fills ``{{NAME}}`` from the environment, in the headers and in the
    places of the body that ``secrets_at`` names."""
    out = []
    for name, value in request.headers:
        value = value.replace(KEY_PLACEHOLDER, key or "")
        out.append((name, resolved(value) if "{{" in value else value))
    body = request.body
    if request.secrets_at:
        document = json.loads(body)
        for pointer in request.secrets_at:
            _fill_at(document, pointer, resolved)
        body = encode(document)
    return replace(request, headers=tuple(out), body=body)


def _fill_at(document: Any, pointer: str, resolved: Callable[[str], str]) -> None:
    *way, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    for step in way:
        document = document[int(step) if isinstance(document, list) else step]
    document[last] = resolved(document[last])


class RedactingFilter(logging.Filter):
    """Keeps every secret that was used out of log records, tracebacks included; ``redactor`` knows them all."""

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()
        self._redactor = Redactor(())

    def learn(self, secrets: Iterable[str]) -> None:
        new = {secret for secret in secrets if is_secret(secret)} - self._known
        if new:
            self._known |= new
            self._redactor = Redactor(self._known)

    @property
    def redactor(self) -> Redactor:
        return self._redactor

    def filter(self, record: logging.LogRecord) -> bool:
        if self._known:
            record.msg = self._redactor.text(record.getMessage())
            record.args = None
            if record.exc_info and not record.exc_text:
                record.exc_text = logging.Formatter().formatException(record.exc_info)
            if record.exc_text:
                record.exc_text = self._redactor.text(record.exc_text)
        return True
