"""Words of prompts, names and descriptions made comparable: stems, synonyms, and which words say nothing."""

from __future__ import annotations

import re
from functools import lru_cache

from callsmith.schema.sample_text import name_words

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|\d+(?:\.\d+)?", re.UNICODE)

STOP = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing down during each either else few for from further give given had has have having he
    her here hers him his how however i if in into is it its itself just kindly let like ll may me might mine more most
    much must my need no nor not now of off ok on once one only or other our ours out over own per please s same shall
    she should so some such t than thank thanks that the their theirs them then there these they this those through to
    too under until up us use used using ve very via want was we were what when where which while who whom whose why
    will with within without would yes yet you your yours etc eg ie g e value values parameter parameters specify
    specified provided based default optional required string number integer boolean array object list function tool
    format type returns return whether true false including example certain specific particular
    """.split()  # noqa: SIM905
)

# Words that mean the same to a tool: the first of each group stands for all.
_GROUPS = """
weather forecast rain rainy sunny climate snow snowy windy umbrella temperature
search find look lookup seek discover query locate hunt
fetch read open retrieve load download view
book reserve schedule arrange
event meeting appointment calendar review
order buy purchase
send deliver dispatch
mail email message
delete remove erase drop
cancel abort
create make add new generate compose write draft
update change modify edit set adjust
calculate compute evaluate work solve determine
convert exchange translate transform
price cost quote fee
stock share ticker
image picture photo photograph drawing
document doc page article file wiki
restaurant diner eatery cafe
movie film cinema
song music track
house home apartment property flat
flight plane airline
hotel motel accommodation
car vehicle automobile
distance far
route direction navigation
user customer client person account
money cash amount
sum total
show display list enumerate
city town
location place
job position vacancy
news headline
recipe dish meal cook
""".strip()
# Words whose stem has another sense than they have ("opening hours" opens nothing).
_APART = {"opening": "opening", "meetings": "event", "read": "fetch", "reading": "reading", "setting": "setting"}
_SAME = {word: group.split()[0] for group in _GROUPS.splitlines() for word in group.split()} | _APART


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, and one word for all its synonyms."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if word in _SAME:
        return _SAME[word]
    plain = _ending(word)
    return _SAME.get(plain, plain)


def _ending(word: str) -> str:
    if len(word) <= 3 or not word.isalpha():
        return word
    for ending, instead in (
        ("ations", "ate"),
        ("ation", "ate"),
        ("ies", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("ings", ""),
        ("ing", ""),
        ("ied", "y"),
        ("ed", ""),
        ("ers", ""),
        ("or", ""),
        ("er", ""),
        ("ly", ""),
        ("s", ""),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


def stems(text: str) -> list[str]:
    """The words of a text that say something, as stems, in order."""
    found = (word.lower() for word in _WORD.findall(text))
    return [stem(word) for word in found if word.split("'")[0].split("’")[0] not in STOP and len(word) > 1]


def name_stems(name: str) -> list[str]:
    """The words of an identifier as stems, the empty ones left out."""
    return [stem(word) for word in name_words(name) if word not in STOP and not word.isdigit()]
