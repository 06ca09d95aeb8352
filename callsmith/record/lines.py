"""Exchanges as JSON lines in the recordings format, which ``python -m callsmith replay`` and other tests read.

Each line says its conversation. ``marks`` stands beside what a recording has, so that the times come along.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from callsmith.record.document import dumps, unheard
from callsmith.recording import recording
from callsmith.store import Store
from callsmith.types.codec import to_json
from callsmith.types.exchange import Exchange


def export(store: Store, ids: Collection[str] | None = None, begun: Callable[[int], None] = unheard) -> Iterator[bytes]:
    """One line an exchange, conversation by conversation, oldest first in each. ``begun`` is told before each how many
    are done."""
    for done, conversation_id in enumerate(store.kept_ids() if ids is None else dict.fromkeys(ids)):
        begun(done)
        if store.stamp(conversation_id) is None:
            continue
        for turn, kept in enumerate(store.kept_exchanges(conversation_id)):
            line = recording(conversation_id, [_readable(kept.exchange)])["exchanges"][0]
            line |= {"turn": turn, "marks": to_json(kept.exchange.marks)}
            if kept.info.plays:
                line["plays"] = kept.info.plays
            yield dumps(line) + b"\n"


def _readable(exchange: Exchange) -> Exchange:
    """A recording has its request as JSON; one that is none is left out of it."""
    try:
        exchange.request.json()
    except (ValueError, RecursionError):
        return replace(exchange, request=replace(exchange.request, body=b""))
    return exchange
