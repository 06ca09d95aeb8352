"""Tools and setups put into a store, for tests that begin in the middle."""

from __future__ import annotations

from callsmith.starters import STARTERS
from callsmith.store import Store
from callsmith.types.options import Options
from callsmith.types.setup import Setup, ToolUse

WEATHER = next(starter for starter in STARTERS if starter.id == "weather").tools[0]


def weather_setup(store: Store, model: str = "demo-instant", options: Options | None = None) -> Setup:
    """A setup that offers the weather tool alone, which the library then has."""
    known = next((record.id for record in store.tools() if record.tool == WEATHER), None)
    return Setup(model=model, tools=(ToolUse(known or store.save_tool(WEATHER)),), options=options or Options())
