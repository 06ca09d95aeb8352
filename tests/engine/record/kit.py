"""A database with one of everything that a record keeps."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from callsmith.conversation import Node, node_id
from callsmith.record.document import export
from callsmith.record.report import Report
from callsmith.record.take import take
from callsmith.store import Store
from callsmith.types.answering import Answering, Condition, Http, Mock, Player, Reply, Rule
from callsmith.types.message import Message
from callsmith.types.options import Options
from callsmith.types.parts import Made, Media, Opaque, Text, Thinking, ToolCall, ToolResult
from callsmith.types.setup import LoopLimits, Setup, ToolUse
from callsmith.types.tool import HttpCall, Tool
from callsmith.types.usage import Usage
from tests.engine.store_kit import exchange, exchanged, reply, turn

CANARY = "sk-canary-4f9a1c7e2b5d8036"


def opened(folder: Path, name: str) -> Store:
    return Store(f"sqlite:///{folder / name}.db")


def document(store: Store, *ids: str) -> bytes:
    return b"".join(export(store, ids or None))


def taken(store: Store, data: bytes) -> Report:
    return take(store, io.BytesIO(data))


def below(parent: str | None, message: Message) -> Node:
    return Node(node_id(message, parent), parent, message)


def filled(store: Store) -> str:
    """Returns the id of the main conversation."""
    tool = store.save_tool(Tool("weather", "Tells the weather", {"type": "object", "properties": {"b": {}, "a": {}}}))
    store.save_tool(Tool("weather", "Tells the weather better", {"type": "object", "required": ["city"]}), tool)
    store.name_version(tool, 1, "first try")
    store.tag_tool(tool, ["demo"])
    rule = Rule(Reply("{{city}}: rain", delay=0.5), (Condition("equals", "$.city", "Bern"),), "rain")
    store.save_answering(tool, Answering("rules", auto=True, mocks=(Mock("sun", "{}"),), rules=(rule,)))
    unused = store.save_tool(Tool("unused"))
    store.put_into_folder([unused], "spare")
    main = exchanged(
        store,
        "Weather in Bern and 😀? Grüße \0",
        turn(
            "Let me look",
            ToolCall("c1", "weather", '{"city": "Bern"}'),
            ToolCall("c2", "weather", "{broken"),
            usage=Usage(100, 20, cache_read=5, reasoning=3, total=120, raw={"in": 100, "deep": [{"x": None}]}),
        ),
        "e1",
        Setup(tools=(ToolUse(tool),)),
    )
    whole = store.load(main)
    assert whole is not None and whole.head is not None
    results = (
        ToolResult("c1", "rain", name="weather", made=Made("model", "m", 1.7e9, 2.5, edited=True, exchange_id="p1")),
        ToolResult("c2", "bad", is_error=True, made=Made("hand")),
    )
    answers = below(whole.head, Message("tool", results))
    other = below(whole.head, Message("tool", (replace(results[0], content="sun", made=Made("rules")), results[1])))
    store.save_nodes(main, [answers, other], answers.id)
    played = exchange("p1", body=b"\xff\xfe not text")
    store.begin_played(played, main, "weather")
    store.finish_exchange(played, turn("rain", usage=Usage(7, 1)), None)
    last = exchange("e2", body=b"data: x\n\n", started=1.8e9)
    store.begin_exchange(last, main, answers.id)
    said_last = replace(turn("It rains", usage=Usage(50, 5, raw=None)), state="stopped")
    parts = (Thinking("hm", "reasoning"), Text("It rains", {"signature": "s"}), Opaque("redacted", {"data": [1, None]}))
    store.finish_exchange(last, replace(said_last, parts=parts), reply(last, answers, replace(said_last, parts=parts)))
    picture = Media("image/png", "aGk=", name="a.png")
    arm = below(None, Message("user", (picture, Text("Otherwise"))))
    store.save_nodes(main, [arm], store.load(main).head)  # type: ignore[union-attr]
    own = store.copy_for(main, tool)
    store.save_setup(
        main,
        Setup(
            connection_id="demo",
            wire="openai-chat",
            model="m",
            system="Be brief",
            tools=(ToolUse(tool), ToolUse(own, on=False)),
            options=Options(temperature=0.5, extra_body={"a": {"b": None}}),
            loop=LoopLimits(steps=3),
        ),
    )
    store.rename(main, "The main one")
    fork = store.fork(main, answers.id, store.setup(main), "A try", hidden=True)
    assert fork
    failed = exchanged(store, "Will fail", None, "e3")
    asked = exchange("e3")
    store.finish_exchange(replace(asked, status=None, body=b""), turn("", state="failed"), None)
    store.create(Setup(), "Empty")
    gone = exchanged(store, "Deleted", turn("x", usage=Usage(1000, 1)), "e4")
    store.delete(gone)
    assert failed
    return main


def reaching() -> Answering:
    call = HttpCall("GET", "https://example.com/{city}", headers={"Authorization": "Bearer {{KEY}}"})
    return Answering("http", auto=True, http=Http(call), model=Player(model="m"))


def reads(store: Store) -> Mapping[str, Any]:
    """Everything that the store's public methods tell, but when a deleted conversation was what."""
    ids = store.kept_ids()
    tools = store.kept_tool_ids()
    infos = {one: {**store.exchange_turn_info(one), **store.played_info(one)} for one in ids}
    return {
        "recent": store.recent(1000),
        "loaded": [store.load(one) for one in ids],
        "setups": [store.setup(one) for one in ids],
        "infos": infos,
        "exchanges": [store.exchange(exchange_id) for one in ids for exchange_id in infos[one]],
        "usage": [store.usage_rows(one) for one in ids],
        "tools": [replace(one, position=0) for one in store.tools_with(tools)],
        "order": [one.id for one in store.tools()],
        "versions": [store.versions(one) for one in tools],
        "calls": [store.calls_of(one) for one in tools],
        "results": [store.results_of(one) for one in tools],
    }
