"""The places of a JSON value, and a value with one of them changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

Place = tuple[str | int, ...]
Fits = Callable[[Any], bool]


def places(value: Any, most: int = 400) -> Iterator[tuple[Place, Any]]:
    """Every value inside ``value``, itself first, the shallow before the deep."""
    waiting: deque[tuple[Place, Any]] = deque([((), value)])
    for _ in range(most):
        if not waiting:
            return
        place, found = waiting.popleft()
        yield place, found
        if isinstance(found, dict):
            waiting.extend((((*place, name), item) for name, item in found.items()))
        elif isinstance(found, list):
            waiting.extend((((*place, number), item) for number, item in enumerate(found)))


def put(value: Any, place: Place, new: Any) -> Any:
    """A copy of ``value`` with ``new`` at ``place``."""
    if not place:
        return new
    step, rest = place[0], place[1:]
    if isinstance(value, dict):
        return {**value, step: put(value[step], rest, new)}
    assert isinstance(step, int)
    return [put(item, rest, new) if number == step else item for number, item in enumerate(value)]


def name_of(place: Place) -> str:
    """The property a place is in: list positions have no name."""
    return next((step for step in reversed(place) if isinstance(step, str)), "")
