"""Examples for the empty page: each brings tools and a prompt, so that the first click shows a tool call.

On the page their calls are answered by hand, since that is what shows what a tool call is; the rules that each brings
are one choice away. Without a browser the rules answer (``setup_of``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from callsmith import starter_answers as prepared
from callsmith.setup_file_types import SetupFile, SetupTool
from callsmith.types.answering import Answering
from callsmith.types.tool import Tool


@dataclass(frozen=True, slots=True)
class Starter:
    """``answers`` has one for each of ``tools``, in their order."""

    id: str
    title: str
    line: str
    prompt: str
    tools: tuple[Tool, ...]
    answers: tuple[Answering, ...]
    system: str = ""


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _text(description: str, *examples: str, **more: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "description": description, **more}
    return {**schema, "examples": list(examples)} if examples else schema


# The gateway's own documented example, word for word; the output schema is ours.
_WEATHER = Tool(
    "get_current_weather",
    "Get the current weather in a given location",
    {
        "type": "object",
        "properties": {
            "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        },
        "required": ["location"],
    },
    output_schema=_object(
        ("temperature", "unit", "conditions"),
        temperature={"type": "number", "examples": [21]},
        unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
        conditions=_text("What the sky does", "partly cloudy"),
    ),
)

_CREATE_EVENT = Tool(
    "create_event",
    "Put an event into the calendar and invite people to it",
    _object(
        ("title", "start", "duration_minutes", "attendees"),
        title=_text("Short title of the event"),
        start=_text("Start as date and time, e.g. 2027-03-03T14:00:00", format="date-time"),
        duration_minutes={"type": "integer", "description": "Length in minutes", "minimum": 5, "maximum": 480},
        attendees={
            "type": "array",
            "description": "Who is invited",
            "items": _object(
                ("name",), name=_text("Name of the person"), optional={"type": "boolean", "description": "May skip it"}
            ),
        },
        place={
            "type": "object",
            "description": "Where it takes place",
            "properties": {
                "kind": {"type": "string", "enum": ["room", "online", "elsewhere"]},
                "name": _text("Name of the room, or the link"),
            },
            "required": ["kind", "name"],
        },
    ),
    output_schema=_object(
        ("event_id", "status"),
        event_id=_text("Id in the calendar", "evt_2041"),
        status={"type": "string", "enum": ["confirmed", "conflict"]},
    ),
)

_PLACE_ORDER = Tool(
    "place_order",
    "Order products from the shop",
    _object(
        ("items",),
        items={
            "type": "array",
            "description": "One entry for each product",
            "minItems": 1,
            "items": _object(
                ("product", "quantity"),
                product=_text("Name of the product"),
                quantity={"type": "integer", "description": "How many", "minimum": 1},
            ),
        },
        ship_to=_text("Delivery address"),
        express={"type": "boolean", "description": "Deliver by tomorrow", "default": False},
    ),
    output_schema=_object(
        ("order_id", "total_eur", "delivery"),
        order_id=_text("Order number", "A-10277"),
        total_eur={"type": "number", "examples": [842.5]},
        delivery=_text("Day of delivery", "Thursday"),
    ),
)

_SEARCH = Tool(
    "search_docs",
    "Search the company's documents and get the ids and titles of the best matches",
    _object(
        ("query",),
        query=_text("What to look for"),
        limit={"type": "integer", "description": "How many matches", "minimum": 1, "maximum": 10, "default": 3},
    ),
    output_schema=_object(
        ("matches",),
        matches={
            "type": "array",
            "minItems": 1,
            "items": _object(("id", "title"), id=_text("Document id", "doc-17"), title=_text("Title", "Refund policy")),
        },
    ),
)

_FETCH = Tool(
    "fetch_page",
    "Fetch the full text of one document by its id",
    _object(("id",), id=_text("Id of the document, from a search")),
    output_schema=_object(
        ("title", "text"),
        title=_text("Title", "Refund policy"),
        text=_text("Full text", "Goods can be returned within 30 days. The refund arrives within 5 working days."),
    ),
)

STARTERS: tuple[Starter, ...] = (
    Starter(
        "weather",
        "Weather in Boston",
        "One tool, one call: the shortest way to see what a tool call is.",
        "What's the weather like in Boston today?",
        (_WEATHER,),
        (prepared.WEATHER,),
    ),
    Starter(
        "booking",
        "Book a meeting",
        "Nested arguments: a list of people and a place inside one call.",
        "Book a 45-minute design review with Ana and Ben on 3 March 2027 at 14:00 in room Turing",
        (_CREATE_EVENT,),
        (prepared.CREATE_EVENT,),
    ),
    Starter(
        "order",
        "Order from a shop",
        "An array of items, with quantities read from the sentence.",
        "Order 2 espresso machines and 3 bags of coffee beans, ship to 12 Main Street, Boston",
        (_PLACE_ORDER,),
        (prepared.PLACE_ORDER,),
    ),
    Starter(
        "search",
        "Search, then fetch",
        "Two steps: the second call needs the result of the first.",
        "Find the page about our refund policy and tell me what it says",
        (_SEARCH, _FETCH),
        (prepared.SEARCH_DOCS, prepared.FETCH_PAGE),
    ),
)


def setup_of(starter: Starter) -> SetupFile:
    """The starter as a setup file whose rules answer."""
    tools = [
        SetupTool.of(tool, replace(answering, by="rules", auto=True))
        for tool, answering in zip(starter.tools, starter.answers, strict=True)
    ]
    return SetupFile(name=starter.title, system=starter.system, prompt=starter.prompt, tools=tuple(tools))
