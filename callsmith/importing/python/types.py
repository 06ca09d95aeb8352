"""Python's annotations as JSON Schema.

Classes of the same source (Enum, dataclass, TypedDict, Pydantic) become ``$defs``.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from callsmith.importing.python.fields import Meta, constrained, meta_of
from callsmith.importing.python.module import NOTHING, Module, members
from callsmith.importing.python.unions import either, enumerated

MAX_TYPES = 5_000
_SIMPLE: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("str", "Text", "AnyStr", "StrictStr", "SecretStr", "LiteralString"), {"type": "string"}),
    **dict.fromkeys(("int", "StrictInt", "Integral"), {"type": "integer"}),
    **dict.fromkeys(("float", "Decimal", "Number", "Real", "StrictFloat", "Fraction"), {"type": "number"}),
    **dict.fromkeys(("bool", "StrictBool"), {"type": "boolean"}),
    **dict.fromkeys(("None", "NoneType"), {"type": "null"}),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict"), {"type": "object"}),
    **dict.fromkeys(
        ("list", "List", "Sequence", "Iterable", "Collection", "tuple", "Tuple", "deque"), {"type": "array"}
    ),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet", "AbstractSet"), {"type": "array", "uniqueItems": True}),
    **dict.fromkeys(("Any", "object", "JsonValue"), {}),
    **dict.fromkeys(("bytes", "bytearray", "ByteString"), {"type": "string", "format": "binary"}),
    **dict.fromkeys(("Path", "PurePath", "FilePath", "DirectoryPath", "PathLike"), {"type": "string"}),
    **dict.fromkeys(("AnyUrl", "HttpUrl", "AnyHttpUrl"), {"type": "string", "format": "uri"}),
    **dict.fromkeys(("UUID", "UUID1", "UUID3", "UUID4", "UUID5"), {"type": "string", "format": "uuid"}),
    "datetime": {"type": "string", "format": "date-time"},
    "AwareDatetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "timedelta": {"type": "string", "format": "duration"},
    "EmailStr": {"type": "string", "format": "email"},
    "IPv4Address": {"type": "string", "format": "ipv4"},
    "IPv6Address": {"type": "string", "format": "ipv6"},
    "PositiveInt": {"type": "integer", "exclusiveMinimum": 0},
    "NonNegativeInt": {"type": "integer", "minimum": 0},
    "NegativeInt": {"type": "integer", "exclusiveMaximum": 0},
    "NonPositiveInt": {"type": "integer", "maximum": 0},
    "PositiveFloat": {"type": "number", "exclusiveMinimum": 0},
    "NonNegativeFloat": {"type": "number", "minimum": 0},
}
_LISTS = ("list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "deque", "Deque")
_SETS = ("set", "Set", "frozenset", "FrozenSet", "AbstractSet", "MutableSet")
_MAPS = ("dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict")
# What says something about a field, not about its value.
_AROUND = ("Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "Awaitable", "InitVar", "Unpack")
_ENUMS = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")


class TooMuch(ValueError):
    """Annotations that stand for more than a tool can hold."""


class Types:
    """The types of one tool. ``definitions`` collects the classes that were met, ``notes`` what could not be said."""

    def __init__(self, module: Module) -> None:
        self.definitions: dict[str, Any] = {}
        self.notes: list[str] = []
        self.module = module
        self._count = 0
        self._open: list[str] = []

    def schema(self, node: ast.expr | None) -> dict[str, Any]:
        """The schema of an annotation; {} where any value may stand."""
        self._count += 1
        if self._count > MAX_TYPES:
            raise TooMuch("Its types stand for more than can be written down")
        if node is None:
            return {}
        if isinstance(node, ast.Constant):
            return self._constant(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(_flat(node))
        if isinstance(node, ast.Set | ast.Tuple):
            return self._literal(node.elts)
        if isinstance(node, ast.Subscript):
            inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
            return self._subscript(node, self.module.called(node.value), inner)
        return self._named(node)

    def annotated(self, node: ast.expr | None) -> tuple[dict[str, Any], Meta]:
        """The schema, and what ``Annotated`` says besides."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = parsed(node.value) or node
        if isinstance(node, ast.Name) and node.id in self.module.values and node.id not in self._open:
            aliased = self.module.values[node.id]
            if isinstance(aliased, ast.Subscript) and self.module.called(aliased.value) == "Annotated":
                node = aliased
        if not isinstance(node, ast.Subscript):
            return self.schema(node), Meta()
        called = self.module.called(node.value)
        if called in _AROUND:
            return self.annotated(node.slice)
        if called != "Annotated" or not isinstance(node.slice, ast.Tuple) or not node.slice.elts:
            return self.schema(node), Meta()
        meta = Meta()
        for one in node.slice.elts[1:]:
            meta = meta.over(meta_of(self.module, one))
        return constrained(self.schema(node.slice.elts[0]), meta), meta

    def _constant(self, value: Any) -> dict[str, Any]:
        if value is None:
            return {"type": "null"}
        meant = parsed(value) if isinstance(value, str) else None
        return self.schema(meant) if meant is not None else self._unknown(repr(value))

    def _named(self, node: ast.expr) -> dict[str, Any]:
        name = self.module.called(node)
        if isinstance(node, ast.Name) and node.id in self.module.classes:
            return self._class(node.id)
        if isinstance(node, ast.Name) and node.id in self.module.values:
            return self._alias(node.id)
        if name in _SIMPLE:
            return dict(_SIMPLE[name])
        return self._unknown(ast.unparse(node))

    def _alias(self, name: str) -> dict[str, Any]:
        value = self.module.values[name]
        if name in self._open:
            self.notes.append(f"{name} stands inside of itself: any value is allowed there")
            return {}
        if isinstance(value, ast.Call):
            return self._made_type(name, value)
        self._open.append(name)
        try:
            return self.schema(value)
        finally:
            self._open.pop()

    def _made_type(self, name: str, call: ast.Call) -> dict[str, Any]:
        """``NewType("X", int)`` is its base, ``TypeVar("T", bound=X)`` its bound."""
        kind = self.module.called(call.func)
        if kind == "NewType" and len(call.args) == 2:
            return self.schema(call.args[1])
        bound = next((one.value for one in call.keywords if one.arg == "bound"), None)
        return self.schema(bound) if kind == "TypeVar" else self._unknown(name)

    def _subscript(self, node: ast.Subscript, name: str, inner: list[ast.expr]) -> dict[str, Any]:
        if name == "Annotated":
            return self.annotated(node)[0]
        if name == "Literal":
            return self._literal(inner)
        if name == "Optional":
            return self._union([*inner, ast.Constant(None)])
        if name == "Union":
            return self._union(inner)
        if name in _LISTS or name in _SETS:
            items = self.schema(inner[0])
            unique = {"uniqueItems": True} if name in _SETS else {}
            return {"type": "array", **({"items": items} if items else {}), **unique}
        if name in _MAPS:
            return self._map(inner)
        if name in ("tuple", "Tuple"):
            return self._tuple(inner)
        if name in _AROUND:
            return self.schema(inner[0])
        if isinstance(node.value, ast.Name) and node.value.id in self.module.classes:
            return self._class(node.value.id)
        return self._unknown(ast.unparse(node))

    def _map(self, inner: list[ast.expr]) -> dict[str, Any]:
        keys, values = self.schema(inner[0]), self.schema(inner[1]) if len(inner) > 1 else {}
        named = {"propertyNames": keys} if "enum" in keys or "$ref" in keys else {}
        return {"type": "object", **named, **({"additionalProperties": values} if values else {})}

    def _tuple(self, inner: list[ast.expr]) -> dict[str, Any]:
        if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...:
            items = self.schema(inner[0])
            return {"type": "array", **({"items": items} if items else {})}
        places = [self.schema(one) for one in inner]
        if not places:
            return {"type": "array", "maxItems": 0}
        return {"type": "array", "prefixItems": places, "minItems": len(places), "maxItems": len(places)}

    def _literal(self, inner: Sequence[ast.expr]) -> dict[str, Any]:
        values: list[Any] = []
        for one in inner:
            value = self.module.value(one)
            if value is not NOTHING and value not in values:
                values.append(value)
            elif value is NOTHING:
                nested = self.schema(one)
                values += [item for item in nested.get("enum", ()) if item not in values]
        return enumerated(values) if values else self._unknown("Literal")

    def _union(self, inner: Sequence[ast.expr]) -> dict[str, Any]:
        branches: list[dict[str, Any]] = []
        for one in inner:
            schema = self.schema(one)
            if not schema:
                return {}
            if schema not in branches:
                branches.append(schema)
        return either(branches)

    def _class(self, name: str) -> dict[str, Any]:
        from callsmith.importing.python.classes import schema_of_class

        node = self.module.classes[name]
        if name not in self.definitions:
            self.definitions[name] = {}
            found: dict[str, Any] | None
            if any(self.module.called(base) in _ENUMS for base in node.bases):
                found = enumerated([value for _, value in members(self.module, node)])
            else:
                found = schema_of_class(self, node)
            if found is None:
                self.definitions.pop(name)
                return self._unknown(name)
            self.definitions[name] = found
        return {"$ref": f"#/$defs/{name}"}

    def _unknown(self, name: str) -> dict[str, Any]:
        self.notes.append(f"The type {name[:80]} is not known here: any value is allowed there")
        return {}


def _flat(node: ast.BinOp) -> list[ast.expr]:
    """``a | b | c`` as a list, without recursion."""
    found: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.BitOr):
        found.append(left.right)
        left = left.left
    return [left, *reversed(found)]


def parsed(text: str) -> ast.expr | None:
    """An annotation written as text; None where it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body if len(text) < 2_000 else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
