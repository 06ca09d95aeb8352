"""JSON text laid out for reading without being read: every number, key and string stays as it was written."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_CLOSING = {"{": "}", "[": "]"}


def indented(text: str, step: int = 2) -> str:
    """``text`` must be valid JSON; only white space between its tokens changes."""
    out: list[str] = []
    depth = 0
    tokens = _TOKEN.findall(text)
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in _CLOSING:
            if following == _CLOSING[token]:
                out.append(token)
                continue
            depth += 1
            out.append(f"{token}\n{' ' * (depth * step)}")
        elif token in ("}", "]"):
            opened_empty = at > 0 and tokens[at - 1] in _CLOSING
            if opened_empty:
                out.append(token)
                continue
            depth -= 1
            out.append(f"\n{' ' * (depth * step)}{token}")
        elif token == ",":
            out.append(f",\n{' ' * (depth * step)}")
        else:
            out.append(": " if token == ":" else token)
    return "".join(out)
