"""Which models the demo provider serves, and what each is for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Habit = Literal[
    "",
    "malformed-arguments",
    "invalid-arguments",
    "invented-tool",
    "cut",
    "rate-limited",
    "unauthorized",
    "server-error",
    "stall",
    "no-usage",
    "refusal",
    "overloaded",
    "pausing",
    "legacy-calls",
    "loops",
    "retries",
    "obeys",
]

READING_SPEED = 50.0
OWNER = "callsmith-demo"


@dataclass(frozen=True, slots=True)
class DemoModel:
    """``pace`` is tokens per second, None as fast as they can be written. ``habit`` is what it does otherwise than a
    model should. ``speaks``: it can answer in sound."""

    id: str
    label: str
    note: str
    pace: float | None = READING_SPEED
    thinks: bool = False
    speaks: bool = False
    habit: Habit = ""

    @property
    def misbehaves(self) -> bool:
        """Fails on purpose; pausing, calling in the old way and trying again are no failures."""
        return self.habit not in ("", "pausing", "legacy-calls", "retries")


MODELS: tuple[DemoModel, ...] = (
    DemoModel("demo-agent", "Demo agent", "Scripted, not an LLM. Calls tools and writes at reading speed."),
    DemoModel("demo-instant", "Demo instant", "Scripted, not an LLM. The same without any delay.", pace=None),
    DemoModel("demo-thinking", "Demo thinking", "Scripted, not an LLM. Shows its reasoning first.", thinks=True),
    DemoModel("demo-audio", "Demo audio", "Scripted, not an LLM. Answers in sound when asked to.", speaks=True),
    DemoModel(
        "demo-pausing",
        "Demo pausing",
        "Scripted, not an LLM. Pauses once in the middle of a web search, where the format can.",
        habit="pausing",
    ),
    DemoModel(
        "demo-legacy",
        "Demo legacy",
        "Scripted, not an LLM. On Chat it calls in the old way, with function_call.",
        habit="legacy-calls",
    ),
    DemoModel(
        "demo-looping",
        "Demo: looping",
        "Misbehaves on purpose: after each result it asks for the same call again.",
        habit="loops",
    ),
    DemoModel(
        "demo-retrying",
        "Demo: retrying",
        "Scripted, not an LLM. Asks for a failed call again, twice at most, before it tells of it.",
        habit="retries",
    ),
    DemoModel(
        "demo-gullible",
        "Demo: gullible",
        "Misbehaves on purpose: it does what a tool result tells it to do.",
        habit="obeys",
    ),
    DemoModel(
        "demo-malformed-arguments",
        "Demo: malformed arguments",
        "Misbehaves on purpose: its arguments are not JSON.",
        habit="malformed-arguments",
    ),
    DemoModel(
        "demo-invalid-arguments",
        "Demo: invalid arguments",
        "Misbehaves on purpose: its arguments break the tool's schema.",
        habit="invalid-arguments",
    ),
    DemoModel(
        "demo-invented-tool",
        "Demo: invented tool",
        "Misbehaves on purpose: it calls a tool that was not offered.",
        habit="invented-tool",
    ),
    DemoModel(
        "demo-cut", "Demo: cut off", "Misbehaves on purpose: its reply ends in the middle, without an end.", habit="cut"
    ),
    DemoModel(
        "demo-rate-limited",
        "Demo: rate limited",
        "Misbehaves on purpose: 429 with Retry-After first, the reply on the next try.",
        habit="rate-limited",
    ),
    DemoModel(
        "demo-unauthorized", "Demo: unauthorized", "Misbehaves on purpose: it refuses every key.", habit="unauthorized"
    ),
    DemoModel(
        "demo-server-error",
        "Demo: server error",
        "Misbehaves on purpose: status 500 with an HTML page.",
        habit="server-error",
    ),
    DemoModel(
        "demo-overloaded",
        "Demo: overloaded",
        "Misbehaves on purpose: an error arrives in the middle of its reply.",
        habit="overloaded",
    ),
    DemoModel("demo-stall", "Demo: stall", "Misbehaves on purpose: it starts, then says nothing more.", habit="stall"),
    DemoModel("demo-no-usage", "Demo: no usage", "Misbehaves on purpose: it reports no token usage.", habit="no-usage"),
    DemoModel(
        "demo-refusal", "Demo: refusal", "Misbehaves on purpose: it declines in the refusal field.", habit="refusal"
    ),
)

_PACED = re.compile(r"^demo-pace-([1-9]\d{0,4})$")


def find_model(model_id: str) -> DemoModel | None:
    """A listed model, or ``demo-pace-<n>``: the agent at n tokens per second, served but not listed."""
    paced = _PACED.match(model_id)
    if paced:
        return replace(MODELS[0], id=model_id, pace=float(paced.group(1)))
    return next((model for model in MODELS if model.id == model_id), None)
