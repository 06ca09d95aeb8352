"""The file itself: a start, one section a step, and the style and script that turn the pages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from callsmith.exporting_page.inert import as_given, line, preformatted
from callsmith.exporting_page.pictures import figure
from callsmith.exporting_page.prose import prose
from callsmith.spoken import count, joined
from callsmith.story import Fact, Kind, Step, Story
from callsmith.story_outline import Entry, outline, turns

_HERE = Path(__file__).parent
# Where a step goes: who speaks to whom. The style marks it in the row of the three.
_WAYS: dict[Kind, str] = {
    "prompt": "person model to-model",
    "thinking": "model",
    "call": "model tool to-tool",
    "result": "tool model from-tool",
    "answer": "model person to-person",
    "system": "model",
    "note": "",
}
_HEADING, _SENTENCES, _ENTRY = 120, 2_000, 100  # characters
_SIZED = 1_000  # characters of JSON from which on its length is said before it is opened
_MARKDOWN: tuple[Kind, ...] = ("answer", "thinking")
_ABOUT = (
    "This page replays a conversation with a language model, one step at a time.",
    "A language model only writes text: where it needs something looked up or done, it writes down which tool it wants "
    "and what to give it, and that is a tool call. A program carries the call out and hands the answer back, and the "
    "model goes on with it.",
)


@dataclass(frozen=True, slots=True)
class Include:
    """What of a story the page holds, besides what was said, called and returned."""

    thinking: bool = True
    system: bool = True
    json: bool = True
    cost: bool = True


def page(
    story: Story, include: Include = Include(), *, clean: Callable[[str], str] = as_given, addresses: Sequence[str] = ()
) -> str:
    """The whole file as text. ``clean`` takes known secrets out of every text; ``addresses`` are those of servers,
    which a failure may name."""
    hide = _hider(clean, addresses)
    steps = [step for step in story.steps if _wanted(step, include)]
    title = line(clean(story.title))
    whole = len(steps), turns(steps)
    sections = "\n".join(_step(step, at, whole, include, hide) for at, step in enumerate(steps, 1))
    style, script = _own("style.css"), _own("script.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header class="bar controls">
<p class="name" dir="auto">{title}</p>
<div class="choices">
<button type="button" id="list">Contents</button>
<button type="button" id="all">Show all</button>
<button type="button" id="theme">Dark</button>
</div>
</header>
<main>
{_start(story, steps, title, include, clean)}
{sections}
</main>
<nav class="bar controls" aria-label="Steps">
<button type="button" id="back">Back</button>
<div class="progress"><progress id="done" max="{len(steps)}" value="0" aria-label="Progress"></progress>
<span id="at">Start</span></div>
<button type="button" id="next">Next</button>
</nav>
{_contents(steps, hide)}
<p id="said" class="unseen" role="status" aria-live="polite"></p>
<script>{script}</script>
</body>
</html>
"""


def _start(story: Story, steps: Sequence[Step], title: str, include: Include, clean: Callable[[str], str]) -> str:
    facts = [Fact("model", f"with {clean(joined(list(story.models)))}")] if story.models else []
    last = turns(steps)
    facts += [Fact("size", count(last, "turn")), Fact("size", count(len(steps), "step"))]
    calls = sum(step.kind == "call" for step in steps)
    facts += [Fact("size", count(calls, "tool call"))] if calls else []
    about = "".join(f"<p>{sentence}</p>" for sentence in _ABOUT)
    keys = f"Or use the arrow keys{', with Shift for a whole turn' if last > 1 else ''}. C opens the contents."
    return f"""<section class="step start" id="start" aria-labelledby="h-0">
<p class="way" aria-hidden="true">{_WHO}</p>
<h1 id="h-0" dir="auto">{title}</h1>
<div class="words">{about}</div>
{_facts([*facts, *story.totals], include, clean)}
<p class="aside controls"><button type="button" id="begin" class="main">Begin</button>
<span class="keys">{keys}</span></p>
</section>"""


