"""One tool being edited, with undo: the document in force, and the JSON text beside it.

The text is always the document written out, except while what was typed is not a tool: then the text is
kept as typed, ``error`` says what is wrong, and the last valid document stays in force. Leaving such a
text for any other state is one undo step, so it is never lost either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from callsmith.schema import text
from callsmith.schema.text import TextError, same
from callsmith.schema.tool_document import read_tool

MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Version:
    """``field`` names the input that made it, where that is one people type into."""

    document: dict[str, Any]
    text: str
    error: TextError | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Editing:
    """``past`` ends with the step before this one, ``future`` with the one undone last.

    ``revision`` counts the times the text was written from here rather than typed, so that a text area
    knows when to take the new text.
    """

    now: Version
    past: tuple[Version, ...] = ()
    future: tuple[Version, ...] = ()
    revision: int = 0

    @property
    def document(self) -> dict[str, Any]:
        return self.now.document

    def edited(self, document: dict[str, Any], field: str = "") -> Editing:
        """The document changed other than by its text. Nothing happens where it is the same.

        Edits in a row by one ``field`` are one undo step: it reports while one types.
        """
        if same(document, self.now.document):
            return self
        new = Version(document, text.write(document), field=field)
        typing_on = bool(field) and field == self.now.field
        after = replace(self, now=new, future=()) if typing_on else self._step(new)
        return replace(after, revision=self.revision + 1)

    def typed(self, typed: str) -> Editing:
        """The text changed under the hands of a person."""
        if typed == self.now.text:
            return self
        try:
            new = Version(read_tool(typed), typed)
        except TextError as error:
            new = Version(self.now.document, typed, error)
        # On the way from one valid text to the next every few letters are a broken one: not a step each.
        return replace(self, now=new, future=()) if self.now.error else self._step(new)

    def undone(self) -> Editing:
        if not self.past:
            return self
        return Editing(self.past[-1], self.past[:-1], (*self.future, self.now), self.revision + 1)

    def redone(self) -> Editing:
        if not self.future:
            return self
        return Editing(self.future[-1], (*self.past, self.now), self.future[:-1], self.revision + 1)

    def _step(self, now: Version) -> Editing:
        return replace(self, now=now, past=(*self.past, self.now)[-MAX_STEPS:], future=())


def opened(document: dict[str, Any], draft: str | None = None) -> Editing:
    """Editing from the kept document, and from a text that was left invalid, if there is one."""
    start = Editing(Version(document, text.write(document)))
    return start.typed(draft) if draft is not None else start
