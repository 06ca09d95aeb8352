"""One tool, or several, in another shape: the one way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from callsmith.exporting import wire_json
from callsmith.exporting.names import value_name
from callsmith.exporting.to_markdown import markdown_document
from callsmith.exporting.to_pydantic import pydantic_module
from callsmith.exporting.to_python import python_module
from callsmith.exporting.to_zod import zod_module
from callsmith.exporting.types import Exported, Note, Target
from callsmith.types.tool import Tool
from callsmith.wire.custom import as_function

Writer = Callable[[Sequence[Tool]], tuple[str, list[list[Note]]]]

TARGETS: Mapping[str, Target] = {
    target.id: target
    for target in (
        Target("openai-chat", "OpenAI Chat Completions", "json", ".json"),
        Target("openai-responses", "OpenAI Responses", "json", ".json"),
        Target("anthropic", "Anthropic Messages", "json", ".json"),
        Target("gemini", "Gemini", "json", ".json"),
        Target("mcp", "MCP tool", "json", ".json"),
        Target("json", "Callsmith document", "json", ".json"),
        Target("python", "Python function", "python", ".py"),
        Target("pydantic", "Pydantic model", "python", ".py"),
        Target("zod", "TypeScript with zod", "typescript", ".ts"),
        Target("markdown", "Markdown for reviewers", "markdown", ".md"),
    )
}
_WRITERS: Mapping[str, Writer] = {
    "python": python_module,
    "pydantic": pydantic_module,
    "zod": zod_module,
    "markdown": markdown_document,
}


def export(tool: Tool, target: str) -> Exported:
    """The tool as ``target`` has it, and what is lost by that."""
    return _exported([tool], target, value_name(tool.name, "tool"), alone=True)


def export_all(tools: Sequence[Tool], target: str) -> Exported:
    """One file for several tools: a list, a module or a document. The notes name the tools."""
    return _exported(tools, target, "tools", alone=False)


def _exported(tools: Sequence[Tool], target: str, name: str, *, alone: bool) -> Exported:
    meant = TARGETS[target]
    try:
        text, notes = _written(tools, target, alone=alone)
    except RecursionError:
        text, notes = "", [[Note("", "It is nested too deeply to be written down")] for _ in tools]
    said = tuple(
        dict.fromkeys(
            str(note) if alone else f"{tool.name}: {note}"
            for tool, found in zip(tools, notes, strict=True)
            for note in found
        )
    )
    return Exported(text, meant.language, f"{name}{meant.suffix}", said)


def _written(tools: Sequence[Tool], target: str, *, alone: bool) -> tuple[str, list[list[Note]]]:
    lost = [wire_json.lost(tool, target) for tool in tools]
    if target in wire_json.JSON_TARGETS:
        entries = [wire_json.entry(tool, target) for tool in tools]
        return wire_json.written(entries[0] if alone else entries), lost
    text, notes = _WRITERS[target]([as_function(tool) for tool in tools] if target != "markdown" else tools)
    kept = [[] if target == "markdown" else found for found in lost]
    return text, [[*before, *after] for before, after in zip(kept, notes, strict=True)]
