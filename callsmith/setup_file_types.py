"""What a setup file holds, field by field under the names it has there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callsmith.types.answering import Answering
from callsmith.types.connection import WireName
from callsmith.types.options import Options
from callsmith.types.parts import NO_EXTRA
from callsmith.types.setup import LoopLimits
from callsmith.types.tool import Grammar, Tool


@dataclass(frozen=True, slots=True)
class SetupTool:
    """A tool without its origin. ``answering.model.connection_id`` is the name of a connection here. ``on`` False: it
    is kept, but not offered."""

    name: str
    description: str = ""
    type: Literal["function", "custom"] = "function"
    grammar: Grammar | None = None
    parameters: Mapping[str, Any] | None = None
    strict: bool | None = None
    output_schema: Mapping[str, Any] | None = None
    on: bool = True
    answering: Answering = Answering()

    @property
    def tool(self) -> Tool:
        return Tool(
            self.name, self.description, self.parameters, self.strict, self.output_schema, self.type, self.grammar
        )

    @classmethod
    def of(cls, tool: Tool, answering: Answering, *, on: bool = True) -> SetupTool:
        return cls(
            name=tool.name,
            description=tool.description,
            type=tool.type,
            grammar=tool.grammar,
            parameters=tool.parameters,
            strict=tool.strict,
            output_schema=tool.output_schema,
            on=on,
            answering=answering,
        )


@dataclass(frozen=True, slots=True)
class SetupFile:
    """``connection`` is its name, or ``demo`` or ``environment``; empty ``connection``, ``model`` or ``wire``: the
    default one. ``prompt`` is the first message, empty for none. ``budget`` None: no such bound."""

    name: str = ""
    connection: str = ""
    model: str = ""
    wire: WireName = ""
    system: str = ""
    variables: Mapping[str, str] = field(default_factory=lambda: NO_EXTRA)
    prompt: str = ""
    tools: tuple[SetupTool, ...] = ()
    options: Options = Options()
    loop: LoopLimits = LoopLimits()
    budget: float | None = None
