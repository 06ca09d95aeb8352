"""What an export is: a text in some language, and what that language could not say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """What a tool can be exported to. ``language`` names the highlighting, ``suffix`` ends the file's name."""

    id: str
    label: str
    language: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Exported:
    """``notes`` are sentences, one for each difference between the schema and what the text says, each with its
    place in front (a JSON pointer into the schema)."""

    text: str
    language: str
    filename: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """One difference: where it is in the schema (a JSON pointer), and what it is."""

    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.at or 'The tool'}: {self.message}"
