"""Does a value fit one subschema of a schema, with the references of the whole still leading where they did?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from callsmith.schema.validate import SchemaError, Violation, checker

_HOME = "urn:callsmith:schema"
# Until draft 7 the subschemas of a document were found under another name.
_OLD = ("draft-03", "draft-04", "draft-06", "draft-07")
_SHARED = ("$schema", "$defs", "definitions")
_REFERENCE = re.compile(r'"\$(?:ref|dynamicRef|recursiveRef)": "')
_ELSEWHERE = re.compile(
    r'"\$(?:id|anchor|dynamicAnchor)"|"\$(?:ref|dynamicRef|recursiveRef)": "(?!#/(?:\$defs|definitions)/)'
)


class Branches:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._shared = {name: schema[name] for name in _SHARED if name in schema}
        self._by_definition_only = not _ELSEWHERE.search(json.dumps(self._shared))
        self._ready: dict[str, Callable[[Any, int], tuple[Violation, ...]] | None] = {}

    def takes(self, at: str, branch: Any, value: Any) -> bool:
        """Whether ``branch``, the subschema at this pointer, takes the value. A broken one takes nothing."""
        if at not in self._ready:
            try:
                self._ready[at] = checker(self._document(at, branch))
            except SchemaError:
                self._ready[at] = None
        check = self._ready[at]
        return check is not None and not check(value, 1)

    def _document(self, at: str, branch: Any) -> dict[str, Any]:
        """The branch with as little of the whole around it as it needs: it is made ready for each branch anew."""
        text = json.dumps(branch)
        if not _REFERENCE.search(text):
            return {**({"$schema": self._shared["$schema"]} if "$schema" in self._shared else {}), "allOf": [branch]}
        if self._by_definition_only and not _ELSEWHERE.search(text):
            return {**self._shared, "allOf": [branch]}
        dialect, own = self._schema.get("$schema"), self._schema.get("$id")
        whole = own if isinstance(own, str) else _HOME
        old = isinstance(dialect, str) and any(name in dialect for name in _OLD)
        return {
            **({"$schema": dialect} if dialect is not None else {}),
            "$ref": f"{whole.rstrip('#')}#{quote(at)}",
            "definitions" if old else "$defs": {_HOME: {**self._schema, "$id": whole}},
        }
