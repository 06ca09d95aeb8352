"""What each turn of a conversation used: from one message of the user to the next, with every exchange that was asked
below it (retries and other arms too), and apart from those the models that played tools meanwhile. Unknown is None."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from callsmith.conversation import Conversation
from callsmith.spoken import count, money
from callsmith.store.records import ExchangeInfo, UsageRow

Price = Callable[[UsageRow], float | None]
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Sum:
    """Of exchanges that have ended. ``input`` and ``output`` are None when nobody reported them, ``usd`` when no price
    is known; ``silent`` and ``unpriced`` count the exchanges that are missing in them."""

    exchanges: int = 0
    input: int | None = None
    output: int | None = None
    silent: int = 0
    usd: float | None = None
    unpriced: int = 0

    @property
    def cost(self) -> str:
        """As much as is known: never a sum that hides what is missing."""
        return f"at least {money(self.usd)}" if self.usd is not None and self.unpriced else money(self.usd)

    @property
    def words(self) -> str:
        tokens = [(self.input, "in"), (self.output, "out")]
        known = [f"{count(number, 'token')} {way}" for number, way in tokens if number is not None]
        said = [count(self.exchanges, "exchange"), *(known or ["tokens not reported"]), self.cost]
        if known and self.silent:
            said.append(f"{self.silent:,} of them did not report all tokens")
        if self.usd is not None and self.unpriced:
            said.append(f"{count(self.unpriced, 'exchange')} {'has' if self.unpriced == 1 else 'have'} no price")
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Turn:
    """``said`` is the message it begins with. ``asked`` are the turn's own exchanges, ``played`` those in which models
    played its tools."""

    said: str
    asked: tuple[UsageRow, ...] = ()
    played: tuple[UsageRow, ...] = ()


def turns(
    conversation: Conversation, infos: Mapping[str, ExchangeInfo], rows: Sequence[UsageRow]
) -> tuple[list[Turn], Turn]:
    """The turns of the arm in view, in order, and what belongs to none of them: other arms, deleted messages. ``rows``
    are all of the conversation, oldest first. A played tool belongs to the exchange before it."""
    begins = {node.id: node.message.text for node in conversation.path() if node.message.role == "user"}
    asked: dict[str | None, list[UsageRow]] = {at: [] for at in (*begins, None)}
    played: dict[str | None, list[UsageRow]] = {at: [] for at in (*begins, None)}
    above: dict[str, str | None] = {}
    at: str | None = None
    for row in rows:
        if row.plays:
            played[at].append(row)
            continue
        info = infos.get(row.exchange_id)
        begun = _begun(conversation, info.parent_id, above) if info is not None else None
        at = begun if begun in begins else None
        asked[at].append(row)
    found = [Turn(said, tuple(asked[at]), tuple(played[at])) for at, said in begins.items()]
    return found, Turn("", tuple(asked[None]), tuple(played[None]))


def total(rows: Iterable[UsageRow], price: Price) -> Sum:
    ended = [row for row in rows if row.state != "running"]
    used = [row.usage for row in ended]
    costs = [price(row) for row in ended]
    reported = [(usage.input, usage.output) if usage is not None else (None, None) for usage in used]
    return Sum(
        exchanges=len(ended),
        input=_known([one for one, _ in reported]),
        output=_known([other for _, other in reported]),
        silent=sum(None in pair for pair in reported),
        usd=_known(costs),
        unpriced=sum(cost is None for cost in costs),
    )


def _known(values: Sequence[Number | None]) -> Number | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def _begun(conversation: Conversation, node_id: str | None, above: dict[str, str | None]) -> str | None:
    """The user's message that a node is, or stands below."""
    way: list[str] = []
    found: str | None = None
    while node_id is not None and node_id in conversation.nodes:
        if node_id in above:
            found = above[node_id]
            break
        way.append(node_id)
        node = conversation.nodes[node_id]
        if node.message.role == "user":
            found = node_id
            break
        node_id = node.parent
    above.update(dict.fromkeys(way, found))
    return found
