"""The current turn in each of the languages: the one way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callsmith.conversation import Conversation
from callsmith.takeaway.javascript_code import with_fetch, with_openai
from callsmith.takeaway.python_code import genai_address, with_httpx, with_sdk
from callsmith.takeaway.shell import with_curl
from callsmith.takeaway.turn import Taken, take
from callsmith.takeaway.types import Asks, Code, Target
from callsmith.types.answering import Answering
from callsmith.types.message import Thread
from callsmith.wire.registry import WIRES

_OPENAI = ("openai-chat", "openai-responses")
_ALL = (*_OPENAI, "anthropic", "gemini")

TARGETS: Mapping[str, Target] = {
    target.id: target
    for target in (
        Target("curl", "curl", "bash", _ALL),
        Target("python-httpx", "Python with httpx", "python", _ALL, ("httpx",)),
        Target("python-openai", "Python with the OpenAI SDK", "python", _OPENAI, ("openai",)),
        Target("python-anthropic", "Python with the Anthropic SDK", "python", ("anthropic",), ("anthropic",)),
        Target("python-genai", "Python with the Google Gen AI SDK", "python", ("gemini",), ("google-genai",)),
        Target("javascript-fetch", "JavaScript with fetch", "javascript", _ALL),
        Target("javascript-openai", "JavaScript with the OpenAI SDK", "javascript", _OPENAI, ("openai",)),
    )
}
_WRITERS: Mapping[str, Callable[[Taken], str]] = {
    "curl": with_curl,
    "python-httpx": with_httpx,
    "python-openai": with_sdk,
    "python-anthropic": with_sdk,
    "python-genai": with_sdk,
    "javascript-fetch": with_fetch,
    "javascript-openai": with_openai,
}
_FILES = {"bash": "ask.sh", "python": "run_turn.py", "javascript": "run_turn.mjs"}
_INSTALL = {"python": "pip install", "javascript": "npm install"}
_RUN = {"bash": "sh", "python": "python", "javascript": "node"}
# ``engines`` of the package openai 7; fetch is in Node since 18.
_NODE = {"javascript-fetch": 18, "javascript-openai": 22}
# Larger whole numbers are rounded by JavaScript.
_EXACT = 2**53


def offered(ask: Asks) -> tuple[Target, ...]:
    """What a turn can be written in, in its format and at its address."""
    wire = ask.target.wire
    found = [target for target in TARGETS.values() if wire in target.wires]
    if wire == "gemini":
        url = WIRES[wire].request(ask.target, Thread("", ()), (), ask.options.active()).url
        if genai_address(url.replace(":streamGenerateContent?alt=sse", ":generateContent")) is None:
            found = [target for target in found if target.id != "python-genai"]
    return tuple(found)


def code(ask: Asks, conversation: Conversation, target: str, answers: Mapping[str, Answering]) -> Code:
    """The turn as code that runs. ``answers``: who answers each tool, by its name.

    Raises ValueError for a target that is not ``offered``.
    """
    meant = next((one for one in offered(ask) if one.id == target), None)
    if meant is None:
        raise ValueError(f"This turn cannot be written in {TARGETS[target].label if target in TARGETS else target}")
    taken = take(ask, conversation, answers)
    filename = _FILES[meant.language]
    return Code(
        text=_WRITERS[target](taken),
        language=meant.language,
        filename=filename,
        install=f"{_INSTALL[meant.language]} {' '.join(meant.packages)}" if meant.packages else "",
        run=f"{_RUN[meant.language]} {filename}",
        notes=(*taken.notes, *_own_notes(taken, meant)),
    )


def _own_notes(taken: Taken, target: Target) -> Iterator[str]:
    if target.language == "bash":
        if taken.stubs:
            yield "The script sends the next request only; what to do with its calls stands at its end."
    elif target.language == "javascript":
        yield f"Needs Node {_NODE[target.id]} or newer."
        if _has_large(taken.body):
            yield "The request has whole numbers that JavaScript rounds (beyond 9,007,199,254,740,992)."


def _has_large(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_large, value.values()))
    if isinstance(value, list):
        return any(map(_has_large, value))
    return isinstance(value, int) and abs(value) > _EXACT
