"""A schema guessed from sample arguments: objects pasted one or many at a time (genson merges them)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsmith.importing.source import stem
from callsmith.importing.types import Candidate, Imported, ImportProblem, refused
from callsmith.types.tool import Origin, Tool

_MAX_VALUES = 200_000


def read(values: Sequence[Any], filename: str = "") -> Imported:
    """One tool whose parameters fit every sample. ImportProblem where a sample is not an object."""
    samples: list[Any] = []
    for value in values:
        samples += value if isinstance(value, list) else [value]
    odd = next((value for value in samples if not isinstance(value, dict)), None)
    if not samples or not all(isinstance(value, dict) for value in samples):
        kind = "an empty list" if not samples else _KINDS.get(type(odd), "a list")
        raise ImportProblem(
            f"There is no tool definition in any shape known here, and {kind} is no sample of arguments"
        )
    if not any(samples):
        raise ImportProblem("There is no tool definition in it, and as a sample of arguments it is empty")
    name = stem(filename) or "sample_tool"
    label = f"Sample JSON, {len(samples)} object{'s' if len(samples) > 1 else ''}"
    problem = "No tool definition was recognised: read as a sample of the arguments, from which the schema is guessed"
    return Imported("sample", label, (_candidate(samples, name, filename),), (problem,))


def schema_of(samples: Sequence[Any]) -> dict[str, Any]:
    """What fits all of them. ValueError where they are too many values, or nested too deeply, to be merged."""
    from genson import SchemaBuilder  # type: ignore[import-untyped]

    if _more_values(samples, _MAX_VALUES):
        raise ValueError(f"a sample has at most {_MAX_VALUES:,} values; take a few objects of it")
    builder = SchemaBuilder(schema_uri=None)
    try:
        for sample in samples:
            builder.add_object(sample)
        schema: dict[str, Any] = builder.to_schema()
    except RecursionError as error:
        raise ValueError("the sample is nested too deeply") from error
    return schema


def _candidate(samples: Sequence[Any], name: str, filename: str) -> Candidate:
    try:
        schema = schema_of(samples)
    except ValueError as error:
        return refused(name, f"No schema can be guessed: {error}")
    return Candidate(Tool(name, parameters=schema, origin=Origin("sample", source=filename)), name)


def _more_values(value: Any, limit: int) -> bool:
    waiting, count = [value], 0
    while waiting and count <= limit:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
    return count > limit


_KINDS = {str: "text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}
