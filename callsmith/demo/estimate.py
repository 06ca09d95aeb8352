"""The demo model's token usage: its own estimate, shaped like a real provider's.

The prompt grows with the history; what an earlier request of the same conversation has sent before counts
as cached. Where a format has cache breakpoints, only what stands before the last one is written to the cache, and read
from it the next time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from callsmith.demo.ask import Ask
from callsmith.demo.script import Say, Script, count, reasoning_count
from callsmith.demo.tone import SECONDS
from callsmith.schema.tokens import about
from callsmith.types.codec import to_json
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque
from callsmith.types.usage import Usage

_PER_MESSAGE = 4
_PER_MEDIA = 258
_TOKENS_PER_SECOND = 20


def usage_of(ask: Ask, script: Script) -> Usage:
    messages = ask.thread.messages
    replies = [number for number, message in enumerate(messages) if message.role == "assistant"]
    everything = _prompt(ask, messages)
    before = _prompt(ask, messages[: replies[-1]]) if replies else 0
    spoken = _spoken(ask, script)
    output = count(script) + spoken
    read, written = before, None
    if ask.cached is not None:
        prefix = _prompt(ask, messages[: ask.cached]) if ask.cached >= 0 else 0
        read = min(prefix, before)
        written = prefix - read
    return Usage(
        input=everything,
        output=output,
        cache_read=read,
        cache_write=written,
        reasoning=reasoning_count(script),
        audio_out=spoken,
        total=everything + output,
    )


def _spoken(ask: Ask, script: Script) -> int:
    says = ask.spoken is not None and any(isinstance(step, Say) for step in script.steps)
    return round(SECONDS * _TOKENS_PER_SECOND) if says else 0


def _prompt(ask: Ask, messages: Sequence[Message]) -> int:
    tools = sum(about(json.dumps(to_json(tool), ensure_ascii=False)) for tool in ask.tools)
    system = _PER_MESSAGE + about(ask.thread.system) if ask.thread.system else 0
    return tools + system + sum(_PER_MESSAGE + _message(message) for message in messages)


def _message(message: Message) -> int:
    media = sum(_PER_MEDIA for part in message.parts if isinstance(part, Media))
    texts = [message.text, message.refusal]
    texts += [str(part.data) for part in message.parts if isinstance(part, Opaque)]
    texts += [call.name + call.arguments for call in message.calls]
    texts += [result.content for result in message.results]
    return media + sum(about(text) for text in texts)
