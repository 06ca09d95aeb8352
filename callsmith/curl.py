"""A request as a curl command. Keys stay out: they are read from environment variables."""

from __future__ import annotations

import re
import shlex

from callsmith.types.connection import KEY_PLACEHOLDER
from callsmith.types.exchange import HttpRequest

_REFERENCE = re.compile(r"\{\{(\w+)\}\}")


def curl(request: HttpRequest, key_variable: str = "CALLSMITH_API_KEY") -> str:
    """A POSIX shell command that sends exactly this body; ``key_variable`` names where the key is."""
    lines = [f"curl -sS -N -X {shlex.quote(request.method)} {shlex.quote(request.url)}"]
    for name, value in request.headers:
        lines.append(f"  -H {_header(name, value.replace(KEY_PLACEHOLDER, '{{' + key_variable + '}}'))}")
    if request.body:
        body = request.body.decode("utf-8", "replace")
        lines.append(f"  --data-binary {shlex.quote(body)}")
    return " \\\n".join(lines)


def _header(name: str, value: str) -> str:
    pieces = _REFERENCE.split(f"{name}: {value}")
    quoted = [shlex.quote(text) if at % 2 == 0 else f'"${{{text}}}"' for at, text in enumerate(pieces) if text]
    return "".join(quoted)
