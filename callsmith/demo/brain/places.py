"""Well-known places, so that "Boston" becomes "Boston, MA" where a tool asks for city and state."""

from __future__ import annotations

US_STATES = {
    "Atlanta": "GA",
    "Austin": "TX",
    "Baltimore": "MD",
    "Berkeley": "CA",
    "Boston": "MA",
    "Charlotte": "NC",
    "Chicago": "IL",
    "Cleveland": "OH",
    "Dallas": "TX",
    "Denver": "CO",
    "Detroit": "MI",
    "Honolulu": "HI",
    "Houston": "TX",
    "Las Vegas": "NV",
    "Los Angeles": "CA",
    "Miami": "FL",
    "Minneapolis": "MN",
    "Nashville": "TN",
    "New Orleans": "LA",
    "New York": "NY",
    "New York City": "NY",
    "Oakland": "CA",
    "Orlando": "FL",
    "Philadelphia": "PA",
    "Phoenix": "AZ",
    "Pittsburgh": "PA",
    "Portland": "OR",
    "Sacramento": "CA",
    "Salt Lake City": "UT",
    "San Antonio": "TX",
    "San Diego": "CA",
    "San Francisco": "CA",
    "San Jose": "CA",
    "Seattle": "WA",
    "St. Louis": "MO",
    "Tampa": "FL",
    "Washington": "DC",
}

_WORLD = """Accra Addis Ababa Algiers Amsterdam Ankara Athens Auckland Baghdad Bangalore Bangkok Barcelona Beijing
Beirut Belgrade Berlin Bern Bogotá Bratislava Brisbane Brussels Bucharest Budapest Cairo Canberra Caracas Casablanca
Copenhagen Dakar Delhi Dhaka Doha Dubai Dublin Edinburgh Florence Frankfurt Geneva Hamburg Hanoi Havana Helsinki
Istanbul Jakarta Jerusalem Johannesburg Karachi Kathmandu Kyiv Kyoto Lagos Lahore Lima Lisbon Ljubljana London
Luxembourg Lyon Madrid Manchester Manila Marseille Melbourne Milan Montreal Moscow Mumbai Munich Nairobi Naples Osaka
Oslo Ottawa Paris Perth Porto Prague Quito Rabat Reykjavik Riga Rome Rotterdam Santiago Seoul Shanghai Shenzhen
Singapore Sofia Stockholm Sydney Taipei Tallinn Tehran Tokyo Toronto Tunis Turin Vancouver Vienna Vilnius Warsaw
Wellington Zagreb Zurich"""
_REGIONS = """California Florida Texas Massachusetts Oregon France Germany Italy Spain Portugal Japan China
India Brazil Peru Chile Mexico Canada Australia England Scotland Ireland Norway Sweden Finland Denmark Poland Greece
Turkey Egypt Kenya Nigeria Vietnam Thailand Indonesia Austria Switzerland Belgium Netherlands Argentina Colombia"""
REGIONS = frozenset((*_REGIONS.split(), "New Zealand", "South Korea", "United Kingdom", "United States", "UK", "USA"))
PLACES = frozenset(
    (
        *US_STATES,
        *REGIONS,
        *(city for city in _WORLD.split() if city not in ("Addis", "Ababa")),
        "Addis Ababa",
        "Buenos Aires",
        "Cape Town",
        "Ho Chi Minh City",
        "Hong Kong",
        "Kuala Lumpur",
        "Mexico City",
        "New Delhi",
        "Rio de Janeiro",
        "Sao Paulo",
        "São Paulo",
        "Tel Aviv",
    )
)
_LOWER = {place.lower(): place for place in PLACES}


def known_place(text: str) -> str | None:
    """The place's usual spelling, if it is one of the well-known."""
    return _LOWER.get(text.strip().lower())


def with_state(city: str) -> str:
    """``Boston`` is ``Boston, MA``; what is not a well-known US city stays as it is."""
    state = US_STATES.get(city)
    return f"{city}, {state}" if state else city
