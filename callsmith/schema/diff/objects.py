"""What differs in the properties of objects.

A caller sends what the schema tells of. So a new optional property of an object that merely does not forbid other
names breaks nothing, though a caller might have sent that name before; where other names are invited
(``additionalProperties``, ``patternProperties``) or the name is told of elsewhere, it cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.diff.difference import Difference
from callsmith.schema.diff.pair import (
    MAYBE,
    NARROWS,
    NOTHING,
    SURE,
    UNKNOWN,
    UNSURE_PART,
    WIDENS,
    Effect,
    Pair,
    key,
    trivial,
)
from callsmith.schema.document import join

Found = Iterator[Difference | Pair]
# What asks for nothing where its schema lets everything through.
_IDLE = frozenset(("propertyNames", "then", "else"))


def properties(pair: Pair) -> Found:
    old, new = _map(pair.old, "properties"), _map(pair.new, "properties")
    needed, needs = _required(pair.old), _required(pair.new)
    gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
    renamed = _renamed(old, new, gone, come)
    for name in gone:
        if name not in renamed:
            yield _removed(pair, name, old[name], name in needed and name not in needs)
    for name in new:
        if name in old:
            yield pair.child(_at(pair.old_at, "properties", name, old), _at(pair.new_at, "properties", name, new))
        elif name not in renamed.values():
            yield _added(pair, name, new[name], needed=name in needs and name not in needed)
    for before, after in renamed.items():
        yield _rename(pair, before, after, needed=after in needs)
        yield pair.child(_at(pair.old_at, "properties", before, old), _at(pair.new_at, "properties", after, new))
    told = {*gone, *come}
    yield from _requirements(pair, needed, needs, told)
    if _reordered(old, new):
        path = join(pair.new_at, "properties")
        yield pair.told(path, "The properties stand in another order", NOTHING, kind="moved")


def _at(at: str, keyword: str, name: str, schemas: Mapping[str, Any]) -> tuple[str, Any]:
    return join(at, keyword, name), schemas[name]


def _map(schema: Mapping[str, Any], keyword: str) -> Mapping[str, Any]:
    found = schema.get(keyword)
    return found if isinstance(found, Mapping) else {}


def _required(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """In their order, each once; also those of draft 4 on."""
    return tuple(dict.fromkeys(schema.get("required", ())))


def _reordered(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return [name for name in old if name in new] != [name for name in new if name in old]


def _renamed(old: Mapping[str, Any], new: Mapping[str, Any], gone: list[str], come: list[str]) -> dict[str, str]:
    """A guess: one that is gone and one that has come, with the same schema, and no others with it."""
    if not gone or not come:
        return {}
    left, right = _by_key(old, gone), _by_key(new, come)
    return {
        names[0]: right[text][0]
        for text, names in left.items()
        if len(names) == 1 and len(right.get(text, ())) == 1 and not trivial(old[names[0]])
    }


def _by_key(schemas: Mapping[str, Any], names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(key(schemas[name]), []).append(name)
    return found


def _removed(pair: Pair, name: str, schema: Any, needed: bool) -> Difference:
    others = pair.new.get("additionalProperties", True)
    path, end = join(pair.old_at, "properties", name), ""
    if schema is False:
        effect = NOTHING if others is False else WIDENS
    elif _map(pair.new, "patternProperties"):
        effect = UNKNOWN
    elif others is False:
        effect, end = Effect(True, needed), "; a call that sends it is refused"
    elif trivial(others):
        effect, end = WIDENS, "; a call that sends it is not refused"
    else:
        same = key(others) == key(schema)
        effect = Effect(False if same else None, needed if same else None)
    return pair.told(path, f"Gone{end}", effect, schema, None, "removed")


def _added(pair: Pair, name: str, schema: Any, *, needed: bool) -> Difference:
    others = pair.old.get("additionalProperties")
    widens: bool | None = False
    narrows: bool | None
    if _map(pair.old, "patternProperties"):
        narrows, widens = None, None
    elif others is False:
        narrows, widens = False, True
    elif trivial(schema) or others is not None and key(others) == key(schema):
        narrows = False
    else:
        narrows = None if others is not None or _may_be_sent(pair, name) else False
    effect = Effect(True if needed else narrows, widens)
    message = f"New and {'required' if needed else 'optional'}"
    return pair.told(join(pair.new_at, "properties", name), message, effect, None, schema, "added")


def _may_be_sent(pair: Pair, name: str) -> bool:
    """Whether a caller of the old schema might send a name that this object did not tell of."""
    if pair.flipped or pair.doubt == UNSURE_PART or name in _required(pair.old):
        return True
    if any(pair.old.get(keyword) for keyword in ("minProperties", "propertyNames", "default", "examples", "example")):
        return True
    return name in pair.documents.names_before


def _rename(pair: Pair, before: str, after: str, *, needed: bool) -> Difference:
    closed = pair.new.get("additionalProperties") is False and not _map(pair.new, "patternProperties")
    was_closed = pair.old.get("additionalProperties") is False and not _map(pair.old, "patternProperties")
    effect = Effect(True if closed or needed else None, True if was_closed else None)
    message = f'Was called "{before}", it seems'
    return pair.told(join(pair.new_at, "properties", after), message, effect, before, after, "renamed")


def _requirements(pair: Pair, needed: tuple[str, ...], needs: tuple[str, ...], told: set[str]) -> Iterator[Difference]:
    had, has = set(needed), set(needs)
    declared = _map(pair.new, "properties")
    for name in needs:
        if name not in had and (name not in told or name not in declared):
            yield pair.told(*_requirement(pair, name, "Required now, was optional"), NARROWS)
    for name in needed:
        if name not in has and name not in told:
            yield pair.told(*_requirement(pair, name, "Optional now, was required"), WIDENS)
    if _reordered(dict.fromkeys(needed), dict.fromkeys(needs)):
        yield pair.about("required", "The required properties are named in another order", NOTHING, "moved")


def _requirement(pair: Pair, name: str, word: str) -> tuple[str, str]:
    """The place and the message; a name without a schema stands nowhere but in the list."""
    if name in _map(pair.new, "properties"):
        return join(pair.new_at, "properties", name), word
    return join(pair.new_at, "required"), f'"{name}": {word.lower()}'


def additional(pair: Pair) -> Found:
    name = "additionalProperties"
    before, after = pair.old.get(name, True), pair.new.get(name, True)
    open_before, open_after = trivial(before), trivial(after)
    if open_before and open_after:
        # Being named at all counts where another schema looks at what is left over.
        if pair.doubt == UNSURE_PART and (name in pair.old) != (name in pair.new):
            yield pair.about(name, "Properties that are not named here count as known, or no longer", UNKNOWN)
        return
    if name in pair.old and name in pair.new and isinstance(before, Mapping) and isinstance(after, Mapping):
        yield pair.below(name)
    elif open_after:
        yield pair.about(name, "Properties that are not named here are allowed now", WIDENS)
    elif after is False and before is not False:
        yield pair.about(name, "Properties that are not named here are refused now", NARROWS)
    elif before is False and after is not False:
        yield pair.about(name, "Properties that are not named here are allowed now, if they fit a schema", WIDENS)
    elif open_before:
        yield pair.about(name, "Properties that are not named here must fit a schema now", NARROWS)


def patterns(pair: Pair) -> Found:
    old, new = _map(pair.old, "patternProperties"), _map(pair.new, "patternProperties")
    others = pair.new.get("additionalProperties", True)
    for name in old:
        if name not in new:
            effect = WIDENS if trivial(others) else UNKNOWN
            path = join(pair.old_at, "patternProperties", name)
            message = f"Properties whose names fit {name} have no schema of their own now"
            yield pair.told(path, message, effect, old[name], None, "removed")
    for name in new:
        if name in old:
            at = "patternProperties"
            yield pair.child(_at(pair.old_at, at, name, old), _at(pair.new_at, at, name, new))
        else:
            path = join(pair.new_at, "patternProperties", name)
            message = f"Properties whose names fit {name} have a schema of their own now"
            yield pair.told(path, message, UNKNOWN, None, new[name], "added")


def dependents(pair: Pair) -> Found:
    for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
        old, new = _map(pair.old, keyword), _map(pair.new, keyword)
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name, []), new.get(name, [])
            path = join(pair.new_at if name in new else pair.old_at, keyword, name)
            if isinstance(before, list) and isinstance(after, list):
                lost = any(item not in after for item in before)
                gained = any(item not in before for item in after)
                if lost or gained:
                    message = f'With "{name}", other properties are required than before'
                    yield pair.told(path, message, Effect(gained, lost), before, after)
            elif name in old and name in new and not isinstance(before, list) and not isinstance(after, list):
                yield pair.child(
                    _at(pair.old_at, keyword, name, old),
                    _at(pair.new_at, keyword, name, new),
                    doubt=MAYBE,
                    composed=True,
                )
            else:
                effect = NARROWS if name not in old else WIDENS if name not in new else UNKNOWN
                yield pair.told(path, f'What must hold with "{name}" is another thing', effect, before, after)


def names(pair: Pair) -> Found:
    yield from conjunct(pair, "propertyNames", "the names of the properties")


def conjunct(pair: Pair, keyword: str, what: str, *, doubt: int = SURE, flip: bool = False) -> Found:
    """A keyword with one schema that narrows what fits by being there."""
    if keyword in pair.old and keyword in pair.new:
        yield pair.below(keyword, doubt=doubt, flip=flip, composed=flip)
    elif keyword in pair.new:
        effect = NOTHING if keyword in _IDLE and trivial(pair.new[keyword]) else NARROWS
        yield pair.about(keyword, f"There is a schema for {what} now", effect)
    elif keyword in pair.old:
        effect = NOTHING if keyword in _IDLE and trivial(pair.old[keyword]) else WIDENS
        yield pair.about(keyword, f"There is no schema for {what} any more", effect)
