"""Who answers a tool, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callsmith.schema.errors import SchemaError
from callsmith.schema.sample import CannotSample, sample
from callsmith.types.answering import Answering, By
from callsmith.types.parts import Maker
from callsmith.types.tool import Tool

ASK, ALONE = "Ask me each time", "Run by itself"


@dataclass(frozen=True, slots=True)
class Way:
    """``line`` says what it does, ``by`` goes into a sentence: answered ``by rules``."""

    label: str
    line: str
    by: str


WAYS: Mapping[By, Way] = {
    "hand": Way("By hand", "Each call waits for the result that you type or pick.", "by hand"),
    "rules": Way("Rules", "The first rule that fits the arguments gives the result.", "by rules"),
    "schema": Way(
        "From the output schema", "Made-up values that fit the tool's output schema.", "from the output schema"
    ),
    "fault": Way("A fault", "Each call fails in the way you choose, to see how the model copes.", "with a fault"),
    "http": Way("HTTP request", "Each call becomes a request to a server.", "by an HTTP request"),
    "mcp": Way("MCP server", "A live MCP server runs the tool.", "by an MCP server"),
    "model": Way("A model", "Another model plays the tool. Its cost is counted apart.", "by a model"),
}

_MAKERS: Mapping[Maker, str] = {
    **{way: words.by for way, words in WAYS.items()},
    "refused": "refused",
    "cancelled": "cancelled",
}


def maker(by: Maker) -> str:
    """Who made a result: ``by rules``."""
    return _MAKERS[by]


def missing(tool: Tool, answering: Answering, by: By) -> str:
    """What this way lacks before it can answer, in a sentence; empty where it can."""
    match by:
        case "rules" if not any(rule.on for rule in answering.rules):
            return "There is no rule yet." if not answering.rules else "Every rule is off."
        case "schema":
            return _no_sample(tool)
        case "http" if answering.http is None or not answering.http.call.url:
            return "No request is set up yet."
        case "mcp" if answering.mcp is None or not (answering.mcp.url or answering.mcp.command):
            return "No server is set up yet."
    return ""


def _no_sample(tool: Tool) -> str:
    if tool.output_schema is None:
        return "The tool has no output schema."
    try:
        sample(tool.output_schema)
    except CannotSample as error:
        return f"The output schema has no sample: {error.reason}"
    except SchemaError as error:
        return f"The output schema is broken: {error}"
    return ""


def summary(tool: Tool, answering: Answering) -> str:
    """One line for lists: ``Answered by rules, runs by itself``."""
    who = f"Answered {WAYS[answering.by].by}"
    if answering.by == "hand":
        return who
    if missing(tool, answering, answering.by):
        return f"{who}, not set up yet"
    return f"{who}, {'runs by itself' if answering.auto else 'asks each time'}"
