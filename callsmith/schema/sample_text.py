"""Strings and numbers that look like what their field is called: "location" gives a city, "price" an amount."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FORMATS: Mapping[str, tuple[str, ...]] = {
    "date": ("2026-03-14", "2026-03-15", "2026-04-01"),
    "date-time": ("2026-03-14T09:30:00Z", "2026-03-15T14:00:00Z", "2026-04-01T08:15:00Z"),
    "time": ("09:30:00Z", "14:00:00Z", "18:45:00Z"),
    "duration": ("PT30M", "PT1H", "P1D"),
    "email": ("ana@example.com", "ben@example.com", "chloe@example.com"),
    "idn-email": ("ana@example.com", "ben@example.com"),
    "hostname": ("example.com", "www.example.org"),
    "idn-hostname": ("example.com", "www.example.org"),
    "ipv4": ("192.0.2.1", "198.51.100.7"),
    "ipv6": ("2001:db8::1", "2001:db8::2"),
    "uri": ("https://example.com/page", "https://example.org/docs"),
    "url": ("https://example.com/page", "https://example.org/docs"),
    "iri": ("https://example.com/page", "https://example.org/docs"),
    "uri-reference": ("/page", "/docs/start"),
    "iri-reference": ("/page", "/docs/start"),
    "uri-template": ("/items/{id}", "/users/{name}"),
    "uuid": ("3f2b8c1e-6d4a-4e0b-9a57-1c2d3e4f5a6b", "8d1e7c52-0b3f-4a96-8e21-5f6a7b8c9d0e"),
    "json-pointer": ("/items/0", "/name"),
    "relative-json-pointer": ("0/name", "1/items"),
    "regex": ("^[a-z]+$", "^[0-9]+$"),
    "byte": ("SGVsbG8=", "V29ybGQ="),
    "password": ("correct-horse", "battery-staple"),
}

# For those held short; padded in front where they are too short.
SHORT_FORMATS: Mapping[str, str] = {
    **{"email": "a@b.co", "idn-email": "a@b.co", "hostname": "a.co", "idn-hostname": "a.co"},
    **{"uri-reference": "a", "iri-reference": "a", "regex": "a", "password": "a"},
}

WORDS: Mapping[str, tuple[str, ...]] = {
    "address": ("12 Main Street", "7 Harbour Road"),
    "author": ("Ana Silva", "Ben Okafor"),
    "body": ("See you on Monday.", "Thank you for your order."),
    "branch": ("main", "release"),
    "brand": ("Acme", "Northwind"),
    "category": ("books", "garden"),
    "city": ("Paris", "Tokyo", "Boston", "Lima"),
    "code": ("A-1042", "B-2210"),
    "color": ("green", "blue"),
    "colour": ("green", "blue"),
    "company": ("Acme Ltd", "Northwind"),
    "content": ("A short example text.", "A second example text."),
    "country": ("France", "Japan", "Peru"),
    "currency": ("EUR", "USD"),
    "date": ("2026-03-14", "2026-03-15"),
    "day": ("Monday", "Tuesday"),
    "department": ("Sales", "Support"),
    "description": ("A short description.", "Another description."),
    "destination": ("Lyon", "Osaka"),
    "email": ("ana@example.com", "ben@example.com"),
    "file": ("report.txt", "notes.md"),
    "filename": ("report.txt", "notes.md"),
    "id": ("a1042", "b2210", "c3377"),
    "ingredient": ("flour", "butter"),
    "key": ("alpha", "beta"),
    "language": ("en", "fr"),
    "location": ("Paris", "Tokyo", "Boston", "Lima"),
    "message": ("Hello from the example.", "A second message."),
    "month": ("March", "April"),
    "name": ("Ana", "Ben", "Chloe"),
    "namespace": ("default", "staging"),
    "origin": ("Paris", "Tokyo"),
    "owner": ("ana", "ben"),
    "path": ("/docs/start.md", "/docs/usage.md"),
    "phone": ("+33 1 23 45 67 89", "+1 617 555 0100"),
    "place": ("Room 4", "Main hall"),
    "postcode": ("75001", "02108"),
    "product": ("espresso machine", "coffee beans"),
    "query": ("refund policy", "opening hours"),
    "question": ("What are the opening hours?", "Where is the office?"),
    "repo": ("callsmith", "handbook"),
    "room": ("Room 4", "Room 7"),
    "sku": ("SKU-1042", "SKU-2210"),
    "state": ("Massachusetts", "Oregon"),
    "status": ("open", "closed"),
    "street": ("12 Main Street", "7 Harbour Road"),
    "subject": ("Weekly report", "Invitation"),
    "summary": ("A short summary.", "Another summary."),
    "symbol": ("ACME", "NWND"),
    "tag": ("new", "sale"),
    "text": ("A short example text.", "A second example text."),
    "time": ("09:30", "14:00"),
    "timezone": ("Europe/Paris", "Asia/Tokyo"),
    "title": ("Weekly report", "Design review"),
    "unit": ("celsius", "fahrenheit"),
    "url": ("https://example.com/page", "https://example.org/docs"),
    "user": ("ana", "ben"),
    "username": ("ana", "ben"),
    "zip": ("02108", "75001"),
}

NUMBERS: Mapping[str, float] = {
    "age": 34,
    "amount": 25,
    "count": 3,
    "day": 14,
    "duration": 30,
    "height": 180,
    "hour": 9,
    "humidity": 60,
    "latitude": 48.86,
    "lat": 48.86,
    "limit": 10,
    "longitude": 2.35,
    "lng": 2.35,
    "lon": 2.35,
    "minute": 30,
    "minutes": 30,
    "month": 3,
    "page": 1,
    "percentage": 20,
    "port": 8080,
    "price": 19.99,
    "quantity": 2,
    "rate": 0.05,
    "rating": 4.5,
    "temperature": 21,
    "total": 42,
    "weight": 70,
    "width": 40,
    "year": 2026,
}

_EXAMPLE = re.compile(r"(?:\be\.\s?g\.?,?|\bfor example,?|\bsuch as|\bexamples?:|\blike)\s+", re.IGNORECASE)
_QUOTED = re.compile(r"['\"`“‘]([^'\"`“”‘’]{1,60})['\"`”’]")
_PLAIN = re.compile(r"([A-Z][\w .'-]*, [A-Z]{2}\b|[^\s,;()'\"][^,;()'\"]{0,59})")


def name_words(name: str) -> list[str]:
    """``shipToAddress`` and ``ship_to_address`` are ship, to, address."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def described_example(description: Any) -> str | None:
    """The example a description gives ("e.g. San Francisco, CA"), if it gives one."""
    if not isinstance(description, str):
        return None
    cue = _EXAMPLE.search(description)
    if cue is None:
        return None
    rest = description[cue.end() :]
    quoted = _QUOTED.match(rest)
    if quoted:
        return quoted.group(1)
    plain = _PLAIN.match(rest)
    if plain is None:
        return None
    return re.split(r" or | and |\. |\.$", plain.group(1))[0].strip() or None


def word_for(name: str, place: int) -> str:
    """The value number ``place`` for a string field by its name; different places give different values."""
    words = name_words(name)
    for word in reversed(words):
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if form in WORDS:
                return _numbered(WORDS[form][place % len(WORDS[form])], place // len(WORDS[form]))
    return _numbered(f"example {' '.join(words)}".strip(), place)


def _numbered(text: str, number: int) -> str:
    return f"{text} {number + 1}" if number else text


def number_for(name: str) -> float | None:
    for word in reversed(name_words(name)):
        if word in NUMBERS:
            return NUMBERS[word]
    return None
