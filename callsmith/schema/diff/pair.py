"""Two schemas that stand for one another in the old and the new document, and what a difference there means."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from callsmith.schema.diff.difference import Difference, Kind
from callsmith.schema.walk import escape, resolve, subschemas

Role = Literal["input", "output"]

# How sure one can be of a part. Of alternatives that overlap, a narrower one may be made up for by another; of a
# condition or of alternatives of which just one may fit, nothing follows for the whole.
SURE, MAYBE, UNSURE_PART = 0, 1, 2

ANNOTATIONS = frozenset(
    (
        *("title", "description", "default", "examples", "example", "$comment", "deprecated", "readOnly", "writeOnly"),
        *("contentMediaType", "contentEncoding", "contentSchema"),
    )
)
# What says nothing about values by itself.
CORE = frozenset(("$defs", "definitions", "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$vocabulary"))
_OLD_DRAFTS = ("draft-03", "draft-04", "draft-05", "draft-06", "draft-07")


class Effect(NamedTuple):
    """Whether values that fitted are refused now, and whether values that were refused fit now. None: who knows."""

    narrows: bool | None
    widens: bool | None


NARROWS, WIDENS, BOTH = Effect(True, False), Effect(False, True), Effect(True, True)
UNKNOWN, NOTHING = Effect(None, None), Effect(False, False)


@dataclass(frozen=True)
class Documents:
    """The two schemas as wholes, into which references point."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    role: Role

    @cached_property
    def names_before(self) -> frozenset[str]:
        """Every name of a property that the old schema speaks of anywhere."""
        found: set[str] = set()
        for _, schema in subschemas(self.old):
            for keyword in ("properties", "required", "dependentRequired", "dependentSchemas", "dependencies"):
                value = schema.get(keyword)
                found.update(name for name in value if isinstance(name, str)) if isinstance(value, dict | list) else ()
            for value in (schema.get("default"), schema.get("const"), schema.get("example")):
                found.update(value if isinstance(value, dict) else ())
            for values in (schema.get("enum"), schema.get("examples")):
                for value in values if isinstance(values, list) else ():
                    found.update(value if isinstance(value, dict) else ())
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Pair:
    old: Any
    new: Any
    old_at: str
    new_at: str
    documents: Documents
    doubt: int = SURE
    flipped: bool = False
    composed: bool = False

    def child(
        self,
        old: tuple[str, Any],
        new: tuple[str, Any],
        *,
        doubt: int = SURE,
        flip: bool = False,
        composed: bool = False,
    ) -> Pair:
        """The pair of two parts, each with where it is."""
        return replace(
            self,
            old=old[1],
            new=new[1],
            old_at=old[0],
            new_at=new[0],
            doubt=max(self.doubt, doubt),
            flipped=self.flipped != flip,
            composed=self.composed or composed,
        )

    def below(self, keyword: str, *, doubt: int = SURE, flip: bool = False, composed: bool = False) -> Pair:
        """The pair of the two schemas under one keyword."""
        step = f"/{escape(keyword)}"
        old, new = (self.old_at + step, self.old[keyword]), (self.new_at + step, self.new[keyword])
        return self.child(old, new, doubt=doubt, flip=flip, composed=composed)

    def told(
        self, path: str, message: str, effect: Effect, before: Any = None, after: Any = None, kind: Kind | None = None
    ) -> Difference:
        narrows, widens = reversed(effect) if self.flipped else effect
        if kind is None:
            kind = _KINDS.get((narrows, widens), "changed")
        verdict = narrows if self.documents.role == "input" else widens
        if self.doubt == UNSURE_PART and kind not in ("described", "moved") or self.doubt == MAYBE and verdict:
            verdict = None
        return Difference(path, kind, message, verdict, before, after)

    def about(self, keyword: str, message: str, effect: Effect, kind: Kind | None = None) -> Difference:
        """A difference of one keyword of this pair."""
        at = self.new_at if keyword in self.new else self.old_at
        path = f"{at}/{escape(keyword)}"
        return self.told(path, message, effect, self.old.get(keyword), self.new.get(keyword), kind)


_KINDS: Mapping[tuple[bool | None, bool | None], Kind] = {(True, False): "narrowed", (False, True): "widened"}


def key(value: Any) -> str:
    """The same text for values that are the same in JSON: 1 and 1.0 are, 1 and true are not; order of keys is not
    looked at."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return json.dumps(value, sort_keys=True, default=_plain)
    except (TypeError, ValueError):
        return repr(value)


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else repr(value)


def trivial(schema: Any) -> bool:
    """Everything fits."""
    return schema is True or (isinstance(schema, Mapping) and all(name in ANNOTATIONS | CORE for name in schema))


def old_draft(root: Mapping[str, Any]) -> bool:
    """A dialect in which nothing beside a ``$ref`` counts."""
    dialect = root.get("$schema")
    return isinstance(dialect, str) and any(draft in dialect for draft in _OLD_DRAFTS)


def target(root: Mapping[str, Any], schema: Any) -> tuple[str, Any] | None:
    """Where a reference in ``schema`` leads; None without one, or where it leaves the document."""
    found = resolve(root, schema.get("$ref")) if isinstance(schema, Mapping) else None
    return found if found is not None and isinstance(found[1], Mapping | bool) else None


def followed(root: Mapping[str, Any], schema: Any) -> Any:
    """``schema`` with references followed as far as nothing stands beside them."""
    for _ in range(20):
        found = target(root, schema)
        if found is None or not only_reference(root, schema):
            return schema
        schema = found[1]
    return schema


def only_reference(root: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    return old_draft(root) or all(name == "$ref" or name in ANNOTATIONS | CORE for name in schema)


Handler = Callable[[Pair], Any]
