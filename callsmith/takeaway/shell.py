"""The next request as a shell script with curl, and what to do with its answer in words."""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Mapping
from typing import Any

from callsmith.takeaway.turn import Taken
from callsmith.takeaway.types import Filled, Name

_NEXT = {
    "openai-chat": """Add choices[0].message to "messages" as it came. For each of its tool_calls add
{"role": "tool", "tool_call_id": <its id>, "content": <the result as text>}; for an error let the
content be {"error": "what went wrong"}. Send again, until a message has no tool_calls.""",
    "openai-responses": """Add all items of "output" to "input" as they came, reasoning items too. For each
function_call add {"type": "function_call_output", "call_id": <its call_id>, "output": <the result
as text>}; for an error let the output be {"error": "what went wrong"}. Send again, until there is
no function_call.""",
    "anthropic": """Add {"role": "assistant", "content": <content as it came>} to "messages". Then add one user
message with a block for each tool_use: {"type": "tool_result", "tool_use_id": <its id>, "content":
<the result as text>}; for an error add "is_error": true. Send again, until there is no tool_use.""",
    "gemini": """Add candidates[0].content to "contents" as it came, thoughtSignature included. Then add one content
with role "user" and a part for each functionCall: {"functionResponse": {"name": <its name>,
"response": <the result as an object>}}, with its id where it has one; for an error let the response
be {"error": "what went wrong"}. Send again, until there is no functionCall.""",
}


def with_curl(taken: Taken) -> str:
    lines = ["#!/bin/sh", "set -eu"]
    lines += [f': "${{{name}:?Set {name} in the environment}}"' for name in taken.variables]
    lines += ["", f"curl -sS -X POST {shlex.quote(taken.url)} \\"]
    for name, value in taken.headers:
        lines.append(f"  -H {_word(_prefixed(f'{name}: ', value))} \\")
    body = _body(taken.body)
    if any(isinstance(piece, Name) for piece in body.pieces):
        lines.append(f"  --data-binary {_word(body)}")
    else:
        # No line of JSON is the word JSON alone, so nothing in the body can end it.
        lines += ["  --data-binary @- <<'JSON'", "".join(map(str, body.pieces)), "JSON"]
    if taken.stubs:
        lines += ["", "# The next step:", *(f"# {line}" for line in _NEXT[taken.wire].split("\n"))]
    return "\n".join(lines) + "\n"


def _body(body: Mapping[str, Any]) -> Filled:
    """The body as JSON text, in pieces where a secret goes into it."""
    plain = json.dumps(body, ensure_ascii=False, default=lambda filled: "")
    mark = next(char for char in map(chr, range(0xE000, 0xF900)) if char not in plain)

    def marked(filled: Filled) -> str:
        return "".join(f"{mark}{p.name}{mark}" if isinstance(p, Name) else p for p in filled.pieces)

    pieces = json.dumps(body, indent=2, ensure_ascii=False, default=marked).split(mark)
    return Filled(tuple(Name(piece) if at % 2 else piece for at, piece in enumerate(pieces)))


def _prefixed(before: str, value: str | Filled) -> Filled:
    return Filled((before, *(value.pieces if isinstance(value, Filled) else (value,))))


def _word(value: Filled) -> str:
    """One word of the shell; only the named variables are put in."""
    said = []
    for named, pieces in itertools.groupby(value.pieces, key=lambda piece: isinstance(piece, Name)):
        if named:
            said += [f'"${{{piece.name}}}"' for piece in pieces if isinstance(piece, Name)]
        else:
            said.append(shlex.quote("".join(map(str, pieces))))
    return "".join(said)
