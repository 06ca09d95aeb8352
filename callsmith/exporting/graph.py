"""Definitions in the order in which they can be written down, and which of them go in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from callsmith.exporting.shape import Definition, Node, Shapes
from callsmith.exporting.types import Note


def finished(root: str, made: Mapping[str, Definition], notes: Sequence[Note]) -> Shapes:
    """``made`` without names that mean only another name, without definitions that never come to an end, in order."""
    said = list(notes)
    made = dict(made)
    for key in _endless(made):
        said.append(Note(made[key].at, "It is defined by itself alone: any value is taken"))
        made[key] = replace(made[key], alias=Node("any", made[key].at))
    groups = _groups(root, {key: tuple(_used(definition)) for key, definition in made.items()})
    loops = {key for group in groups if len(group) > 1 for key in group}
    loops |= {key for group in groups for key in group if key in set(_used(made[key]))}
    return Shapes(root, {key: made[key] for group in groups for key in group}, frozenset(loops), tuple(said))


def nodes(definition: Definition) -> Iterator[Node]:
    """Every node of a definition, whole ones before their parts."""
    waiting = [definition.alias] if definition.alias else [field.node for field in reversed(definition.fields)]
    if isinstance(definition.extra, Node):
        waiting.insert(0, definition.extra)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.parts))


def _used(definition: Definition) -> list[str]:
    return list(dict.fromkeys(node.name for node in nodes(definition) if node.kind == "named"))


def _endless(made: Mapping[str, Definition]) -> list[str]:
    """Definitions that mean themselves with no level of the value in between."""
    within = {key: _in_place(definition.alias) for key, definition in made.items() if definition.alias is not None}
    within = {key: [name for name in names if name in within] for key, names in within.items()}
    found: list[str] = []
    for group in _groups(None, {key: tuple(names) for key, names in within.items()}):
        if len(group) > 1 or group[0] in within[group[0]]:
            found.extend(group)
    return found


def _in_place(node: Node) -> list[str]:
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.kind == "named":
            found.append(one.name)
        elif one.kind == "union":
            waiting.extend(one.parts)
    return found


def _groups(root: str | None, uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The strongly connected parts, each after those it uses (Tarjan's algorithm, without recursion)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    out: list[list[str]] = []
    for start in uses if root is None else [root]:
        work: list[tuple[str, Iterator[str]]] = []
        if start not in number:
            work.append((start, iter(uses[start])))
        while work:
            key, rest = work[-1]
            if key not in number:
                number[key] = lowest[key] = len(number)
                stack.append(key)
                on_stack.add(key)
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    lowest[above] = min(lowest[above], lowest[key])
                if lowest[key] == number[key]:
                    group: list[str] = []
                    while not group or group[-1] != key:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    out.append(group)
            elif following not in number:
                work.append((following, iter(uses[following])))
            elif following in on_stack:
                lowest[key] = min(lowest[key], number[following])
    return out
