"""``$ref``, ``allOf``, ``oneOf`` and ``anyOf`` with what stands beside them, as the subset can say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.schema.strict import rules
from callsmith.schema.strict.exact import both, disjoint
from callsmith.schema.strict.prepare import inlined
from callsmith.schema.strict.refusal import Refusal
from callsmith.schema.strict.steps import Draft
from callsmith.schema.strict.words import described
from callsmith.schema.walk import resolve

_BESIDE = frozenset(("title", "description", "$defs")) | rules.ANNOTATIONS
_MOST_ROUNDS = 30


class Combined:
    def __init__(self, draft: Draft, path: str) -> None:
        self.draft = draft
        self.path = path

    @property
    def schema(self) -> dict[str, Any]:
        found: dict[str, Any] = self.draft.at(self.path)
        return found

    def settle(self) -> None:
        """Afterwards there is a bare ``$ref``, or an ``anyOf`` with words beside it, or neither."""
        for _ in range(_MOST_ROUNDS):
            if "allOf" in self.schema:
                self._all_of()
            elif "$ref" in self.schema and len(self.schema) > 1:
                self._beside_reference()
            elif "oneOf" in self.schema:
                self._one_of()
            elif "anyOf" in self.schema and (not self.path or self.schema.keys() - _BESIDE - {"anyOf"}):
                if self._any_of():
                    return
            else:
                return
        raise Refusal(self.path, "Too many schemas are combined here")

    def _all_of(self) -> None:
        rest: Any = {key: value for key, value in self.schema.items() if key != "allOf"}
        for number, part in enumerate(self.schema["allOf"]):
            if isinstance(part, Mapping) and "$ref" in part:
                part = self._inlined(part, f"/allOf/{number}/$ref")
            if isinstance(part, Mapping) and "$ref" in rest:
                rest = self._inlined(rest, "/$ref")
            if isinstance(part, Mapping) and {"anyOf", "oneOf"} & part.keys() & rest.keys():
                raise Refusal(f"{self.path}/allOf/{number}", "Two choices cannot be said in one schema")
            rest = self._one(both(rest, part), f"/allOf/{number}", "with what it is added to")
        self.draft.replace(self.path, rest, "rewritten", "The parts of allOf are one schema")

    def _inlined(self, schema: Mapping[str, Any], at: str) -> Any:
        target = resolve(self.draft.document, schema.get("$ref"))
        if target is not None and (self.path == target[0] or self.path.startswith(f"{target[0]}/")):
            raise Refusal(self.path + at, "A schema that contains itself cannot be part of another one in the subset")
        return self._one(inlined(self.draft.document, schema), at, "with what stands beside it")

    def _one(self, merged: Any, at: str, beside: str) -> dict[str, Any]:
        """A merged schema that something fits, and not everything."""
        if merged is None:
            raise Refusal(self.path + at, f"It cannot be said in one schema {beside}, or nothing fits both")
        if not isinstance(merged, dict):
            raise Refusal(
                self.path + at, "Any value fits here" if merged is True else "No value fits here; take it out"
            )
        return merged

    def _beside_reference(self) -> None:
        if self.draft.old_dialect:
            for key in [key for key in self.schema if key not in ("$ref", "$defs")]:
                self.draft.remove(self.path, key, "dropped", f"Its dialect ignores {key} beside $ref")
            return
        if self.schema.keys() - _BESIDE - {"$ref"}:
            merged = self._inlined(self.schema, "/$ref")
            self.draft.replace(self.path, merged, "rewritten", "What it refers to stands here itself")
            return
        words = "Nothing stands beside $ref, so the reference became the only alternative"
        self.draft.wrap(self.path, ["$ref"], [], "rewritten", words)

    def _one_of(self) -> None:
        if "anyOf" in self.schema:
            raise Refusal(self.path, "oneOf and anyOf in one schema cannot be said in the subset")
        branches = [self._resolved(branch) for branch in self.schema["oneOf"]]
        apart = all(disjoint(one, other) for n, one in enumerate(branches) for other in branches[n + 1 :])
        message = "oneOf is anyOf: no value fits two of its alternatives"
        if not apart:
            message = "oneOf is anyOf: a value that fits two of its alternatives is accepted now"
        self.draft.rename(self.path, "oneOf", "anyOf", "rewritten" if apart else "loosened", message)

    def _resolved(self, branch: Any) -> Any:
        target = resolve(self.draft.document, branch.get("$ref")) if isinstance(branch, Mapping) else None
        return target[1] if target is not None else branch

    def _any_of(self) -> bool:
        """True where there is nothing more to do."""
        branches = self.schema["anyOf"]
        rest = {key: value for key, value in self.schema.items() if key != "anyOf" and key not in _BESIDE}
        beside = {key: value for key, value in self.schema.items() if key in _BESIDE}
        if len(branches) > 1 and not self.path:
            return self._top(rest)
        merged = []
        for number, branch in enumerate(branches):
            if isinstance(branch, Mapping) and "$ref" in branch and rest:
                branch = self._inlined(branch, f"/anyOf/{number}/$ref")
            if isinstance(branch, Mapping) and {"anyOf", "oneOf", "allOf"} & branch.keys() & rest.keys():
                raise Refusal(f"{self.path}/anyOf/{number}", "It cannot be said in one schema with what is around it")
            merged.append(self._one(both(rest, branch), f"/anyOf/{number}", "with what is around it"))
        if not self.path:
            alone = self._inlined(merged[0], "/anyOf/0/$ref") if "$ref" in merged[0] else merged[0]
            self.draft.replace("", {**alone, **beside}, "rewritten", "One alternative needs no anyOf")
        else:
            message = "What stood around the alternatives is in each of them"
            self.draft.replace(self.path, {"anyOf": merged, **beside}, "rewritten", message)
        return False

    def _top(self, rest: Mapping[str, Any]) -> bool:
        """There is no union at the top. Where the properties are named beside it, it can be told in words."""
        if not rest.get("properties"):
            raise Refusal("/anyOf", "There is no choice between alternatives at the top of strict parameters")
        branches = self.schema["anyOf"]
        if all(isinstance(branch, Mapping) and set(branch) == {"required"} for branch in branches):
            words = "at least one of: " + ", ".join(" and ".join(map(str, branch["required"])) for branch in branches)
        else:
            words = f"one of these holds: {json.dumps(branches, ensure_ascii=False)[:300]}"
        message = "There is no choice at the top: it is said in the description, but not held any more"
        self.draft.remove("", "anyOf", "loosened", message)
        said = described(self.schema.get("description"), [words])
        self.draft.put("", "description", said, "moved", "The description says what has no keyword")
        return False
