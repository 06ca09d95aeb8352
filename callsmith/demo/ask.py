"""What is asked of the demo model, whatever wire format it came in, and the refusal of a bad request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callsmith.types.message import Thread
from callsmith.types.tool import Tool, ToolChoice


@dataclass(frozen=True, slots=True)
class Ask:
    """``seed`` names this request (ids are made from it); ``today`` is what "tomorrow" counts from."""

    model: str
    thread: Thread
    seed: str
    today: date
    tools: tuple[Tool, ...] = ()
    choice: ToolChoice = ToolChoice()
    parallel: bool = True
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    stream: bool = False
    include_usage: bool = False


class Refused(Exception):
    """A request that a strict provider refuses; ``param`` names the field at fault."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        type_: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code
        self.status = status
        self.type = type_
