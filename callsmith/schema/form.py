"""A tool's parameters as rows of a form: reading a schema into rows. ``form_edit`` changes it by row.

A row is a view, never a copy: it says what the form's inputs show of one property and where that stands.
What no input shows is in ``rest``, word for word, so that it can be put on the page as JSON; nothing of
it is needed to save, because edits are made in the document itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.schema.document import join
from callsmith.types.tool import Tool

SCALARS = ("string", "integer", "number", "boolean")
ARRAY_OF = "array of "
TYPES = (*SCALARS, "object", *(ARRAY_OF + name for name in (*SCALARS, "object")))

_DECIDING = ("$ref", "anyOf", "oneOf", "allOf", "not", "if", "const", "$dynamicRef")
_BARE = {True: "anything", False: "nothing"}


@dataclass(frozen=True, slots=True)
class Row:
    """One property. ``pointer`` is its place in the parameters, ``element`` that of the schema whose allowed
    values and properties it shows: the same, or inside ``items`` where the property is an array.

    ``place`` counts positions (``"0"``, ``"2-1"``): it stays while names change. ``type_locked`` says why
    the type cannot be chosen in the form, and is empty where it can. ``default`` is empty or holds one value.
    """

    pointer: str
    element: str
    place: str
    depth: int
    name: str
    type: str
    type_locked: str
    required: bool
    description: str
    enum: tuple[Any, ...]
    default: tuple[Any, ...]
    rest: Mapping[str, Any]
    plain_schema: bool
    holds_properties: bool
    children: tuple[Row, ...]

    @property
    def element_type(self) -> str:
        return self.type.rpartition(ARRAY_OF)[2]


def rows(parameters: Any) -> tuple[Row, ...]:
    """The properties of a schema in their order, nested ones as ``children``. () where it has none to show."""
    return _rows(parameters, "", "", 0)


def flat(tree: tuple[Row, ...]) -> Iterator[Row]:
    for row in tree:
        yield row
        yield from flat(row.children)


def rest_of_root(parameters: Any) -> Mapping[str, Any]:
    """What the form does not show of the root itself."""
    if not isinstance(parameters, dict):
        return {}
    hidden = _unshown_object(parameters)
    shown = {"properties", "required"} | ({"type"} if parameters.get("type") == "object" else set())
    return {key: hidden.get(key, item) for key, item in parameters.items() if key in hidden or key not in shown}


def summary(parameters: Any, most: int = 6) -> str:
    """The top properties in a line, required ones with a star: ``location*, unit``."""
    tree = rows(parameters)
    names = [f"{row.name}*" if row.required else row.name for row in tree[:most]]
    more = [f"{len(tree) - most} more"] if len(tree) > most else []
    return ", ".join(names + more) if tree else "no parameters"


def summary_of(tool: Tool) -> str:
    """What a call of the tool holds, in a line."""
    if tool.type != "custom":
        return summary(tool.parameters)
    if tool.grammar is None:
        return "free text"
    return "free text that fits a " + ("regular expression" if tool.grammar.syntax == "regex" else "Lark grammar")


def type_of(schema: Any) -> str:
    """A schema's type in the words of the form; ``TYPES`` are those it can also set."""
    words: list[str] = []
    while isinstance(schema, dict) and schema.get("type") == "array" and isinstance(schema.get("items"), dict | bool):
        words.append(ARRAY_OF)
        schema = schema["items"]
    return "".join(words) + _word(schema)


def element_of(schema: Any, pointer: str) -> tuple[Any, str]:
    """What an array holds in the end, and where that stands; the schema itself where it is no array."""
    while isinstance(schema, dict) and schema.get("type") == "array" and isinstance(schema.get("items"), dict | bool):
        schema, pointer = schema["items"], join(pointer, "items")
    return schema, pointer


