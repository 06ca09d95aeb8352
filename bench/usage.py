"""The Usage page's figures over a million exchanges: a year of them, put straight into the database."""

from __future__ import annotations

import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.report import line
from callsmith.prices_own import OwnPrices
from callsmith.store import Store, usage_totals
from callsmith.store.schema import conversations, exchanges
from callsmith.store.usage_totals import Span
from callsmith.types.setup import Setup
from callsmith.usage_totals import Picked, totals
from callsmith.usage_totals import conversations as by_conversation

EXCHANGES, EACH, ROUNDS = 1_000_000, 10, 5
_YEAR, _NOW = 365 * 86_400, 1_790_000_000.0
_PLACES = (
    ("OpenAI", "https://api.openai.com/v1/chat/completions", "openai-chat", ("gpt-5", "gpt-5-mini", "gpt-4.1")),
    ("OpenAI", "https://api.openai.com/v1/responses", "openai-responses", ("gpt-5",)),
    ("Anthropic", "https://api.anthropic.com/v1/messages", "anthropic", ("claude-sonnet-4-5", "claude-haiku-4-5")),
    ("Ollama", "http://localhost:11434/v1/chat/completions", "openai-chat", ("qwen3:8b",)),
)


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'usage.db'}"
        store = Store(url)
        seed(store, EXCHANGES)
        started = time.perf_counter()
        with store._write() as connection:
            usage_totals.count_all(connection)
        line("usage: summing 1,000,000 exchanges once, as the migration does", time.perf_counter() - started, "s")
        for said, span in (("all time", Span()), ("30 days", Span(_NOW - 30 * 86_400)), ("1 day", Span(_NOW - 86_400))):
            times = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                found = totals(store, Picked(span=span), OwnPrices())
                times.append(time.perf_counter() - started)
                assert found.exchanges
                by_conversation(store, Picked(span=span), OwnPrices())
            line(f"usage: figures, charts and tables of {said}", statistics.median(times), "s")
        store.close()


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
