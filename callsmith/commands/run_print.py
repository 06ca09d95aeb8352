"""A run as text for a terminal, message by message as it goes.

What a model or a tool wrote can hold sequences that a terminal obeys: they are shown, not sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from callsmith.commands import run_facts
from callsmith.commands.run_turn import Sitting
from callsmith.loop.types import RunSnapshot, Used
from callsmith.store import ExchangeInfo
from callsmith.types.usage import Usage

MOST_CHARACTERS = 4_000
# Control characters but line break and tab; what turns the direction of writing, or hides; half characters.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    return _OBEYED.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))


class Transcript:
    """``out`` prints one line."""

    def __init__(self, sitting: Sitting, out: Callable[[str], None]) -> None:
        self._sitting = sitting
        self._out = out
        self._shown: set[str] = set()
        self._stamp: int | None = None

    def begin(self) -> None:
        target = self._sitting.target
        name = self._sitting.file.name or "A turn"
        self._line(f"{name} · {target.model} · {target.connection.name} · {target.wire}")
        if self._sitting.file.system:
            self._line("\nSystem")
            self._text(self._sitting.file.system)

    def follow(self) -> None:
        """Print what is new."""
        sitting, stamp = self._sitting, self._sitting.store.stamp(self._sitting.conversation_id)
        conversation = sitting.store.load(sitting.conversation_id) if stamp != self._stamp else None
        if conversation is None:
            return
        self._stamp = stamp
        infos = sitting.store.exchange_turn_info(sitting.conversation_id)
        for node in conversation.path():
            if node.id in self._shown:
                continue
            self._shown.add(node.id)
            row = run_facts.message(node)
            if row["role"] == "assistant":
                self._reply(row, infos.get(row.get("exchange", "")))
            elif row["role"] == "user":
                self._line("\nYou")
                self._text(row.get("text", ""))
            for result in row.get("results", ()):
                self._result(result)
            if row["role"] == "tool":
                self._media(row)

    def end(self, snapshot: RunSnapshot) -> None:
        for info in run_facts.exchanges(self._sitting):
            if info.plays:
                self._line(f"\n{info.model} of {info.connection} played {info.plays}{self._measured(info)}")
        for row in run_facts.waiting(self._sitting):
            self._line(f"\nWaits: {row['name'] or 'a call without a name'} {row['id']}: {row['why']}")
            self._text(row["arguments"])
        said = snapshot.ended.words if snapshot.ended is not None else "Stopped"
        self._line(f"\n{said}. {_turn(snapshot.used)}")

    def _reply(self, row: dict[str, Any], info: ExchangeInfo | None) -> None:
        self._line(f"\nModel{self._measured(info) if info is not None else ''}")
        for name in ("thinking", "refusal"):
            if row.get(name):
                self._line(f"  {name}:")
                self._text(row[name], "    ")
        self._text(row.get("text", ""))
        for call in row.get("calls", ()):
            self._line(f"  calls {call['name'] or 'a tool without a name'} ({call['id']})")
            self._text(call["arguments"], "    ")
        self._media(row)
        if row.get("cut"):
            self._line("  (this reply did not reach its end)")

    def _result(self, row: dict[str, Any]) -> None:
        by = f"by {row['by']}" + (f" ({row['detail']})" if row["detail"] else "")
        took = seconds(row["seconds"])
        kind = "Error" if row["is_error"] else "Result"
        self._line(f"\n{kind} of {row['name']} ({row['call_id']}), {by}, {took}, {row['bytes']:,} bytes")
        self._text(row["content"] or "(empty)")

    def _media(self, row: dict[str, Any]) -> None:
        for one in row.get("media", ()):
            self._line(f"  file {one['name'] or one['type']}, {one['type']}, {one['bytes']:,} bytes")

    def _measured(self, info: ExchangeInfo) -> str:
        facts = [seconds(info.marks.done)]
        if info.marks.first_token is not None:
            facts.append(f"first token {seconds(info.marks.first_token)}")
        facts += [_tokens(info.usage), money(run_facts.cost(self._sitting, info, info.usage))]
        return f" ({', '.join(facts)})"

    def _text(self, text: str, indent: str = "  ") -> None:
        text = self._sitting.secrets(text)
        more = len(text) - MOST_CHARACTERS
        for line in harmless(text[:MOST_CHARACTERS]).splitlines():
            self._out(f"{indent}{line}")
        if more > 0:
            self._out(f"{indent}(and {more:,} more characters; --json has all of it)")

    def _line(self, text: str) -> None:
        self._out(harmless(self._sitting.secrets(text)))


def seconds(value: float | None) -> str:
    if value is None:
        return "time unknown"
    return f"{value * 1000:.0f} ms" if value < 0.0995 else f"{value:.1f} s"


def money(usd: float | None) -> str:
    if usd is None:
        return "price unknown"
    return "$0" if usd == 0 else f"${usd:,.2f}" if usd >= 1 else f"${usd:.6f}"


def _tokens(usage: Usage | None) -> str:
    if usage is None or (usage.input is None and usage.output is None):
        return "tokens not reported"
    sides = [(usage.input, "in"), (usage.output, "out")]
    return " and ".join(f"{number:,} {side}" for number, side in sides if number is not None) + " tokens"


def _turn(used: Used) -> str:
    cost = money(used.cost if used.steps > used.unpriced or not used.unpriced else None)
    unpriced = f", {used.unpriced} of its exchanges without a known price" if used.unpriced and used.cost else ""
    times = f"{used.steps} exchange{'' if used.steps == 1 else 's'}"
    return f"The turn took {times}, {seconds(used.seconds)}, {used.tokens:,} tokens, {cost}{unpriced}."
