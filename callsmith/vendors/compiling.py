"""A tool for one vendor: the wire JSON, and what becomes of every keyword."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.types.tool import Tool
from callsmith.vendors.gemini_parameters import CannotWrite, gemini_parameters
from callsmith.vendors.judging import judged
from callsmith.vendors.places import Walk, walked
from callsmith.vendors.rules import Table, Verdict
from callsmith.vendors.sending import OPENAI, SCHEMA_FIELD, sent, switched
from callsmith.vendors.tables import ALL
from callsmith.wire.custom import as_function
from callsmith.wire.profile import Profile

VENDORS: Mapping[str, Table] = {table.id: table for table in ALL}
# What the profiles of these vendors' models say; the others are sent as OpenAI is.
_PROFILES: Mapping[str, Profile] = {
    "deepseek": Profile(strict="no"),
    "deepseek-strict": Profile(),
    "gateway": Profile(strict="lost", converts=True),
}
# What is sent here is not the schema as it stands.
_REWRITTEN = "gemini-schema"


@dataclass(frozen=True, slots=True)
class Compilation:
    """``wire`` is the entry of the request's ``tools``, None where it cannot be made. ``refused`` is the first reason
    for which it is sure not to get through, empty where none is known."""

    vendor: str
    label: str
    wire: dict[str, Any] | None
    refused: str
    verdicts: tuple[Verdict, ...]


def compile_tool(tool: Tool, vendor_id: str, wire: str = "", walk: Walk | None = None) -> Compilation:
    """The tool as this vendor gets it, in one of its wire formats (the first unless said). ``walk``: the tool's own,
    where it was made before for another vendor."""
    table = VENDORS[vendor_id]
    walk = walk or walked(tool)
    judgement = judged(walk, table)
    refused = judgement.refused
    profile = _PROFILES.get(vendor_id, OPENAI)
    entry: dict[str, Any] | None = sent(switched(tool, table.strict), wire or table.wires[0], profile)
    if vendor_id == _REWRITTEN:
        try:
            entry = _rewritten(sent(tool, "gemini"), judgement.broken, walk, table)
        except CannotWrite as error:
            entry, refused = None, refused or str(error)
    return Compilation(vendor_id, table.label, entry, refused, judgement.verdicts)


def compile_all(tool: Tool) -> tuple[Compilation, ...]:
    """The tool for every vendor, in the order in which they are shown."""
    walk = walked(tool)
    return tuple(compile_tool(tool, vendor_id, walk=walk) for vendor_id in VENDORS)


def verdicts(tool: Tool, vendor_id: str, walk: Walk | None = None) -> tuple[Verdict, ...]:
    return judged(walk or walked(tool), VENDORS[vendor_id]).verdicts


def _rewritten(entry: dict[str, Any], broken: str, walk: Walk, table: Table) -> dict[str, Any]:
    if SCHEMA_FIELD not in entry:
        return entry
    if broken:
        raise CannotWrite(broken)
    if walk.tool.type == "custom":
        walk = walked(as_function(walk.tool))
    del entry[SCHEMA_FIELD]
    return {**entry, "parameters": gemini_parameters(walk, table)}
