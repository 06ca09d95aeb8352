"""Parts of a Gemini reply in words (wire-format notes, 5.2): code that ran, and tools of Google's own.

The field that holds the step names the part.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callsmith.wire.step_words import Data, Reader, Step, lines, mapping, said, state_of, text


def _code(data: Data) -> Step:
    return said("Code run", mapping(data, "executableCode").get("code"))


def _output(data: Data) -> Step:
    result = mapping(data, "codeExecutionResult")
    outcome = text(result.get("outcome"))
    state = state_of({"status": outcome})
    return said("Code output", outcome if state == "error" else "", result.get("output"), state=state)


def _tool(data: Data) -> Step:
    call = mapping(data, "toolCall")
    asked = mapping(call, "args")
    return said(_google(call), lines(asked.get("queries")) or lines(asked.get("urls")) or asked)


def _answer(data: Data) -> Step:
    """Search suggestions are a page of HTML, and no result to read."""
    answer = mapping(data, "toolResponse")
    found = {key: value for key, value in mapping(answer, "response").items() if key != "search_suggestions"}
    return said(f"{_google(answer)}: answered", found, state="done")


def _google(data: Data) -> str:
    kind = text(data.get("toolType"))
    if kind == "GOOGLE_SEARCH_WEB":
        return "Web search"
    words = kind.replace("_", " ").capitalize().replace("Url", "URL")
    return words or "Server tool"


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "executableCode": _code,
        "codeExecutionResult": _output,
        "toolCall": _tool,
        "toolResponse": _answer,
    }
)
