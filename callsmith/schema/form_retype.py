"""Choosing another type for a schema: what still fits is kept, what speaks of another type alone goes."""

from __future__ import annotations

from typing import Any

from callsmith.schema import document, form_refs
from callsmith.schema.document import EditError, get, tokens
from callsmith.schema.form import definitions
from callsmith.schema.form_edit import put
from callsmith.schema.form_keywords import meant_for
from callsmith.schema.form_types import (
    ALL_OF,
    ANY,
    ANYTHING,
    ARRAY_OF,
    BRANCHES,
    CONSTANT,
    MAP_OF,
    NOTHING,
    REFERENCE,
    TUPLE,
    TYPES,
    WHOLE,
    split,
    tuple_keyword,
    type_of,
    types,
    word,
)

_OF_THE_WHOLE = ("type", "title", "description")
_HELD = {ARRAY_OF: ("array", "items"), MAP_OF: ("object", "additionalProperties")}
_KEYWORD_OF = {name: keyword for keyword, name in BRANCHES.items()}
# What decides what a schema is, so that another choice takes it away.
_DECIDES = {**_KEYWORD_OF, CONSTANT: "const", "not": "not"}
_TEXT = {"type": "string"}


def type_options(parameters: Any) -> tuple[str, ...]:
    """The types that can be chosen, references to the definitions there are included."""
    names = [REFERENCE + name for name, _ in definitions(parameters)]
    return (*TYPES, *names, *(ARRAY_OF + name for name in names))


def set_type(parameters: Any, pointer: str, new: str) -> Any:
    """Give a schema another type in the words of the form.

    Between T and "array of T" (or "map of T") its keywords move in and out again, so that the properties of
    an object are still there when it becomes a list of such objects. So does a schema that becomes the first
    of several alternatives.
    """
    schema = get(parameters, pointer)
    old = type_of(schema)
    if new == old:
        return parameters
    for prefix, (kind, keyword) in _HELD.items():
        if new == prefix + old and isinstance(schema, dict) and word(schema) != ANY:
            return _moved(parameters, pointer, (keyword,), _wrapped(schema, kind, keyword))
        if old == prefix + new and _fits_outside(schema, keyword):
            unwrapped = document.put(parameters, pointer, _unwrapped(schema, keyword))
            return form_refs.follow(unwrapped, form_refs.renamed((*tokens(pointer), keyword), tokens(pointer)))
    if new in _KEYWORD_OF and isinstance(schema, dict) and word(schema) not in (*_KEYWORD_OF, ANY):
        return _moved(parameters, pointer, (_KEYWORD_OF[new], "0"), _first_of(schema, new))
    return document.put(parameters, pointer, _retyped(parameters, schema, new))


def wrap(parameters: Any, pointer: str, prefix: str) -> Any:
    """Make a list (``ARRAY_OF``) or map (``MAP_OF``) of what is there."""
    schema = get(parameters, pointer)
    kind, keyword = _HELD[prefix]
    made = _wrapped(schema, kind, keyword) if isinstance(schema, dict) else {"type": kind, keyword: schema}
    return _moved(parameters, pointer, (keyword,), made)


def unwrap(parameters: Any, pointer: str) -> Any:
    """Put what a list or map holds in its place; what the list itself says of its title and description stays."""
    schema = get(parameters, pointer)
    held, _ = split(type_of(schema))
    if not held:
        raise EditError("This is no list or map of something")
    inner = schema[held[0]]
    if _fits_outside(schema, held[0]):
        made: Any = _unwrapped(schema, held[0])
    elif isinstance(inner, dict):
        made = {**inner, **{key: schema[key] for key in ("title", "description") if key in schema and key not in inner}}
    else:
        made = inner
    changed = document.put(parameters, pointer, made)
    return form_refs.follow(changed, form_refs.renamed((*tokens(pointer), held[0]), tokens(pointer)))


def _moved(parameters: Any, pointer: str, steps: tuple[str, ...], schema: Any) -> Any:
    """``schema`` put at ``pointer``, where the parts of what was there now stand ``steps`` deeper."""
    at = tokens(pointer)
    followed = form_refs.follow(parameters, form_refs.deeper(at, (*at, *steps)))
    changed = document.put(parameters, pointer, schema)
    return changed if followed is parameters else form_refs.follow(changed, form_refs.deeper(at, (*at, *steps)))


def _retyped(parameters: Any, schema: Any, new: str) -> Any:
    if new in (ANYTHING, NOTHING):
        return new == ANYTHING
    if schema is True or not isinstance(schema, dict):
        schema = {}
    for prefix, (kind, keyword) in _HELD.items():
        if new.startswith(prefix):
            inner = schema.get(keyword) if not tuple_keyword(schema) else None
            made = _plain(schema, kind)
            for key in ("prefixItems", "additionalItems", "properties", "required", "patternProperties"):
                made.pop(key, None)
            held = _retyped(parameters, inner, new.removeprefix(prefix))
            return put(made, "", keyword, held)
    if new.startswith(REFERENCE):
        return _reference(parameters, schema, new.removeprefix(REFERENCE))
    if new in _KEYWORD_OF:
        return _branches(schema, new)
    if new == TUPLE:
        return _tuple(parameters, schema)
    if new == CONSTANT:
        first = schema["enum"][0] if schema.get("enum") else schema.get("default", "")
        return put(_kept(schema, ("enum", "type")), "", "const", first)
    if new == ANY:
        return _kept(schema, ("type",))
    chosen = _branch_of(schema, new)
    return chosen if chosen is not None else _without_parts(_plain(schema, new), new)


