"""Answers from a tool's output schema: values that fit it, and say back what the call asked for.

The same seed, arguments and number of the call give the same answer; another number, another one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from callsmith.answering.arguments import as_json, document, is_scalar
from callsmith.answering.edges import edges
from callsmith.answering.places import Place, name_of, places, put
from callsmith.schema.sample import sample
from callsmith.schema.validate import checker
from callsmith.types.answering import Samples
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool

MAX_ECHOES = 200


class NoSchema(ValueError):
    """The tool has no output schema; says what to do."""


def answer_of(tool: Tool, samples: Samples, call: ToolCall, number: int) -> tuple[str, tuple[str, ...]]:
    """JSON text that fits the output schema of ``tool``, and notes for the person.

    With ``edges`` odd calls get the least of what fits (shortest, fewest, only what is required), even ones the most.
    Otherwise arguments that the result has too, by name and type, are said back: the weather for Tokyo says Tokyo.
    NoSchema, or CannotSample of the sampler where no value can be found; both are ValueErrors with a sentence.
    """
    value, notes = value_of(tool, samples, call, number)
    return as_json(value), notes


def value_of(tool: Tool, samples: Samples, call: ToolCall, number: int) -> tuple[Any, tuple[str, ...]]:
    """``answer_of`` before it is written."""
    schema = tool.output_schema
    if schema is None:
        raise NoSchema(
            f"{tool.name} has no output schema, so there is nothing to make results from. Give it one, or let rules or "
            "a person answer."
        )
    if samples.edges:
        least = number % 2 == 1
        value, found = edges(schema, _seed(samples, call, number), least=least)
        words = "the least" if least else "the most"
        return value, () if found else (f"No limits were found to go to: an ordinary sample instead of {words}.",)
    value = sample(schema, _seed(samples, call, number), name=tool.name)
    check = checker(schema)
    return _echoed(value, document(call), lambda changed: not check(changed, 1)), ()


def _seed(samples: Samples, call: ToolCall, number: int) -> int:
    """Small, for the sampler counts through its words with it: Paris, not Paris 40."""
    return abs(samples.seed) + zlib.crc32(call.arguments.encode("utf-8", "replace")) % 4 + number - 1


def _echoed(value: Any, arguments: Any, fits: Callable[[Any], bool]) -> Any:
    """``value`` with the arguments it has by name, where they are least deep, as far as it still fits."""
    if not isinstance(arguments, Mapping):
        return value
    given = {_plain(name): argument for name, argument in arguments.items() if is_scalar(argument)}
    depths: dict[str, int] = {}
    echoes: list[tuple[Place, Any]] = []
    for place, found in places(value):
        name = _plain(name_of(place))
        if name not in given or _kind(found) != _kind(given[name]):
            continue
        depth = sum(isinstance(step, str) for step in place)
        if depths.setdefault(name, depth) == depth:
            echoes.append((place, given[name]))
    for place, argument in echoes[:MAX_ECHOES]:
        changed = put(value, place, argument)
        value = changed if fits(changed) else value
    return value


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
