"""Offsets of the parts of a JSON text: every part, at any depth, fast, and as a browser counts them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.schema.places import code_units, offset, places
from callsmith.schema.text import TextError, read, write
from callsmith.schema.walk import escape

TEXT = '{\n  "name": "a",\n  "parameters": {"enum": [1, [2.5], {"/~": null}]}\n}'

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def every_part(document: Any, pointer: str = "") -> list[tuple[str, Any]]:
    below = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    found = [(pointer, document)]
    for key, item in below:
        found += every_part(item, f"{pointer}/{escape(key)}")
    return found


def spanned(text: str, pointer: str) -> tuple[str, str]:
    place = places(text)[pointer]
    return text[slice(*place.key)] if place.key else "", text[slice(*place.value)]


def test_values_and_keys() -> None:
    assert spanned(TEXT, "/name") == ('"name"', '"a"')
    assert spanned(TEXT, "/parameters/enum/1") == ("", "[2.5]")
    assert spanned(TEXT, "/parameters/enum/2/~1~0") == ('"/~"', "null")
    assert spanned(TEXT, "") == ("", TEXT)


@given(documents, st.sampled_from([None, 0, 2]), st.booleans())
@pytest.mark.slow
def test_every_part_stands_where_it_is_said_to(document: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    found = places(text)
    parts = every_part(document)
    assert len(found.starts) == len(parts)
    for pointer, value in parts:
        place = found[pointer]
        assert json.loads(text[slice(*place.value)]) == value
        if place.key:
            assert escape(json.loads(text[slice(*place.key)])) == pointer.rpartition("/")[2]


@pytest.mark.parametrize(
    ("pointer", "named"),
    [
        ("/parameters/enum", '"enum"'),
        ("/parameters/enum/7/x", '"enum"'),
        ("/parameters/enum/1", "["),
        ("/description", "{"),
        ("", "{"),
    ],
)
def test_a_finding_is_marked_at_the_key_or_at_the_nearest_part_there_is(pointer: str, named: str) -> None:
    assert TEXT[slice(*places(TEXT).nearest(pointer).named)] == named


def test_a_pointer_to_nothing_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        places(TEXT)["/nothing"]


def test_500_levels() -> None:
    deep = '{"a":' * 499 + "[1]" + "}" * 499
    assert deep[slice(*places(deep)["/a" * 499 + "/0"].value)] == "1"


@pytest.mark.slow
def test_a_megabyte_below_490_levels_is_found_in() -> None:
    wide = json.dumps({f"key {number}": [number, "text"] for number in range(36_000)})
    text = '{"a":' * 490 + wide + "}" * 490
    assert len(text) > 1_000_000
    found = places(text)
    assert text[slice(*found["/a" * 490 + "/key 35999/0"].value)] == "35999"


def test_the_offset_of_an_error() -> None:
    text = '{\n  "é😀": tru\n}'
    with pytest.raises(TextError) as caught:
        read(text)
    assert caught.value.line and caught.value.column
    assert text[offset(text, caught.value.line, caught.value.column) :] == "tru\n}"
    assert offset(text, 9, 9) <= len(text)


@given(st.text())
@pytest.mark.slow
def test_offsets_as_a_browser_counts_them(text: str) -> None:
    units = code_units(text)
    for position in range(len(text) + 1):
        assert units(position) == len(text[:position].encode("utf-16-le", "surrogatepass")) // 2


def test_the_written_form_is_read() -> None:
    document = {"type": "object", "required": ["a", "b"], "properties": {"a": {}, "b": []}}
    assert json.loads(spanned(write(document), "/properties/b")[1]) == []
