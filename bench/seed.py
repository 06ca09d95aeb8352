"""A conversation of many turns put straight into the store."""

from __future__ import annotations

import json
import time
import uuid

from callsmith import conversation as pure
from callsmith.conversation import Conversation
from callsmith.play import reply_node
from callsmith.reading import read_exchange
from callsmith.store import Store
from callsmith.types.exchange import Exchange, HttpRequest, Marks
from callsmith.types.setup import Setup


def seed(database_url: str, turns: int) -> str:
    """The id of a new conversation with ``turns`` finished turns."""
    store = Store(database_url)
    conversation = Conversation(store.create(Setup()))
    text = " ".join(f"Sentence {at} of a reply that is as long as replies are." for at in range(8))
    chunk = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}]}
    body = b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n"
    for turn in range(turns):
        before = conversation.nodes
        conversation = pure.say(conversation, f"Question {turn}")
        new = [node for key, node in conversation.nodes.items() if key not in before]
        marks = Marks(time.time(), sent=0.0, first_byte=0.1, first_token=0.1, done=0.5)
        request = HttpRequest("POST", "http://localhost/v1/chat/completions", (), b"{}")
        exchange = Exchange(uuid.uuid4().hex, "bench", "openai-chat", "bench", request, True, marks, 200, (), body)
        store.begin_exchange(exchange, conversation.id, conversation.head, nodes=new)
        turn_read = read_exchange(exchange)
        node = reply_node(exchange, turn_read, conversation.head)
        if node is None:
            raise RuntimeError("the seeded reply is empty")
        store.finish_exchange(exchange, turn_read, node)
        conversation = pure.append(conversation, node.message)
    store.close()
    return conversation.id
