"""Anything pasted may be hostile: a clear answer, in bounded time, and never another exception."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.importing import KINDS, ImportProblem, each, read, read_as
from callsmith.importing.containers import MAX_ENTRIES

WORDS = st.sampled_from(
    [
        *("type", "function", "functions", "tools", "name", "parameters", "input_schema", "inputSchema", "properties"),
        *("functionDeclarations", "required", "items", "openapi", "swagger", "paths", "get", "post", "result", "$ref"),
        *("requestBody", "content", "schema", "in", "responses", "components", "servers", "security", "format", "enum"),
        *("grammar", "optional", "nullable", "title", "strict", "custom", "output_schema", "/a", "application/json"),
    ]
)
VALUES = st.sampled_from(
    ["object", "dict", "OBJECT", "function", "custom", "x", "", "3.0.0", "2.0", "body", "query", "#", "#/a", "a b"]
)
SCALARS = st.none() | st.booleans() | st.integers() | VALUES
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5))


def read_or_problem(data: Any, filename: str = "") -> None:
    try:
        read(data, filename)
    except ImportProblem as problem:
        assert problem.message


@given(JSON)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.slow
def test_any_json_is_read_or_told(document: Any) -> None:
    text = json.dumps(document)
    read_or_problem(text)
    for kind in KINDS:
        try:
            read_as(kind, text)
        except ImportProblem as problem:
            assert problem.message


@given(st.dictionaries(WORDS, JSON, max_size=5), st.dictionaries(WORDS, JSON, max_size=5))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.slow
def test_any_operation_is_read_or_told(operation: Any, item: Any) -> None:
    paths = {"/a/{b}": {**item, "post": operation}}
    read_or_problem(json.dumps({"openapi": "3.0.0", "paths": paths, "components": item}))
    read_or_problem(json.dumps({"swagger": "2.0", "paths": paths, **item}))


@given(st.text() | st.binary())
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_or_told(data: str | bytes) -> None:
    read_or_problem(data)
    for prefix in ("curl ", "def f(", "a: "):
        if isinstance(data, str):
            read_or_problem(prefix + data)


def nested(levels: int, keyword: str, leaf: Any) -> Any:
    for _ in range(levels):
        leaf = {keyword: leaf}
    return leaf


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"name": "f", "parameters": nested(490, "items", {"type": "dict"})}),
        json.dumps({"a": nested(490, "b", 1)}),
        json.dumps(nested(490, "tools", 1)),
        "[" * 100_000,
        '{"name": "f", "parameters": {"minimum": NaN}}',
        '{"name": "f", "name": "g"}',
        '{"name": "f", "description": "\\ud800"}',
        "a: &a [*a]",
        "a: *b",
        "a: &a [x, x, x, x]\n"
        + "\n".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}' if n else '*a'] * 10)}]" for n in range(12)),
        "- " * 5_000 + "x",
        "a: !!python/object/apply:os.system ['true']",
    ],
)
def test_hostile_texts(text: str) -> None:
    read_or_problem(text)


@pytest.mark.slow
def test_a_bomb_of_zeros_is_refused() -> None:
    with pytest.raises(ImportProblem, match="more than 64 MB"):
        read(gzip.compress(b"0" * 70_000_000))


@pytest.mark.parametrize(
    "data", [gzip.compress(b"{}", mtime=0)[:-4], b"\x1f\x8bjunk", b"\xff\xfe\x00", bytes(range(256))]
)
def test_damaged_files_are_told(data: bytes) -> None:
    with pytest.raises(ImportProblem):
        read(data)


def test_names_of_javascript_are_names_like_others() -> None:
    parameters = {"type": "object", "properties": {"__proto__": {"type": "string"}, "constructor": {}}}
    found = read(json.dumps({"name": "__proto__", "parameters": parameters})).candidates[0]
    assert found.tool.parameters == parameters


def test_one_broken_line_is_one_refused_candidate_for_the_shell_too() -> None:
    good = json.dumps({"name": "f", "inputSchema": {"type": "object"}})
    found = list(each(f"{good}\n{{broken}}\n{good}", "x.jsonl"))
    assert [bool(one.refused) for one in found] == [False, True, False]
    # In a file of lines each line is a set of its own: names are not made unique across them.
    assert [one.tool.name for one in found] == ["f", "line 2", "f"]


@pytest.mark.slow
def test_a_list_of_hundreds_of_thousands_is_bounded() -> None:
    found = read('{"tools": [' + ",".join(["{}"] * 300_000) + "]}")
    assert any("first" in problem for problem in found.problems)
    assert len(found.candidates) < MAX_ENTRIES
