"""Texts that would end their literal, their comment or their line, and tools that carry them everywhere."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from callsmith.types.tool import Tool
from tests.engine.schema_kit import PARAMETERS

TEXTS = [
    '"); globalThis.touched = 1; ("',
    "'); globalThis.touched = 1; ('",
    "*/ globalThis.touched = 1; /*",
    "\n globalThis.touched = 1 //",
    "\r\n globalThis.touched = 1",
    "\u2028globalThis.touched = 1",
    "${globalThis.touched = 1}",
    "`${globalThis.touched = 1}`",
    '"""\nraise SystemExit\n"""',
    "'''\nraise SystemExit\n'''",
    '"""',
    '"',
    "\\",
    '\\"',
    "x\\",
    "{0.__class__}",
    "\x00\x1b[2J",
    "\u202egnp.exe",
    "\x85raise SystemExit",
    "\x0craise SystemExit",
    "# -*- coding: utf-7 -*-",
    "__proto__",
    "constructor",
    "class",
    "None",
    "</script><script>alert(1)</script>",
    "|  a | b |\n|---|",
    "[x](javascript:alert(1))",
    "naïve 😀",
    "n" * 5000,
    "Infinity",
    "z",
]
HALF = "\ud800 half"


def hostile_tools() -> st.SearchStrategy[Tool]:
    """Tools whose schemas, names and descriptions are anything."""
    texts = st.sampled_from(TEXTS) | st.text(max_size=30)
    keywords = st.fixed_dictionaries(
        {},
        optional={
            **{name: texts for name in ("description", "title", "format", "pattern", "x-note", "default", "const")},
            "enum": st.lists(texts | st.integers() | st.none(), min_size=1, max_size=3),
            "type": st.sampled_from(["string", "integer", "array", ["string", "null"]]),
        },
    )
    objects = st.dictionaries(texts, keywords | PARAMETERS, max_size=4).map(_object)
    return st.builds(Tool, texts, texts, objects | PARAMETERS)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)[:1]}
