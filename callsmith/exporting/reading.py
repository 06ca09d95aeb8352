"""A schema read as types. Works off a list of definitions, so that no depth of nesting is too deep and no
recursion endless; what is nested in itself without a name gets one after a few levels. The same parts put together
are one definition wherever they meet; where ever new ones do, reading gives up at a limit and says so.

Keys name definitions: the JSON pointer of the schema, with a mark behind it where only a part of it is meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callsmith.exporting import keywords
from callsmith.exporting.graph import finished
from callsmith.exporting.keywords import ASSERTIONS, STORES, has_type, of_type
from callsmith.exporting.merging import identity, merged
from callsmith.exporting.shape import Definition, Node, Property, Shapes
from callsmith.exporting.types import Note
from callsmith.schema.document import tokens
from callsmith.schema.walk import escape, resolve, subschemas

MAX_INLINE = 6
# Of what is put together: types within types, and types in all beyond those of the schema as it is written.
MAX_MERGED_LEVELS = 40
MAX_MERGED_NODES = 4_000
# Behind a key: the object part of a schema, its parts put together, one type of several.
_MARK = re.compile(r"\x00[a-z]+")
_OBJECT, _MERGED = "\x00object", "\x00merged"
# What holds further types in its place.
_HOLDERS = frozenset(("items", "prefixItems", "additionalProperties", "anyOf", "oneOf", "allOf"))
_SCALARS = (str, int, float, bool, type(None))


def read(schema: Mapping[str, Any], name: str) -> Shapes:
    """The types of a tool's parameters, its root called ``name``."""
    return _Reader(schema).read(name)


