"""Types, limits and words as chains of zod 4 calls, and as TypeScript types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsmith.exporting import jstext
from callsmith.exporting.keywords import FORMATS, depth_of
from callsmith.exporting.patterns import ecmascript_flag
from callsmith.exporting.shape import Node
from callsmith.exporting.types import Note

_WORDS = {
    **{"string": "z.string()", "integer": "z.int()", "number": "z.number()", "boolean": "z.boolean()"},
    **{"null": "z.null()", "any": "z.unknown()", "never": "z.never()"},
}
_TYPES = {
    **{"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"},
    **{"any": "unknown", "never": "never"},
}
_LIMITS = {
    **{"minLength": "min", "maxLength": "max", "minItems": "min", "maxItems": "max", "minimum": "min"},
    **{"maximum": "max", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt", "multipleOf": "multipleOf"},
}
_UNIQUE = (
    ".refine((items) => new Set(items.map((item) => JSON.stringify(item))).size === items.length, "
    '"The items must differ")'
)
# What zod's own names for metadata may hold.
_META = {"title": str, "description": str, "deprecated": bool}
_COUNTS = {"minProperties": ">=", "maxProperties": "<="}


class Chain:
    def __init__(self, name_of: Callable[[str], str], notes: list[Note]) -> None:
        self._name_of = name_of
        self._notes = notes
        self._said: set[str] = set()

    def node(self, node: Node) -> str:
        unsaid = dict(node.unsaid)
        made = self._core(node) + "".join(self._limit(node, k, v) for k, v in node.bounds.items())
        if node.kind in ("array", "tuple") and unsaid.pop("uniqueItems", None) is True:
            made += _UNIQUE
        return made + self.told(node.at, node.told, unsaid)

    def told(self, at: str, told: Mapping[str, Any], unsaid: Mapping[str, Any]) -> str:
        out, meta = "", {}
        for keyword, value in (*told.items(), *unsaid.items()):
            if keyword == "format" and isinstance(value, str) and value in FORMATS:
                self._note(f"{at}/format", f"The format {value} is told, but not checked")
            if keyword in unsaid:
                self._note(f"{at}/{keyword}", f"{keyword} is not checked by zod")
            if keyword == "description" and isinstance(value, str):
                out = f".describe({jstext.text(value)})" if value else ""
            elif keyword == "id" or depth_of(value, 40) >= 40 or not isinstance(value, _META.get(keyword, object)):
                self._note(f"{at}/{keyword}", f"{keyword} is left out")
            else:
                meta[keyword] = value
        return out + (f".meta({jstext.literal(meta)})" if meta else "")

    def _core(self, node: Node) -> str:
        match node.kind:
            case "literals":
                texts = all(isinstance(value, str) and value != "__proto__" for value in node.values)
                listed = ", ".join(map(jstext.literal, node.values))
                return f"z.{'enum' if texts else 'literal'}([{listed}])"
            case "array":
                return f"z.array({self.node(node.parts[0])})"
            case "tuple":
                return f"z.tuple([{', '.join(map(self.node, node.parts))}])"
            case "map":
                return f"z.record(z.string(), {self.node(node.parts[0])})"
            case "named":
                return self._name_of(node.name)
            case "union":
                return self._union(node)
            case "integer":
                self._once("integers", "zod takes no integers beyond 9,007,199,254,740,991")
        return _WORDS[node.kind]

    def _union(self, node: Node) -> str:
        options = [self.node(part) for part in node.parts]
        if len(options) == 1:
            return options[0]
        if len(options) == 2 and "z.null()" in options:
            return next(option for option in options if option != "z.null()") + ".nullable()"
        return f"z.{'xor' if node.exclusive else 'union'}([{', '.join(options)}])"

    def _limit(self, node: Node, keyword: str, value: Any) -> str:
        if keyword == "pattern":
            return self._pattern(f"{node.at}/pattern", value)
        if keyword in _COUNTS:
            return (
                f'.refine((held) => Object.keys(held).length {_COUNTS[keyword]} {value}, "Too few or too many names")'
            )
        if keyword in ("minLength", "maxLength"):
            self._once("lengths", "zod counts the length of a text in UTF-16 units: an emoji counts twice")
        return f".{_LIMITS[keyword]}({jstext.literal(value)})"

    def _pattern(self, at: str, pattern: str) -> str:
        flag = ecmascript_flag(pattern)
        if flag is None:
            self._note(at, "The pattern is not checked by zod: it may be no expression in JavaScript")
            return f".meta({jstext.literal({'pattern': pattern})})"
        flags = f", {jstext.text(flag)}" if flag else ""
        return f".regex(new RegExp({jstext.text(pattern)}{flags}))"

    def _once(self, what: str, message: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._note("", message)

    def _note(self, at: str, message: str) -> None:
        self._notes.append(Note(at, message))


def type_of(node: Node, name_of: Callable[[str], str]) -> str:
    match node.kind:
        case "literals":
            return " | ".join(map(jstext.literal, node.values))
        case "array":
            return f"({type_of(node.parts[0], name_of)})[]"
        case "tuple":
            return f"[{', '.join(type_of(part, name_of) for part in node.parts)}]"
        case "map":
            return f"{{ [key: string]: {type_of(node.parts[0], name_of)} }}"
        case "named":
            return name_of(node.name)
        case "union":
            return " | ".join(f"({type_of(part, name_of)})" for part in node.parts)
    return _TYPES[node.kind]
