"""What is said in words: descriptions that are missing, empty of meaning or too long, and secrets left in values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.lint.finding import Finding, Fix, removing, shortened
from callsmith.schema.sample_text import name_words
from callsmith.schema.walk import escape
from callsmith.types.tool import Tool

MAX_DESCRIPTION = 1024
_PLACEHOLDER = re.compile(
    r"\W*(?:todo|tbd|fixme|xxx|n/?a|none|null|undefined|(?:a |the |some |no )?description(?: here| goes here)?"
    r"|lorem ipsum.*|placeholder|\W*)\W*|\W*(?:todo|fixme|tbd)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_SECRET = re.compile(
    r"\bsk-[A-Za-z0-9_-]{16,}|\bBearer\s+[A-Za-z0-9._~+/-]{16,}|\bgh[pousr]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bAIza[0-9A-Za-z_-]{30,}|\bxox[abprs]-[0-9A-Za-z-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_MADE_UP = re.compile(r"(.)\1{5,}|your|example|placeholder|\.\.\.|<", re.IGNORECASE)
_LONGEST_SEARCHED = 10_000
_MOST_SEARCHED = 100


def of_tool(tool: Tool) -> Iterator[Finding]:
    text, path = tool.description, "/description"
    if not text.strip():
        message = "The tool has no description; the model chooses tools by it"
        yield Finding("warning", path, "description-missing", message)
        return
    useless = _useless(text, tool.name)
    if useless:
        yield Finding("warning", path, "description-useless", f"The description {useless}; the model chooses by it")
    elif len(text.split()) < 2 and text.isascii():
        yield Finding("info", path, "description-short", "One word hardly tells a model when to use this tool")
    if len(text) > MAX_DESCRIPTION:
        message = f"The description has {len(text):,} characters; some servers refuse more than {MAX_DESCRIPTION:,}"
        yield Finding("warning", path, "description-long", message)


def of_properties(at: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    for name, inner in properties.items():
        if not isinstance(inner, Mapping):
            continue
        path = f"{at}/properties/{escape(name)}"
        text = inner.get("description")
        shown = shortened(name)
        if not text and "$ref" not in inner:
            message = f'"{shown}" has no description; the model guesses what to put there'
            yield Finding("info", path, "parameter-description-missing", message)
        elif isinstance(text, str) and text:
            useless = _useless(text, name) or ("is too short to say anything" if len(text.strip()) < 3 else "")
            if useless:
                fix = removing(f'Remove the description of "{shown}"', f"{path}/description")
                message = f'The description of "{shown}" {useless}'
                yield Finding("info", f"{path}/description", "description-useless", message, fix)
            if len(text) > MAX_DESCRIPTION:
                message = f'The description of "{shown}" has {len(text):,} characters, paid in every request'
                yield Finding("info", f"{path}/description", "description-long", message)


def secrets(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Keys and tokens in values that are sent with every request."""
    for keyword in ("default", "const", "example", "examples", "enum"):
        if keyword not in schema:
            continue
        value = schema[keyword]
        texts = value[:_MOST_SEARCHED] if isinstance(value, list) else [value]
        if any(isinstance(text, str) and _is_secret(text) for text in texts):
            fix: Fix | None = removing(f'Remove "{keyword}"', f"{at}/{keyword}")
            message = f"This {keyword} looks like a secret key; it would be sent to the model in every request"
            yield Finding("warning", f"{at}/{keyword}", "secret", message, fix)


def _useless(text: str, name: str) -> str:
    if _PLACEHOLDER.fullmatch(text[:_LONGEST_SEARCHED]):
        return "says nothing yet"
    if len(text) < 4 * len(name) + 20 and name_words(text) == name_words(name) and name_words(name):
        return "only repeats the name"
    return ""


def _is_secret(text: str) -> bool:
    found = _SECRET.search(text[:_LONGEST_SEARCHED])
    return found is not None and not _MADE_UP.search(found[0])
