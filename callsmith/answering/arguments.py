"""What conditions and quotes read of a call: its arguments as a value, whatever the model sent."""

from __future__ import annotations

import json
import re
from typing import Any

from callsmith.types.parts import Malformed, ToolCall

SURROGATE = re.compile("[\ud800-\udfff]")


def document(call: ToolCall) -> Any:
    """The arguments; ``{}`` where there are none. The text itself where it is a custom tool's, or no JSON."""
    if call.type == "custom":
        return call.arguments
    if not call.arguments.strip():
        return {}
    read = call.parsed()
    return call.arguments if isinstance(read, Malformed) else read.value


def as_json(value: Any) -> str:
    """``value`` as JSON that any encoding can carry: half a character, which some models emit, stays escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value) if SURROGATE.search(text) else text


def is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def in_words(value: Any, longest: int = 60) -> str:
    """A value on one line, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError, TypeError):
        return "a value nested too deeply to show"
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
