"""Does a value fit one subschema of a schema, with the references of the whole still leading where they did?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from callsmith.schema.validate import SchemaError, Violation, checker

_HOME = "urn:callsmith:schema"
# Until draft 7 the subschemas of a document were found under another name.
_OLD = ("draft-03", "draft-04", "draft-06", "draft-07")


class Branches:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._dialect = schema.get("$schema")
        old = isinstance(self._dialect, str) and any(name in self._dialect for name in _OLD)
        self._defs = "definitions" if old else "$defs"
        self._id = schema.get("$id") if isinstance(schema.get("$id"), str) else _HOME
        self._whole = {**schema, "$id": self._id}
        self._ready: dict[str, Callable[[Any, int], tuple[Violation, ...]] | None] = {}

    def takes(self, at: str, value: Any) -> bool:
        """Whether the subschema at this pointer takes the value. A broken one takes nothing."""
        if at not in self._ready:
            self._ready[at] = self._made(at)
        check = self._ready[at]
        return check is not None and not check(value, 1)

    def _made(self, at: str) -> Callable[[Any, int], tuple[Violation, ...]] | None:
        document = {
            **({"$schema": self._dialect} if self._dialect is not None else {}),
            "$ref": f"{str(self._id).rstrip('#')}#{quote(at)}",
            self._defs: {_HOME: self._whole},
        }
        try:
            return checker(document)
        except SchemaError:
            return None
