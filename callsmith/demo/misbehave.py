"""What the misbehaving models do to a good script, for teaching and for tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.brain.calling import schema_of
from callsmith.demo.models import DemoModel
from callsmith.demo.script import Call, Refuse, Say, Script
from callsmith.schema.validate import violations

NEEDS_TOOLS = ("malformed-arguments", "invalid-arguments", "invented-tool")


def misbehaved(script: Script, ask: Ask, model: DemoModel) -> Script:
    match model.habit:
        case "malformed-arguments":
            return _with_calls(script, lambda call: _malformed(call), model)
        case "invalid-arguments":
            schemas = {tool.name: schema_of(tool) for tool in ask.tools}
            return _with_calls(script, lambda call: _invalid(call, schemas.get(call.name, {})), model)
        case "invented-tool":
            return _with_calls(script, lambda call: replace(call, name=_invented(call.name, ask)), model)
        case "cut":
            return replace(script, ends="cut")
        case "stall":
            return replace(script, ends="stall")
        case "overloaded":
            return replace(script, ends="error")
        case "no-usage":
            return replace(script, reports_usage=False)
        case "refusal":
            return Script((Refuse("I decline: this demo model refuses every request, so that you can see a refusal."),))
        case _:
            return script


def _with_calls(script: Script, change: Callable[[Call], Call], model: DemoModel) -> Script:
    if any(isinstance(step, Call) for step in script.steps):
        return replace(script, steps=tuple(change(step) if isinstance(step, Call) else step for step in script.steps))
    note = f"\n\n({model.id} misbehaves when it calls a tool. Offer it one to see how.)"
    steps = tuple(Say(step.text + note) if isinstance(step, Say) else step for step in script.steps)
    return replace(script, steps=steps)


def _malformed(call: Call) -> Call:
    """A trailing comma and no closing brace: the two commonest ways models break JSON, at once. Free text is no JSON
    and cannot be broken."""
    if call.custom:
        return call
    end = "," if call.arguments.strip() != "{}" else '"city": '
    return replace(call, arguments=call.arguments.rstrip().removesuffix("}") + end)


def _invalid(call: Call, schema: Mapping[str, Any]) -> Call:
    """The first change that the schema refuses; a note in a property of its own where it refuses nothing."""
    if call.custom:
        return call
    arguments = json.loads(call.arguments)
    for broken in _wrong_versions(arguments, schema):
        if violations(schema, broken, 1):
            return replace(call, arguments=json.dumps(broken, ensure_ascii=False, separators=(",", ":")))
    return replace(call, arguments=json.dumps([arguments], ensure_ascii=False, separators=(",", ":")))


def _wrong_versions(arguments: dict[str, Any], schema: Mapping[str, Any]) -> Iterator[Any]:
    for name, value in arguments.items():
        yield {**arguments, name: _other_type(value)}
    for name in schema.get("required", ()):
        yield {key: value for key, value in arguments.items() if key != name}
    yield {**arguments, "not_in_the_schema": True}


def _other_type(value: Any) -> Any:
    if isinstance(value, str):
        return 12345
    if isinstance(value, bool):
        return "maybe"
    if isinstance(value, int | float):
        return "a few"
    return "not a list or object"


def _invented(name: str, ask: Ask) -> str:
    offered = {tool.name for tool in ask.tools}
    invented = f"{name}_plus"[:64]
    while invented in offered:
        invented = f"x{invented}"[:64]
    return invented