def _contents(steps: Sequence[Step], clean: Callable[[Step, str], str]) -> str:
    def entry(one: Entry) -> str:
        classes = " ".join(filter(None, ("" if one.main else "part", "wrong" if one.is_error else "")))
        number = f"<b>{one.turn}</b> " if one.main and one.turn else ""
        named = f' class="{classes}"' if classes else ""
        # Cleaned as a whole: half a secret would not be found any more.
        said = line(clean(steps[one.at], one.text), _ENTRY)
        return f'<li{named}><button type="button" value="{one.at + 1}" dir="auto">{number}{said}</button></li>'

    return f"""<dialog id="contents" aria-labelledby="contents-title">
<div class="top"><h2 id="contents-title">Contents</h2><button type="button" id="close">Close</button></div>
<ol>
<li><button type="button" value="0">Start</button></li>
{"".join(f"{entry(one)}{chr(10)}" for one in outline(steps))}</ol>
</dialog>"""


_WHO = "<b>Person</b><i></i><b>Model</b><i></i><b>Tool</b>"


def _step(step: Step, at: int, whole: tuple[int, int], include: Include, clean: Callable[[Step, str], str]) -> str:
    classes = " ".join(
        filter(None, ("step", step.kind, "wrong" if step.is_error else "", "together" if step.together else ""))
    )
    return f"""<section class="{classes}" id="step-{at}" aria-labelledby="h-{at}">
<p class="way {_WAYS[step.kind]}" aria-hidden="true">{_WHO}</p>
<p class="where">{_where(step, at, *whole)}</p>
<h2 id="h-{at}" dir="auto">{line(clean(step, step.heading), _HEADING)}</h2>
<p class="words" dir="auto">{line(clean(step, step.words), _SENTENCES)}</p>
{"".join(_body(step, include, lambda text: clean(step, text)))}</section>"""


def _where(step: Step, at: int, of: int, turns: int) -> str:
    turn = f", turn {step.turn}{f' of {turns}' if turns > 1 else ''}" if step.turn else ""
    return f"Step {at} of {of}{turn}"


def _body(step: Step, include: Include, clean: Callable[[str], str]) -> Iterator[str]:
    if step.text:
        text = clean(step.text)
        yield (prose(text) if step.kind in _MARKDOWN else preformatted(text, "said")) + "\n"
    for media in step.media:
        yield figure(media, clean) + "\n"
    if step.json and include.json:
        text = clean(step.json)
        size = f", {count(text.count(chr(10)) + 1, 'line')}" if len(text) > _SIZED else ""
        yield f"<details><summary>As the program sees it (JSON{size})</summary>{preformatted(text, 'code')}</details>\n"
    if facts := _facts(step.facts, include, clean):
        yield facts + "\n"


def _facts(facts: Sequence[Fact], include: Include, clean: Callable[[str], str]) -> str:
    shown = [fact for fact in facts if include.cost or fact.kind != "cost"]
    if not shown:
        return ""
    return '<ul class="facts">' + "".join(f"<li>{line(clean(fact.text))}</li>" for fact in shown) + "</ul>"


def _wanted(step: Step, include: Include) -> bool:
    if step.kind == "thinking":
        return include.thinking
    return include.system or step.kind != "system"


def _hider(clean: Callable[[str], str], addresses: Sequence[str]) -> Callable[[Step, str], str]:
    places = sorted({place for address in addresses for place in _places(address)}, key=len, reverse=True)

    def hide(step: Step, text: str) -> str:
        text = clean(text)
        if step.kind == "note" and step.is_error:
            for place in places:
                text = text.replace(place, "[address hidden]")
        return text

    return hide


def _places(address: str) -> tuple[str, ...]:
    """An address as a failure may name it: whole, without a password in it, and its host with and without the port."""
    whole = address.rstrip("/")
    scheme, _, rest = whole.partition("://")
    bare = rest.rpartition("@")[2]
    host = bare.partition("/")[0]
    return tuple(place for place in (whole, f"{scheme}://{bare}", host, host.partition(":")[0]) if place)


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"
