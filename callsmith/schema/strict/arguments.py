"""Arguments that a model made under the converted schema, as the original schema means them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from callsmith.schema.errors import SchemaError
from callsmith.schema.strict.nulls import takes_null
from callsmith.schema.validate import violations
from callsmith.schema.walk import escape, resolve

_MAX_DEPTH = 60
_ROOT = "urn:callsmith:root"
_SAFE = "/~!$&'()*+,;=:@"


def to_original(schema: Mapping[str, Any], arguments: Any) -> Any:
    """``arguments`` without the nulls that stand for a property left out. A property that takes null by itself keeps
    it: whether it was meant or left out cannot be told."""
    return _Reader(schema).read("", schema, arguments, 0)


class _Reader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root

    def read(self, at: str, schema: Any, value: Any, depth: int) -> Any:
        """``at`` is the place of ``schema`` in the document."""
        if not isinstance(schema, Mapping) or not isinstance(value, dict | list) or depth > _MAX_DEPTH:
            return value
        target = resolve(self.root, schema.get("$ref"))
        if target is not None:
            value = self.read(*target, value, depth + 1)
        for number, part in enumerate(_list(schema, "allOf")):
            value = self.read(f"{at}/allOf/{number}", part, value, depth + 1)
        value = (
            self._object(at, schema, value, depth) if isinstance(value, dict) else self._array(at, schema, value, depth)
        )
        for keyword in ("anyOf", "oneOf"):
            if _list(schema, keyword):
                value = self._fitting(f"{at}/{keyword}", schema[keyword], value, depth)
        return value

    def _object(self, at: str, schema: Mapping[str, Any], value: dict[str, Any], depth: int) -> dict[str, Any]:
        properties, required = schema.get("properties"), schema.get("required", ())
        if not isinstance(properties, Mapping):
            return value
        out = {}
        for name, item in value.items():
            if name not in properties:
                out[name] = item
            elif item is not None or name in required or takes_null(self.root, properties[name]):
                out[name] = self.read(f"{at}/properties/{escape(name)}", properties[name], item, depth + 1)
        return out

    def _array(self, at: str, schema: Mapping[str, Any], value: list[Any], depth: int) -> list[Any]:
        items = schema.get("items")
        return [self.read(f"{at}/items", items, item, depth + 1) for item in value]

    def _fitting(self, at: str, branches: list[Any], value: Any, depth: int) -> Any:
        """The value as the first alternative reads it that takes it then; as it is where none does."""
        for number, branch in enumerate(branches):
            read = self.read(f"{at}/{number}", branch, value, depth + 1)
            if self._takes(f"{at}/{number}", read):
                return read
        return value

    def _takes(self, at: str, value: Any) -> bool:
        """Whether the part of the document at a place takes a value; ``#`` in it still means the whole document."""
        base = self.root.get("$id")
        base = base if isinstance(base, str) and base else _ROOT
        place = {
            "$ref": f"{base.rstrip('#')}#{quote(at, safe=_SAFE)}",
            "definitions": {"root": {**self.root, "$id": base}},
        }
        if "$schema" in self.root:
            place["$schema"] = self.root["$schema"]
        try:
            return not violations(place, value, 1)
        except SchemaError:
            return False


def _list(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    found = schema.get(keyword)
    return found if isinstance(found, list) else []
