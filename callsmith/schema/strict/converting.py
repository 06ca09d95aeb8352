"""The conversion: every schema of the document in turn, the inner ones first where an outer one depends on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.schema.changes import Change
from callsmith.schema.errors import SchemaError
from callsmith.schema.strict.fits import fits, limits
from callsmith.schema.strict.part import Parts
from callsmith.schema.strict.prepare import drop_unused, prepare
from callsmith.schema.strict.refusal import Refusal
from callsmith.schema.strict.steps import Draft, Step, undone
from callsmith.schema.validate import check_schema
from callsmith.schema.walk import escape


@dataclass(frozen=True, slots=True)
class Converted:
    """``schema`` is None where ``refused`` says why it cannot be; ``changes`` are the steps in their order."""

    schema: dict[str, Any] | None
    changes: tuple[Step, ...]
    refused: tuple[Change, ...] = ()


def convert(schema: Mapping[str, Any]) -> Converted:
    """Never fails; the schema itself stays as it is."""
    broken: SchemaError | None = check_schema(schema)
    if broken is not None:
        return Converted(None, (), (Change(broken.path, f"The schema is broken: {broken.message}"),))
    draft = Draft(dict(schema))
    try:
        prepare(draft)
    except Refusal as error:
        return Converted(None, (), (error.change,))
    too_much = tuple(limits(draft.document))
    if too_much:
        return Converted(None, (), too_much)
    parts = Parts(draft)
    for name in list(draft.document.get("$defs", ())):
        parts.part(f"/$defs/{escape(name)}")
    parts.part("")
    if not parts.refused:
        drop_unused(draft)
    if not parts.refused and draft.document.get("type") != "object":
        return Converted(None, (), (Change("/type", 'The top of strict parameters has "type": "object"'),))
    refused = (*parts.refused, *(() if parts.refused else fits(draft.document)))
    if refused:
        return Converted(None, (), refused)
    return Converted(draft.document, tuple(draft.steps))


def restore(converted: Mapping[str, Any], changes: Sequence[Step]) -> tuple[dict[str, Any], tuple[Step, ...]]:
    """The schema as it was before the changes, and those that stay since their place was edited in the meantime."""
    return undone(dict(converted), changes)
