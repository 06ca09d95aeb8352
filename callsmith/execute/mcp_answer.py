"""Answering a call by a tool of a live MCP server.

What the server says, its errors included, is the answer that the model sees. Where there is no server to ask, the
person is told instead.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.execute.mcp import SECONDS
from callsmith.execute.mcp_content import Content, read
from callsmith.execute.mcp_sessions import Place, lost, opened, place_of, renewed, wait
from callsmith.execute.occasion import MAX_RESULT, CannotAnswer, Occasion, Reach
from callsmith.types.answering import Answer, Mcp
from callsmith.types.parts import Made, Malformed, ToolCall

_A_TURN = 0.1  # seconds between words of progress, however many a server sends
_ASKS = {
    "sampling/createMessage": "an answer of a model",
    "elicitation/create": "input from a person",
    "roots/list": "the folders it may use",
}


@dataclass(frozen=True, slots=True)
class _Got:
    server: str
    content: Content


def answer(occasion: Occasion, settings: Mcp, reach: Reach) -> Answer:
    """Raises ``CannotAnswer`` and ``Cancelled``."""
    occasion.cancel.check()
    name = settings.name or occasion.tool.name
    place = place_of(settings, reach)
    started, begun = time.time(), time.perf_counter()
    arguments = _arguments(occasion.call)
    if isinstance(arguments, str):
        got = _Got(place.target.place, _error(arguments))
    else:
        work = _call(place, occasion, name, arguments, settings.seconds)
        got = wait(work, settings.seconds + 3 * SECONDS, occasion.cancel)
    content, clean = got.content, place.clean
    text = clean(content.text)
    if (length := len(text.encode("utf-8", "replace"))) > MAX_RESULT:
        content = _error(f"The result has {length / 1e6:.1f} MB, more than the {MAX_RESULT / 1e6:.0f} MB it may have.")
        text = content.text
    return Answer(
        text,
        Made("mcp", f"{clean(got.server)}, tool {name}", started, time.perf_counter() - begun),
        content.is_error,
        content.media,
        tuple(map(clean, content.notes)),
    )


def _arguments(call: ToolCall) -> dict[str, Any] | str:
    """Or why they cannot be sent."""
    if call.type == "custom":
        return {"input": call.arguments}
    if not call.arguments.strip():
        return {}
    parsed = call.parsed()
    if isinstance(parsed, Malformed):
        where = f"line {parsed.line}, column {parsed.column}"
        return f"The arguments are not JSON: {parsed.message} ({where}). The tool was not called."
    if not isinstance(parsed.value, dict):
        return "The arguments are not a JSON object. The tool was not called."
    return parsed.value


async def _call(place: Place, occasion: Occasion, name: str, arguments: dict[str, Any], seconds: float) -> _Got:
    from mcp import MCPError
    from pydantic import ValidationError

    from callsmith.execute.mcp_session import Denied, Expired, Failed, Lost, TooLong

    session = await opened(place)
    asked = session.asked.copy()

    async def call() -> Mapping[str, Any]:
        return await session.call(name, arguments, seconds, _Progress(occasion, place))

    try:
        try:
            result = await call()
        except Expired:
            session = await renewed(place, session)
            result = await call()
        content = read(result) if result.get("resultType") != "input_required" else _wants_input(result)
    except Lost as error:
        raise CannotAnswer(_without_end(place, session.alive) or lost(place, session), restart=True) from error
    except Expired as error:
        message = f"The server {place.target.place} does not accept the session it gave. Restart it."
        raise CannotAnswer(message, restart=True) from error
    except Denied as error:
        raise CannotAnswer(f"{error}. Check the headers of its settings, and the secrets they name.") from error
    except Failed as error:
        content = _error(f"{error}.")
    except TooLong:
        content = _error("The result is longer than a message of a server may be, so it was not read.")
    except TimeoutError:
        content = _error(f"The tool did not answer within {seconds:g} s.")
    except MCPError as error:
        content = _error(f"The server refused the call: {error.message or 'without a reason'} (code {error.code}).")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"][-3:]))
        content = _error(f"The server's result does not follow the protocol: {where} {first['msg']}.")
    notes = tuple(
        f"The server asked for {_ASKS.get(method, method[:60])}, which was declined."
        for method in (session.asked - asked)
        if method != "ping"
    )
    return _Got(session.server, Content(content.text, content.media, content.is_error, content.notes + notes))


def _without_end(place: Place, alive: bool) -> str:
    """The words where the answer broke off while the session goes on."""
    return "" if not alive else f"The server {place.target.place} ended the answer before it was complete."


def _wants_input(result: Mapping[str, Any]) -> Content:
    requests = result.get("inputRequests") or {}
    methods = [str(one.get("method", "")) for one in requests.values() if isinstance(one, Mapping)]
    wanted = " and ".join(dict.fromkeys(_ASKS.get(method, method[:60]) for method in methods)) or "more input"
    return _error(f"The tool asked for {wanted} in the middle of the call, which was declined.")


def _error(text: str) -> Content:
    return Content(text, is_error=True)


class _Progress:
    """Shows progress in words, and not more often than a person can read."""

    def __init__(self, occasion: Occasion, place: Place) -> None:
        self._occasion = occasion
        self._clean = place.clean
        self._next = 0.0

    async def __call__(self, progress: float, total: float | None, message: str | None) -> None:
        now = time.monotonic()
        if now < self._next or self._occasion.cancel.cancelled:
            return
        self._next = now + _A_TURN
        number = f"{progress:g} of {total:g}" if total else f"{progress:g}"
        words = " ".join((message or "")[:400].split())[:200]
        self._occasion.progress(self._clean(f"{number} · {words}" if words else number))