class _Reader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.notes: list[Note] = []
        self.made: dict[str, Definition] = {}
        self.asked: set[str] = set()
        self.waiting: list[tuple[str, Any, str, bool]] = []
        self.merged: dict[tuple[int, ...], tuple[str, Any]] = {}
        self.merged_nodes = 0
        self.most_nodes = MAX_MERGED_NODES + 2 * sum(1 for _ in subschemas(root))
        self.gave_up = False

    def read(self, name: str) -> Shapes:
        root = dict(self.root)
        if not root.keys() & (keywords.GENERAL - {"$ref"}) and "$ref" not in root:
            root["type"] = "object"
        whole = root.get("type") == "object" and not root.keys() & {"$ref", "allOf", "anyOf", "oneOf", "enum", "const"}
        key = self._define("", root, name, model=whole or _is_plain_object(root))
        while self.waiting:
            key_, schema, wanted, model = self.waiting.pop()
            if self._is_too_much(key_):
                self.made[key_] = Definition(key_, _place(key_), wanted, alias=Node("any", _place(key_)))
            else:
                self.made[key_] = self._model(key_, schema, wanted) if model else self._alias(key_, schema, wanted)
        return finished(key, self.made, self.notes)

    def _define(self, key: str, schema: Any, wanted: str, *, model: bool) -> str:
        key = key + _OBJECT if model else key
        if key not in self.asked:
            self.asked.add(key)
            self.waiting.append((key, schema, wanted, model))
        return key

    def _is_too_much(self, key: str) -> bool:
        if _MERGED not in key:
            return False
        if self.merged_nodes < self.most_nodes and key.count(_MERGED) <= MAX_MERGED_LEVELS:
            return False
        if not self.gave_up:
            self.gave_up = True
            self._note(_place(key), "What must hold at once leads to ever more of it: any value is taken from here on")
        return True

    def _alias(self, key: str, schema: Any, wanted: str) -> Definition:
        return Definition(key, _place(key), wanted, alias=self._node(schema, key, wanted, 0))

    def _model(self, key: str, schema: Mapping[str, Any], wanted: str) -> Definition:
        base = key.removesuffix(_OBJECT)
        source = self.root if not base else schema
        if "type" not in source:
            self._note(f"{_place(base)}/type", "It is read as an object; the schema lets values of other types pass")
        properties = _mapping(schema.get("properties"))
        required = [name for name in _listed(schema.get("required")) if isinstance(name, str)]
        wants = frozenset(required)
        fields = [
            Property(name, self._node(part, f"{base}/properties/{escape(name)}", name, 1), name in wants)
            for name, part in properties.items()
        ]
        for name in dict.fromkeys(required):
            if name not in properties:
                at = f"{_place(base)}/properties/{escape(name)}"
                self._note(at, "It is required but not described: any value is taken")
                fields.append(Property(name, Node("any", at), True))
        said = {"type", "properties", "required", "additionalProperties"}
        more = schema.get("additionalProperties")
        extra: Any = "ignore" if more is None else "allow" if more is True or more == {} else "forbid"
        if isinstance(more, Mapping) and more:
            extra = self._node(more, f"{base}/additionalProperties", f"{wanted} value", 1)
        elif more is not None and not isinstance(more, bool | Mapping):
            extra, said = "ignore", said - {"additionalProperties"}
        if _mapping(schema.get("patternProperties")) and extra != "ignore":
            extra = "allow"
            self._note(f"{_place(base)}/additionalProperties", "Not held to, since names may also fit a pattern")
        unsaid = {k: v for k, v in schema.items() if k not in said and (k in of_type("object") or k in _LEFT)}
        return Definition(key, _place(base), wanted, None, tuple(fields), extra, unsaid, _told(schema, unsaid))

    def _node(self, schema: Any, key: str, wanted: str, depth: int) -> Node:
        at = _place(key)
        if not isinstance(schema, Mapping):
            return self._no_object(schema, at)
        self.merged_nodes += _MERGED in key
        if self._is_too_much(key):
            return Node("any", at)
        said = schema.keys() & ASSERTIONS
        if depth > MAX_INLINE and said & _HOLDERS:
            return Node("named", at, name=self._define(key, schema, wanted, model=False))
        target = _only_reference(schema, said)
        if target is not None:
            return self._reference(schema, target, at)
        if said & {"allOf", "$ref"}:
            return self._combined(schema, key, wanted, depth)
        for keyword in ("anyOf", "oneOf"):
            if keyword in said and said <= {keyword, "type"} and isinstance(schema[keyword], list) and schema[keyword]:
                return self._union(schema, keyword, key, wanted, depth)
        if "enum" in said or "const" in said:
            return self._values(schema, at)
        kind = schema.get("type")
        if isinstance(kind, list) and kind and all(name in keywords.TYPES for name in kind):
            return self._types(schema, kind, key, wanted, depth)
        return self._typed(schema, kind, key, wanted, depth)

    def _typed(self, schema: Mapping[str, Any], kind: Any, key: str, wanted: str, depth: int) -> Node:
        at = _place(key)
        if kind is None and schema.keys() & {"properties", "required"}:
            kind = "object"
        elif kind is None and schema.keys() & {"items", "prefixItems"}:
            kind = "array"
            self._note(f"{at}/type", "It is read as an array; the schema lets values of other types pass")
        if kind == "object":
            return self._object(schema, key, wanted, depth)
        if kind == "array":
            return self._array(schema, key, wanted, depth)
        if isinstance(kind, str) and kind in keywords.TYPES:
            return self._scalar(schema, kind, at)
        return self._any(schema, at)

    def _no_object(self, schema: Any, at: str) -> Node:
        if not isinstance(schema, bool):
            self._note(at, "This is no schema: any value is taken")
        return Node("never" if schema is False else "any", at)

    def _reference(self, schema: Mapping[str, Any], ref: str, at: str) -> Node:
        target = resolve(self.root, ref)
        if target is None:
            self._note(at, f"{ref[:80]} points at nothing in this schema: any value is taken")
            return Node("any", at, told=_told(schema))
        pointer, meant = target
        wanted = tokens(pointer)[-1] if pointer else "root"
        key = self._define(pointer, meant, wanted, model=_is_plain_object(meant))
        return Node("named", at, name=key, told=_told(schema))

    def _combined(self, schema: Mapping[str, Any], key: str, wanted: str, depth: int) -> Node:
        word = "allOf" if "allOf" in schema else "$ref"
        whole = merged(self.root, schema)
        if whole is None:
            self._note(
                f"{_place(key)}/{word}", "What is combined here cannot be said in one type: some of it is not checked"
            )
            rest = {k: v for k, v in schema.items() if k not in ("allOf", "$ref")}
            node = self._node(rest, key + _MERGED, wanted, depth + 1)
            lost = {k: schema[k] for k in ("allOf", "$ref") if k in schema}
            return replace(node, unsaid={**node.unsaid, **lost}) if node.kind != "named" else node
        self._note(f"{_place(key)}/{word}", "What must hold at once is written as one type")
        parts = identity(self.root, schema)
        first, _ = self.merged.setdefault(parts, (key + _MERGED, schema))
        if first != key + _MERGED:
            self._note(_place(key), "It is written as one type with the same parts in another place")
        if first != key + _MERGED and whole.keys() & _HOLDERS:
            return Node("named", _place(key), name=self._define(first, whole, wanted, model=_is_plain_object(whole)))
        return self._node(whole, first, wanted, depth + 1)

    def _union(self, schema: Mapping[str, Any], keyword: str, key: str, wanted: str, depth: int) -> Node:
        at = _place(key)
        if "type" in schema:
            self._note(f"{at}/type", f"The type beside {keyword} is left to its options")
        many = sum(part != {"type": "null"} for part in schema[keyword]) > 1
        parts = tuple(
            self._node(part, f"{key}/{keyword}/{number}", _option_name(part, wanted, number, many), depth + 1)
            for number, part in enumerate(schema[keyword])
        )
        return Node("union", at, parts, exclusive=keyword == "oneOf", told=_told(schema))

    def _values(self, schema: Mapping[str, Any], at: str) -> Node:
        keyword = "const" if "const" in schema else "enum"
        values = [schema["const"]] if keyword == "const" else schema["enum"]
        said = {"type", keyword}
        kinds = schema.get("type", keywords.TYPES)
        if not isinstance(values, list) or not all(isinstance(value, _SCALARS) for value in values):
            return self._any(schema, at)
        if not (isinstance(kinds, str) and kinds in keywords.TYPES) and not isinstance(kinds, list | tuple):
            said, kinds = {keyword}, keywords.TYPES
        fitting = tuple(value for value in values if has_type(value, kinds))
        if not fitting:
            self._note(f"{at}/{keyword}", "None of the listed values has the right type: no value is accepted")
            return Node("never", at, unsaid=_rest(schema), told=_told(schema))
        if len(fitting) < len(values):
            self._note(f"{at}/{keyword}", "Listed values of another type than the schema's are left out")
        unsaid = {k: v for k, v in _rest(schema).items() if k not in said}
        return Node("literals", at, values=fitting, unsaid=unsaid, told=_told(schema))

    def _types(self, schema: Mapping[str, Any], kinds: list[str], key: str, wanted: str, depth: int) -> Node:
        if len(kinds) == 1:
            return self._node({**schema, "type": kinds[0]}, key, wanted, depth)
        rest = {k: v for k, v in schema.items() if k in _LEFT}
        parts = []
        for kind in dict.fromkeys(kinds):
            part = {"type": kind, **{k: v for k, v in schema.items() if k in of_type(kind)}}
            parts.append(self._node(part, f"{key}\x00{kind}", wanted, depth + 1))
        return Node("union", _place(key), tuple(parts), unsaid=rest, told=_told(schema))

    def _object(self, schema: Mapping[str, Any], key: str, wanted: str, depth: int) -> Node:
        at = _place(key)
        more = schema.get("additionalProperties", True)
        if schema.get("properties") or schema.get("required") or more is False:
            return Node("named", at, name=self._define(key, schema, wanted, model=True))
        value = self._node(more, f"{key}/additionalProperties", f"{wanted} value", depth + 1)
        said = {"type", "properties", "required", "additionalProperties"}
        if value.kind == "any" and _mapping(schema.get("patternProperties")):
            value = Node("any", value.at)
        return self._limited("map", schema, at, (value,), said, ("minProperties", "maxProperties"))

    def _array(self, schema: Mapping[str, Any], key: str, wanted: str, depth: int) -> Node:
        at = _place(key)
        items = schema.get("items", True)
        first = items if isinstance(items, list) else schema.get("prefixItems")
        counts = ("minItems", "maxItems")
        if isinstance(first, list) and first:
            word = "items" if first is items else "prefixItems"
            rest = schema.get("additionalItems", True) if first is items else items
            least, most = (keywords.as_count(schema.get(name)) for name in counts)
            if least == len(first) and (most == len(first) or (rest is False and most is None)):
                parts = tuple(
                    self._node(part, f"{key}/{word}/{number}", f"{wanted} {number + 1}", depth + 1)
                    for number, part in enumerate(first)
                )
                return self._limited(
                    "tuple", schema, at, parts, {"type", word, "items", "additionalItems", *counts}, ()
                )
            return self._limited("array", schema, at, (Node("any", f"{at}/{word}"),), {"type"}, counts)
        item = self._node(items, f"{key}/items", f"{wanted} item", depth + 1)
        return self._limited("array", schema, at, (item,), {"type", "items"}, counts)

    def _scalar(self, schema: Mapping[str, Any], kind: Any, at: str) -> Node:
        return self._limited(kind, schema, at, (), {"type"}, tuple(of_type(kind)))

    def _limited(
        self,
        kind: Any,
        schema: Mapping[str, Any],
        at: str,
        parts: tuple[Node, ...],
        said: set[str],
        bounds: tuple[str, ...],
    ) -> Node:
        known = of_type({"map": "object", "tuple": "array"}.get(kind, kind)) | _LEFT
        within = {k: schema[k] for k in schema if k in bounds and _is_limit(k, schema[k])}
        unsaid = {k: v for k, v in schema.items() if k in known and k not in said and k not in within}
        return Node(kind, at, parts, bounds=within, unsaid=unsaid, told=_told(schema, {*unsaid, *within}))

    def _any(self, schema: Mapping[str, Any], at: str) -> Node:
        return Node("any", at, unsaid=_rest(schema), told=_told(schema))

    def _note(self, at: str, message: str) -> None:
        self.notes.append(Note(at, message))


