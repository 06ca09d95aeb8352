"""After a crash: exchanges whose worker is gone are read as far as they were saved, and closed.

Any number of processes may do this at once: each first puts its own name on the row, and only one can.
A claim left by a process that died in turn is an orphan like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from callsmith.conversation import Node, node_id
from callsmith.store.base import now
from callsmith.store.exchanges import Exchanges
from callsmith.store.schema import exchanges
from callsmith.store.worker import is_dead
from callsmith.types.exchange import Exchange
from callsmith.types.message import Origin
from callsmith.types.problem import Problem
from callsmith.types.turn import Turn

_log = logging.getLogger(__name__)


class Recovery(Exchanges):
    def recover(self, decode: Callable[[Exchange], Turn]) -> list[str]:
        """Close the exchanges of dead processes; returns the ids of their conversations.

        Cheap when there is nothing to do. An exchange that cannot be read is closed all the same, with its
        bytes and a problem that says so.
        """
        query = sa.select(
            exchanges.c.id,
            exchanges.c.conversation_id,
            exchanges.c.parent_id,
            exchanges.c.worker,
            exchanges.c.heartbeat,
        ).where(exchanges.c.owner == self.owner, exchanges.c.state == "running")
        with self._read() as connection:
            running = connection.execute(query).all()
        recovered = []
        for row in running:
            if is_dead(row.worker, now() - row.heartbeat) and self._claim(row.id, row.worker):
                self._close(row.id, row.parent_id, decode)
                recovered.append(row.conversation_id)
        return list(dict.fromkeys(recovered))

    def _claim(self, exchange_id: str, worker: str) -> bool:
        orphan = self._one(sa.update(exchanges), exchange_id).where(
            exchanges.c.worker == worker, exchanges.c.state == "running"
        )
        with self._write() as connection:
            return bool(connection.execute(orphan.values(worker=self._worker, heartbeat=now())).rowcount)

    def _close(self, exchange_id: str, parent_id: str | None, decode: Callable[[Exchange], Turn]) -> None:
        exchange = self.exchange(exchange_id)
        if exchange is None:
            return
        turn = _ended(_read(exchange, decode))
        message = turn.message(Origin(exchange.id, exchange.connection, exchange.wire, exchange.model))
        node = None if message is None else Node(node_id(message, parent_id), parent_id, message)
        self.finish_exchange(exchange, turn, node)


def _read(exchange: Exchange, decode: Callable[[Exchange], Turn]) -> Turn:
    if exchange.status is None and exchange.body:
        # Bytes are saved from the first one on, the status only with them: an answer had begun.
        exchange = replace(exchange, status=200)
    try:
        return decode(exchange)
    except Exception as error:
        _log.error("exchange %s could not be read after a crash", exchange.id, exc_info=error)
        return Turn(problem=Problem("unreadable", f"What was saved could not be read: {type(error).__name__}"))


def _ended(turn: Turn) -> Turn:
    """A reply that had come to its own end was only not committed yet; any other was interrupted."""
    if turn.state == "finished":
        return turn
    problem = turn.problem or Problem("interrupted", "Callsmith ended before the reply did")
    return replace(turn, state="interrupted", problem=problem)
