"""Arguments being filled in by hand: which inputs a schema asks for, given what is filled in already.

The arguments are the one truth; a field is a view of one place in them. Fields follow the value, never the schema
alone, so a recursive schema is as deep as what was filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.schema import document
from callsmith.schema.document import join
from callsmith.schema.errors import SchemaError
from callsmith.schema.flatten import merge
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.sample_types import types_of
from callsmith.schema.validate import violations
from callsmith.schema.walk import resolve

Kind = Literal["text", "choice", "boolean", "number", "integer", "object", "array", "null", "json"]

MAX_FIELDS = 300
_KINDS: Mapping[str, Kind] = {
    **{"string": "text", "boolean": "boolean", "number": "number", "integer": "integer"},
    **{"object": "object", "array": "array", "null": "null"},
}
_LIMITS = (
    *(("minimum", "at least {}"), ("exclusiveMinimum", "more than {}"), ("maximum", "at most {}")),
    *(("exclusiveMaximum", "less than {}"), ("multipleOf", "a multiple of {}"), ("format", "{}")),
    *(("minLength", "{} characters or more"), ("maxLength", "{} characters at most"), ("pattern", "fits {}")),
    *(("minItems", "{} entries or more"), ("maxItems", "{} entries at most")),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One place of the arguments. ``pointer`` is that place, ``schema`` what it must fit (references and combined
    schemas resolved as far as the value decides them).

    ``given`` False: it is absent, which only an optional property may be. ``branches`` are those of a
    union, ``chosen`` the one the value is of. ``children`` are what an object or array holds; ``removable`` says
    that it is an entry of a list, or a key that the schema does not name.
    """

    pointer: str
    name: str
    kind: Kind
    schema: Mapping[str, Any]
    required: bool
    given: bool
    value: Any
    choices: tuple[Any, ...] = ()
    branches: tuple[Mapping[str, Any], ...] = ()
    chosen: int = 0
    children: tuple[Field, ...] = ()
    removable: bool = False

    @property
    def description(self) -> str:
        said = self.schema.get("description")
        return said if isinstance(said, str) else ""

    @property
    def alternatives(self) -> tuple[str, ...]:
        """What the branches are called, each by another name."""
        return tuple(_label(branch, number) for number, branch in enumerate(self.branches))

    @property
    def limits(self) -> str:
        """What the value may be, in words: ``at least 5, at most 480``."""
        return ", ".join(words.format(self.schema[key]) for key, words in _LIMITS if key in self.schema)


def fields(root: Mapping[str, Any], arguments: Any) -> tuple[Field, ...]:
    """The inputs of a call. () where the arguments are no object, or the schema has no properties."""
    budget = [MAX_FIELDS]
    whole = _field(root, root, "", "", True, (arguments,), budget)
    return whole.children if whole.kind == "object" else ()


def flat(tree: Sequence[Field]) -> Iterator[Field]:
    for field in tree:
        yield field
        yield from flat(field.children)


def put(arguments: Any, field: Field, value: Any) -> Any:
    return document.put(arguments, field.pointer, value)


def give(root: Mapping[str, Any], arguments: Any, field: Field) -> Any:
    """An absent property gets a first value."""
    return document.put(arguments, field.pointer, _first(root, field.schema, field.name))


def take(arguments: Any, field: Field) -> Any:
    return document.remove(arguments, field.pointer)


def choose(root: Mapping[str, Any], arguments: Any, field: Field, alternative: int) -> Any:
    """Another branch of a union: the value becomes a first value of that branch."""
    return document.put(arguments, field.pointer, _first(root, field.branches[alternative], field.name))


def append(root: Mapping[str, Any], arguments: Any, field: Field) -> Any:
    """One more entry of a list."""
    place = len(field.value)
    entry = _first(root, _item_schema(field.schema, place), field.name)
    return document.put(arguments, field.pointer, [*field.value, entry])


def _first(root: Mapping[str, Any], schema: Any, name: str) -> Any:
    """A plain value that fits, or the nearest to one there is."""
    if not isinstance(schema, Mapping):
        return ""
    try:
        return sample(_alone(root, schema), optional=False, name=name)
    except CannotSample:
        kinds = types_of(dict(schema))
        return {"object": {}, "array": [], "null": None, "boolean": False}.get(kinds[0] if kinds else "", "")


