"""Conversations from a hostile file: every page that shows them stands, and says what they hold as text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from tests.engine.record.kit import taken
from tests.engine.record.test_harmless import conversation, exchange, record, said

pytestmark = pytest.mark.slow

APP = Path(__file__).resolve().parents[2] / "app.py"
HALF = "\ud800"
NASTY = f"{HALF} <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![x](https://evil.example/x.png) $x$ \0 \u202e"


def with_parts(identifier: str, role: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    message = {"id": "a", "parent": None, "message": {"role": role, "parts": list(parts), **more}}
    return conversation(identifier, messages=[message], head="a")


def hostile() -> list[dict[str, Any]]:
    bounds = {"loop": {"steps": -5, "seconds": 1e15, "tokens": 2**62, "cost": -1}, "budget": -3}
    options = {"temperature": 1e18, "max_tokens": 2**62, "top_p": -5, "seed": -(2**62)}
    setup = {**bounds, "options": options, "model": NASTY, "connection_id": "nowhere", "wire": "gemini"}
    media = [
        {"kind": "media", "media_type": kind, "data": data, "url": url, "name": NASTY}
        for kind, data, url in (
            *(("image/png", "!!!", ""), ("text/html", "PGI+", ""), ("image/svg+xml", "PHN2Zz4=", "")),
            *(("image/png", "", "javascript:alert(1)"), ("audio/wav", "aGk=", ""), (NASTY, NASTY, "")),
        )
    ]
    calls = [
        {"kind": "tool_call", "id": "", "name": "", "arguments": ""},
        {"kind": "tool_call", "id": NASTY, "name": NASTY, "arguments": NASTY, "original": "x", "type": "weird"},
    ]
    asked: tuple[Any, ...] = ({"id": 5}, [], NASTY)
    opaque = [{"kind": "opaque", "type": "mcp_approval_request", "data": data} for data in asked]
    said_so = [{"kind": kind, "text": NASTY} for kind in ("text", "thinking", "refusal")]
    sent = exchange(
        "e1", f"https://x.example/`{NASTY}`", ["a\r\nb", "c\r\nd"], model=NASTY, connection=NASTY, calls=10**9
    )
    sent["marks"] |= {"sent": -5, "first_byte": 1e18, "first_token": -1e18, "done": 1e18}
    sent["usage"] = {"input": -5, "output": 2**62, "total": -(2**62)}
    binary = exchange(
        "e2", state="failed", problem={"kind": "interrupted", "message": NASTY}, attempts=[{"at": -1, "wait": 1e18}]
    )
    binary["request"] = {"method": "POST", "url": "", "body_base64": "//4="}
    same = [said("y" * 30 + str(n), "y" * 30 + str(n - 1) if n else None) for n in range(3)]
    tools = [{"tool_id": "nope"}, {"tool_id": "nope"}, {"tool_id": NASTY}]
    return [
        conversation("x" * 30 + "1", title=NASTY, tags=[NASTY, "", "a" * 5000], exchanges=[sent]),
        conversation("x" * 30 + "2", exchanges=[binary], title="t" * 100_000),
        conversation("a/../b?c#d&e=%00 '\"<script>", setup=setup),
        conversation("variables", setup={"system": "{{a}} {{b}}", "variables": {"a": NASTY, "": "x", NASTY: "y"}}),
        conversation("same", messages=same, head=same[-1]["id"], setup={"tools": tools}),
        with_parts("media", "user", *media),
        with_parts("calls", "assistant", *calls, *opaque, *said_so, finish=NASTY),
        with_parts("results", "tool"),
    ]


def draws(page: str, **query: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.switch_page(page)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, (page, query, at.exception)
    return at


def test_the_lists_stand(store: Store) -> None:
    report = taken(store, record(*hostile()))
    assert len(report.added) == len(hostile())
    titles = draws("pages/conversations.py").button
    assert not any("[x](" in button.label.replace("\\[", "") for button in titles)
    draws("pages/usage.py")


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(hostile())))
def test_each_can_be_opened(store: Store, number: int) -> None:
    (added,) = taken(store, record(hostile()[number])).added
    for page in ("pages/playground.py", "pages/present.py"):
        draws(page, conversation=added)
