"""Edits of a schema as the form makes them: adding, removing, moving, and setting one keyword at a time.

Each takes the parameters and gives them back with that field changed and everything else as it was, key
order included. Pointers are those of ``form.Row``. ``EditError`` says why an edit cannot be made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema import document, form_refs
from callsmith.schema.document import EditError, get, join, parent, tokens
from callsmith.schema.form_fields import ALLOWED, FORBIDDEN, OF_A_TYPE, UNSAID
from callsmith.schema.form_types import BRANCHES, nullable, types
from callsmith.schema.walk import SCHEMA_LIST, SCHEMA_MAP

_ORDER = ("type", "title", "description", "enum", "const", "default", "examples", "format", "pattern")
_STRUCTURE = ("$ref", "anyOf", "properties", "required", "items")
_REST = {ALLOWED: True, FORBIDDEN: False}


def set_keyword(parameters: Any, pointer: str, keyword: str, value: tuple[Any, ...]) -> Any:
    """``value`` is empty (the keyword goes) or holds the one value."""
    schema = schema_at(parameters, pointer)
    if value:
        return put(parameters, pointer, keyword, value[0])
    return document.remove(parameters, join(pointer, keyword)) if keyword in schema else parameters


def set_description(parameters: Any, pointer: str, description: str) -> Any:
    now = schema_at(parameters, pointer).get("description", "")
    if description == (now if isinstance(now, str) else ""):
        return parameters
    return set_keyword(parameters, pointer, "description", (description,) if description else ())


def set_required(parameters: Any, pointer: str, required: bool) -> Any:
    """Add a property to ``required`` at its end, or take it out; the keyword goes with the last name."""
    owner, name = owner_of(pointer), document.name(pointer)
    names = get(parameters, owner).get("required", [])
    if not isinstance(names, list):
        raise EditError("required is not a list here; mend it under Other keywords")
    if (name in names) == required:
        return parameters
    kept = [*names, name] if required else [entry for entry in names if entry != name]
    if not kept:
        return document.remove(parameters, join(owner, "required"))
    return put(parameters, owner, "required", kept)


def set_nullable(parameters: Any, pointer: str, may_be_null: bool) -> Any:
    """Let null stand here too, or no more; the allowed values follow."""
    schema = schema_at(parameters, pointer)
    if nullable(schema) == may_be_null:
        return parameters
    return document.put(parameters, pointer, _with_null(schema) if may_be_null else _without_null(schema))


def set_rest(parameters: Any, pointer: str, keyword: str, choice: str) -> Any:
    """What is said of other properties, or of further items: one of ``form_fields.CHOICES``."""
    schema = schema_at(parameters, pointer)
    if choice == UNSAID:
        return set_keyword(parameters, pointer, keyword, ())
    if choice == OF_A_TYPE:
        there = isinstance(schema.get(keyword), dict)
        return parameters if there else put(parameters, pointer, keyword, {"type": "string"})
    return put(parameters, pointer, keyword, _REST[choice])


def set_other(parameters: Any, pointer: str, before: Any, other: Any) -> Any:
    """Replace the keywords that have no input (``before``) by ``other``; new ones come last.

    A schema that is no object is replaced as a whole.
    """
    schema = get(parameters, pointer)
    if not isinstance(schema, dict):
        return document.put(parameters, pointer, other)
    kept = {key: other.get(key, item) for key, item in schema.items() if key not in before or key in other}
    return document.put(parameters, pointer, {**kept, **{key: other[key] for key in other if key not in kept}})


def add_property(parameters: Any, owner: str, name: str = "") -> Any:
    """Add a text property to the object schema at ``owner``, under a name of its own where none is given.

    None or an empty schema becomes an object schema first.
    """
    if not parameters and not owner:
        parameters = {"type": "object", "properties": {}}
    return add_named(parameters, owner, "properties", name or fresh("property", _map(parameters, owner, "properties")))


def add_named(parameters: Any, owner: str, keyword: str, name: str) -> Any:
    """Add a text schema under a name: a property, a pattern, a definition."""
    there = _map(parameters, owner, keyword)
    if not name:
        raise EditError(f"A {NOUNS.get(keyword, 'property')} needs a name")
    if name in there:
        raise EditError(f'There is already a {NOUNS.get(keyword, "property")} "{name}" here')
    if keyword not in get(parameters, owner):
        parameters = put(parameters, owner, keyword, {})
    return document.put(parameters, join(owner, keyword, name), {"type": "string"})


def add_listed(parameters: Any, owner: str, keyword: str) -> Any:
    """Add a text schema at the end: an alternative, an item of a tuple."""
    there = schema_at(parameters, owner).get(keyword, [])
    if not isinstance(there, list):
        raise EditError(f"{keyword} is not a list here; mend it under Other keywords")
    if keyword not in get(parameters, owner):
        return put(parameters, owner, keyword, [{"type": "string"}])
    return document.put(parameters, join(owner, keyword), [*there, {"type": "string"}])


def remove(parameters: Any, pointer: str) -> Any:
    """Take a subschema out: a property with its name in ``required``; a keyword with its last branch."""
    owner, keyword = holder(pointer)
    form_refs.refuse_used(parameters, pointer)
    if keyword == "properties" and isinstance(get(parameters, owner).get("required"), list):
        parameters = set_required(parameters, pointer, False)
    parameters = _reindexed(parameters, pointer, -1)
    container = parent(pointer)
    if keyword != "properties" and container != owner and len(get(parameters, container)) == 1:
        return document.remove(parameters, container)
    return document.remove(parameters, pointer)


def move(parameters: Any, pointer: str, by: int) -> Any:
    """Move a subschema up (-1) or down (1) among its siblings."""
    siblings = _siblings(parameters, pointer)
    at = int(tokens(pointer)[-1]) if isinstance(siblings, list) else list(siblings).index(document.name(pointer))
    to = min(max(at + by, 0), len(siblings) - 1)
    return document.move(_reindexed(parameters, pointer, to), pointer, to)


def duplicate(parameters: Any, pointer: str) -> Any:
    """Put a copy right below, required if it is."""
    siblings = _siblings(parameters, pointer)
    if isinstance(siblings, list):
        at = int(tokens(pointer)[-1])
        list_at = tokens(parent(pointer))
        parameters = form_refs.follow(
            parameters, _numbers(list_at, {str(n): str(n + 1) for n in range(at + 1, len(siblings))})
        )
        return document.insert(parameters, pointer, get(parameters, pointer), at + 1)
    owner, name = owner_of(pointer), document.name(pointer)
    copy = join(parent(pointer), fresh(name, siblings))
    required = get(parameters, owner).get("required")
    parameters = document.insert(parameters, copy, siblings[name], list(siblings).index(name) + 1)
    if holder(pointer)[1] == "properties" and isinstance(required, list) and name in required:
        parameters = set_required(parameters, copy, True)
    return parameters


NOUNS = {"$defs": "definition", "definitions": "definition", "patternProperties": "pattern"}


def holder(pointer: str) -> tuple[str, str]:
    """The schema that holds this one, and the keyword by which it does."""
    steps = tokens(pointer)
    if not steps:
        raise EditError("This is the whole schema; it is held by nothing")
    at = 0
    while True:
        keyword = steps[at]
        listed = keyword in SCHEMA_LIST and len(steps) > at + 1 and steps[at + 1].isdecimal()
        after = at + (2 if keyword in SCHEMA_MAP or listed else 1)
        if after >= len(steps):
            return join("", *steps[:at]), keyword
        at = after


def owner_of(pointer: str) -> str:
    """The object schema whose ``properties`` hold this one."""
    return parent(parent(pointer))


def schema_at(parameters: Any, pointer: str) -> dict[str, Any]:
    schema = get(parameters, pointer)
    if not isinstance(schema, dict):
        raise EditError("This is not an object schema; choose a type first")
    return schema


def fresh(name: str, taken: Mapping[str, Any]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{number}" for number in range(2, len(taken) + 3) if f"{name}_{number}" not in taken)


def put(parameters: Any, pointer: str, keyword: str, value: Any) -> Any:
    """Set a keyword where it stands; a new one goes behind those that people write before it."""
    schema = schema_at(parameters, pointer)
    known = (*_ORDER, *_STRUCTURE)
    order = (*_ORDER, *_STRUCTURE) if keyword in known else (*_ORDER, *(set(schema) - set(known)), keyword)
    before = order[: order.index(keyword)]
    if keyword in schema or any(key in schema for key in before):
        return document.put(parameters, join(pointer, keyword), value, after=before)
    return document.insert(parameters, join(pointer, keyword), value, 0)


def _siblings(parameters: Any, pointer: str) -> Any:
    """The list or object whose parts a keyword holds, this schema among them."""
    if parent(pointer) == holder(pointer)[0]:
        raise EditError("There can be only one of this here")
    return get(parameters, parent(pointer))


def _map(parameters: Any, owner: str, keyword: str) -> Mapping[str, Any]:
    there = schema_at(parameters, owner).get(keyword, {})
    if not isinstance(there, dict):
        raise EditError(f"{keyword} is not an object here; mend it under Other keywords")
    return there


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = dict(schema)
    branch = next((key for key in BRANCHES if key != "allOf" and isinstance(schema.get(key), list)), "")
    if types(schema):
        named = schema["type"]
        changed["type"] = [*([named] if isinstance(named, str) else named), "null"]
    elif branch:
        changed[branch] = [*schema[branch], {"type": "null"}]
    elif "$ref" in schema or any(key in schema for key in ("allOf", "not")):
        outside = {key: item for key, item in schema.items() if key in ("title", "description", "default")}
        inside = {key: item for key, item in schema.items() if key not in outside}
        return {"anyOf": [inside, {"type": "null"}], **outside}
    elif "const" in schema:
        return {
            ("enum" if key == "const" else key): [item, None] if key == "const" else item
            for key, item in schema.items()
        }
    else:
        raise EditError("A schema without a type takes null already; choose a type first")
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        changed["enum"] = [*schema["enum"], None]
    if types(schema) and "const" in schema and schema["const"] is not None:
        raise EditError("The constant allows this one value alone; use allowed values instead")
    return changed


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    changed = dict(schema)
    if isinstance(schema.get("type"), list):
        kept = [name for name in schema["type"] if name != "null"]
        changed["type"] = kept[0] if len(kept) == 1 else kept
        if isinstance(schema.get("enum"), list) and len(schema["enum"]) > 1:
            changed["enum"] = [value for value in schema["enum"] if value is not None]
        return changed
    branch = next(key for key in ("anyOf", "oneOf") if isinstance(schema.get(key), list))
    kept = [item for item in schema[branch] if item != {"type": "null"}]
    changed[branch] = kept
    only = kept[0] if len(kept) == 1 else None
    if isinstance(only, dict) and not only.keys() & (changed.keys() - {branch}):
        flat: dict[str, Any] = {}
        for key, item in changed.items():
            flat.update(only if key == branch else {key: item})
        return flat
    return changed


def _reindexed(parameters: Any, pointer: str, to: int) -> Any:
    """References through the numbers of a list, changed as if the item at ``pointer`` moved ``to``; -1: is gone."""
    container = get(parameters, parent(pointer))
    if not isinstance(container, list):
        return parameters
    at = int(tokens(pointer)[-1])
    order = [n for n in range(len(container)) if n != at]
    if to >= 0:
        order.insert(to, at)
    moved = {str(old): str(new) for new, old in enumerate(order) if old != new}
    return form_refs.follow(parameters, _numbers(tokens(parent(pointer)), moved))


def _numbers(list_at: tuple[str, ...], moved: Mapping[str, str]) -> Any:
    length = len(list_at)

    def change(steps: tuple[str, ...]) -> tuple[str, ...]:
        if len(steps) <= length or steps[:length] != list_at or steps[length] not in moved:
            return steps
        return (*list_at, moved[steps[length]], *steps[length + 1 :])

    return change
