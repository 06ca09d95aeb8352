"""The steps a provider took itself (a search, code it ran, a remote call), said in words for the transcript.

A provider's block or item goes back unread; here it is only described, in any format and as far as it has arrived.
Whatever stands in it, a step comes out and nothing raises. A type not known yet keeps its own name as title; the page
shows the block itself beside the words.
"""

from __future__ import annotations

from collections.abc import Mapping

from callsmith.types.parts import Opaque
from callsmith.wire import steps_anthropic, steps_gemini, steps_responses
from callsmith.wire.step_words import MAX_DETAIL, NOTHING, State, Step, state_of

__all__ = ["MAX_DETAIL", "State", "Step", "step"]

# The formats' words for types do not overlap, but for those that mean the same.
_READERS = {**steps_responses.READERS, **steps_anthropic.READERS, **steps_gemini.READERS}


def step(part: Opaque) -> Step:
    read = _READERS.get(part.type)
    data = part.data if isinstance(part.data, Mapping) else NOTHING
    return read(data) if read else Step(part.type or "Step without a type", state=state_of(data))
