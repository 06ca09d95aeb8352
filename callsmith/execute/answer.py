"""The one door to every way of answering a call: which way was chosen decides who is asked."""

from __future__ import annotations

import time

from callsmith.answering import faults, rules, samples
from callsmith.execute import http_answer, mcp_answer
from callsmith.execute.occasion import CannotAnswer, Occasion, Reach
from callsmith.types.answering import Answer, Answering, By, Player
from callsmith.types.halves import whole
from callsmith.types.parts import Made, Maker


def answer(occasion: Occasion, answering: Answering, by: By, reach: Reach) -> Answer:
    """Blocks until there is an answer. ``by``: the way to use, which may differ from the tool's own. Raises
    ``CannotAnswer`` and ``Cancelled``. Half characters, which a server may send, are U+FFFD."""
    return whole(_answer(occasion, answering, by, reach))


def _answer(occasion: Occasion, answering: Answering, by: By, reach: Reach) -> Answer:
    name = occasion.tool.name
    match by:
        case "rules":
            return _by_rules(occasion, answering)
        case "schema":
            return _sampled(occasion, answering)
        case "fault":
            return _faulty(occasion, answering)
        case "http":
            if answering.http is None:
                raise CannotAnswer(f"No request is set up for {name}. Describe it in the tool's answers.")
            return http_answer.answer(occasion, answering.http, reach)
        case "mcp":
            if answering.mcp is None:
                raise CannotAnswer(f"No MCP server is set up for {name}. Name one in the tool's answers.")
            return mcp_answer.answer(occasion, answering.mcp, reach)
        case "model":
            return reach.players.play(occasion, answering.model or Player())
        case "hand":
            raise CannotAnswer("This call is answered by hand")


def _by_rules(occasion: Occasion, answering: Answering) -> Answer:
    since, clock = time.time(), time.monotonic()
    matched = rules.match(answering.rules, occasion.call, occasion.number)
    if matched is None:
        few = "There are no rules yet" if not answering.rules else "No rule fits this call"
        raise CannotAnswer(f"{few}. Add one for it, or one for everything else, in the tool's answers.")
    replied = rules.reply(matched.rule, occasion.call)
    name = f", {matched.rule.name}" if matched.rule.name else ""
    detail = f"rule {matched.index + 1}{name}"
    _wait(occasion, replied.delay, detail)
    return Answer(replied.content, _made("rules", detail, since, clock), replied.is_error, notes=replied.notes)


def _sampled(occasion: Occasion, answering: Answering) -> Answer:
    since, clock = time.time(), time.monotonic()
    try:
        content, notes = samples.answer_of(occasion.tool, answering.samples, occasion.call, occasion.number)
    except ValueError as error:
        raise CannotAnswer(str(error)) from error
    detail = "edge case" if answering.samples.edges else f"sample, seed {answering.samples.seed}"
    return Answer(content, _made("schema", detail, since, clock), notes=notes)


def _faulty(occasion: Occasion, answering: Answering) -> Answer:
    since, clock = time.time(), time.monotonic()
    made = faults.make(answering.fault, occasion.tool, occasion.call, occasion.number)
    label = faults.FAULTS[answering.fault.fault][0].lower()
    _wait(occasion, made.delay, label)
    return Answer(made.content, _made("fault", label, since, clock), made.is_error, notes=(made.words,))


def _wait(occasion: Occasion, seconds: float, detail: str) -> None:
    if seconds:
        occasion.progress(f"{detail}: waits {seconds:g} s")
        occasion.cancel.pause(seconds)


def _made(by: Maker, detail: str, since: float, clock: float) -> Made:
    return Made(by, detail, since, time.monotonic() - clock)
