"""Ten thousand conversations searched and one more exchange kept, and one of five hundred turns opened."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from bench import opening
from bench.report import line, median, percentile
from bench.seed import seed
from callsmith.conversation import Node, node_id
from callsmith.store import Store, Wanted
from callsmith.store.schema import conversation_words, conversations
from callsmith.types.exchange import Exchange, HttpRequest, Marks
from callsmith.types.message import Message
from callsmith.types.parts import Text
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage

CONVERSATIONS = 10_000
TURNS = 500
_WORDS = (
    *("weather", "flight", "refund", "policy", "invoice", "order", "ticket", "meeting", "search", "page"),
    *("city", "total", "customer", "report", "plan"),
)


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="callsmith-sessions-") as folder:
        _search(f"sqlite:///{Path(folder) / 'search.db'}")
        _open(f"sqlite:///{Path(folder) / 'open.db'}")
    opening.run(TURNS)


def _search(url: str) -> None:
    store = Store(url)
    _fill(store)
    for query in ("refund", "refund policy customer", '"weather flight"', "nothing of this", ""):
        took = _times(partial(store.find, Wanted(query)))
        line(f"search {CONVERSATIONS:,} conversations for {query!r}, slowest of 5", max(took), "s", 0.3)
    line("the choices of the filters", percentile(_times(store.session_choices), 0.5), "s")
    line("keep a request and its reply among them, median of 200", median(_kept(store, 200)) * 1000, "ms")
    store.close()


def _kept(store: Store, number: int) -> list[float]:
    """Processor seconds for each: two transactions, which bring the search and the sums of usage up to date."""
    took = []
    conversation_id = store.create(Setup())
    for at in range(number):
        asked = Message("user", (Text(f"Question {at} about a refund"),))
        question = Node(node_id(asked, None), None, asked)
        request = HttpRequest("POST", "http://localhost/v1/chat/completions", (), b"{}")
        marks = Marks(1.79e9 + at, sent=0.0, first_byte=0.1, first_token=0.1, done=0.5)
        exchange = Exchange(f"e{at}", "bench", "openai-chat", "bench", request, True, marks, 200, (), b"data: {}")
        said = Message("assistant", (Text("It is on its way."),))
        reply = Node(node_id(said, question.id), question.id, said)
        turn = Turn(said.parts, "finished", "stop", Usage(1_000, 20))
        began = time.process_time()
        store.begin_exchange(exchange, conversation_id, question.id, nodes=[question])
        store.finish_exchange(exchange, turn, reply)
        took.append(time.process_time() - began)
    return took


def _fill(store: Store) -> None:
    """Straight into the tables: what the messages of six turns leave behind for the search."""
    rng = random.Random(7)
    kept, words = [], []
    for number in range(CONVERSATIONS):
        said = " ".join(rng.choices(_WORDS, k=300))
        row = {"id": f"c{number}", "owner": store.owner, "title": " ".join(rng.choices(_WORDS, k=4)), "setup": {}}
        at = 1.7e9 + number
        kept.append({**row, "waiting": False, "revision": 1, "created_at": at, "updated_at": at})
        tools = f"|{rng.choice(_WORDS)}_tool|"
        words.append({"conversation_id": f"c{number}", "owner": store.owner, "said": said, "tools": tools})
    with store._write() as connection:
        connection.execute(sa.insert(conversations), kept)
        connection.execute(sa.insert(conversation_words), words)


def _open(url: str) -> None:
    """The server's part alone: reading the conversation, and drawing the page to its last message."""
    import os

    conversation_id = seed(url, TURNS)
    os.environ["CALLSMITH_DATABASE_URL"] = url
    from streamlit.testing.v1 import AppTest

    store = Store(url)
    line(f"read a conversation of {TURNS} turns", max(_times(lambda: store.load(conversation_id))), "s")
    store.close()
    app = str(Path(__file__).parents[1] / "app.py")
    AppTest.from_file(app, default_timeout=60).run()
    at = AppTest.from_file(app, default_timeout=60)
    at.query_params["conversation"] = conversation_id
    began = time.perf_counter()
    at.run()
    line(f"open a conversation of {TURNS} turns, drawn by the server", time.perf_counter() - began, "s", 1.0)


def _times(do: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(5):
        began = time.perf_counter()
        do()
        found.append(time.perf_counter() - began)
    return found
