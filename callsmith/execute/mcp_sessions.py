"""The live sessions with MCP servers, one for each target, kept for the process and shared by all calls.

A session starts on first use, ends after ten idle minutes and with the process. A program that ended by itself stays
ended until a person restarts it: it may have lost its state. An address is asked again at the next call.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import contextlib
import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from callsmith.connections import MissingSecret, fill
from callsmith.execute import mcp_loop
from callsmith.execute.addresses import Policy
from callsmith.execute.mcp import INSTALL, SECONDS, STDIO_OFF, McpListing, McpProblem, McpTarget, installed
from callsmith.execute.occasion import Cancellation, Cancelled, CannotAnswer, Reach
from callsmith.redaction import Redactor
from callsmith.types.answering import Mcp

if TYPE_CHECKING:
    from callsmith.execute.mcp_session import Session

T = TypeVar("T")

_SAID = 600


@dataclass(frozen=True, slots=True)
class State:
    """A session as the page shows it. ``since`` is Unix time; ``problem`` says why it is not alive, where it ended by
    itself, and ``said`` what the program wrote at last."""

    id: str
    place: str
    server: str
    alive: bool
    since: float
    calls: int
    problem: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session goes, with its secrets filled in. ``id`` is made of the settings as kept, so it tells nothing."""

    id: str
    target: McpTarget
    policy: Policy
    secrets: tuple[str, ...]
    fill: Callable[[str], str]

    @property
    def clean(self) -> Callable[[str], str]:
        return Redactor(self.secrets).text

    def same(self, other: Place) -> bool:
        mine, theirs = ((one.target, one.policy, one.secrets) for one in (self, other))
        return mine == theirs


@dataclass(frozen=True, slots=True)
class _Kept:
    place: Place
    session: Session


# Changed on the loop alone.
_kept: dict[str, _Kept] = {}


def sessions() -> tuple[State, ...]:
    return tuple(_state(key, kept) for key, kept in list(_kept.items()))


def status(settings: Mcp) -> State | None:
    """None where no session was started, or it was closed."""
    kept = _kept.get(key := _id(settings))
    return None if kept is None else _state(key, kept)


def stop(session_id: str) -> None:
    mcp_loop.run(_stop(session_id), SECONDS)


def restart(settings: Mcp, reach: Reach) -> None:
    """Stop what is there, and start anew. Raises ``CannotAnswer``."""
    place = place_of(settings, reach)

    async def work() -> None:
        await _stop(place.id)
        await opened(place, again=True)

    wait(work(), 3 * SECONDS)


def tools(settings: Mcp, reach: Reach) -> McpListing:
    """What the server offers now. Raises ``CannotAnswer``."""
    place = place_of(settings, reach)

    async def work() -> McpListing:
        session = await opened(place, again=True)
        try:
            async with asyncio.timeout(SECONDS):
                return await session.tools()
        except TimeoutError as error:
            raise CannotAnswer(f"The server did not list its tools within {SECONDS:.0f} s.", restart=True) from error
        except Exception as error:
            raise CannotAnswer(place.clean(f"The server did not list its tools: {error}")[:300]) from error

    return wait(work(), 3 * SECONDS)


def place_of(settings: Mcp, reach: Reach) -> Place:
    """Raises ``CannotAnswer`` where the settings, the surroundings or the configuration do not allow a session."""
    if not installed():
        raise CannotAnswer(INSTALL)
    if not settings.url and not settings.command:
        raise CannotAnswer("No MCP server is named. Give its address or its command in the settings of this tool.")
    if settings.command and not settings.url and not reach.stdio():
        raise CannotAnswer(STDIO_OFF)
    used: list[str] = []

    def secret(name: str) -> str | None:
        if found := reach.secret(name):
            used.append(found)
        return found

    def in_url(name: str) -> str | None:
        found = secret(name)
        if found is None:
            return None
        used.append(quote(found, safe=""))
        return used[-1]

    try:
        headers = {name: fill(value, secret, header=name) for name, value in settings.headers.items()}
        url = fill(settings.url, in_url)
        fill(settings.command, secret)
        target = McpTarget(url, "" if url else settings.command, headers)
        _ = target.place
    except MissingSecret as error:
        raise CannotAnswer(f"{error}.") from error
    except McpProblem as error:
        raise CannotAnswer(str(error)) from error
    reach.learn(used)
    return Place(_id(settings), target, reach.policy(), tuple(used), lambda word: fill(word, reach.secret))


