"""Finding the tool definitions in a document: lists, request bodies, results of ``tools/list``, leaderboard entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.importing.shapes import shape_of
from callsmith.importing.types import shown

MAX_ENTRIES = 100_000
_ENOUGH = MAX_ENTRIES + 1
# Where tools stand in a document, with the shape that the place tells.
_LISTS: Mapping[str, str] = {
    "tools": "",
    "functions": "openai-functions",
    "functionDeclarations": "gemini",
    "function_declarations": "gemini",
    "function": "bfcl",
}
# What is wrapped around a body: JSON-RPC, batch files, recorded requests.
_WRAPPERS = ("result", "body", "request", "params")
_CONVERSATION = (
    *("messages", "system", "input", "instructions", "contents", "systemInstruction", "system_instruction"),
    *("question", "prompt"),
)
_GEMINI_BUILT_IN = ("googleSearch", "codeExecution", "urlContext", "googleSearchRetrieval", "computerUse", "fileSearch")
_BUILT_IN = frozenset(
    (*_GEMINI_BUILT_IN, *("google_search", "code_execution", "url_context", "google_search_retrieval"), "googleMaps")
)
_SCHEMAS = ("parameters", "input_schema", "inputSchema", "parametersJsonSchema", "schema")


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition; ``shape`` "" where none was recognised."""

    value: Any
    shape: str
    group: str = ""


@dataclass(slots=True)
class Entries:
    """What a document holds. ``listed`` says that it has a place for tools, even when nothing stands there."""

    found: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    listed: bool = False

    @property
    def known(self) -> bool:
        return self.listed or any(entry.shape for entry in self.found)


def entries(document: Any) -> Entries:
    """The definitions in a document, in their order."""
    out = Entries()
    waiting: list[_Place] = [_Place(document)]
    while waiting:
        if len(out.found) >= MAX_ENTRIES:
            out.problems.append(f"Only the first {MAX_ENTRIES:,} entries of the list were read")
            break
        place = waiting.pop()
        inner = _inside(place, out)
        if inner is None:
            _add(place, out)
        waiting.extend(reversed(inner or []))
    return out


@dataclass(frozen=True, slots=True)
class _Place:
    """A value on the way: the shape and group that its containers told, and whether it stands in a list of tools."""

    value: Any
    within: str = ""
    group: str = ""
    listed: bool = False


def _inside(place: _Place, out: Entries) -> list[_Place] | None:
    """What a container holds; None where the value is none."""
    value = place.value
    if isinstance(value, list):
        return [_Place(item, place.within, place.group, place.listed) for item in value[:_ENOUGH]]
    if not isinstance(value, dict):
        return None
    inner: list[_Place] = []
    for key, within in _LISTS.items():
        items = value.get(key)
        if isinstance(items, list) and (not items or any(isinstance(item, dict | list) for item in items)):
            out.listed = True
            group = _group(value, place.group)
            inner += [_Place(item, within or place.within, group, True) for item in items[:_ENOUGH]]
    if inner or any(isinstance(value.get(key), list) and not value[key] for key in _LISTS):
        _say_left_out(value, out)
        return inner
    older = value.get("function")
    if isinstance(older, dict) and "type" not in value and isinstance(older.get("name"), str):
        return [_Place(older, "bfcl", _group(value, place.group), True)]
    wrapper = None if place.listed else next((key for key in _WRAPPERS if _holds_tools(value.get(key))), None)
    return [_Place(value[wrapper])] if wrapper is not None and not shape_of(value) else None


def _holds_tools(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(key), list) for key in _LISTS)


def _add(place: _Place, out: Entries) -> None:
    value = place.value
    if place.listed and isinstance(value, dict):
        built_in = _built_in(value)
        if built_in:
            out.problems.append(f"{built_in} is run by the vendor: there is no definition to import")
            return
    shape = shape_of(value, place.within, place.listed) if isinstance(value, dict) else ""
    out.found.append(Entry(value, shape, place.group))


def _built_in(value: Mapping[str, Any]) -> str:
    """The name of a tool that the vendor defines and that has no schema; "" where it is none."""
    if value and all(key in _BUILT_IN for key in value):
        return next(iter(value))
    kind = value.get("type")
    if not isinstance(kind, str) or kind in ("function", "custom", "object"):
        return ""
    return shown(kind) if not any(isinstance(value.get(field), dict) for field in _SCHEMAS) else ""


def _say_left_out(value: Mapping[str, Any], out: Entries) -> None:
    around = [key for key in _CONVERSATION if value.get(key)]
    if around:
        words = ", ".join(f'"{key}"' for key in around)
        out.problems.append(f"Only the tools are read: {words} of the request was left out")
    if isinstance(value.get("nextCursor"), str) and value["nextCursor"]:
        out.problems.append('This is one page of a list: "nextCursor" says that the server has more tools')


def _group(value: Mapping[str, Any], outer: str) -> str:
    """Leaderboard entries and namespaces name the set that their tools are."""
    named = value.get("id") if "function" in value else value.get("name")
    return shown(named) if isinstance(named, str) and named else outer
