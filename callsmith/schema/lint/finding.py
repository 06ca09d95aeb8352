"""What lint says: a finding with its place, and where there is one, the change that mends it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from callsmith.schema import document as edits
from callsmith.schema.document import EditError
from callsmith.schema.form_rename import set_name

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_PARAMETERS = "/parameters"


@dataclass(frozen=True, slots=True)
class Fix:
    """``label`` says what it does. ``change`` returns the mended tool document, or raises EditError where the
    document has changed since."""

    label: str
    change: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """``path`` is a JSON pointer into the tool's document, ``rule`` the short name of what was broken."""

    severity: Severity
    path: str
    rule: str
    message: str
    fix: Fix | None = field(default=None, compare=False)


def verdict(findings: Collection[Finding]) -> str:
    """The findings in a word: ``2 errors``, ``1 warning``, ``1 hint`` or ``ok``."""
    for severity, word in (("error", "error"), ("warning", "warning"), ("info", "hint")):
        count = sum(finding.severity == severity for finding in findings)
        if count:
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "ok"


# The changes are functions of this module, not closures: findings are kept in a cache, which has to copy them.


def putting(label: str, path: str, value: Any) -> Fix:
    return Fix(label, partial(_put, path, value))


def removing(label: str, path: str) -> Fix:
    return Fix(label, partial(_remove, path))


def renaming(label: str, path: str, new: str) -> Fix:
    """Of a key that nothing refers to."""
    return Fix(label, partial(_rename, path, new))


def renaming_property(label: str, path: str, new: str) -> Fix:
    """``required`` and what else names the property follows."""
    return Fix(label, partial(_rename_property, path, new))


def taking_out(label: str, path: str, value: Any) -> Fix:
    """A value out of a list, wherever it stands there now; a list left empty goes too."""
    return Fix(label, partial(_take_out, path, value))


def requiring(label: str, flag: str, required: bool) -> Fix:
    """``"required": true`` of a property as an entry in the list of the object around it."""
    return Fix(label, partial(_require, flag, required))


def shortened(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _put(path: str, value: Any, document: dict[str, Any]) -> Any:
    return edits.put(document, path, value)


def _remove(path: str, document: dict[str, Any]) -> Any:
    return edits.remove(document, path)


def _rename(path: str, new: str, document: dict[str, Any]) -> Any:
    return edits.rename(document, path, new)


def _rename_property(path: str, new: str, document: dict[str, Any]) -> Any:
    edits.get(document, path)
    parameters = set_name(document["parameters"], path.removeprefix(_PARAMETERS), new)
    return edits.put(document, _PARAMETERS, parameters)


def _take_out(path: str, value: Any, document: dict[str, Any]) -> Any:
    found = edits.get(document, path)
    rest = [item for item in found if item != value] if isinstance(found, list) else found
    if rest == found:
        raise EditError("This has changed in the meantime")
    return edits.put(document, path, rest) if rest else edits.remove(document, path)


def _require(flag: str, required: bool, document: dict[str, Any]) -> Any:
    document = edits.remove(document, flag)
    of_property = edits.parent(flag)
    owner = edits.parent(edits.parent(of_property))
    names = edits.get(document, owner).get("required", [])
    named = edits.name(of_property)
    if not required or not isinstance(names, list) or named in names:
        return document
    return edits.put(document, edits.join(owner, "required"), [*names, named], after=("properties",))
