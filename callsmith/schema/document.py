"""Edits of a JSON document at a pointer (RFC 6901) that leave everything else as it is.

Documents are plain dicts and lists and are never changed: an edit returns a new document that shares
what it did not touch. Key order is content; an edit that changes nothing returns an equal document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsmith.schema.walk import escape


class EditError(ValueError):
    """An edit that cannot be made, in words for the person who asked for it."""


def tokens(pointer: str) -> tuple[str, ...]:
    """The unescaped steps of a pointer; the root "" has none."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def join(pointer: str, *steps: str | int) -> str:
    return pointer + "".join(f"/{escape(step)}" for step in steps)


def parent(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def name(pointer: str) -> str:
    """The last step of a pointer, unescaped."""
    return tokens(pointer)[-1]


def get(document: Any, pointer: str) -> Any:
    """The value at a pointer; EditError where there is none."""
    value = document
    for step in tokens(pointer):
        value = value[_step(value, step)]
    return value


def put(document: Any, pointer: str, value: Any, *, after: tuple[str, ...] = ()) -> Any:
    """Replace the value at a pointer in place, or add the key: behind the last of ``after`` that is there,
    at the end where none is."""
    if not pointer:
        return value

    def change(container: Any) -> Any:
        key = name(pointer)
        if not isinstance(container, dict) or key in container:
            return _replaced(container, _step(container, key), value)
        keys = list(container)
        places = [keys.index(before) for before in after if before in container]
        return _inserted(container, key, value, max(places) + 1 if places else len(keys))

    return _change(document, parent(pointer), change)


def put_all(document: Any, changes: Mapping[str, Any]) -> Any:
    """Replace many values in one go, each container copied once. A pointer into an earlier value goes into that."""
    own: dict[int, Any] = {}

    def writable(value: Any) -> Any:
        if id(value) in own:
            return value
        copy = list(value) if isinstance(value, list) else dict(value)
        own[id(copy)] = copy
        return copy

    for pointer, value in changes.items():
        if not pointer:
            document = value
            continue
        *way, last = tokens(pointer)
        document = container = writable(document)
        for token in way:
            step = _step(container, token)
            inner = writable(container[step])
            container[step] = inner
            container = inner
        container[_step(container, last)] = value
    return document


def insert(document: Any, pointer: str, value: Any, at: int) -> Any:
    """Add a new key (or list item) so that it stands at place ``at`` of its object or list."""

    def change(container: Any) -> Any:
        if isinstance(container, list):
            return [*container[:at], value, *container[at:]]
        key = name(pointer)
        if not isinstance(container, dict):
            raise EditError(f"{parent(pointer) or 'The document'} holds no keys")
        if key in container:
            raise EditError(f'There is already a "{key}" here')
        return _inserted(container, key, value, at)

    return _change(document, parent(pointer), change)


def remove(document: Any, pointer: str) -> Any:
    def change(container: Any) -> Any:
        step = _step(container, name(pointer))
        if isinstance(container, list):
            return [item for number, item in enumerate(container) if number != step]
        return {key: item for key, item in container.items() if key != step}

    return _change(document, parent(pointer), change)


def rename(document: Any, pointer: str, new: str) -> Any:
    """Give a key another name in its place. EditError where the object has that name already."""
    old = name(pointer)

    def change(container: Any) -> Any:
        _step(container, old)
        if not isinstance(container, dict):
            raise EditError("Items of a list have no names")
        if new != old and new in container:
            raise EditError(f'There is already a "{new}" here')
        return {new if key == old else key: item for key, item in container.items()}

    return _change(document, parent(pointer), change)


def move(document: Any, pointer: str, to: int) -> Any:
    """Put a key or item at place ``to`` among its siblings, counted from 0; beyond an end means that end."""

    def change(container: Any) -> Any:
        step = _step(container, name(pointer))
        order = list(range(len(container))) if isinstance(container, list) else list(container)
        order.remove(step)
        order.insert(max(to, 0), step)
        return [container[n] for n in order] if isinstance(container, list) else {key: container[key] for key in order}

    return _change(document, parent(pointer), change)


def _change(document: Any, pointer: str, change: Callable[[Any], Any]) -> Any:
    if not pointer:
        return change(document)
    trail: list[tuple[Any, Any]] = []
    value = document
    for token in tokens(pointer):
        step = _step(value, token)
        trail.append((value, step))
        value = value[step]
    value = change(value)
    for container, step in reversed(trail):
        value = _replaced(container, step, value)
    return value


def _step(container: Any, token: str) -> Any:
    """The key or index that a token means in this container."""
    if isinstance(container, dict) and token in container:
        return token
    if isinstance(container, list) and token.isdecimal() and int(token) < len(container):
        return int(token)
    raise EditError(f'There is no "{token}" here')


def _replaced(container: Any, step: Any, value: Any) -> Any:
    copy = list(container) if isinstance(container, list) else dict(container)
    copy[step] = value
    return copy


def _inserted(container: dict[str, Any], key: str, value: Any, at: int) -> dict[str, Any]:
    items = list(container.items())
    items.insert(at, (key, value))
    return dict(items)