def _alone(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of a schema that still finds the definitions it refers to."""
    if schema is root:
        return root
    around = {key: root[key] for key in ("$schema", "$defs", "definitions") if key in root and key not in schema}
    return {**around, **schema}


def _property_schema(schema: Mapping[str, Any], name: str) -> Any:
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and name in properties:
        return properties[name]
    more = schema.get("additionalProperties")
    return more if isinstance(more, Mapping) else {}


def _item_schema(schema: Mapping[str, Any], place: int) -> Any:
    items = schema.get("items")
    tuple_of = schema.get("prefixItems", items if isinstance(items, list) else ())
    if isinstance(tuple_of, list) and place < len(tuple_of):
        return tuple_of[place]
    rest = schema.get("additionalItems") if isinstance(items, list) else items
    return rest if isinstance(rest, Mapping) else {}


def _branches(root: Mapping[str, Any], schema: Any) -> list[Any]:
    """The alternatives of the first union in a schema, each with what stands around it."""
    plain = _without_references(root, schema)
    for keyword in ("anyOf", "oneOf"):
        alternatives = plain.get(keyword)
        if isinstance(alternatives, list) and alternatives:
            rest = {key: item for key, item in plain.items() if key != keyword}
            return [_merged(rest, _without_references(root, branch)) for branch in alternatives]
    kinds = plain.get("type")
    if isinstance(kinds, list) and len(kinds) > 1 and "enum" not in plain:
        return [{**plain, "type": kind} for kind in kinds]
    return []


def _merged(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> Mapping[str, Any]:
    both = merge(dict(inner), dict(outer))
    return both if both is not None else inner


def _without_references(root: Mapping[str, Any], schema: Any, depth: int = 0) -> Mapping[str, Any]:
    """``$ref`` and ``allOf`` merged in; {} for what is no schema, or goes in circles."""
    if not isinstance(schema, Mapping) or depth > 20:
        return {}
    plain: Mapping[str, Any] = {key: item for key, item in schema.items() if key not in ("$ref", "allOf")}
    parts = [target[1]] if (target := resolve(root, schema.get("$ref"))) is not None else []
    parts += schema["allOf"] if isinstance(schema.get("allOf"), list) else []
    for part in parts:
        plain = _merged(plain, _without_references(root, part, depth + 1))
    return plain


def _resolved(root: Mapping[str, Any], schema: Any, value: tuple[Any, ...]) -> tuple[Mapping[str, Any], list[Any], int]:
    """The plain schema that a value is under, the branches there were to choose from, and the one it is of."""
    branches = _branches(root, schema)
    if not branches:
        return _without_references(root, schema), [], 0
    chosen = next((n for n, branch in enumerate(branches) if value and _fits(root, branch, value[0])), None)
    if chosen is None:
        likely = (n for n, branch in enumerate(branches) if value and _kind_fits(branch, value[0]))
        chosen = next(likely, 0)
    inner, _, _ = _resolved(root, branches[chosen], value)
    return inner, branches, chosen


def _fits(root: Mapping[str, Any], schema: Any, value: Any) -> bool:
    try:
        return not violations(_alone(root, schema), value, 1)
    except SchemaError:
        return False


def _kind_fits(schema: Mapping[str, Any], value: Any) -> bool:
    kinds = types_of(dict(schema))
    return not kinds or _json_type(value) in kinds or (_json_type(value) == "integer" and "number" in kinds)


def _json_type(value: Any) -> str:
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _field(
    root: Mapping[str, Any],
    schema: Any,
    pointer: str,
    name: str,
    required: bool,
    value: tuple[Any, ...],
    budget: list[int],
    removable: bool = False,
) -> Field:
    budget[0] -= 1
    plain, branches, chosen = _resolved(root, schema, value)
    given = bool(value)
    held: Any = value[0] if value else None
    choices = _choices(plain)
    kind = _kind(plain, choices, value)
    children: tuple[Field, ...] = ()
    if given and kind == "object":
        children = _properties(root, plain, pointer, held, budget)
    elif given and kind == "array":
        children = tuple(
            _field(root, _item_schema(plain, n), join(pointer, n), str(n + 1), True, (item,), budget, removable=True)
            for n, item in enumerate(held)
            if budget[0] > 0
        )
    return Field(
        pointer=pointer,
        name=name,
        kind=kind,
        schema=plain,
        required=required,
        given=given,
        value=held,
        choices=choices,
        branches=tuple(branches),
        chosen=chosen,
        children=children,
        removable=removable,
    )


def _properties(
    root: Mapping[str, Any], schema: Mapping[str, Any], pointer: str, value: Mapping[str, Any], budget: list[int]
) -> tuple[Field, ...]:
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    required = schema.get("required")
    needed = set(map(str, required)) if isinstance(required, list) else set()
    named = [(name, part, False) for name, part in known.items()]
    extra = [(name, _property_schema(schema, name), True) for name in value if name not in known]
    return tuple(
        _field(
            root,
            part,
            join(pointer, name),
            name,
            name in needed,
            (value[name],) if name in value else (),
            budget,
            removable=removable,
        )
        for name, part, removable in (*named, *extra)
        if budget[0] > 0
    )


def _choices(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    if "const" in schema:
        return (schema["const"],)
    values = schema.get("enum")
    return tuple(values) if isinstance(values, list) else ()


def _kind(schema: Mapping[str, Any], choices: tuple[Any, ...], value: tuple[Any, ...]) -> Kind:
    """An input that can show the value; one that cannot is JSON, so that nothing is lost."""
    if choices:
        return "choice" if not value or any(same(value[0], one) for one in choices) else "json"
    kinds = types_of(dict(schema))
    wanted = kinds[0] if len(kinds) == 1 else ("object" if not kinds and "properties" in schema else "")
    if not wanted:
        return "json"
    if value and wanted != _json_type(value[0]) and not (wanted == "number" and _json_type(value[0]) == "integer"):
        return "json"
    return _KINDS.get(wanted, "json")


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _label(branch: Mapping[str, Any], number: int) -> str:
    """What an alternative is called: its title, its fixed value, its type."""
    title = branch.get("title")
    if isinstance(title, str) and title:
        return f"{number + 1}. {title}"
    if "const" in branch:
        return f"{number + 1}. {branch['const']}"
    kinds = types_of(dict(branch))
    words = " or ".join(kinds) if kinds else "anything"
    properties = branch.get("properties")
    if isinstance(properties, Mapping) and properties:
        words += f" with {', '.join(list(properties)[:3])}"
    return f"{number + 1}. {words}"
