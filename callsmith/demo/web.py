"""The demo model's web: a dozen invented pages on names that nobody owns (RFC 2606). Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callsmith.demo.brain.words import stems
from callsmith.demo.script import Source

_MOST = 3
_EMPTY_WORDS = frozenset(stems("search find look web internet online latest current news today recent tell"))

PAGES: tuple[Source, ...] = (
    Source(
        "https://harbour-times.example/tide-clock",
        "Harbour clock restored after nine years",
        "The tide clock on Salt Quay runs again after nine years of repairs. Its bell was recast in a foundry in "
        "Aldermoor. Visitors may climb the tower on the first Sunday of each month.",
    ),
    Source(
        "https://harbour-times.example/ferry-electric",
        "Electric ferry starts in spring",
        "The electric ferry between Aldermoor and Salt Quay starts on 3 April. A crossing takes 22 minutes. The old "
        "diesel ferry becomes a floating café.",
    ),
    Source(
        "https://weather.example/outlook",
        "Weather outlook for the week",
        "The week begins sunny, with 18 °C on Monday. Rain arrives on Wednesday night. The weekend stays dry and "
        "windy.",
    ),
    Source(
        "https://space.example/moon-rover",
        "Moon rover Pika finds glass beads",
        "The moon rover Pika found beads of volcanic glass in the crater Ilmari. The beads are about 3.2 billion years "
        "old. The rover will drill next month.",
    ),
    Source(
        "https://space.example/comet",
        "Comet Vesper in the evening sky",
        "Comet Vesper can be seen without a telescope after sunset. It is brightest on 12 November. Its tail points "
        "away from the sun.",
    ),
    Source(
        "https://bread.example/sourdough",
        "Sourdough for beginners",
        "Sourdough bread needs flour, water, salt and time. Feed the starter every twelve hours. Bake the loaf at "
        "230 °C in a closed pot for 40 minutes.",
    ),
    Source(
        "https://cycling.example/results",
        "Results of the Three Lakes cycling race",
        "Ida Brandt won the Three Lakes cycling race in 4 hours and 11 minutes. Second came Noé Duval, 38 seconds "
        "later. The next race starts in Aldermoor.",
    ),
    Source(
        "https://markets.example/coffee",
        "Coffee prices this week",
        "The price of coffee beans rose by 4.5 percent this week. Dealers name a dry summer as the cause. Tea stayed "
        "at its price.",
    ),
    Source(
        "https://developers.example/tool-calling",
        "What tool calling is",
        "A model that calls a tool writes its name and its arguments as JSON. The application runs the tool and sends "
        "the result back. The model never runs anything itself.",
    ),
    Source(
        "https://developers.example/json-schema",
        "JSON Schema in ten minutes",
        "JSON Schema describes which JSON values are valid. The keyword “required” names the properties that must be "
        "there. The keyword “enum” lists all values that are allowed.",
    ),
    Source(
        "https://gardens.example/tomatoes",
        "When to plant tomatoes",
        "Tomato seedlings move outdoors after the last frost. Water them at the root, never on the leaves. Remove the "
        "lowest leaves in July.",
    ),
    Source(
        "https://museum.example/lantern-night",
        "Lantern night at the museum",
        "The museum opens until midnight on lantern night. Entry is free for children. The great hall is lit by 1,200 "
        "paper lanterns — each made by hand.",
    ),
)


def look_up(query: str) -> tuple[Source, ...]:
    """The pages that share words with the query, best first; a word of the title counts twice."""
    words = set(stems(query)) - _EMPTY_WORDS
    scored = [(len(words & set(stems(page.text))) + 2 * len(words & set(stems(page.title))), page) for page in PAGES]
    found = sorted((pair for pair in scored if pair[0] >= 2), key=lambda pair: -pair[0])
    return tuple(page for _, page in found[:_MOST])


def best_sentence(page: Source, query: str) -> str:
    """The sentence of the page that has most of the query's words; the first one where none has any."""
    sentences: Sequence[str] = re.split(r"(?<=[.!?])\s+", page.text)
    words = set(stems(query))
    return max(sentences, key=lambda sentence: len(words & set(stems(sentence))))
