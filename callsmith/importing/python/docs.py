"""Docstrings of the Google, NumPy and Sphinx styles, told apart by griffe."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_MAX_DOCSTRING = 50_000
_SPHINX = re.compile(r"^[ \t]*:(?:param|parameter|arg|argument)[ \t]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Docs:
    """``about`` is the text before and between the sections; ``fields`` describe parameters or attributes, and
    ``types`` say what those are where the docstring does."""

    about: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)


def read(text: str) -> Docs:
    if not text or len(text) > _MAX_DOCSTRING:
        return Docs(text[:_MAX_DOCSTRING])
    import griffe

    docstring = griffe.Docstring(text, lineno=1)
    # griffe's own guess takes one ":param" for plain text.
    style = griffe.Parser.sphinx if _SPHINX.search(text) else griffe.infer_docstring_style(docstring)[0]
    sections = docstring.parse(style or griffe.Parser.google, warnings=False)
    about: list[str] = []
    fields: dict[str, str] = {}
    types: dict[str, str] = {}
    for section in sections:
        kind = section.kind.value
        if kind == "text":
            about.append(str(section.value).strip())
        elif kind in ("parameters", "other parameters", "attributes"):
            for one in section.value:
                name = one.name.lstrip("*")
                if one.description:
                    fields[name] = one.description.strip()
                if one.annotation:
                    types[name] = str(one.annotation).removesuffix(", optional")
    return Docs("\n\n".join(part for part in about if part), fields, types)
