"""A conversation without the secrets this app knows. It is cleaned before it is told: a sentence may shorten a text,
and half a secret would no longer be found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from callsmith.conversation import Conversation
from callsmith.types.codec import from_json, to_json
from callsmith.types.message import Message


def cleaned(conversation: Conversation, clean: Callable[[str], str]) -> Conversation:
    """``clean`` takes the secrets out of one text. The ids of the messages stay."""
    nodes = {
        key: replace(node, message=from_json(Message, _walked(to_json(node.message), clean)))
        for key, node in conversation.nodes.items()
    }
    return replace(conversation, title=clean(conversation.title), nodes=MappingProxyType(nodes))


def _walked(value: Any, clean: Callable[[str], str]) -> Any:
    """The names of an object too: a tool may have been asked for under one."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        if value.get("kind") == "media":
            return {key: item if key == "data" else _walked(item, clean) for key, item in value.items()}
        return {clean(key): _walked(item, clean) for key, item in value.items()}
    if isinstance(value, list):
        return [_walked(item, clean) for item in value]
    return value
