"""Which wire formats serve a model, and which of them is proposed.

What the provider says about the model (``supported_endpoint_types``, wire-format notes, 1.3) comes first, then what its
id tells: the format proposed is the one that loses least of what the model does (section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from callsmith.connections import ENVIRONMENT_ID
from callsmith.types.connection import Connection, WireName
from callsmith.wire.profile import profile_of

CHAT: WireName = "openai-chat"
# The gateway's words; its other ones (embeddings, image-generation, ...) name nothing that Callsmith speaks.
ENDPOINT_WIRES: Mapping[str, WireName] = MappingProxyType(
    {"openai": CHAT, "openai-response": "openai-responses", "anthropic": "anthropic", "gemini": "gemini"}
)
# Thinking that has to come back with tool results is lost on Chat: Claude's signatures, OpenAI's reasoning items.
_BEST: Mapping[str, WireName] = MappingProxyType(
    {"claude": "anthropic", "gemini": "gemini", "openai-reasoning": "openai-responses"}
)


def offered(connection: Connection, model: str, endpoint_types: Sequence[str] = ()) -> tuple[WireName, ...]:
    """The connection's formats that are said to serve the model, in the connection's order; all of them where nothing
    is said. Empty where the model is served in other ways only. Any format may be chosen by hand all the same."""
    said = {ENDPOINT_WIRES[item] for item in endpoint_types if item in ENDPOINT_WIRES}
    return tuple(wire for wire in connection.wires if not endpoint_types or wire in said)


def proposed(connection: Connection, model: str, endpoint_types: Sequence[str] = ()) -> WireName:
    """The format that loses least, of those offered; else Chat, else the connection's first."""
    wires = offered(connection, model, endpoint_types) or connection.wires
    best = _BEST.get(profile_of(connection, model).family, CHAT)
    # A server that CALLSMITH_BASE_URL names says nothing of its formats; every server known speaks Chat.
    guessed = connection.id == ENVIRONMENT_ID and not connection.preset and not endpoint_types
    if best in wires and not guessed:
        return best
    return CHAT if CHAT in wires or not wires else wires[0]
