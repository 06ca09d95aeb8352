"""The verdicts of one vendor on one tool: its table laid over the walk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from callsmith.schema.walk import escape
from callsmith.vendors.places import TOO_BIG, Entry, Place, Walk
from callsmith.vendors.rules import WORDS, Rule, Table, Verdict, Word

_LEFT_OUT = ("dropped", "ignored")
_LONGEST_PATH = 200
# The last word on a schema that is too large to be judged whole.
_SIZE = Rule("refused", TOO_BIG, "a limit of Callsmith", certain=True)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``refused``: the first reason for which the tool is sure not to get through; empty where none is known.
    ``broken``: the first fault that is one for everybody."""

    verdicts: tuple[Verdict, ...]
    refused: str
    broken: str


def judged(walk: Walk, table: Table) -> Judgement:
    verdicts = []
    refused = broken = ""
    for path, keyword, rule, reason in _found(walk, table):
        verdicts.append(Verdict(path, keyword, table.id, rule.verdict, reason, rule.source, rule.verified))
        if not refused and rule.is_final:
            refused = _placed(reason, path)
        if not broken and (rule is table.broken or rule is table.lost or rule is _SIZE):
            broken = _placed(reason, path)
    return Judgement(tuple(verdicts), refused, broken)


def _placed(reason: str, path: str) -> str:
    return f"At {path[:_LONGEST_PATH]}: {reason}" if path else reason


def summary(verdicts: Sequence[Verdict]) -> dict[Word, int]:
    """How many of each, the gravest first, every word present."""
    counted = Counter(verdict.verdict for verdict in verdicts)
    return {word: counted[word] for word in WORDS}


def in_words(counts: Mapping[Word, int]) -> str:
    """``3 refused, 1 dropped``; ``all kept`` where nothing else happens."""
    found = [f"{number:,} {word}" for word, number in counts.items() if number and word != "kept"]
    return ", ".join(found) or "all kept"


_Found = Iterator[tuple[str, str, Rule, str]]


def _found(walk: Walk, table: Table) -> _Found:
    yield from _tool(walk, table)
    if table.omitted is not None and table.omitted[0](walk.tool):
        rule = table.omitted[1]
        yield from ((entry.path, entry.keyword, rule, rule.reason) for place in walk.places for entry in place.entries)
        return
    # Schemas inside a keyword that is left out are left out with it: by their path, and by that of the keyword.
    gone: dict[str, Rule] = {}
    leaving: dict[str, Rule] = {}
    for place in walk.places:
        outer = gone.get(place.parent or "") if place.parent is not None else None
        outer = outer or leaving.get(place.holder or "")
        if outer is not None:
            gone[place.path] = outer
        for entry in place.entries:
            rule = _rule(entry, place, walk, table)
            if outer is not None and rule is not table.broken and rule is not table.lost:
                yield entry.path, entry.keyword, outer, outer.reason
                continue
            if rule.verdict in _LEFT_OUT:
                reason = f"It stands inside {entry.keyword}, which is {rule.verdict}."
                leaving[entry.path] = replace(rule, reason=reason)
            yield entry.path, entry.keyword, rule, _reason(rule, entry, table)
        if outer is None:
            yield from _around(place, walk, table)
    for path in walk.odd:
        yield path, "(schema)", table.broken, f"A schema has to stand here. {table.broken.reason}".rstrip()
    for path, switch in walk.booleans.items():
        rule = table.anything if switch else table.nothing
        yield path, "(any value)" if switch else "(no value)", rule, rule.reason
    yield from _limits(walk, table)


def _around(place: Place, walk: Walk, table: Table) -> _Found:
    for lack in table.lacks:
        if lack.when(place, walk):
            yield place.path, lack.keyword, lack.rule, lack.rule.reason
    if table.property_name is not None:
        yield from _property_names(place, table)


def _tool(walk: Walk, table: Table) -> _Found:
    done = set()
    for found in table.tool:
        if found.keyword not in done and found.when(walk.tool):
            done.add(found.keyword)
            yield "", found.keyword, found.rule, found.rule.reason


def _rule(entry: Entry, place: Place, walk: Walk, table: Table) -> Rule:
    if entry.fault:
        forgives = table.forgives.get(entry.keyword)
        if forgives is None or not forgives(entry.value):
            return table.broken
    if entry.path in walk.lost:
        return table.lost
    return table.rule(entry.keyword, entry.value, place, walk)


def _reason(rule: Rule, entry: Entry, table: Table) -> str:
    if rule is table.broken:
        return f"{entry.fault} {rule.reason}".rstrip()
    return f"Unknown keyword: {rule.reason}" if rule is table.unknown else rule.reason


def _property_names(place: Place, table: Table) -> _Found:
    assert table.property_name is not None
    pattern, rule = table.property_name
    names = place.schema.get("properties")
    for name in names if isinstance(names, Mapping) else ():
        if not pattern.fullmatch(name):
            yield f"{place.path}/properties/{escape(name)}", "(property name)", rule, rule.reason


def _limits(walk: Walk, table: Table) -> _Found:
    if walk.cut:
        yield "", "(size)", _SIZE, _SIZE.reason
    if not walk.places:
        return
    for limit in table.limits:
        found = limit.measure(walk)
        if found > limit.most:
            yield "", limit.keyword, limit.over, limit.over.reason.format(found=f"{found:,}", most=f"{limit.most:,}")
        else:
            fits = Rule("kept", "", limit.over.source, limit.over.verified)
            yield "", limit.keyword, fits, f"{found:,} of at most {limit.most:,} {limit.what}"
