"""Exports of schemas that come back to themselves end, say where they gave up, and still judge values rightly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pydantic
import pytest

from callsmith.exporting import export, reading
from callsmith.types.tool import Tool
from tests.engine.exporting import recursive
from tests.engine.exporting.test_pydantic import model_of

ROOT = Path(__file__).parents[3]


def assert_ends(which: str, seconds: float) -> None:
    """In a process of its own, which can be stopped: what does not end would hold up the tests for ever."""
    command = [sys.executable, "-m", "tests.engine.exporting.recursive", which]
    done = subprocess.run(command, cwd=ROOT, timeout=seconds, capture_output=True, text=True, check=False)
    assert done.stdout == "ended\n", done.stderr[-2000:]


@pytest.mark.slow
def test_known_recursion_ends() -> None:
    assert_ends("known", 100)


@pytest.mark.slow
def test_any_recursion_ends() -> None:
    assert_ends("150", 300)


@pytest.mark.parametrize("which", [name for name in recursive.KNOWN if name not in recursive.GIVEN_UP])
def test_the_same_parts_are_one_definition(which: str) -> None:
    shapes = reading.read(recursive.KNOWN[which], "f")
    assert len(shapes.definitions) < 15
    assert not [note for note in shapes.notes if "from here on" in note.message]


@pytest.mark.parametrize("which", recursive.GIVEN_UP)
@pytest.mark.slow
def test_what_leads_to_ever_more_is_given_up(which: str) -> None:
    shapes = reading.read(recursive.KNOWN[which], "f")
    assert len([note for note in shapes.notes if "from here on" in note.message]) == 1
    assert len(shapes.definitions) <= 2 * reading.MAX_MERGED_NODES
    assert max(key.count("merged") for key in shapes.definitions) <= reading.MAX_MERGED_LEVELS + 1


@pytest.mark.slow
def test_a_large_schema_is_read_whole() -> None:
    properties = {f"p{n}": {"type": "object", "properties": {"a": {"type": "string"}}} for n in range(6_000)}
    shapes = reading.read({"type": "object", "properties": properties, "allOf": [{"required": ["p1"]}]}, "f")
    assert not [note for note in shapes.notes if "from here on" in note.message]
    assert len(shapes.definitions) > 6_000


def test_models_of_known_recursion_judge_values() -> None:
    kids, _ = model_of(Tool("f", "", recursive.KNOWN["items"]))
    kids.validate_python({"first": {"kids": [{"v": 1, "kids": [{"v": 2}]}]}})
    with pytest.raises(pydantic.ValidationError):
        kids.validate_python({"first": {"kids": [{"v": 1, "kids": [{"kids": []}]}]}})
    lists, _ = model_of(Tool("f", "", recursive.KNOWN["list"]))
    lists.validate_python({"a": []})
    with pytest.raises(pydantic.ValidationError):
        lists.validate_python({"a": [[[]]]})


def test_a_typescript_type_means_itself() -> None:
    text = export(Tool("f", "", recursive.KNOWN["items"]), "zod").text
    assert '"kids"?: (KidsItem)[] | undefined;' in text
