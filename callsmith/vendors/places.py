"""A tool's schema walked once: every keyword with its place, and what limits are measured on.

All vendors judge the same walk. It is bounded whatever the schema: beyond ``MAX_PLACES`` schemas, ``MAX_LEVELS``
levels or paths of ``MAX_PATH`` characters it ends, and ``cut`` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.schema.walk import children, escape, resolve
from callsmith.types.tool import Tool
from callsmith.vendors.keywords import fault
from callsmith.vendors.loops import Edge, on_loops

MAX_PLACES = 30_000
MAX_LEVELS = 1_000
MAX_PATH = 20_000
_SWITCHES = ("/additionalProperties", "/additionalItems", "/unevaluatedItems", "/unevaluatedProperties")


@dataclass(frozen=True, slots=True)
class Entry:
    """One keyword: ``path`` points at it, ``fault`` says what is wrong with its value whatever the vendor."""

    keyword: str
    value: Any
    path: str
    fault: str


@dataclass(frozen=True, slots=True)
class Place:
    """A schema object. ``level`` counts the objects and arrays around it and itself. ``parent`` is the path of the
    schema around it, ``holder`` that of the keyword there that holds it; both None where only a reference leads."""

    path: str
    schema: Mapping[str, Any]
    entries: tuple[Entry, ...]
    level: int
    parent: str | None = None
    holder: str | None = None

    @property
    def top(self) -> bool:
        return not self.path


@dataclass(slots=True)
class Walk:
    """``odd`` are the paths of values that stand where a schema belongs and are none; ``booleans`` the schemas true
    and false; ``lost`` the references to nowhere. ``loops`` are the references that lead back to themselves,
    ``forced`` those of them that do so without passing an optional property."""

    tool: Tool
    root: Mapping[str, Any] | None
    places: list[Place] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    booleans: dict[str, bool] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    loops: frozenset[str] = frozenset()
    forced: frozenset[str] = frozenset()
    cut: bool = False


TOO_BIG = f"Only the first {MAX_PLACES:,} parts and {MAX_LEVELS:,} levels of a schema are judged; this one has more."


def walked(tool: Tool) -> Walk:
    """The walk through the parameters; a tool without any, or a custom one, has no places."""
    root = tool.parameters if tool.type == "function" else None
    walk = Walk(tool, root)
    if root is not None:
        _Walker(walk, root).go()
    return walk


class _Walker:
    def __init__(self, walk: Walk, root: Mapping[str, Any]) -> None:
        self._walk, self._root = walk, root
        self._waiting: list[tuple[str, Mapping[str, Any], int, str | None, str | None]] = [("", root, 0, None, None)]
        self._paths: dict[int, str] = {id(root): ""}
        self._edges: list[Edge] = []
        self._references: list[tuple[str, Entry]] = []

    def go(self) -> None:
        """The tree first, then what only references reach: a schema under an unknown keyword, say."""
        while self._waiting:
            while self._waiting:
                self._take(*self._waiting.pop())
            self._follow()
        if any(edge.reference for edge in self._edges):
            self._walk.loops = on_loops(self._edges)
            self._walk.forced = on_loops([edge for edge in self._edges if not edge.optional])

    def _take(self, path: str, schema: Mapping[str, Any], around: int, parent: str | None, holder: str | None) -> None:
        walk = self._walk
        if len(walk.places) >= MAX_PLACES or path.count("/") > 2 * MAX_LEVELS or len(path) > MAX_PATH:
            walk.cut = True
            return
        level = around + int("properties" in schema or "items" in schema)
        entries = tuple(
            Entry(keyword, value, f"{path}/{escape(keyword)}", fault(keyword, value))
            for keyword, value in schema.items()
        )
        walk.places.append(Place(path, schema, entries, level, parent, holder))
        inside = []
        required = _required(schema)
        for step, child in children(schema):
            if isinstance(child, Mapping):
                self._paths.setdefault(id(child), path + step)
                self._edges.append(Edge(path, path + step, _is_optional(step, required)))
                inside.append((path + step, child, level, path, f"{path}/{step.split('/', 2)[1]}"))
            elif isinstance(child, bool):
                if step not in _SWITCHES:
                    walk.booleans[path + step] = child
            elif step.count("/") > 1 and not step.startswith("/dependencies/"):
                walk.odd.append(path + step)
        self._waiting.extend(reversed(inside))
        self._references += [(path, entry) for entry in entries if entry.keyword == "$ref" and not entry.fault]

    def _follow(self) -> None:
        for path, entry in self._references:
            found = resolve(self._root, entry.value)
            if found is None or not isinstance(found[1], Mapping | bool):
                self._walk.lost.add(entry.path)
                continue
            at, schema = found
            if isinstance(schema, Mapping):
                if id(schema) not in self._paths:
                    self._paths[id(schema)] = at
                    self._waiting.append((at, schema, 0, None, None))
                self._edges.append(Edge(path, self._paths[id(schema)], False, entry.path))
        self._references.clear()


def _required(schema: Mapping[str, Any]) -> frozenset[str]:
    names = schema.get("required")
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()


def _is_optional(step: str, required: frozenset[str]) -> bool:
    if not step.startswith("/properties/"):
        return False
    return step[len("/properties/") :].replace("~1", "/").replace("~0", "~") not in required
