"""Something that went wrong with an exchange, said once and carried everywhere as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "http",  # the provider answered with an error (status, code and message are its own)
    "stream",  # an error object inside a 200 answer or stream
    "unreadable",  # the answer is not what the wire format promises (HTML, broken JSON)
    "connection",  # no answer: name not found, refused, reset, TLS
    "timeout",  # one of our own time limits; ``code`` names which
    "interrupted",  # the answer ended before its end
    "stopped",  # the user stopped it
    "request",  # the request could not be built or sent as asked (missing key, bad setting)
]


@dataclass(frozen=True, slots=True)
class Problem:
    """``message`` is the provider's own words where there are any. ``code`` is always text or empty.

    ``retryable`` says whether trying the same request again may help (wire-format notes, 1.4).
    """

    kind: ProblemKind
    message: str
    status: int | None = None
    code: str = ""
    type: str = ""
    param: str = ""
    request_id: str = ""
    retryable: bool = False
    raw: str = ""
