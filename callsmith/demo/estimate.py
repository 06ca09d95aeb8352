"""The demo model's token usage: its own estimate, shaped like a real provider's.

The prompt grows with the history; what an earlier request of the same conversation has sent before counts
as cached.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from callsmith.demo.ask import Ask
from callsmith.demo.script import Script, count, reasoning_count
from callsmith.types.codec import to_json
from callsmith.types.message import Message
from callsmith.types.usage import Usage

_PER_MESSAGE = 4
_CHARACTERS_PER_TOKEN = 4


def usage_of(ask: Ask, script: Script) -> Usage:
    messages = ask.thread.messages
    replies = [number for number, message in enumerate(messages) if message.role == "assistant"]
    everything = _prompt(ask, messages)
    output = count(script)
    return Usage(
        input=everything,
        output=output,
        cache_read=_prompt(ask, messages[: replies[-1]]) if replies else 0,
        reasoning=reasoning_count(script),
        total=everything + output,
    )


def _prompt(ask: Ask, messages: Sequence[Message]) -> int:
    tools = sum(_tokens(json.dumps(to_json(tool), ensure_ascii=False)) for tool in ask.tools)
    system = _PER_MESSAGE + _tokens(ask.thread.system) if ask.thread.system else 0
    return tools + system + sum(_PER_MESSAGE + _message(message) for message in messages)


def _message(message: Message) -> int:
    texts = [message.text, message.refusal]
    texts += [call.name + call.arguments for call in message.calls]
    texts += [result.content for result in message.results]
    return sum(_tokens(text) for text in texts)


def _tokens(text: str) -> int:
    return math.ceil(len(text) / _CHARACTERS_PER_TOKEN)