# Rules for values of every type that are no type themselves.
_LEFT = frozenset(("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "enum", "const", "$dynamicRef"))


def _place(key: str) -> str:
    return _MARK.sub("", key)


def _is_plain_object(schema: Any) -> bool:
    if not isinstance(schema, Mapping) or schema.keys() & {"$ref", "allOf", "enum", "const"}:
        return False
    if schema.get("type") not in ("object", None, ["object"]):
        return False
    return bool(schema.get("properties") or schema.get("required") or schema.get("additionalProperties") is False)


def _only_reference(schema: Mapping[str, Any], said: Any) -> str | None:
    """The reference where a schema says nothing else than that, plainly or as the one part of ``allOf``."""
    if said == {"$ref"} and isinstance(schema["$ref"], str):
        return str(schema["$ref"])
    if said == {"allOf"} and isinstance(schema["allOf"], list) and len(schema["allOf"]) == 1:
        only = schema["allOf"][0]
        if isinstance(only, Mapping) and list(only) == ["$ref"] and isinstance(only["$ref"], str):
            return str(only["$ref"])
    return None


def _option_name(part: Any, wanted: str, number: int, many: bool) -> str:
    if isinstance(part, Mapping) and isinstance(part.get("title"), str) and part["title"]:
        return str(part["title"])
    return f"{wanted} {number + 1}" if many else wanted


def _rest(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k in ASSERTIONS}


def _told(schema: Mapping[str, Any], taken: Any = ()) -> dict[str, Any]:
    """What refuses no value: words and unknown keywords, and rules for values of another type."""
    kind = schema.get("type")
    heard = (of_type(kind) if isinstance(kind, str) and kind in keywords.TYPES else ASSERTIONS) | keywords.GENERAL
    said = _LEFT | {"type", "$ref", *heard}
    if isinstance(kind, list) or kind is None or kind not in keywords.TYPES:
        said |= ASSERTIONS
    if "enum" in schema or "const" in schema:
        said |= ASSERTIONS
    return {k: v for k, v in schema.items() if k not in said and k not in STORES and k not in taken}


def _is_limit(keyword: str, value: Any) -> bool:
    if keyword == "pattern":
        return isinstance(value, str)
    if keyword.startswith(("min", "max")) and keyword not in ("minimum", "maximum"):
        return keywords.as_count(value) is not None
    if keyword == "multipleOf":
        return keywords.is_number(value) and value > 0
    return keywords.is_number(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
