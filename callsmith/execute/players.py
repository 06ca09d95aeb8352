"""Another connection's model plays a tool: one exchange beside the conversation, through the same jobs as any other.

So its bytes are kept, keys are hidden, time limits hold and refusals are said as everywhere. The reply is the tool's
result, never a message.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callsmith import offer
from callsmith.advice import Context, advise
from callsmith.execute import playing
from callsmith.execute.occasion import MAX_RESULT, CannotAnswer, Occasion
from callsmith.formats import proposed
from callsmith.job import Job
from callsmith.play import Ask, CannotAsk, Play
from callsmith.schema.strict import fits
from callsmith.store import NotFound
from callsmith.types.answering import Answer, Player
from callsmith.types.connection import Connection, Target
from callsmith.types.features import ResponseSchema
from callsmith.types.options import Options
from callsmith.types.parts import Made
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn

# The finish reasons of a reply that was declined or filtered (wire-format notes, 2.3, 3.2, 4.2 and 5.2), and of one
# that was cut at the token limit.
_DECLINED = ("refusal", "content_filter", "SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")
_CUT = ("length", "max_tokens", "max_output_tokens", "MAX_TOKENS", "model_context_window_exceeded")
# Messages knows no schema of a reply that is not strict: it refuses objects that are open.
_ALWAYS_STRICT = ("anthropic",)
# How a server says that it does not take the request as it is.
_NOT_TAKEN = (400, 422)
_TO_BE_KEPT, _LOOK_EVERY = 5.0, 0.5


class Players:
    """``connections``: all there are, the default one first. ``key_of``: a connection's key, from any thread.
    ``last_model``: the model last used with a connection, empty where none is known. ``endpoint_types``: what the
    provider says of a model's formats."""

    def __init__(
        self,
        play: Play,
        connections: Callable[[], Sequence[Connection]],
        key_of: Callable[[Connection], str | None],
        last_model: Callable[[Connection], str],
        endpoint_types: Callable[[Connection, str], Sequence[str]] = lambda connection, model: (),
    ) -> None:
        self._play = play
        self._connections = connections
        self._key_of = key_of
        self._last_model = last_model
        self._endpoint_types = endpoint_types

    def play(self, occasion: Occasion, player: Player) -> Answer:
        """Blocks until the model has replied. ``CannotAnswer`` where it cannot be asked, fails, declines or says
        nothing; ``Cancelled`` once the occasion was."""
        target = self._target(occasion, player)
        who = f"{target.connection.name} · {target.model}"
        started, clock = time.time(), time.monotonic()
        occasion.cancel.check()
        occasion.progress(f"Asking {who}")
        asked = _Asked(occasion, player, target, _response(target, occasion.tool))
        job, turn = self._asked(asked)
        notes: tuple[str, ...] = ()
        if asked.response is not None and _not_taken(turn):
            notes = (f"{target.connection.name} did not take the output schema as a field, so it was said in words.",)
            job, turn = self._asked(replace(asked, response=None))
        made = Made("model", who, started, time.monotonic() - clock, exchange_id=job.exchange_id)
        if len(turn.text.encode("utf-8", "surrogatepass")) > MAX_RESULT:
            message = f"The result is longer than {MAX_RESULT:,} bytes"
            return Answer(message, made, is_error=True, usage=turn.usage, target=target)
        played = playing.read(_said(turn, asked), occasion.tool.output_schema)
        if turn.finish in _CUT:
            notes = (*notes, "The model's reply was cut at the token limit.")
        return Answer(played.content, made, notes=(*notes, *played.notes), usage=turn.usage, target=target)

    def target(self, player: Player) -> Target | None:
        """Where this player asks now; None where its connection is gone. The model may be unknown, then it is empty."""
        every = self._connections()
        chosen = next((one for one in every if one.id == player.connection_id), None)
        connection = chosen if player.connection_id else every[0]
        if connection is None:
            return None
        model = player.model or self._last_model(connection)
        wire = player.wire if player.wire in connection.wires else ""
        return Target(connection, wire or proposed(connection, model, self._endpoint_types(connection, model)), model)

    def _target(self, occasion: Occasion, player: Player) -> Target:
        target, name = self.target(player), occasion.tool.name
        if target is None:
            raise CannotAnswer(f"The connection whose model plays {name} is gone; choose another in its answers")
        if not target.model:
            raise CannotAnswer(
                f"No model is chosen to play {name}; name one of {target.connection.name} in its answers"
            )
        return target

    def _asked(self, asked: _Asked) -> tuple[Job, Turn]:
        occasion, target = asked.occasion, asked.target
        words = playing.system_prompt(occasion.tool, asked.player.instructions, schema_in_words=asked.response is None)
        ask = Ask(target, words, (), Options(response=asked.response))
        try:
            job = self._play.aside(
                occasion.conversation_id,
                ask,
                self._key_of(target.connection),
                playing.prompt(occasion.call),
                occasion.tool.name,
            )
        except CannotAsk as error:
            raise CannotAnswer(str(error)) from error
        except NotFound as error:
            message = f"A model plays {occasion.tool.name} only for a call in a conversation"
            raise CannotAnswer(message) from error
        with occasion.cancel.calling(job.cancel):
            while not job.wait_end(_LOOK_EVERY):
                if len(job.snapshot().turn.text) > MAX_RESULT:
                    job.cancel()
        # What it used is counted from the store.
        job.committed.wait(_TO_BE_KEPT)
        occasion.cancel.check()
        return job, job.snapshot().turn


@dataclass(frozen=True, slots=True)
class _Asked:
    occasion: Occasion
    player: Player
    target: Target
    response: ResponseSchema | None


def _response(target: Target, tool: Tool) -> ResponseSchema | None:
    """The output schema as the schema of the reply, where the format has that for this model. Providers take objects
    alone there."""
    schema: Mapping[str, Any] | None = tool.output_schema
    if not schema or schema.get("type") != "object" or not offer.has(target, "response"):
        return None
    is_strict = not fits(schema)
    if target.wire in _ALWAYS_STRICT and not is_strict:
        return None
    return ResponseSchema(schema, strict=is_strict)


def _not_taken(turn: Turn) -> bool:
    return turn.problem is not None and turn.problem.kind == "http" and turn.problem.status in _NOT_TAKEN


def _said(turn: Turn, asked: _Asked) -> str:
    """The words of a reply. Raises ``CannotAnswer`` where there is no result in it."""
    tool, target = asked.occasion.tool.name, asked.target
    who = f"{target.model} of {target.connection.name}"
    if turn.problem is not None:
        raise CannotAnswer(f"{who} did not play {tool}. {_told(turn.problem, target)}")
    declined = turn.refusal or (turn.text if turn.finish in _DECLINED else "")
    if declined or turn.finish in _DECLINED:
        said = f": {' '.join(declined.split())[:300]}" if declined.strip() else " and gave no reason."
        raise CannotAnswer(f"{who} declined to play {tool}{said}")
    if not turn.text.strip():
        raise CannotAnswer(f"{who} replied with nothing (it ended with {turn.finish or 'no reason'})")
    return turn.text


def _told(problem: Problem, target: Target) -> str:
    advice = advise(problem, Context.of(target))
    words = " ".join(problem.message.split())[:300]
    said = f' It said: "{words}"' if words and problem.kind in ("http", "stream") else ""
    return f"{advice.title}. {advice.steps[0]}{said}"
