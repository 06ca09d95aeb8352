"""Why a schema cannot be said in the strict subset."""

from __future__ import annotations

from callsmith.schema.changes import Change


class Refusal(Exception):
    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.change = Change(path, message)
