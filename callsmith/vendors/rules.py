"""The form of a vendor's table: what becomes of each keyword, why, and who says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from callsmith.types.tool import Tool
from callsmith.vendors.places import Place, Walk

Word = Literal["refused", "dropped", "ignored", "described", "rewritten", "kept"]
WORDS: tuple[Word, ...] = ("refused", "dropped", "ignored", "described", "rewritten", "kept")

# Whether a rule holds for this value of the keyword at this place.
Test = Callable[[Any, Place, Walk], bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a vendor makes of one keyword. ``path`` points at the keyword in the schema. Limits have a name in
    parentheses instead of a keyword, with the path of the schema they are about; ``name``, ``description``,
    ``strict`` and ``output_schema`` with the path "" are fields of the tool itself.

    ``verified``: the wire-format notes saw it in a vendor's document. ``source``: a section or trap of these notes,
    a document, or an issue where the refusal was met."""

    path: str
    keyword: str
    vendor: str
    verdict: Word
    reason: str
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """``when`` None: always. ``certain``: the whole tool was seen to fail for it, so that nothing else can be expected
    even where no document of the vendor was read."""

    verdict: Word
    reason: str
    source: str = ""
    verified: bool = False
    when: Test | None = None
    certain: bool = False

    def fits(self, value: Any, place: Place, walk: Walk) -> bool:
        return self.when is None or self.when(value, place, walk)

    @property
    def is_final(self) -> bool:
        """The tool does not get through, and that is known."""
        return self.certain or (self.verdict == "refused" and self.verified)


@dataclass(frozen=True, slots=True)
class ToolRule:
    """What becomes of a field of the tool. Of those for one keyword the first that fits counts."""

    keyword: str
    when: Callable[[Tool], bool]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Lack:
    """What a schema has to say and does not: ``keyword`` is its name in parentheses."""

    keyword: str
    when: Callable[[Place, Walk], bool]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that may not be passed. ``over`` says what then; its reason may hold {found} and {most}."""

    keyword: str
    measure: Callable[[Walk], int]
    most: int
    what: str
    over: Rule


@dataclass(frozen=True, slots=True)
class Table:
    """All that is known of a vendor. ``strict`` None: the tool's own switch is sent as it stands.

    ``broken`` is for values that no schema may hold, ``unknown`` for keywords that are in no list, ``lost`` for
    references to nowhere, ``anything`` and ``nothing`` for the schemas true and false. ``omitted``: for which tools
    the whole schema is left out of the request, and the rule for all that is in it then."""

    id: str
    label: str
    wires: tuple[str, ...]
    strict: bool | None
    rules: Mapping[str, tuple[Rule, ...]]
    unknown: Rule
    broken: Rule
    lost: Rule
    anything: Rule
    nothing: Rule
    tool: tuple[ToolRule, ...] = ()
    lacks: tuple[Lack, ...] = ()
    limits: tuple[Limit, ...] = ()
    property_name: tuple[re.Pattern[str], Rule] | None = None
    omitted: tuple[Callable[[Tool], bool], Rule] | None = None
    forgives: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)

    def rule(self, keyword: str, value: Any, place: Place, walk: Walk) -> Rule:
        for rule in self.rules.get(keyword, ()):
            if rule.fits(value, place, walk):
                return rule
        return self.unknown


def on(keywords: str | Iterable[str], *rules: Rule) -> dict[str, tuple[Rule, ...]]:
    """The same rules for several keywords; ``{keyword}`` in a reason is the keyword's name."""
    names = keywords.split() if isinstance(keywords, str) else keywords
    return {
        name: tuple(replace(rule, reason=rule.reason.replace("{keyword}", name)) for rule in rules) for name in names
    }


def kept(reason: str, source: str, verified: bool = False, when: Test | None = None) -> Rule:
    return Rule("kept", reason, source, verified, when)


def refused(
    reason: str, source: str, verified: bool = False, when: Test | None = None, *, certain: bool = False
) -> Rule:
    return Rule("refused", reason, source, verified, when, certain)


def ignored(reason: str, source: str, verified: bool = False, when: Test | None = None) -> Rule:
    return Rule("ignored", reason, source, verified, when)


def dropped(
    reason: str, source: str, verified: bool = False, when: Test | None = None, *, certain: bool = False
) -> Rule:
    return Rule("dropped", reason, source, verified, when, certain)


def described(reason: str, source: str, verified: bool = False, when: Test | None = None) -> Rule:
    return Rule("described", reason, source, verified, when)


def rewritten(reason: str, source: str, verified: bool = False, when: Test | None = None) -> Rule:
    return Rule("rewritten", reason, source, verified, when)
