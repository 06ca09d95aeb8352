"""The tools on offer. Everything is bounded, so that a model that knows nothing still comes to an end."""

from __future__ import annotations

from callsmith.types.tool import Tool

WEATHER = Tool(
    "get_weather",
    "The forecast for a city",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string", "enum": ["Oslo", "Bergen", "Zürich", 'Ny "Ålesund"']},
            "days": {"type": "integer", "minimum": 1, "maximum": 7},
            "hourly": {"type": "boolean"},
            "note": {"type": "string", "maxLength": 12},
        },
        "required": ["city", "days"],
        "additionalProperties": False,
    },
)
TABLE = Tool(
    "book_table",
    "Books a table",
    {
        "type": "object",
        "properties": {
            "guests": {
                "type": "array",
                "minItems": 1,
                "maxItems": 3,
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string", "maxLength": 8}, "child": {"type": "boolean"}},
                    "required": ["name", "child"],
                    "additionalProperties": False,
                },
            },
            "at": {"type": "string", "enum": ["12:00", "18:30"]},
        },
        "required": ["guests", "at"],
        "additionalProperties": False,
    },
)
NOW = Tool("what_time_is_it", "Takes no arguments")
# Longer than the context of the server: its reply goes on until it is stopped.
LONG = Tool(
    "recite",
    "Recites a song",
    {
        "type": "object",
        "properties": {
            "lines": {"type": "array", "minItems": 1_000, "items": {"enum": ["once more the same line of the song"]}}
        },
        "required": ["lines"],
    },
)
