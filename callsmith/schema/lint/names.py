"""Names of tools and of their properties: what vendors refuse, and what is already taken (wire-format notes, 7.6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from callsmith.schema.lint.finding import Finding, putting, renaming_property, shortened
from callsmith.schema.walk import escape
from callsmith.vendors.names import legal

MAX_NAME = 64
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_-]")
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# Tools that providers run themselves, by the names they have in a request (wire-format notes, 2 to 5 and 8.2).
_HOSTED = frozenset(
    (
        *("web_search", "web_search_preview", "file_search", "code_interpreter", "code_execution", "image_generation"),
        *("computer", "computer_use_preview", "bash", "str_replace_based_edit_tool", "str_replace_editor", "memory"),
        *("multi_tool_use", "functions", "googleSearch", "google_search", "web_fetch", "local_shell", "apply_patch"),
    )
)
# Names that mean something else to JavaScript, in which many clients are written.
_OF_OBJECTS = frozenset(("__proto__", "constructor", "prototype"))


def of_tool(name: str, others: Collection[str]) -> Iterator[Finding]:
    new = legal(name, others)
    fix = putting(f'Rename to "{new}"', "/name", new)
    if not name:
        yield Finding("error", "/name", "name-missing", "The tool has no name", fix)
        return
    odd = _NOT_IN_NAME.search(name)
    if odd:
        message = (
            f'The name holds "{odd[0]}" at character {odd.start() + 1}; OpenAI takes letters, digits, _ and - only'
        )
        yield Finding("error", "/name", "name-characters", message, fix)
    if len(name) > MAX_NAME:
        message = f"The name has {len(name):,} characters; OpenAI takes {MAX_NAME} at most"
        yield Finding("error", "/name", "name-length", message, fix)
    if not odd and not (name[0].isalpha() or name[0] == "_"):
        message = "The name starts with neither a letter nor _; Gemini refuses it"
        yield Finding("warning", "/name", "name-start", message, fix)
    if name in others:
        message = f'Another tool is called "{name}" too; providers refuse this'
        yield Finding("error", "/name", "duplicate-name", message, fix)
    if name in _HOSTED:
        new = legal(f"my_{name}", others)
        message = f'"{name}" is also a tool that providers run themselves; beside that one it is refused or mistaken'
        yield Finding("warning", "/name", "name-reserved", message, putting(f'Rename to "{new}"', "/name", new))


def of_properties(at: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    for name in properties:
        if _PROPERTY.fullmatch(name) and name not in _OF_OBJECTS:
            continue
        new = _legal_property(name, properties)
        # Only what stands below the parameters of a tool can be renamed with all that names it.
        fix = renaming_property(f'Rename to "{new}"', f"{at}/properties/{escape(name)}", new)
        shown = shortened(name)
        if name in _OF_OBJECTS:
            rule, message = "property-reserved", f'"{shown}" means something else to JavaScript and is often lost'
        else:
            rule = "property-name"
            message = f'The property name "{shown}" is refused by Anthropic: 1 to 64 letters, digits, _ . and - only'
        yield Finding("warning", f"{at}/properties/{escape(name)}", rule, message, fix)


def _legal_property(name: str, taken: Collection[str]) -> str:
    if name in _OF_OBJECTS:
        name = f"{name.strip('_')}_value"
    made = legal(name)
    return legal("property" if made == "tool" and name != "tool" else made, taken)
