"""Which wire format a path of the demo provider speaks, and what the path itself says. One line a format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsmith.demo.wires.anthropic import DemoAnthropic
from callsmith.demo.wires.base import DemoWire
from callsmith.demo.wires.chat import DemoChat
from callsmith.demo.wires.gemini import DemoGemini
from callsmith.demo.wires.responses import DemoResponses

# ``{model}`` and ``{action}`` stand for what is handed on in the ``Route``.
WIRES: Mapping[str, DemoWire] = {
    "/v1/chat/completions": DemoChat(),
    "/v1/responses": DemoResponses(),
    "/v1/messages": DemoAnthropic(),
    "/v1beta/models/{model}:{action}": DemoGemini(),
}
ENDPOINT_TYPES = tuple(dict.fromkeys(wire.endpoint_type for wire in WIRES.values()))
_PATTERNS = {
    re.compile(
        re.escape(path).replace(r"\{model\}", "(?P<model>.+)").replace(r"\{action\}", r"(?P<action>[^/:]*)")
    ): wire
    for path, wire in WIRES.items()
}


def find(path: str) -> tuple[DemoWire, dict[str, Any]] | None:
    """The format of a path and the fields of its ``Route``; None where no format is served."""
    for pattern, wire in _PATTERNS.items():
        match = pattern.fullmatch(path)
        if match is not None:
            return wire, match.groupdict()
    return None


def nearest(path: str, headers: Mapping[str, str]) -> DemoWire:
    """The format in which a path that is not served, or a model list, is refused."""
    chat, anthropic = WIRES["/v1/chat/completions"], WIRES["/v1/messages"]
    if path.startswith("/v1/models"):
        return anthropic if "anthropic-version" in headers else chat
    beginnings = {template.partition("{")[0].rstrip("/"): wire for template, wire in WIRES.items()}
    return next((wire for beginning, wire in beginnings.items() if path.startswith(beginning)), chat)
