"""What has been seen of one Gemini reply; shared by the stream and its unstreamed twin.

Text of one kind runs on over chunks. A part that carries more than its text (a thought signature above
all) stays a part of its own, since it must go back exactly so (wire-format notes, 5.2). What a part has
no field for is kept in its ``extra`` under the wire's own names; only ``gemini_messages`` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callsmith.types.events import (
    Ended,
    Event,
    Extra,
    Failed,
    Finished,
    Meta,
    OpaqueSeen,
    PartDone,
    PartExtra,
    TextDelta,
    ThinkingDelta,
    Unknown,
    UsageSeen,
)
from callsmith.types.parts import Media
from callsmith.types.problem import Problem
from callsmith.wire.gemini_calls import Calls
from callsmith.wire.gemini_usage import has_counts, read_usage
from callsmith.wire.jsonbytes import dumps
from callsmith.wire.problems import MAX_RAW, error_in, from_error

THOUGHT = "thought"  # the source of thinking: a text part with ``thought`` true
BLOCKED = "prompt_blocked"  # the code new-api gives it on the chat route (5.2)
_CHUNK_KEYS = frozenset(("candidates", "usageMetadata", "error"))
_CANDIDATE_KEYS = frozenset(("content", "finishReason", "index"))
_CONTENT_KEYS = frozenset(("parts", "role"))
_TEXT_KEYS = frozenset(("text", "thought"))
# Fields of a candidate that belong to the message: citations are drawn from them. The others are measurements.
_OF_MESSAGE = frozenset(("groundingMetadata", "citationMetadata", "urlContextMetadata"))
# A Python client of Vertex records enums as numbers. Above 5 the two hosts number their reasons differently.
_FINISH = {1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION", 5: "OTHER"}
_UNSPECIFIED = (None, 0, "", "FINISH_REASON_UNSPECIFIED")


class Reply:
    """This format has no end mark of its own, so ``ended`` stays False: its events only have a finish reason."""

    ended = False

    def __init__(self) -> None:
        self._complete = False  # the bytes said so themselves
        self._failed = False
        self._answered = False
        self._finish = ""
        self._slot = 0
        self._open = ""  # the kind of text that the next plain text part would run on
        self._calls = Calls()
        self._choice: Any = None
        self._usage: Mapping[str, Any] | None = None  # not told yet
        self._usage_told: Mapping[str, Any] | None = None
        self._uncounted: Mapping[str, Any] | None = None  # usage without any count, while no other came
        self._counted = False
        self._meta: dict[str, Any] = {}
        self._last: Any = None

    def done_marker(self) -> None:
        self._complete = True

    def event(self, document: Any, name: str, events: list[Event]) -> None:
        self.chunk(document, events)

    def chunk(self, chunk: Any, events: list[Event]) -> None:
        if type(chunk) is not dict:
            self._other_chunk(chunk, events)
            return
        self._last = chunk
        if "error" in chunk and error_in(chunk) is not None:
            self.fail(chunk, dumps(chunk), events)
        usage = chunk.get("usageMetadata")
        if usage and type(usage) is dict:
            self._usage_seen(usage)
        meta = self._meta
        for key in chunk:
            if key not in _CHUNK_KEYS and chunk[key] != meta.get(key):
                meta[key] = chunk[key]
                events.append(Meta(key, chunk[key]))
        candidates = chunk.get("candidates")
        if not candidates or type(candidates) is not list:
            return
        candidate = candidates[0]
        if len(candidates) > 1 or type(candidate) is not dict or (candidate.get("index") or 0) != self._choice:
            candidate = self._follow(candidates, events)
        if candidate is not None:
            self._candidate(candidate, events)

    def flush(self, events: list[Event]) -> None:
        """Usage repeats on every chunk, cumulative: the last of those that came together is enough, where it is new."""
        usage, self._usage = self._usage, None
        if usage is not None and usage != self._usage_told:
            self._usage_told = usage
            events.append(UsageSeen(read_usage(usage)))

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        self._failed = True
        error = error_in(document)
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) and not isinstance(code, bool) else None
        events.append(Failed(with_status_word(from_error(error, kind="stream", status=status, raw=raw), error)))

    def end(self, events: list[Event]) -> None:
        ended = bool(self._complete or self._finish)
        self._calls.settle(events, complete=ended and not self._failed and self._finish in ("", "STOP"))
        self.flush(events)
        if self._failed:
            return
        blocked = self._blocked()
        if self._uncounted is not None and (ended or blocked is not None):
            events.append(UsageSeen(read_usage(self._uncounted)))
        if blocked is not None:
            events.append(Failed(blocked))
        elif not ended:
            events.append(Failed(Problem("interrupted", "The answer broke off before its end", retryable=True)))
        elif self._answered:
            events.append(Ended())
        else:
            problem = Problem("unreadable", "The answer has no candidates", code="no_candidates", raw=self._raw())
            events.append(Failed(problem))

    def _blocked(self) -> Problem | None:
        """A blocked prompt has no candidates but a reason (5.2)."""
        feedback = self._meta.get("promptFeedback")
        reason = feedback.get("blockReason") if isinstance(feedback, dict) else None
        if self._answered or not isinstance(feedback, dict) or not reason:
            return None
        said = feedback.get("blockReasonMessage")
        message = f"The prompt was blocked ({reason})" + (f": {said}" if said else "")
        return Problem("stream", message, code=BLOCKED, type=str(reason), raw=self._raw())

    def _raw(self) -> str:
        return dumps(self._last)[:MAX_RAW]

    def _usage_seen(self, usage: Mapping[str, Any]) -> None:
        if has_counts(usage):
            self._usage, self._uncounted, self._counted = usage, None, True
        elif not self._counted:
            self._uncounted = usage

    def _other_chunk(self, chunk: Any, events: list[Event]) -> None:
        """An array of replies as one event or body, or of one error (1.4); nothing else is known."""
        if isinstance(chunk, list):
            for element in chunk:
                if isinstance(element, list):
                    events.append(Unknown("stream event", dumps(element)))
                else:
                    self.chunk(element, events)
        else:
            events.append(Unknown("stream event", dumps(chunk)))

    def _follow(self, candidates: list[Any], events: list[Event]) -> Mapping[str, Any] | None:
        """The candidate this reply is made of: the first index seen. Others are kept as they came."""
        found: Mapping[str, Any] | None = None
        for candidate in candidates:
            if isinstance(candidate, dict) and self._choice is None:
                self._choice = candidate.get("index") or 0
            if found is None and isinstance(candidate, dict) and (candidate.get("index") or 0) == self._choice:
                found = candidate
            else:
                events.append(Unknown("another candidate", dumps(candidate)))
        return found

    def _candidate(self, candidate: Mapping[str, Any], events: list[Event]) -> None:
        self._answered = True
        content = candidate.get("content")
        if type(content) is dict:
            parts = content.get("parts")
            if type(parts) is list:
                for part in parts:
                    self._part(part, events)
            elif parts is not None:
                events.append(Unknown("parts", dumps(parts)))
            if not content.keys() <= _CONTENT_KEYS:
                events.extend(Extra(key, content[key]) for key in content if key not in _CONTENT_KEYS)
        elif content is not None:
            events.append(Unknown("content", dumps(content)))
        reason = candidate.get("finishReason")
        if reason is not None and reason not in _UNSPECIFIED:
            self._finish = _FINISH.get(reason, str(reason)) if isinstance(reason, int) else str(reason)
            events.append(Finished(self._finish))
        if not candidate.keys() <= _CANDIDATE_KEYS:
            self._more_of_candidate(candidate, events)

    def _more_of_candidate(self, candidate: Mapping[str, Any], events: list[Event]) -> None:
        for key in candidate:
            if key in _OF_MESSAGE:
                events.append(Extra(key, candidate[key]))
            elif key not in _CANDIDATE_KEYS:
                events.append(Meta(key, candidate[key]))

    def _part(self, part: Any, events: list[Event]) -> None:
        if type(part) is not dict:
            events.append(Unknown("part", dumps(part)))
            return
        text = part.get("text")
        if type(text) is str:
            if len(part) == 1 and self._open == "text":
                events.append(TextDelta(self._slot, text))
            else:
                self._text(part, text, events)
            return
        self._open = ""
        call = part.get("functionCall")
        if type(call) is dict:
            if self._calls.add(part, call, self._slot + 1, events):
                self._slot += 1
        elif part:
            self._slot += 1
            self._other_part(part, events)

    def _text(self, part: Mapping[str, Any], text: str, events: list[Event]) -> None:
        """A part of text. An empty one counts only for what it carries (5.2)."""
        kind = THOUGHT if part.get("thought") else "text"
        carried = {key: part[key] for key in part if key not in _TEXT_KEYS}
        if not text and not carried:
            return
        if carried or self._open != kind:
            self._slot += 1
        self._open = "" if carried else kind
        slot = self._slot
        events.append(ThinkingDelta(slot, text, THOUGHT) if kind == THOUGHT else TextDelta(slot, text))
        events.extend(PartExtra(slot, key, value) for key, value in carried.items())

    def _other_part(self, part: Mapping[str, Any], events: list[Event]) -> None:
        """Media is shown; a server tool's step, or what came into the format later, goes back unread."""
        media = _media(part)
        if media is not None:
            events.append(PartDone(self._slot, media))
        elif part.keys() <= {"thought", "thoughtSignature"}:
            # A signature without any data: the same as beside an empty text.
            self._text(part, "", events)
        else:
            kind = next(key for key in part if key not in ("thought", "thoughtSignature"))
            events.append(OpaqueSeen(self._slot, kind, dict(part)))


def _media(part: Mapping[str, Any]) -> Media | None:
    for name, where in (("inlineData", "data"), ("fileData", "fileUri")):
        held = part.get(name)
        if isinstance(held, dict) and isinstance(held.get(where), str) and held.keys() <= {"mimeType", where}:
            kept = {key: part[key] for key in part if key != name}
            mime = str(held.get("mimeType") or "")
            if where == "data":
                return Media(mime, data=held[where], extra=kept)
            return Media(mime, url=held[where], extra=kept)
    return None


def with_status_word(problem: Problem, error: Any) -> Problem:
    """Google names the cause in ``status`` (``INVALID_ARGUMENT``) where others have a ``type``."""
    word = error.get("status") if isinstance(error, dict) else None
    return replace(problem, type=word) if isinstance(word, str) and word and not problem.type else problem