def _kept(schema: dict[str, Any], also: tuple[str, ...] = ()) -> dict[str, Any]:
    """Without what decides the type now, and what speaks of certain types alone."""
    decides = _DECIDES.get(word(schema), "")
    gone = {"$ref", decides, *also}
    return {key: item for key, item in schema.items() if key not in gone and not meant_for(key)}


def _plain(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """Of one type by its name; null stays where it could be."""
    gone = {"$ref", _DECIDES.get(word(schema), "")}
    kept = {key: item for key, item in schema.items() if key not in gone and _speaks_of(key, name)}
    named = schema.get("type")
    if isinstance(named, list) and "null" in named and name != "null" and types(schema) != ("null",):
        new: Any = [name, "null"] if named[0] != "null" else ["null", name]
    else:
        new = name
    return dict(put(kept, "", "type", new))


def _speaks_of(keyword: str, name: str) -> bool:
    meant = meant_for(keyword)
    return not meant or name in meant


def _without_parts(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """A bare "array" or "object" takes what it held as a list or map with it, where that said a type and no more."""
    if name == "array" and isinstance(schema.get("items"), list):
        return {key: item for key, item in schema.items() if key not in ("items", "additionalItems")}
    for kind, keyword in _HELD.values():
        held = schema.get(keyword)
        if name == kind and isinstance(held, dict) and list(held) == ["type"]:
            return {key: item for key, item in schema.items() if key != keyword}
    return schema


def _reference(parameters: Any, schema: dict[str, Any], name: str) -> dict[str, Any]:
    pointer = dict(definitions(parameters)).get(name)
    if pointer is None and name != WHOLE:
        raise EditError(f'There is no definition "{name}"')
    beside = {key: item for key, item in schema.items() if key in ("title", "description", "default", "examples")}
    return {"$ref": form_refs.reference_to(pointer or ""), **beside}


def _tuple(parameters: Any, schema: dict[str, Any]) -> dict[str, Any]:
    old = isinstance(parameters, dict) and "draft-0" in str(parameters.get("$schema", ""))
    items = schema.get("items")
    first = items if isinstance(items, dict) else dict(_TEXT)
    made = {key: item for key, item in _plain(schema, "array").items() if key != "items"}
    return dict(put(made, "", "items" if old else "prefixItems", [first]))


def _branches(schema: dict[str, Any], new: str) -> dict[str, Any]:
    now = _KEYWORD_OF.get(word(schema))
    if now is None:
        return {**_kept(schema), _KEYWORD_OF[new]: [dict(_TEXT), {"type": "integer"}][: 1 if new == ALL_OF else 2]}
    return {(_KEYWORD_OF[new] if key == now else key): item for key, item in schema.items()}


def _branch_of(schema: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The alternative of that type, where a schema of several becomes one of them."""
    keyword = _KEYWORD_OF.get(word(schema))
    if keyword is None:
        return None
    branch = next((item for item in schema[keyword] if isinstance(item, dict) and types(item) == (name,)), None)
    if branch is None:
        return None
    outside = {key: item for key, item in schema.items() if key != keyword and key not in branch}
    return dict(
        put({**outside, **{key: item for key, item in branch.items() if key != "type"}}, "", "type", branch["type"])
    )


def _first_of(schema: dict[str, Any], new: str) -> dict[str, Any]:
    outside = {key: item for key, item in schema.items() if key in ("title", "description", "default", "examples")}
    inside = {key: item for key, item in schema.items() if key not in outside}
    second = {"type": "integer" if types(schema) == ("string",) else "string"}
    return {**outside, _KEYWORD_OF[new]: [inside] if new == ALL_OF else [inside, second]}


def _wrapped(schema: dict[str, Any], kind: str, keyword: str) -> dict[str, Any]:
    inside = {key: item for key, item in schema.items() if key == "type" or key not in _OF_THE_WHOLE}
    whole = {key: item for key, item in schema.items() if key in _OF_THE_WHOLE}
    return {**whole, "type": kind, keyword: inside}


def _fits_outside(schema: Any, keyword: str) -> bool:
    """Whether the keywords of the inside can stand beside those of the whole without one hiding another."""
    inner = schema[keyword] if isinstance(schema, dict) else None
    if not isinstance(inner, dict):
        return False
    own = schema.keys() - {keyword, "type"}
    return (
        not (inner.keys() - {"type"}) & own
        and all(not meant_for(key) for key in own)
        and schema["type"]
        in (
            "array",
            "object",
        )
    )


def _unwrapped(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    inner = schema[keyword]
    for key, item in schema.items():
        if key == keyword:
            made.update((part, value) for part, value in inner.items() if part != "type")
        elif key != "type":
            made[key] = item
        elif "type" in inner:
            made["type"] = inner["type"]
    return made
