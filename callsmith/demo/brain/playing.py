"""The demo model as a tool: asked to play one, it replies with data of the output schema that repeats the arguments.

It knows the request by the marks around the arguments, and reads them as nothing but data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.brain.now import Now
from callsmith.demo.brain.structured import structured
from callsmith.demo.script import Say, Script, Think

_ARGUMENTS = re.compile(r"<arguments-([0-9a-f]{12})>\n(?P<json>.*)\n</arguments-\1>", re.DOTALL)
_SCHEMA = re.compile(r"<output-schema>\n(?P<json>.*)\n</output-schema>", re.DOTALL)
_MADE_UP = "Made up by Callsmith's demo model, a script."


def playing(ask: Ask, now: Now) -> Script | None:
    """None where no tool is to be played. Raises CannotSample where the schema has no value."""
    found = _ARGUMENTS.search(now.prompt)
    if found is None or ask.tools:
        return None
    arguments = _read(found["json"])
    schema = _schema(ask)
    if schema is None:
        result = {**arguments, "note": _MADE_UP} if isinstance(arguments, Mapping) else {"note": _MADE_UP}
        return _script(json.dumps(result, ensure_ascii=False))
    return _script(structured(schema, "", _MADE_UP, [arguments], ask.today))


def _script(text: str) -> Script:
    return Script((Think("I play a tool: data that fits its schema and repeats the arguments."), Say(text)))


def _schema(ask: Ask) -> Mapping[str, Any] | None:
    if ask.response is not None:
        return ask.response.schema
    found = _SCHEMA.search(ask.thread.system)
    schema = _read(found["json"]) if found is not None else None
    return schema if isinstance(schema, Mapping) else None


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}
