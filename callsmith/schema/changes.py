"""A change of a document in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """``path`` is a JSON pointer into the schema, or into the tool document ("/name")."""

    path: str
    message: str