def _word(schema: Any) -> str:
    if not isinstance(schema, dict):
        return _BARE.get(schema, "broken") if isinstance(schema, bool) else "broken"
    named = schema.get("type")
    if isinstance(named, str):
        return named
    if isinstance(named, list) and named:
        return " or ".join(str(one) for one in named)
    return next((keyword for keyword in _DECIDING if keyword in schema), "any")


def _rows(schema: Any, at: str, place: str, depth: int) -> tuple[Row, ...]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return ()
    required = schema.get("required")
    needed = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    return tuple(
        _row(name, item, join(at, "properties", name), f"{place}{number}", depth, name in needed)
        for number, (name, item) in enumerate(properties.items())
    )


def _row(name: str, schema: Any, pointer: str, place: str, depth: int, required: bool) -> Row:
    element, element_pointer = element_of(schema, pointer)
    own = schema if isinstance(schema, dict) else {}
    enum = element.get("enum") if isinstance(element, dict) else None
    description = own.get("description")
    return Row(
        pointer=pointer,
        element=element_pointer,
        place=place,
        depth=depth,
        name=name,
        type=type_of(schema),
        type_locked=_locked(schema, element),
        required=required,
        description=description if isinstance(description, str) else "",
        enum=tuple(enum) if isinstance(enum, list) else (),
        default=(own["default"],) if "default" in own else (),
        rest=_rest(schema, own is not element),
        plain_schema=isinstance(schema, dict),
        holds_properties=_holds_properties(element),
        children=_rows(element, element_pointer, f"{place}-", depth + 1),
    )


def _locked(schema: Any, element: Any) -> str:
    for part in (schema, element):
        if not isinstance(part, dict):
            return "This is not an object schema; change it in the JSON"
        deciding = next((keyword for keyword in _DECIDING if keyword in part), None)
        if deciding:
            return f"{deciding} decides what this is; change it in the JSON"
        if "items" in part and not isinstance(part["items"], dict | bool):
            return "items lists one schema for each place; change it in the JSON"
    return ""


def _holds_properties(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    if "properties" in schema:
        return isinstance(schema["properties"], dict)
    named = schema.get("type")
    return named == "object" or (isinstance(named, list) and "object" in named)


def _unshown_object(schema: dict[str, Any]) -> dict[str, Any]:
    """``properties`` and ``required`` as far as rows do not show them."""
    properties, required = schema.get("properties"), schema.get("required")
    hidden: dict[str, Any] = {}
    if "properties" in schema and not isinstance(properties, dict):
        hidden["properties"] = properties
    known = properties if isinstance(properties, dict) else {}
    if "required" in schema and not (isinstance(required, list) and all(_in(name, known) for name in required)):
        hidden["required"] = required
    return hidden


def _in(name: Any, properties: dict[str, Any]) -> bool:
    return isinstance(name, str) and name in properties


def _rest(schema: Any, is_array: bool) -> Mapping[str, Any]:
    """The keywords of a property that its row has no input for; those of ``items`` stay under ``items``."""
    if not isinstance(schema, dict):
        return {"schema": schema}
    rest = _unshown(schema, own=True, has_element=is_array)
    return {key: rest[key] for key in schema if key in rest}


def _unshown(schema: Any, *, own: bool, has_element: bool) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}
    shown = {"type"} if isinstance(schema.get("type"), str) else set()
    if own:
        shown |= {"default"} | ({"description"} if isinstance(schema.get("description"), str) else set())
    rest: dict[str, Any] = {}
    if has_element and schema.get("type") == "array" and isinstance(schema.get("items"), dict | bool):
        shown.add("items")
        inner = schema["items"]
        within = _unshown(inner, own=False, has_element=True)
        if within:
            rest["items"] = within
    else:
        shown |= {"enum"} if isinstance(schema.get("enum"), list) else set()
        shown |= {"properties", "required"}
        rest.update(_unshown_object(schema))
    rest.update((key, item) for key, item in schema.items() if key not in shown)
    return rest
