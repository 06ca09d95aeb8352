"""Prepared answers for the tools of the starters: rules that fit what the prompts lead to, and a little more.

They are invented, like the shop, the company and its documents.
"""

from __future__ import annotations

import json
from typing import Any

from callsmith.types.answering import Answering, Condition, Reply, Rule


def _says(name: str, content: Any, *when: Condition) -> Rule:
    return Rule(Reply(json.dumps(content, ensure_ascii=False)), when, name)


def _fails(name: str, error: str, *when: Condition) -> Rule:
    return Rule(Reply(json.dumps({"error": error}, ensure_ascii=False), is_error=True), when, name)


def _equals(at: str, value: Any) -> Condition:
    return Condition("equals", at, value)


def _weather(temperature: int, unit: str) -> dict[str, Any]:
    return {"location": "{{location}}", "temperature": temperature, "unit": unit, "conditions": "partly cloudy"}


WEATHER = Answering(
    rules=(
        _says("in Fahrenheit", _weather(70, "fahrenheit"), _equals("$.unit", "fahrenheit")),
        _says("everywhere", _weather(21, "celsius")),
    )
)

CREATE_EVENT = Answering(
    rules=(
        _says(
            "too long for one day",
            {"event_id": "evt_2042", "status": "conflict", "title": "{{title}}"},
            Condition("range", "$.duration_minutes", low=241),
        ),
        _says("any event", {"event_id": "evt_2041", "status": "confirmed", "title": "{{title}}", "start": "{{start}}"}),
    )
)

PLACE_ORDER = Answering(
    rules=(
        _says(
            "express",
            {"order_id": "A-10278", "total_eur": 857.4, "delivery": "tomorrow"},
            _equals("$.express", True),
        ),
        _says("any order", {"order_id": "A-10277", "total_eur": 842.5, "delivery": "Thursday"}),
    )
)

# Title, the words of a query that it fits, and text, by id.
_DOCUMENTS = {
    "doc-17": (
        "Refund policy",
        "refund|return|money back",
        "Goods can be returned within 30 days. The refund arrives within 5 working days.",
    ),
    "doc-21": (
        "Shipping times",
        "ship|deliver|parcel",
        "Orders before noon leave the same day. Delivery takes 2 working days, express arrives the next morning.",
    ),
    "doc-34": (
        "Travel expenses",
        "travel|expense|hotel|train",
        "Second-class train tickets and hotels up to 140 euros a night are paid. Hand in receipts within 60 days.",
    ),
    "doc-40": (
        "Holidays and absence",
        "holiday|vacation|absen|leave|sick",
        "Everyone has 30 days of holiday a year. Ask for it two weeks ahead, and call in sick before 9 in the morning.",
    ),
}

SEARCH_DOCS = Answering(
    rules=(
        *(
            _says(title, {"matches": [{"id": key, "title": title}]}, Condition("regex", "$.query", f"(?i){words}"))
            for key, (title, words, _) in _DOCUMENTS.items()
        ),
        _fails(
            "nothing found",
            f"No document fits the query. There are: {', '.join(title for title, *_ in _DOCUMENTS.values())}",
        ),
    )
)

FETCH_PAGE = Answering(
    rules=(
        *(
            _says(title, {"title": title, "text": words}, _equals("$.id", key))
            for key, (title, _, words) in _DOCUMENTS.items()
        ),
        _fails("not found", "There is no document of the id {{id}}"),
    )
)
