"""An MCP server on standard input and output in the standard library alone, so that it starts fast and can misbehave.

Run as a program; its first argument is a file for what it heard.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

LOCK = threading.Lock()


def say(message: dict[str, Any]) -> None:
    with LOCK:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def log(text: str) -> None:
    with open(sys.argv[1], "a", encoding="utf-8") as file:
        file.write(text + "\n")


def progress(token: Any, done: float, total: float | None, words: str) -> None:
    params = {"progressToken": token, "progress": done, "message": words} | ({"total": total} if total else {})
    say({"method": "notifications/progress", "params": params})


def text(words: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}]}


def steps(arguments: dict[str, Any], token: Any) -> dict[str, Any]:
    for step in (1, 2, 3):
        progress(token, step, 3, f"step {step}")
        time.sleep(0.15)
    return text("done")


def together(arguments: dict[str, Any], token: Any) -> dict[str, Any]:
    """Answers when ten calls wait at the same time."""
    MEETING.wait(20)
    return text(str(arguments["number"]))


def flood(arguments: dict[str, Any], token: Any) -> None:
    count = 0
    while True:
        count += 1
        progress(token, count, None, "x" * 200)


def garbage(arguments: dict[str, Any], token: Any) -> dict[str, Any]:
    sys.stdout.write("Traceback (most recent call last)\n{not json\n[1, 2]\n\n")
    return text("after garbage")


def ask(arguments: dict[str, Any], token: Any) -> dict[str, Any]:
    for other, method in ((901, "sampling/createMessage"), (902, "elicitation/create"), (903, "roots/list")):
        say({"id": other, "method": method, "params": {"messages": [], "maxTokens": 1, "message": "?"}})
    while len(DECLINED) < 3:
        time.sleep(0.01)
    return text("asked")


def die(arguments: dict[str, Any], token: Any) -> None:
    print("out of cheese", file=sys.stderr, flush=True)
    time.sleep(0.1)
    os._exit(3)


MEETING = threading.Barrier(10)
DECLINED: list[Any] = []
TOOLS: dict[str, Callable[[dict[str, Any], Any], dict[str, Any] | None]] = {
    "echo": lambda arguments, token: text(f"Echo: {arguments.get('message')}"),
    "fail": lambda arguments, token: text("No such city") | {"isError": True},
    "never": lambda arguments, token: None,
    "huge": lambda arguments, token: text("x" * arguments["size"]),
    "broken": lambda arguments, token: {"content": "no list", "isError": "maybe"},
    "hologram": lambda arguments, token: {
        "content": [{"type": "hologram", "beams": [1, 2]}, {"type": "text", "text": "beside"}, {"type": "image"}]
    },
    "structured": lambda arguments, token: text("12 degrees") | {"structuredContent": {"city": "Paris", "degrees": 12}},
    "alone": lambda arguments, token: {"structuredContent": {"degrees": 12}},
    "markup": lambda arguments, token: text("<script>alert(1)</script> [x](javascript:alert(1)) **bold**"),
    "environment": lambda arguments, token: text(json.dumps(sorted(os.environ))),
    "arguments": lambda arguments, token: text(json.dumps(sys.argv[2:])),
    "child": lambda arguments, token: text(str(subprocess.Popen(["sleep", "300"]).pid)),
    "pid": lambda arguments, token: text(str(os.getpid())),
    **{tool.__name__: tool for tool in (steps, together, flood, garbage, ask, die)},
}


def call(number: Any, name: str, arguments: dict[str, Any], token: Any) -> None:
    if name not in TOOLS:
        say({"id": number, "error": {"code": -32602, "message": f"Unknown tool: {name}"}})
    elif (result := TOOLS[name](arguments, token)) is not None:
        say({"id": number, "result": result})


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        method, number, params = asked.get("method"), asked.get("id"), asked.get("params") or {}
        log(line.strip())
        if method == "initialize":
            about = {"name": "odd-server", "version": "1"}
            version = params["protocolVersion"]
            say(
                {
                    "id": number,
                    "result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": about},
                }
            )
        elif method == "tools/list":
            tools = [{"name": "echo", "inputSchema": {"type": "object", "properties": {"message": {"type": "string"}}}}]
            say({"id": number, "result": {"tools": tools}})
        elif method == "tools/call":
            token = (params.get("_meta") or {}).get("progressToken")
            arguments = (number, params["name"], params.get("arguments") or {}, token)
            threading.Thread(target=call, args=arguments, daemon=True).start()
        elif method is None:
            DECLINED.append(number)
        elif number is not None:
            say({"id": number, "error": {"code": -32601, "message": "Method not found"}})


if __name__ == "__main__":
    main()
