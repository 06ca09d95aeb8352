"""Edits of a tool's parameters as the form makes them, one field at a time.

Each takes the parameters and gives them back with that field changed and everything else as it was, key
order included. Pointers are those of ``form.Row``. ``EditError`` says why an edit cannot be made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsmith.schema import document
from callsmith.schema.document import EditError, get, join, parent
from callsmith.schema.form import ARRAY_OF, type_of

_ORDER = ("type", "description", "enum", "default", "properties", "required", "items")
_OF_THE_WHOLE = ("type", "title", "description")


def set_name(parameters: Any, pointer: str, name: str) -> Any:
    """Rename a property in its place, in ``properties`` and in ``required``."""
    if not name:
        raise EditError("A property needs a name")
    old = document.name(pointer)
    if name == old:
        return parameters
    try:
        parameters = document.rename(parameters, pointer, name)
    except EditError as error:
        raise EditError(f'There is already a property "{name}" here') from error
    owner = _owner(pointer)
    required = get(parameters, owner).get("required")
    if not isinstance(required, list) or old not in required:
        return parameters
    renamed = [name if entry == old else entry for entry in required if entry != name]
    return document.put(parameters, join(owner, "required"), renamed)


def set_type(parameters: Any, pointer: str, new: str) -> Any:
    """Give a property one of ``form.TYPES``.

    Between T and "array of T" its keywords move into ``items`` and out again, so that the properties of
    an object are still there when it becomes a list of such objects. Otherwise only the type changes.
    """
    schema = _schema(parameters, pointer)
    old = type_of(schema)
    if new == old:
        return parameters
    if new == ARRAY_OF + old and isinstance(schema.get("type"), str):
        return document.put(parameters, pointer, _as_array(schema))
    if old == ARRAY_OF + new and _fits_outside(schema):
        return document.put(parameters, pointer, _as_element(schema))
    return document.put(parameters, pointer, _retyped(schema, new))


def set_required(parameters: Any, pointer: str, required: bool) -> Any:
    """Add a property to ``required`` at its end, or take it out; the keyword goes with the last name."""
    owner, name = _owner(pointer), document.name(pointer)
    names = get(parameters, owner).get("required", [])
    if not isinstance(names, list):
        raise EditError("required is not a list here; change it in the JSON")
    if (name in names) == required:
        return parameters
    kept = [*names, name] if required else [entry for entry in names if entry != name]
    if not kept:
        return document.remove(parameters, join(owner, "required"))
    return _put(parameters, owner, "required", kept)


def set_description(parameters: Any, pointer: str, description: str) -> Any:
    return _put_or_remove(parameters, pointer, "description", (description,) if description else ())


def set_enum(parameters: Any, element: str, values: Sequence[Any]) -> Any:
    """Allowed values of a row's ``element``; none takes the keyword away."""
    return _put_or_remove(parameters, element, "enum", (list(values),) if values else ())


def set_default(parameters: Any, pointer: str, default: tuple[Any, ...]) -> Any:
    """``default`` is empty (no default) or holds the one value."""
    return _put_or_remove(parameters, pointer, "default", default)


def add_property(parameters: Any, owner: str, name: str = "") -> Any:
    """Add a text property to the object schema at ``owner``, under a name of its own where none is given.

    None or an empty schema becomes an object schema first.
    """
    if not parameters and not owner:
        parameters = {"type": "object", "properties": {}}
    schema = _schema(parameters, owner)
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        raise EditError("properties is not an object here; change it in the JSON")
    name = name or _fresh("property", properties)
    if name in properties:
        raise EditError(f'There is already a property "{name}" here')
    if "properties" not in schema:
        parameters = _put(parameters, owner, "properties", {})
    return document.put(parameters, join(owner, "properties", name), {"type": "string"})


def remove_property(parameters: Any, pointer: str) -> Any:
    """Take a property out, and its name out of ``required``."""
    owner = _owner(pointer)
    if isinstance(get(parameters, owner).get("required"), list):
        parameters = set_required(parameters, pointer, False)
    return document.remove(parameters, pointer)


def move_property(parameters: Any, pointer: str, by: int) -> Any:
    """Move a property up (-1) or down (1) among its siblings."""
    names = list(get(parameters, parent(pointer)))
    return document.move(parameters, pointer, names.index(document.name(pointer)) + by)


def duplicate_property(parameters: Any, pointer: str) -> Any:
    """Put a copy right below a property, required if it is."""
    owner, name = _owner(pointer), document.name(pointer)
    siblings = get(parameters, parent(pointer))
    copy = join(parent(pointer), _fresh(name, siblings))
    required = get(parameters, owner).get("required")
    parameters = document.insert(parameters, copy, siblings[name], list(siblings).index(name) + 1)
    if isinstance(required, list) and name in required:
        parameters = set_required(parameters, copy, True)
    return parameters


def _owner(pointer: str) -> str:
    """The object schema whose ``properties`` hold this one."""
    return parent(parent(pointer))


def _schema(parameters: Any, pointer: str) -> dict[str, Any]:
    schema = get(parameters, pointer)
    if not isinstance(schema, dict):
        raise EditError("This is not an object schema; change it in the JSON")
    return schema


def _fresh(name: str, taken: dict[str, Any]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{number}" for number in range(2, len(taken) + 3) if f"{name}_{number}" not in taken)


def _put(parameters: Any, pointer: str, keyword: str, value: Any) -> Any:
    """Set a keyword where it stands; a new one goes behind those that people write before it."""
    schema = _schema(parameters, pointer)
    before = _ORDER[: _ORDER.index(keyword)]
    if keyword in schema or any(key in schema for key in before):
        return document.put(parameters, join(pointer, keyword), value, after=before)
    return document.insert(parameters, join(pointer, keyword), value, 0)


def _put_or_remove(parameters: Any, pointer: str, keyword: str, value: tuple[Any, ...]) -> Any:
    schema = _schema(parameters, pointer)
    if value:
        return _put(parameters, pointer, keyword, value[0])
    return document.remove(parameters, join(pointer, keyword)) if keyword in schema else parameters


def _retyped(schema: dict[str, Any], new: str) -> dict[str, Any]:
    outer, _, inner = new.partition(ARRAY_OF)
    items = schema.get("items")
    changed: dict[str, Any] = _put(schema, "", "type", outer or "array")
    if inner:
        of = _put(items, "", "type", inner) if isinstance(items, dict) else {"type": inner}
        return dict(_put(changed, "", "items", of))
    if isinstance(items, dict) and list(items) == ["type"]:
        del (changed := dict(changed))["items"]
    return changed


def _as_array(schema: dict[str, Any]) -> dict[str, Any]:
    items = {key: item for key, item in schema.items() if key == "type" or key not in _OF_THE_WHOLE}
    whole = {key: item for key, item in schema.items() if key in _OF_THE_WHOLE}
    return {**whole, "type": "array", "items": items}


def _fits_outside(schema: dict[str, Any]) -> bool:
    """Whether the keywords of ``items`` can stand beside those of the array without one hiding another."""
    items = schema["items"]
    return isinstance(items, dict) and not (items.keys() - {"type"}) & (schema.keys() - {"items"})


def _as_element(schema: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, item in schema.items():
        if key == "items":
            made.update((inner, value) for inner, value in item.items() if inner != "type")
        else:
            made[key] = schema["items"]["type"] if key == "type" else item
    return made
