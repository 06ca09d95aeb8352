"""What a decoder says while bytes arrive: the only language between a wire format and the fold.

``slot`` orders the parts of one reply; a decoder numbers its slots so that a streamed reply and its
unstreamed twin give parts in the same order. Nothing is dropped in silence: what a decoder does not
know becomes ``Extra`` (a field of the message), ``Meta`` (a field of the response) or ``Unknown``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from callsmith.types.parts import NO_EXTRA, Part
from callsmith.types.parts import Extra as ExtraFields
from callsmith.types.problem import Problem
from callsmith.types.usage import Usage


@dataclass(frozen=True, slots=True)
class TextDelta:
    slot: int
    text: str
    kind: Literal["text_delta"] = "text_delta"


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    slot: int
    text: str
    source: str = ""
    kind: Literal["thinking_delta"] = "thinking_delta"


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    slot: int
    text: str
    kind: Literal["refusal_delta"] = "refusal_delta"


@dataclass(frozen=True, slots=True)
class CallDelta:
    """``id`` and ``name`` are whole when not empty; ``arguments`` is a fragment to append."""

    slot: int
    id: str = ""
    name: str = ""
    arguments: str = ""
    kind: Literal["call_delta"] = "call_delta"


@dataclass(frozen=True, slots=True)
class CallDone:
    """The whole call as the decoder settled it; replaces what the deltas built up."""

    slot: int
    id: str
    name: str
    arguments: str
    type: str = "function"
    extra: ExtraFields = field(default_factory=lambda: NO_EXTRA)
    kind: Literal["call_done"] = "call_done"


@dataclass(frozen=True, slots=True)
class CallDropped:
    """A slot that turned out to hold no call at all."""

    slot: int
    kind: Literal["call_dropped"] = "call_dropped"


@dataclass(frozen=True, slots=True)
class PartExtra:
    """Provider data of one part (a signature, a citation list, an item id); merged into the part's ``extra``.

    Text joins text and lists join lists of the same field; anything else is replaced.
    """

    slot: int
    field: str
    value: Any
    kind: Literal["part_extra"] = "part_extra"


@dataclass(frozen=True, slots=True)
class OpaqueSeen:
    """A whole block or item that goes back unread; a later one in the same slot replaces it."""

    slot: int
    type: str
    data: Any
    kind: Literal["opaque"] = "opaque"


@dataclass(frozen=True, slots=True)
class PartDone:
    """The whole part of a slot as the provider settled it; replaces all that the slot held. None empties the slot."""

    slot: int
    part: Part | None
    kind: Literal["part_done"] = "part_done"


@dataclass(frozen=True, slots=True)
class UsageSeen:
    """Usage so far; replaces what was reported before, never adds to it."""

    usage: Usage
    kind: Literal["usage"] = "usage"


@dataclass(frozen=True, slots=True)
class Finished:
    """The provider's finish reason, in its own word."""

    reason: str
    kind: Literal["finished"] = "finished"


@dataclass(frozen=True, slots=True)
class Ended:
    """The reply reached its end in the format's own way (``[DONE]``, a final event, a whole body)."""

    kind: Literal["ended"] = "ended"


@dataclass(frozen=True, slots=True)
class Extra:
    """A field of the assistant message that Callsmith does not model."""

    field: str
    value: Any
    kind: Literal["extra"] = "extra"


@dataclass(frozen=True, slots=True)
class Meta:
    """A field of the response around the message (id, model, fingerprint, ...)."""

    field: str
    value: Any
    kind: Literal["meta"] = "meta"


@dataclass(frozen=True, slots=True)
class Failed:
    problem: Problem
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something on the wire that has no meaning here. ``raw`` is its text."""

    where: str
    raw: str
    kind: Literal["unknown"] = "unknown"


Event = (
    TextDelta
    | ThinkingDelta
    | RefusalDelta
    | CallDelta
    | CallDone
    | CallDropped
    | PartExtra
    | OpaqueSeen
    | PartDone
    | UsageSeen
    | Finished
    | Ended
    | Extra
    | Meta
    | Failed
    | Unknown
)
