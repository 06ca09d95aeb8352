"""One schema of the document at a time: made to say the same with the keywords of the subset, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.changes import Change
from callsmith.schema.document import join
from callsmith.schema.strict import rules
from callsmith.schema.strict.combined import Combined
from callsmith.schema.strict.exact import type_list
from callsmith.schema.strict.nulls import make_nullable, takes_null
from callsmith.schema.strict.refusal import Refusal
from callsmith.schema.strict.steps import Draft
from callsmith.schema.strict.types import settle_type
from callsmith.schema.strict.words import described, told

_SILENT = frozenset(("$schema", "$id", "$anchor", "$comment", "$dynamicAnchor", "$vocabulary", "readOnly", "writeOnly"))
_ASSERTED = frozenset(
    (
        *("date", "time", "date-time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer", "regex"),
        "relative-json-pointer",
    )
)
_COMBINING = frozenset(("allOf", "anyOf", "oneOf", "$ref", "$defs", "unevaluatedProperties", "unevaluatedItems"))
_HANDLED = frozenset(("patternProperties", "prefixItems", "additionalItems"))
_FOR = {
    "string": frozenset(("minLength", "maxLength", "format", "contentEncoding", "contentMediaType", "contentSchema")),
    "array": frozenset(("uniqueItems", "contains", "minContains", "maxContains")),
    "object": frozenset(
        (
            *("minProperties", "maxProperties", "propertyNames", "dependentRequired", "dependentSchemas"),
            "dependencies",
        )
    ),
}
_UNKNOWN = "is no keyword that anything is checked by"
_ANY = "Any value fits here; strict mode wants a type. Give it one, or several in anyOf"


class Parts:
    """``refused`` collects what cannot be said, so that all of it is seen at once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.refused: list[Change] = []

    def part(self, path: str) -> None:
        try:
            self._part(path)
        except Refusal as error:
            self.refused.append(error.change)

    def _part(self, path: str) -> None:
        draft = self.draft
        if not isinstance(draft.at(path), dict):
            raise Refusal(path, _ANY if draft.at(path) is True else "No value fits here; take it out")
        self._drop_unknown(path)
        Combined(draft, path).settle()
        self._drop_unknown(path)
        schema = draft.at(path)
        if "$ref" in schema:
            return
        if "anyOf" in schema:
            for number in range(len(schema["anyOf"])):
                self.part(join(path, "anyOf", number))
            self._tell(path, "")
            return
        if settle_type(draft, path):
            return self._part(path)
        schema = draft.at(path)
        kind = next((name for name in type_list(schema["type"]) if name != "null"), "null")
        self._drop_without_effect(path, kind)
        if kind == "object":
            self._object(path)
        elif kind == "array":
            self._array(path)
        self._tell(path, kind)

    def _drop_unknown(self, path: str) -> None:
        schema = self.draft.at(path)
        for key in list(schema):
            if key == "$schema" and self.draft.old_dialect:
                self.draft.remove(path, key, "note", "From here on it is read as JSON Schema 2020-12")
            elif key in _SILENT:
                self.draft.remove(path, key, "dropped", f"{key} says nothing about what is accepted")
            elif key not in rules.ALLOWED and key not in rules.TOLD and key not in _COMBINING and key not in _HANDLED:
                said = "is OpenAPI's word; JSON Schema names null among the types" if key == "nullable" else _UNKNOWN
                self.draft.remove(path, key, "dropped", f"{key} {said}")

    def _drop_without_effect(self, path: str, kind: str) -> None:
        number = "number" if kind == "integer" else kind
        schema = self.draft.at(path)
        for key in list(schema):
            owners = [name for table in (rules.OF_TYPE, _FOR) for name, keys in table.items() if key in keys]
            if key in ("patternProperties", "unevaluatedProperties"):
                owners = ["object"]
            elif key in ("prefixItems", "additionalItems", "unevaluatedItems"):
                owners = ["array"]
            if owners and number not in owners and key != "format":
                self.draft.remove(path, key, "dropped", f"{key} has no effect on type {kind}")
        if schema.get("$defs") is not None and path:
            self.draft.remove(
                path, "$defs", "dropped", "Definitions stand at the top; nothing refers to these any more"
            )

    def _object(self, path: str) -> None:
        draft, schema = self.draft, self.draft.at(path)
        properties = schema.get("properties", {})
        self._no_map(path, schema)
        required = list(schema.get("required", ()))
        for name in required:
            if name not in properties:
                self.refused.append(Change(f"{path}/required", f"required names {name}, which is not a property"))
        for name in properties:
            self.part(join(path, "properties", name))
        if self.refused:
            return
        if "properties" not in schema:
            draft.put(path, "properties", {}, "rewritten", "An object without properties says so")
        needed = set(required)
        for name in properties:
            if name not in needed:
                self._optional(join(path, "properties", name), name)
        everything = list(dict.fromkeys([*required, *properties]))
        if everything != schema.get("required"):
            draft.put(path, "required", everything, "nullable", "Every property is required; null stands for left out")
        if schema.get("additionalProperties") is not False:
            message = "The object is closed: properties it does not name are not accepted any more"
            draft.put(path, "additionalProperties", False, "closed", message)

    def _no_map(self, path: str, schema: Mapping[str, Any]) -> None:
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) and more:
            raise Refusal(f"{path}/additionalProperties", "A map of names that are not known is not in the subset")
        if schema.get("patternProperties"):
            raise Refusal(f"{path}/patternProperties", "Names by pattern are not in the subset")
        if "patternProperties" in schema:
            self.draft.remove(path, "patternProperties", "dropped", "It is empty")
        if path and "properties" not in schema and more is not False:
            raise Refusal(path, "An object with any properties is not in the subset; name them, or close it")
        for key in ("unevaluatedProperties", "unevaluatedItems"):
            if key in schema:
                self.draft.remove(path, key, "closed", "The object is closed anyway")

    def _optional(self, path: str, name: str) -> None:
        if takes_null(self.draft.document, self.draft.at(path)):
            self.draft.note(path, f"{name} may be null by itself: null and left out cannot be told apart any more")
        else:
            make_nullable(self.draft, path, f"{name} is optional: null stands for left out")

    def _array(self, path: str) -> None:
        schema = self.draft.at(path)
        if schema.get("prefixItems") or isinstance(schema.get("items"), list):
            raise Refusal(path, "A list with a type for each place is not in the subset")
        for key in ("prefixItems", "additionalItems", "unevaluatedItems"):
            if key in schema:
                self.draft.remove(path, key, "dropped", f"{key} has no effect here")
        if not isinstance(schema.get("items"), Mapping) or not schema["items"]:
            raise Refusal(join(path, "items"), _ANY)
        self.part(join(path, "items"))

    def _tell(self, path: str, kind: str) -> None:
        """Keywords without a place are taken out and said in the description."""
        draft, schema = self.draft, self.draft.at(path)
        words: list[str] = []
        for key in [key for key in schema if key in rules.TOLD]:
            value = schema[key]
            if key == "format" and kind == "string" and value in rules.FORMATS:
                continue
            said = told(key, value)
            checked = key not in rules.ANNOTATIONS and bool(said)
            if self.draft.old_dialect and key in ("contentEncoding", "contentMediaType"):
                checked = kind == "string"
            if key == "format":
                checked = kind == "string" and value in _ASSERTED
            message = f"{key} is said in the description" + (", but not held any more" if checked else "")
            draft.remove(path, key, "loosened" if checked else "moved", message)
            words += [said] if said else []
        if words:
            message = "The description says what has no keyword"
            draft.put(path, "description", described(schema.get("description"), words), "moved", message)