async def opened(place: Place, *, again: bool = False) -> Session:
    """The session of a place, which is started where there is none. Raises ``CannotAnswer``. ``again``: also where it
    is a program that ended by itself."""
    from callsmith.execute.mcp_session import Lost

    kept = _kept.get(place.id)
    if kept is not None and not kept.place.same(place):
        await _stop(place.id)
        kept = _kept.get(place.id)
    if kept is not None and kept.session.dead:
        if kept.place.target.command and not again:
            raise CannotAnswer(lost(kept.place, kept.session), restart=True)
        kept = None
    kept = kept or _started(place)
    try:
        await kept.session.ready()
    except Lost as error:
        raise CannotAnswer(lost(place, kept.session), restart=True) from error
    return kept.session


async def renewed(place: Place, old: Session) -> Session:
    """Another session instead of one that the server does not know any more; calls that find out together share it."""
    kept = _kept.get(place.id)
    if kept is not None and kept.session is old:
        del _kept[place.id]
        stopping = asyncio.create_task(old.retire())
        _stopping.add(stopping)
        stopping.add_done_callback(_stopping.discard)
    return await opened(place)


_stopping: set[asyncio.Task[None]] = set()


def lost(place: Place, session: Session) -> str:
    """Why there is no session, for a person."""
    problem = session.problem or f"The session with {session.target.place} was stopped."
    said = place.clean(session.said)[-_SAID:].strip()
    return place.clean(problem) + (f"\nIt said: {said}" if said else "")


def wait(work: Coroutine[Any, Any, T], seconds: float, cancel: Cancellation | None = None) -> T:
    """The result of work on the loop. Raises ``Cancelled`` as soon as it is cancelled: the work then ends by itself."""
    future = mcp_loop.start(work)

    def give_up() -> None:
        future.cancel()

    with (cancel or Cancellation()).calling(give_up):
        try:
            return future.result(seconds)
        except concurrent.futures.CancelledError as error:
            raise Cancelled from error
        except TimeoutError as error:
            give_up()
            raise CannotAnswer("The server did not answer, and did not stop in time.", restart=True) from error


def _started(place: Place) -> _Kept:
    from callsmith.execute.mcp_session import Session

    def ended() -> None:
        kept = _kept.get(place.id)
        if kept is not None and kept.session is session and not session.dead:
            del _kept[place.id]

    session = Session(place.target, place.policy, place.fill, ended)
    _kept[place.id] = _Kept(place, session)
    return _kept[place.id]


async def _stop(session_id: str) -> None:
    kept = _kept.pop(session_id, None)
    if kept is not None:
        await kept.session.stop()


def _state(session_id: str, kept: _Kept) -> State:
    session, clean = kept.session, kept.place.clean
    state = State(session_id, session.target.place, clean(session.server), session.alive, session.since, session.calls)
    if not session.dead:
        return state
    return replace(state, problem=clean(session.problem), said=clean(session.said)[-_SAID:])


def _id(settings: Mcp) -> str:
    target = settings.url or settings.command
    kind = "url" if settings.url else "command"
    text = json.dumps([kind, target, sorted(settings.headers.items())])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def close_all() -> None:
    """Every session, at the end of the process."""

    async def work() -> None:
        await asyncio.gather(*map(_stop, list(_kept)))

    if _kept:
        # What does not end is killed below.
        with contextlib.suppress(Exception):
            mcp_loop.run(work(), 4)
        from callsmith.execute.mcp_stdio import kill_all

        kill_all()


atexit.register(close_all)
