from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.models import Model, ModelList, read_models, search
from callsmith.types.problem import Problem


def read(document: Any, status: int = 200) -> ModelList:
    found = read_models(status, json.dumps(document).encode())
    assert isinstance(found, ModelList), found
    return found


def refused(body: bytes, status: int = 200) -> Problem:
    found = read_models(status, body)
    assert isinstance(found, Problem), found
    return found


def ids(found: ModelList) -> list[str]:
    return [model.id for model in found.models]


def test_a_gateway_list_with_its_extra_success() -> None:
    found = read(
        {
            "success": True,
            "object": "list",
            "data": [
                {
                    "id": "gpt-4o",
                    "object": "model",
                    "created": 1626777600,
                    "owned_by": "openai",
                    "supported_endpoint_types": ["openai", "openai-response"],
                },
                {"id": "claude-x", "owned_by": "custom", "supported_endpoint_types": None},
                {"id": "bge", "owned_by": None, "supported_endpoint_types": ["embeddings"]},
                {"id": "zed", "supported_endpoint_types": []},
            ],
        }
    )
    assert ids(found) == ["bge", "claude-x", "gpt-4o", "zed"]
    assert found.models[2] == Model("gpt-4o", "openai", ("openai", "openai-response"), "gpt-4o")
    assert [model.endpoint_types for model in found.models] == [("embeddings",), (), ("openai", "openai-response"), ()]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"data": [{"type": "model", "id": "claude-x", "display_name": "Claude X"}], "has_more": False},
            ("claude-x", "Claude X"),
        ),
        ({"models": [{"name": "models/gemini-x", "displayName": "Gemini X"}]}, ("gemini-x", "Gemini X")),
        (
            {"models": [{"name": "gemini-x", "displayName": "Gemini X"}], "nextPageToken": None},
            ("gemini-x", "Gemini X"),
        ),
        ({"models": [{"name": "llama3:latest", "model": "llama3:latest"}]}, ("llama3:latest", "llama3:latest")),
        (
            {"object": "list", "data": [{"id": "llama3:latest", "owned_by": "library"}]},
            ("llama3:latest", "llama3:latest"),
        ),
        ([{"id": "mix", "display_name": "Mix"}], ("mix", "Mix")),
        (["just-a-name"], ("just-a-name", "just-a-name")),
        ({"data": [{"id": "openai/gpt", "name": "OpenAI: GPT"}]}, ("openai/gpt", "OpenAI: GPT")),
        ({"data": [{"id": 7}]}, ("7", "7")),
    ],
    ids=["anthropic", "gemini", "gateway-gemini", "ollama-own", "ollama", "array", "strings", "openrouter", "number"],
)
def test_every_shape_of_a_list(document: Any, expected: tuple[str, str]) -> None:
    (model,) = read(document).models
    assert (model.id, model.label) == expected


def test_both_data_and_models_is_read_once() -> None:
    """llama.cpp answers with both."""
    assert ids(read({"models": [{"name": "a.gguf"}], "data": [{"id": "a.gguf"}]})) == ["a.gguf"]


def test_duplicates_once_and_unusable_entries_counted() -> None:
    found = read(
        {
            "data": [
                {"id": "b"},
                {"id": "A"},
                {"id": "b"},
                {"id": None},
                {"id": ""},
                {"id": True},
                {"id": ["x"]},
                5,
                None,
            ]
        }
    )
    assert ids(found) == ["A", "b"]
    assert found.skipped == 6


@pytest.mark.parametrize("document", [{"object": "list", "data": None}, {"data": []}, []])
def test_a_server_without_models_has_an_empty_list(document: Any) -> None:
    assert read(document) == ModelList()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"error": {"message": "no", "code": "model_not_found"}}, "model_not_found"),
        ({"success": False, "message": "the token is expired"}, ""),
        ([{"error": {"message": "no", "code": 403}}], "403"),
    ],
)
def test_an_error_inside_a_200_is_an_error(document: Any, code: str) -> None:
    problem = refused(json.dumps(document).encode())
    assert (problem.kind, problem.code) == ("stream", code)
    assert problem.message in ("no", "the token is expired")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<!doctype html><html></html>", "html"),
        (b"", "empty"),
        (b"ok", "not_json"),
        (b'{"hello": "world"}', "no_models"),
        (b'"text"', "no_models"),
        (b"null", "no_models"),
        (b"\xff\xfe", "not_json"),
    ],
)
def test_an_answer_that_is_no_list(body: bytes, code: str) -> None:
    problem = refused(body)
    assert (problem.kind, problem.code) == ("unreadable", code)


def test_half_characters_are_replaced() -> None:
    assert ids(read({"data": [{"id": "a\ud83d"}]})) == ["a\ufffd"]
    assert refused(b'{"error": {"message": "No \\ud83d"}}', 400).message == "No \ufffd"


def test_an_error_status() -> None:
    problem = refused(b'{"error": {"message": "bad key (request id: r1)", "code": ""}}', 401)
    assert (problem.kind, problem.status, problem.request_id) == ("http", 401, "r1")


def test_trap_53_an_unknown_model_is_a_200_with_an_error_and_a_list_has_an_extra_field() -> None:
    problem = refused(b'{"error": {"message": "The model x does not exist", "code": "model_not_found"}}')
    assert (problem.kind, problem.status, problem.code) == ("stream", 200, "model_not_found")
    assert ids(read({"success": True, "data": [{"id": "gpt-4o"}]})) == ["gpt-4o"]


def test_search_wants_every_word_somewhere() -> None:
    models = read({"data": [{"id": "gpt-4o-mini", "owned_by": "azure"}, {"id": "gpt-4o"}, {"id": "o3-mini"}]}).models
    assert [model.id for model in search(models, "MINI gpt")] == ["gpt-4o-mini"]
    assert [model.id for model in search(models, "azure")] == ["gpt-4o-mini"]
    assert search(models, "  ") == models
    assert search(models, "claude") == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["data", "models", "id", "name", "error", "success", "supported_endpoint_types", "owned_by"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([200, 302, 404, 503]))
@pytest.mark.slow
def test_whatever_json_arrives_it_is_a_list_or_a_problem(document: Any, status: int) -> None:
    assert isinstance(read_models(status, json.dumps(document).encode()), ModelList | Problem)


@given(st.binary(max_size=40))
def test_whatever_bytes_arrive_it_is_a_list_or_a_problem(body: bytes) -> None:
    assert isinstance(read_models(200, body), ModelList | Problem)
