"""The Usage page's figures over a million exchanges: a year of them, put straight into the database."""

from __future__ import annotations

import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import usage_page
from bench.report import line
from callsmith.prices_own import OwnPrices
from callsmith.store import Store
from callsmith.store.call_verdicts import exchange_calls
from callsmith.store.schema import conversations, exchanges
from callsmith.store.usage_tables import Span
from callsmith.store.usage_tally import count_all
from callsmith.types.setup import Setup
from callsmith.usage_totals import Picked, totals
from callsmith.usage_totals import conversations as by_conversation

EXCHANGES, EACH, ROUNDS = 1_000_000, 10, 5
_TOOLS = 12
_YEAR, _NOW = 365 * 86_400, 1_790_000_000.0
_PLACES = (
    ("OpenAI", "https://api.openai.com/v1/chat/completions", "openai-chat", ("gpt-5", "gpt-5-mini", "gpt-4.1")),
    ("OpenAI", "https://api.openai.com/v1/responses", "openai-responses", ("gpt-5",)),
    ("Anthropic", "https://api.anthropic.com/v1/messages", "anthropic", ("claude-sonnet-4-5", "claude-haiku-4-5")),
    ("Ollama", "http://localhost:11434/v1/chat/completions", "openai-chat", ("qwen3:8b",)),
)


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        store = Store(url)
        seed(store, EXCHANGES)
        started = time.perf_counter()
        with store._write() as connection:
            count_all(connection)
        line("usage: summing 1,000,000 exchanges once, as the migration does", time.perf_counter() - started, "s")
        ids = tuple(f"c{at}" for at in range(0, EXCHANGES // EACH, EXCHANGES // EACH // 100))
        for said, picked in (
            ("all time", Picked()),
            ("120 days", Picked(span=Span(_NOW - 120 * 86_400))),
            ("30 days", Picked(span=Span(_NOW - 30 * 86_400))),
            ("1 day", Picked(span=Span(_NOW - 86_400))),
            ("all time, of one tool", Picked(tools=("tool_1",))),
            ("30 days, of two tools", Picked(tools=("tool_1", "tool_5"), span=Span(_NOW - 30 * 86_400))),
            ("a hundred conversations", Picked(conversations=ids)),
        ):
            whole = _seconds(partial(totals, store, picked, OwnPrices()))
            line(f"usage: figures, charts and calls, {said}", whole, "s")
            line(f"usage: by conversation, {said}", _seconds(partial(by_conversation, store, picked, OwnPrices())), "s")
        store.close()
        usage_page.run(Path(folder), "1,000,000 exchanges")


def _seconds(read: Callable[[], Any]) -> float:
    """The median of some rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        assert read()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def seed(store: Store, number: int) -> None:
    """``number`` finished exchanges, ten a conversation, over a year; one in fifty played a tool."""
    chance = random.Random(6)
    first = store.create(Setup(), "First")
    with store._write() as connection:
        model = connection.execute(sa.select(conversations).where(conversations.c.id == first)).one()._asdict()
        more = [{**model, "id": f"c{at}", "title": f"Conversation {at}"} for at in range(number // EACH)]
        connection.execute(sa.insert(conversations), more)
        made = _rows(store.owner, number, chance)
        while some := list(itertools.islice(made, 10_000)):
            connection.execute(sa.insert(exchanges), some)
            connection.execute(sa.insert(exchange_calls), [call for row in some for call in _calls(row, chance)])


def _calls(row: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Some tools are called far more often than others; one call in ten does not fit."""
    for place in range(1, row["calls"] + 1):
        tool = f"tool_{min(int(chance.expovariate(0.3)), _TOOLS - 1)}"
        valid = None if chance.random() < 0.05 else chance.random() < 0.9
        yield {
            "exchange_id": row["id"],
            "place": place,
            "owner": row["owner"],
            "tool": tool,
            "version": None if valid is None else 1,
            "valid": valid,
        }


def _rows(owner: str, number: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for at in range(number):
        connection, url, wire, models = chance.choice(_PLACES)
        tokens = chance.randrange(200, 20_000), chance.randrange(10, 2_000)
        began = _NOW - _YEAR * (1 - (at // EACH * EACH) / number) + at % EACH * 20
        first = chance.lognormvariate(-0.7, 0.5)
        yield {
            "id": f"e{at}",
            "owner": owner,
            "conversation_id": f"c{at // EACH}",
            "state": "failed" if at % 97 == 0 else "finished",
            "connection": connection,
            "wire": wire,
            "model": chance.choice(models),
            "stream": True,
            "started_at": began,
            "marks": {"started": began, "sent": 0, "first_byte": first, "first_token": first, "done": first * 5},
            "attempts": [],
            "calls": at % 3,
            "input_tokens": tokens[0],
            "output_tokens": tokens[1],
            "cache_read_tokens": tokens[0] // 2,
            "usage_raw": [{}],
            "worker": "",
            "heartbeat": 0,
            "headers": [],
            "plays": "get_weather" if at % 50 == 0 else "",
            "request_method": "POST",
            "request_url": url,
            "request_headers": [],
            "request_body": b"{}",
            "body": json.dumps({"at": at}).encode(),
        }
