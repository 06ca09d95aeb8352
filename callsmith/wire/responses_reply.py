"""One Responses answer as it is told, by stream events or by one response object.

The final response (``response.completed``, ``.incomplete``, ``.failed``) ends the answer and its output
wins over all that came before; an empty output, as some relays send, leaves the items gathered so far
(wire-format notes, 3.4). An unstreamed answer is a final response and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.events import Ended, Event, Failed, Finished, Meta, Unknown, UsageSeen
from callsmith.types.problem import Problem
from callsmith.wire.jsonbytes import dumps
from callsmith.wire.problems import error_in, from_error
from callsmith.wire.responses_live import LiveItems
from callsmith.wire.responses_usage import read_usage

_FINAL = {
    "response.completed": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
    "response.cancelled": "cancelled",
    "response.done": "completed",
}
_UNFINISHED = ("queued", "in_progress")
# Nothing in these that the deltas around them and the done item do not say.
_QUIET = frozenset(
    (
        "response.queued",
        "response.in_progress",
        "response.content_part.added",
        "response.content_part.done",
        "response.reasoning_part.added",
        "response.reasoning_part.done",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
    )
)
_NOT_META = frozenset(("output", "usage", "error", "object"))


class Reply:
    """``event`` takes one stream event, ``final`` a whole response, ``end`` closes either."""

    def __init__(self) -> None:
        self._over = False
        self._failed = False
        self._items = LiveItems()
        self._handlers = {**self._items.handlers, "response.created": self._created, "error": self._error}

    @property
    def ended(self) -> bool:
        """No end mark: the final event is followed by the close, and a relay may still append to it."""
        return False

    def event(self, event: Any, name: str, events: list[Event]) -> None:
        """``name`` is that of the ``event:`` line, for the relay that leaves ``type`` out."""
        if not isinstance(event, dict):
            events.append(Unknown("stream event", dumps(event)))
            return
        kind = event.get("type")
        if type(kind) is not str:
            kind = event["type"] = name
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(event, events)
        elif kind in _FINAL:
            self._final(event.get("response"), _FINAL[kind], events)
        elif kind not in _QUIET and not self._items.about_opaque(event, events):
            if error_in(event) is not None:
                self._error(event, events)
            else:
                events.append(Unknown(f"event {kind}" if kind else "stream event", dumps(event)))

    def final(self, response: Mapping[str, Any], events: list[Event]) -> None:
        self._final(response, "", events)

    def done_marker(self) -> None:
        """``[DONE]``, which some relays send: the end where no final response came but every item is whole."""
        self._over = self._over or self._items.all_done()

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        self._fail(error_in(document), raw, events)

    def _fail(self, error: Any, raw: str, events: list[Event]) -> None:
        self._failed = True
        status = error.get("status_code") if isinstance(error, dict) else None
        problem = from_error(error, kind="stream", status=status if isinstance(status, int) else None, raw=raw)
        events.append(Failed(problem))

    def end(self, events: list[Event]) -> None:
        self._items.end(self._over, events)
        if self._failed:
            return
        if self._over:
            events.append(Ended())
        else:
            events.append(Failed(Problem("interrupted", "The answer broke off before its end", retryable=True)))

    def _created(self, event: dict[str, Any], events: list[Event]) -> None:
        response = event.get("response")
        if not isinstance(response, dict):
            return
        if self._over:
            self._items.start_again(events)
            self._over = False
        events.extend(Meta(key, response[key]) for key in ("id", "model", "created_at") if response.get(key))

    def _final(self, response: Any, event_status: str, events: list[Event]) -> None:
        """``event_status`` is what the stream's event says; relays may leave the response's own at in_progress."""
        response = response if isinstance(response, dict) else {}
        self._over = True
        output = response.get("output")
        if isinstance(output, list) and output:
            self._items.final(output, events)
        elif output:
            events.append(Unknown("output", dumps(output)))
        for key, value in response.items():
            if key not in _NOT_META and value is not None:
                events.append(Meta(key, value))
        usage = read_usage(response.get("usage"))
        if usage is not None:
            events.append(UsageSeen(usage))
        status = str(response.get("status") or event_status or "completed")
        if event_status and status in _UNFINISHED:
            status = event_status
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, dict) and status == "incomplete" else None
        events.append(Finished(str(reason or status)))
        error = error_in(response)
        if error is not None or status in ("failed", "cancelled"):
            said = {"message": f"The response is {status}", "code": status} if error is None else error
            self._fail(said, dumps(said), events)
        elif status in _UNFINISHED:
            self._failed = True
            events.append(Failed(Problem("interrupted", f"The answer is not ready: it is {status}", code=status)))

    def _error(self, event: dict[str, Any], events: list[Event]) -> None:
        """Flat (``code``, ``message``, ``param``) or, from relays, wrapped in ``error``."""
        error = error_in(event)
        if error is None:
            error = {key: value for key, value in event.items() if key not in ("type", "sequence_number")}
        self._fail(error, dumps(event), events)
