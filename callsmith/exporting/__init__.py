"""Tools in other shapes and languages, with what each of them cannot say."""

from callsmith.exporting.targets import TARGETS, export, export_all
from callsmith.exporting.types import Exported, Note, Target

__all__ = ["TARGETS", "Exported", "Note", "Target", "export", "export_all"]
