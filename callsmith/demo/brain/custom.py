"""The free text that a custom tool is called with."""

from __future__ import annotations

import re

from callsmith.demo.brain.phrases import rest_of
from callsmith.schema.sample_pattern import from_pattern
from callsmith.types.tool import Tool

_QUOTED = re.compile(r"```(?:\w*\n)?(.+?)```|`([^`]+)`|“([^”]+)”|\"([^\"]+)\"", re.S)
_AFTER_COLON = re.compile(r":\s+(.+)$", re.S)
_LARK_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def free_text(tool: Tool, prompt: str) -> str:
    """What the prompt quotes, says after a colon, or asks for; held to a grammar, the first that fits: a regular
    expression is matched or sampled, of a Lark grammar only the literal texts of its start rule are read."""
    said = _said(prompt)
    if tool.grammar is None:
        return said
    definition = tool.grammar.definition
    if tool.grammar.syntax == "lark":
        return _of_lark(definition, said)
    try:
        fits = re.compile(definition)
    except re.error:
        return said
    if fits.fullmatch(said):
        return said
    inside = next((match.group() for match in fits.finditer(prompt) if match.group()), None)
    return inside or from_pattern(definition, lambda ways: 0) or said


def _said(prompt: str) -> str:
    quoted = _QUOTED.search(prompt)
    if quoted:
        return next(group for group in quoted.groups() if group).strip()
    after = _AFTER_COLON.search(prompt)
    return (after.group(1) if after else rest_of(prompt) or prompt).strip()


def _of_lark(grammar: str, said: str) -> str:
    start = next((line for line in grammar.splitlines() if re.match(r"\s*\??start\s*:", line)), "")
    literals = _LARK_TEXT.findall(start.split("|")[0])
    return (
        " ".join(literals) if literals and len(literals) == len(start.split("|")[0].split(":", 1)[1].split()) else said
    )
