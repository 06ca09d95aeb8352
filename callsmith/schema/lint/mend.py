"""Every fix at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from callsmith.schema import document as edits
from callsmith.schema.document import EditError
from callsmith.schema.lint.finding import Finding
from callsmith.schema.lint.tool import lint
from callsmith.schema.text import same
from callsmith.schema.tool_document import tool_of

_ROUNDS = 30
# Of one round: each fix copies the objects around it.
_MOST = 500


def mended(document: dict[str, Any], found: Collection[Finding]) -> dict[str, Any]:
    """The tool document with the fixes of ``found`` made, and those that lint offers after them. One fix can open the
    way for another, so there are rounds; a place that has changed since it was found waits for the next one."""
    for _ in range(_ROUNDS):
        after = _round(document, found)
        if same(after, document):
            break
        document = after
        found = lint(tool_of(document))
    return document


def _round(before: dict[str, Any], findings: Collection[Finding]) -> dict[str, Any]:
    document = before
    fixable = [finding for finding in findings if finding.fix is not None]
    for finding in fixable[:_MOST]:
        try:
            if _at(document, finding.path) is _at(before, finding.path) and finding.fix is not None:
                document = finding.fix.change(document)
        except EditError:
            continue
    return document


def _at(document: dict[str, Any], path: str) -> Any:
    """The object or list that holds the place: an edit anywhere in it makes another one."""
    return edits.get(document, edits.parent(path)) if path.count("/") > 1 else edits.get(document, path)
