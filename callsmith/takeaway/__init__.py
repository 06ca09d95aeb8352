"""The current turn as code to take along: what would be asked now, the tools as stubs, and the loop between them."""

from callsmith.takeaway.targets import TARGETS, code, offered
from callsmith.takeaway.types import Asks, Code, Target

__all__ = ["TARGETS", "Asks", "Code", "Target", "code", "offered"]
