"""Error bodies of all the shapes that gateways and vendors send, read into a ``Problem``.

Shapes seen in recordings: ``error`` as an object or a bare string, ``detail`` (Mistral), the object
inside a one-element array (Google-compatible relays), ``message`` at the top, HTML, plain text.
Which errors may be tried again: wire-format notes, section 1.4.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from callsmith.types.problem import Problem, ProblemKind

MAX_RAW = 20_000
# Client faults that new-api reports as 500, and a missing channel that it reports as 503 (trap 54).
_NOT_WORTH_RETRYING = frozenset(
    ("invalid_request", "sensitive_words_detected", "convert_request_failed", "model_not_found")
)
_RETRY_STATUS = frozenset((408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529))
_REQUEST_ID = re.compile(r"request id: ([^\s)]+)\)?")


def retryable(status: int | None, code: str) -> bool:
    return status in _RETRY_STATUS and code not in _NOT_WORTH_RETRYING


def http_problem(status: int, body: bytes) -> Problem:
    """The provider's own words for an answer of status 400 or above. Never fails."""
    text = body.decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    found = error_in(document)
    if found is None and document is not None:
        found = _bare_message(document)
    if isinstance(found, str) and isinstance(document, Mapping):
        found = {"message": found, "code": document.get("code")}  # xAI: the code stands beside the text
    if found is not None:
        return from_error(found, kind="http", status=status, raw=text)
    message = "The server answered with a web page instead of JSON" if looks_like_html(body) else text.strip()[:500]
    return Problem("http", message, status, retryable=retryable(status, ""), raw=text[:MAX_RAW])


def error_in(document: Any) -> Any | None:
    """The error value inside a decoded body, or None where there is none (``error: null`` is none)."""
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, Mapping):
        return None
    error = document.get("error")
    if isinstance(error, Mapping | str) and error:
        return error
    return None


def from_error(error: Any, *, kind: ProblemKind, status: int | None = None, raw: str = "") -> Problem:
    """A problem from an ``error`` value: an object with the usual keys, or a bare string."""
    fields = error if isinstance(error, Mapping) else {}
    message = _text(fields.get("message")) or (error if isinstance(error, str) else "") or _text(fields.get("detail"))
    code = _text(fields.get("code")) or _text(fields.get("status"))
    request_id = _text(fields.get("request_id"))
    if not request_id and (found := _REQUEST_ID.search(message)):
        request_id = found.group(1)
    return Problem(
        kind,
        message or json.dumps(error, ensure_ascii=False)[:500],
        status,
        code=code,
        type=_text(fields.get("type")),
        param=_text(fields.get("param")),
        request_id=request_id,
        retryable=retryable(status, code),
        raw=raw[:MAX_RAW],
    )


def looks_like_html(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def unreadable(body: bytes) -> Problem:
    """A 200 answer that is not what the format promises."""
    text = body.decode("utf-8", "replace")
    if looks_like_html(body):
        message = "The server answered with a web page instead of JSON; the base URL may lack its path (often /v1)"
        return Problem("unreadable", message, code="html", raw=text[:MAX_RAW])
    start = text.strip()[:200]
    message = f"The answer is not JSON: {start}" if start else "The answer is empty"
    return Problem("unreadable", message, code="not_json" if start else "empty", raw=text[:MAX_RAW])


def _bare_message(document: Any) -> Any | None:
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, Mapping):
        return None
    if isinstance(document.get("detail"), list):
        return {"message": json.dumps(document["detail"], ensure_ascii=False)[:500], "code": document.get("code")}
    if any(isinstance(document.get(key), str) for key in ("message", "detail", "msg", "description")):
        message = document.get("message") or document.get("detail") or document.get("msg") or document["description"]
        return {**document, "message": message}
    return None


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
