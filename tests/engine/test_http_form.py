"""An HTTP request as it is typed: secrets refused where they stand as themselves, arguments that follow the URL."""

from __future__ import annotations

import pytest

from callsmith import http_form
from callsmith.types.tool import HttpArgument, HttpCall, Tool

TOOL = Tool("t", parameters={"type": "object", "properties": {"id": {}, "q": {}}})


@pytest.mark.parametrize(
    "url",
    [
        "https://h.example/",
        "http://localhost:8000/x/{id}?q={q}",
        "https://h.example/x?api_key={{KEY}}&token={{KEY}}",
        "https://h.example/x?token={token}",
        "https://{{TEAM}}.example.com/{{PATH_SECRET}}",
        "https://h.example/x?page_token=abc",
    ],
)
def test_urls_in_order(url: str) -> None:
    assert http_form.url_problem(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://h.example/x?api_key=abc",
        "https://h.example/x?a=1&Access%5FToken=abc",
        "https://h.example/ghp_0123456789abcdefABCD/x",
        "https://h.example/x?key=abc{{KEY}}",
    ],
)
def test_a_secret_in_a_url_is_refused_and_not_repeated(url: str) -> None:
    found = http_form.url_problem(url)
    assert "hold a secret" in found
    assert "abc" not in found


def test_arguments_follow_the_url() -> None:
    call = http_form.begun(TOOL, "POST", "https://h.example/{id}")
    assert call.arguments == (HttpArgument("id", "path", "id"), HttpArgument("q", "body", "q"))
    both = http_form.with_url(call, TOOL, "https://h.example/{id}/{q}")
    assert [one.place for one in both.arguments] == ["path", "path"]
    none = http_form.with_url(both, TOOL, "https://h.example/{{id}}")
    assert [one.place for one in none.arguments] == ["body", "body"]
    again = http_form.with_url(HttpCall("GET", ""), TOOL, "https://h.example/{q}")
    assert again.arguments == (HttpArgument("q", "path", "q"),)


def test_an_argument_under_another_name_stays_where_it_is() -> None:
    call = HttpCall("GET", "https://h.example/{item}", (HttpArgument("id", "path", "item"),))
    assert http_form.with_url(call, TOOL, "https://h.example/v2/{item}").arguments == call.arguments


def test_free_text_is_one_argument() -> None:
    assert http_form.properties(Tool("t", type="custom")) == ("input",)
    assert http_form.properties(Tool("t")) == ()


def test_names_of_secrets() -> None:
    call = HttpCall("GET", "https://h.example/?k={{A}}", (), {"X": "{{B}} {{A}}"})
    assert http_form.secrets_of(call) == ("A", "B")
