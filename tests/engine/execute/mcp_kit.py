"""Occasions and reaches for tests of the MCP way of answering."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from callsmith.execute.addresses import Policy
from callsmith.execute.mcp_answer import answer
from callsmith.execute.occasion import Cancellation, Occasion, Reach
from callsmith.types.answering import Answer, Mcp, Player
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool

PROGRAM = Path(__file__).with_name("mcp_program.py")

LOOPBACK = Policy(loopback=True)


class NoPlayers:
    def play(self, occasion: Occasion, player: Player) -> Answer:
        raise AssertionError("no model is asked here")


def reach(
    secrets: Mapping[str, str] | None = None,
    *,
    stdio: bool = True,
    policy: Policy = LOOPBACK,
    learn: Callable[[list[str]], None] = lambda secrets: None,
) -> Reach:
    return Reach((secrets or {}).get, lambda: policy, lambda: stdio, NoPlayers(), learn)


def occasion(
    name: str,
    arguments: Mapping[str, Any] | str | None = None,
    *,
    cancel: Cancellation | None = None,
    progress: Callable[[str], None] = lambda words: None,
) -> Occasion:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {})
    return Occasion(ToolCall("c1", name, text), Tool(name), cancel=cancel or Cancellation(), progress=progress)


def program(log: Path, *more: str) -> str:
    return " ".join([sys.executable, str(PROGRAM), str(log), *more])


def ask(settings: Mcp, name: str, arguments: Mapping[str, Any] | str | None = None, **more: Any) -> Answer:
    return answer(occasion(name, arguments, **more), settings, reach())
