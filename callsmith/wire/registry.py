"""The wire formats there are, by name. One line a format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callsmith.wire.anthropic import Anthropic
from callsmith.wire.base import Wire
from callsmith.wire.gemini import Gemini
from callsmith.wire.openai_chat import OpenAIChat
from callsmith.wire.openai_responses import OpenAIResponses
from callsmith.wire.whole import WholeWire

WIRES: Mapping[str, Wire] = MappingProxyType(
    {wire.name: WholeWire(wire) for wire in (OpenAIChat(), OpenAIResponses(), Anthropic(), Gemini())}
)
