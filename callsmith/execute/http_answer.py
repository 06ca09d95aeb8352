"""A tool's call answered by an HTTP request.

The model gets what the server says, errors and all; details of what went wrong on the way go to the person. A secret
is filled in here, at the last moment, and taken out of everything that comes back or is told.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import httpx

from callsmith.answering import http_request, jsonpath
from callsmith.answering.http_request import Built
from callsmith.answering.http_values import BadArguments, BadSettings, is_json, plain_type
from callsmith.connections import MissingSecret, fill
from callsmith.execute import pinned
from callsmith.execute.addresses import NotFound, Policy, Refused
from callsmith.execute.occasion import MAX_RESULT, CannotAnswer, Occasion, Reach
from callsmith.redaction import HIDDEN, Redactor
from callsmith.types.answering import Answer, Http
from callsmith.types.parts import Made, Malformed, Media, finite

MAX_ERROR = 20_000
_TEXT_TYPES = ("text/", "application/xml", "application/javascript", "application/yaml", "application/x-ndjson")


@dataclass(frozen=True, slots=True)
class _Came:
    """``cut``: there was more than the limit."""

    status: int
    content_type: str
    location: str
    data: bytes
    cut: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """What becomes of it; ``detail`` is what the record of the result adds."""

    content: str
    is_error: bool = False
    media: tuple[Media, ...] = ()
    notes: tuple[str, ...] = ()
    detail: str = ""


class _Failed(Exception):
    """The request brought no answer: a sentence for the model, and what more the person is told."""

    def __init__(self, message: str, note: str = "") -> None:
        super().__init__(message)
        self.note = note


@dataclass(slots=True)
class _Secrets:
    """Reads secrets by name and remembers what it gave out."""

    read: Callable[[str], str | None]
    used: list[str] = field(default_factory=list)

    def __call__(self, reference: str) -> str:
        try:
            return fill(reference, self._noted)
        except MissingSecret as error:
            raise CannotAnswer(f"{error}.") from error

    def _noted(self, name: str) -> str | None:
        value = self.read(name)
        if value:
            self.used.append(value)
        return value

    def forms(self) -> list[str]:
        """As they were sent, and as a server may repeat them: encoded for an address, decoded from Basic."""
        found: list[str] = []
        for one in self.used:
            found += [one, quote(one, safe=""), quote(one, safe="!$&'()*+,;=:@"), quote_plus(one)]
            try:
                found.append(base64.b64decode(one, validate=True).decode())
            except (binascii.Error, ValueError):
                found.append(base64.b64encode(one.encode()).decode())
        return list(dict.fromkeys(found))


def answer(occasion: Occasion, http: Http, reach: Reach) -> Answer:
    """Raises ``CannotAnswer`` and ``Cancelled``."""
    occasion.cancel.check()
    started, clock = time.time(), time.monotonic()
    secrets = _Secrets(reach.secret)
    place = http_request.place_of(http)
    notes: tuple[str, ...] = ()
    try:
        if http.result_at and (wrong := jsonpath.check(http.result_at)):
            raise CannotAnswer(f"The path of the result cannot be followed: {wrong}")
        built = http_request.request(
            http, _arguments(occasion), styles=http_request.styles_of(occasion.tool), secret=secrets
        )
        notes = built.notes
        reach.learn(secrets.forms())
        occasion.progress(f"Asking {place}")
        said = _said(_sent(built, http, occasion, reach.policy()), http, Redactor(secrets.forms()))
    except BadSettings as error:
        raise CannotAnswer(f"The HTTP request is not in order: {error}.") from error
    except BadArguments as error:
        said = _Said(f"The request was not sent. {error}.", is_error=True, detail="not sent")
    except _Failed as error:
        said = _Said(str(error), is_error=True, notes=(error.note,) if error.note else (), detail="no answer")
    clean = Redactor(secrets.forms()).text
    content = clean(said.content)
    if len(content.encode("utf-8", "replace")) > MAX_RESULT:
        said = _Said("", is_error=True, detail=said.detail)
        content = f"The result is larger than {MAX_RESULT:,} bytes."
    detail = f"{http.call.method.upper()} {place}, {said.detail}"
    made = Made("http", clean(detail), started, time.monotonic() - clock)
    return Answer(content, made, said.is_error, said.media, tuple(clean(note) for note in (*notes, *said.notes)))


def _arguments(occasion: Occasion) -> dict[str, Any]:
    call = occasion.call
    if call.type == "custom":
        return {"input": call.arguments}
    parsed = call.parsed()
    if isinstance(parsed, Malformed):
        raise BadArguments(f"The arguments are not JSON: {parsed.message}, line {parsed.line}, column {parsed.column}")
    if not isinstance(parsed.value, dict):
        raise BadArguments("The arguments are not a JSON object")
    return parsed.value


def _sent(built: Built, http: Http, occasion: Occasion, policy: Policy) -> _Came:
    place = built.place
    actual = urlsplit(built.request.url).hostname or place

    def work(line: pinned.Line) -> _Came:
        with pinned.opened(built.request, policy, line, http.seconds) as response:
            location = response.headers.get("location", "") if response.is_redirect else ""
            with contextlib.suppress(httpx.InvalidURL):
                location = str(httpx.URL(built.request.url).join(location)) if location else ""
            try:
                data, cut = pinned.body(response, http.max_bytes), False
            except pinned.TooLarge as error:
                data, cut = error.start, True
            return _Came(response.status_code, response.headers.get("content-type", ""), location, data, cut)

    try:
        return pinned.bounded(work, http.seconds, occasion.cancel)
    except NotFound as error:
        raise _Failed(f"The host {place} was not found.", "Check the spelling of the URL and the network.") from error
    except Refused as error:
        shown = str(error) if actual in place else str(error).replace(actual, HIDDEN)
        raise CannotAnswer(shown) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise _Failed(f"{place} did not answer within {http.seconds:g} s.") from error
    except pinned.Unreadable as error:
        raise _Failed(f"The answer of {place} cannot be read.", f"{error}.") from error
    except httpx.ConnectError as error:
        raise _Failed(f"{place} could not be reached.", f"{pinned.words(error)}.") from error
    except httpx.RemoteProtocolError as error:
        raise _Failed(f"The connection to {place} broke, or it does not speak HTTP.", f"{_plain(error)}.") from error
    except httpx.HTTPError as error:
        raise _Failed(f"The connection to {place} broke.", f"{_plain(error)}.") from error
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _Failed(
            f"The address at {place} cannot be asked.", "It is too long, or holds what no URL may."
        ) from error


def _plain(error: httpx.HTTPError) -> str:
    return pinned.words(error)[:300]


def _said(came: _Came, http: Http, redactor: Redactor) -> _Said:
    """Secrets go before anything is shortened: a part of one would not be known any more."""
    detail = f"status {came.status}"
    raw = _text(came)
    text = None if raw is None else redactor.text(raw)
    if came.location:
        where = redactor.text(came.location)[:500]
        return _Said(
            f"The server answered with status {came.status} and points to {where}, which was not followed.",
            is_error=True,
            notes=("Redirects are not followed. If the tool belongs there, change its URL.",),
            detail=detail,
        )
    if not 200 <= came.status < 300:
        return _Said(
            f"HTTP status {_status(came.status)}\n\n{_start(text or '', came.cut, redactor)}".strip(),
            True,
            detail=detail,
        )
    if came.cut:
        return _Said(
            f"The answer is larger than {http.max_bytes:,} bytes.",
            is_error=True,
            notes=("The size limit of this tool's HTTP request can be raised.",),
            detail=detail,
        )
    if http.result_at:
        return _mapped(text or "", http.result_at, detail)
    kind = plain_type(came.content_type)
    if kind.startswith("image/") and text is None and came.data:
        picture = Media(kind, base64.b64encode(came.data).decode())
        return _Said(f"An image ({kind}, {len(came.data):,} bytes).", media=(picture,), detail=detail)
    if text is None:
        of_kind = kind or "of no stated type"
        return _Said(f"The answer is not text ({of_kind}, {len(came.data):,} bytes).", detail=detail)
    notes = () if text else (f"The answer is empty, with status {_status(came.status)}.",)
    return _Said(text, notes=notes, detail=detail)


def _start(text: str, cut: bool, redactor: Redactor) -> str:
    """Where the limit fell into a secret, its beginning stands at the end: that is held back."""
    if cut:
        text = redactor.feed(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return text if len(text) <= MAX_ERROR and not cut else f"{text[:MAX_ERROR]} ... (cut)"


def _mapped(text: str, path: str, detail: str) -> _Said:
    """The part that the path means: one value as it is, several as a list."""
    begins = f"The answer begins: {text[:300]}" if text else "The answer is empty."
    try:
        found = jsonpath.find(path, json.loads(text, parse_constant=_refuse, parse_float=finite))
    except jsonpath.PathError as error:
        return _Said("The result was not found in the answer.", True, notes=(f"{path}: {error}", begins), detail=detail)
    except (ValueError, RecursionError):
        return _Said("The answer is not JSON, so the result was not found in it.", True, notes=(begins,), detail=detail)
    if not found:
        notes = (f"The answer has nothing at {path}.", begins)
        return _Said("The result was not found in the answer.", True, notes=notes, detail=detail)
    value = found[0] if len(found) == 1 else list(found)
    return _Said(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), detail=detail)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _text(came: _Came) -> str | None:
    """The body as text, as the server wrote it; None where it is none."""
    kind = plain_type(came.content_type)
    declared = httpx.Headers({"content-type": came.content_type}) if came.content_type.isascii() else httpx.Headers()
    charset = httpx.Response(200, headers=declared).charset_encoding or "utf-8"
    if kind and not is_json(kind) and not kind.startswith(_TEXT_TYPES) and not kind.endswith("+xml"):
        return None if kind != "application/octet-stream" else _if_text(came.data)
    if not kind:
        return _if_text(came.data)
    try:
        return came.data.decode(charset, "replace").removeprefix("\ufeff")
    except (LookupError, UnicodeError):
        return came.data.decode("utf-8", "replace")


def _if_text(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
