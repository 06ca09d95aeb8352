"""A call as an HTTP request: whatever a model sends stays a value in the place it was given."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callsmith.answering.http_request import of_tool, preview, problems, request, styles_of
from callsmith.answering.http_values import BadArguments, BadSettings
from callsmith.importing import read
from callsmith.types.answering import Http
from callsmith.types.tool import HttpArgument, HttpCall

SECRET = "s3cr3t/with?odd&parts#of:it"
BASE = HttpCall(
    "GET",
    "https://api.example.com/v1/users/{id}/files?api_key={{KEY}}",
    (HttpArgument("id", "path", "id"), HttpArgument("q", "query", "q"), HttpArgument("trace", "header", "X-Trace")),
    {"Authorization": "Bearer {{KEY}}"},
)


def made(call: HttpCall, arguments: dict[str, Any], **more: Any) -> Any:
    return request(Http(call), arguments, secret=lambda reference: SECRET, **more)


def body_call(content_type: str, *names: str) -> HttpCall:
    arguments = tuple(HttpArgument(name or "body", "body", name) for name in names)
    return HttpCall("POST", "https://api.example.com/x", arguments, {}, content_type)


def test_a_plain_call() -> None:
    built = made(BASE, {"id": 7, "q": "a b&c=d", "trace": "t-1"})
    assert built.place == "api.example.com"
    assert built.request.method == "GET"
    assert built.request.url.startswith("https://api.example.com/v1/users/7/files?api_key=s3cr3t%2F")
    assert parse_qsl(urlsplit(built.request.url).query) == [("api_key", SECRET), ("q", "a b&c=d")]
    assert ("Authorization", f"Bearer {SECRET}") in built.request.headers
    assert ("X-Trace", "t-1") in built.request.headers
    assert built.request.body == b""


@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
def test_an_argument_stays_in_its_part(id_: str, q: str) -> None:
    """Also as httpx reads the address, which removes steps of dots."""
    try:
        built = made(BASE, {"id": id_, "q": q})
    except BadArguments:
        assume(False)
    seen = httpx.URL(built.request.url)
    assert (seen.scheme, seen.host, seen.port, seen.fragment) == ("https", "api.example.com", None, "")
    assert seen.raw_path.split(b"?")[0].split(b"/")[:3] == [b"", b"v1", b"users"]
    assert seen.raw_path.split(b"?")[0].count(b"/") == 4
    assert [name for name, _ in seen.params.multi_items()] == ["api_key", "q"]
    assert seen.params["q"] == q


@pytest.mark.parametrize(
    "value",
    ["..", ".", "", "../admin", "a/../../b", "..\\..\\b", "..;/admin", "x/.", "/../..", [], ["..", ".."][:1]],
)
def test_steps_to_elsewhere_are_refused(value: Any) -> None:
    with pytest.raises(BadArguments, match='"id"'):
        made(BASE, {"id": value})


def test_dots_of_two_arguments_together_are_refused() -> None:
    call = replace(
        BASE,
        url="https://h.example/{a}{b}/x",
        arguments=(HttpArgument("a", "path", "a"), HttpArgument("b", "path", "b")),
    )
    with pytest.raises(BadArguments, match='"a", "b"'):
        made(call, {"a": ".", "b": "."})


@pytest.mark.parametrize("value", ["a/b", "%2e%2e%2f", "//evil.test/", "@evil.test", "x?y=1#z", "http://evil.test"])
def test_odd_values_are_one_step(value: str) -> None:
    path = urlsplit(made(BASE, {"id": value}).request.url).path
    assert path.count("/") == 4
    assert unquote(path.split("/")[3]) == value


def test_a_reference_in_an_argument_is_text() -> None:
    call = HttpCall(
        "POST",
        "https://h.example/{id}",
        (
            *(HttpArgument("id", "path", "id"), HttpArgument("q", "query", "q"), HttpArgument("h", "header", "X-H")),
            *(HttpArgument("c", "cookie", "c"), HttpArgument("b", "body", "b")),
        ),
        {"Authorization": "{{KEY}}"},
    )
    sent = dict.fromkeys(("id", "q", "h", "c", "b"), "{{KEY}}{id}")
    built = made(call, sent)
    headers = dict(built.request.headers)
    assert headers["X-H"] == "{{KEY}}{id}"
    assert json.loads(built.request.body) == {"b": "{{KEY}}{id}"}
    assert unquote(urlsplit(built.request.url).path) == "/{{KEY}}{id}"
    everything = json.dumps([built.request.url, {**headers, "Authorization": ""}]) + built.request.body.decode()
    assert SECRET not in everything
    assert headers["Authorization"] == SECRET


def test_a_secret_that_looks_like_a_template_is_not_read_again() -> None:
    built = request(Http(BASE), {"id": "1"}, secret=lambda reference: "{{OTHER}}{id}")
    assert ("Authorization", "Bearer {{OTHER}}{id}") in built.request.headers
    assert "%7B%7BOTHER%7D%7D%7Bid%7D" in built.request.url


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "a\x7f", ["x", "y\r\n"], {"k": "v\n"}])
def test_line_breaks_in_headers_are_refused(value: Any) -> None:
    with pytest.raises(BadArguments, match="header cannot carry"):
        made(BASE, {"id": 1, "trace": value})
    with pytest.raises(BadSettings, match="Authorization") as caught:
        request(Http(replace(BASE, url="https://h.example/", arguments=())), {}, secret=lambda reference: "a\r\nb: c")
    assert "b: c" not in str(caught.value)


def test_a_cookie_cannot_bring_another() -> None:
    call = HttpCall("GET", "https://h.example/", (HttpArgument("c", "cookie", "theme"),), {"Cookie": "sid={{KEY}}"})
    headers = dict(made(call, {"c": "dark; admin=1"}).request.headers)
    assert headers["Cookie"] == f"sid={SECRET}; theme=dark%3B%20admin%3D1"


def test_what_the_tool_sets_itself_is_not_replaced() -> None:
    call = replace(
        BASE,
        arguments=(
            *BASE.arguments,
            HttpArgument("key", "query", "api_key"),
            HttpArgument("auth", "header", "authorization"),
            HttpArgument("more", "query", "more"),
        ),
    )
    built = made(call, {"id": 1, "key": "mine", "auth": "Bearer mine", "more": {"api_key": "mine", "ok": 1}, "lost": 1})
    assert "mine" not in built.request.url
    assert parse_qsl(urlsplit(built.request.url).query) == [("api_key", SECRET), ("ok", "1")]
    assert [value for name, value in built.request.headers if name.lower() == "authorization"] == [f"Bearer {SECRET}"]
    assert len(built.notes) == 4
    assert "lost" in built.notes[0]


@pytest.mark.parametrize(
    ("style", "value", "pairs"),
    [
        ({}, ["a,b", "c"], "q=a%2Cb&q=c"),
        ({"explode": False}, ["a,b", "c"], "q=a%2Cb,c"),
        ({"style": "pipeDelimited", "explode": False}, ["a", "c"], "q=a%7Cc"),
        ({"style": "spaceDelimited"}, ["a", "c"], "q=a%20c"),
        ({"collectionFormat": "multi"}, ["a", "c"], "q=a&q=c"),
        ({"collectionFormat": "csv"}, ["a", "c"], "q=a,c"),
        ({"style": "deepObject", "explode": True}, {"k": "v", "n": 1}, "q%5Bk%5D=v&q%5Bn%5D=1"),
        ({}, {"k": "v"}, "k=v"),
        ({"explode": False}, {"k": "v"}, "q=k,v"),
        ({}, True, "q=true"),
        ({}, 1.5, "q=1.5"),
        ({}, [], ""),
        ({}, None, ""),
    ],
)
def test_styles_of_a_query(style: dict[str, Any], value: Any, pairs: str) -> None:
    call = HttpCall("GET", "https://h.example/", (HttpArgument("q", "query", "q"),))
    assert urlsplit(made(call, {"q": value}, styles={"q": style}).request.url).query == pairs


def test_a_style_that_cannot_be_sent_is_said() -> None:
    with pytest.raises(BadSettings, match="matrix"):
        made(BASE, {"id": 1}, styles={"id": {"style": "matrix"}})


@pytest.mark.parametrize(
    ("call", "arguments", "content_type", "body"),
    [
        (
            body_call("application/json", "a", "b"),
            {"a": [1, "é"], "b": None},
            "application/json",
            '{"a":[1,"é"],"b":null}',
        ),
        (body_call("", ""), {"body": [1, 2]}, "application/json", "[1,2]"),
        (body_call("application/json", ""), {"body": "{{KEY}}"}, "application/json", '"{{KEY}}"'),
        (body_call("application/json", "a"), {}, "application/json", "{}"),
        (body_call("application/vnd.x+json", ""), {"body": {}}, "application/vnd.x+json", "{}"),
        (
            body_call("application/x-www-form-urlencoded", "a", "b"),
            {"a": "x&b=evil", "b": [1, True]},
            "application/x-www-form-urlencoded",
            "a=x%26b%3Devil&b=1&b=true",
        ),
        (body_call("text/plain", ""), {"body": "as it is\r\n"}, "text/plain", "as it is\r\n"),
        (body_call("application/xml", ""), {"body": "<a/>"}, "application/xml", "<a/>"),
    ],
)
def test_bodies(call: HttpCall, arguments: dict[str, Any], content_type: str, body: str) -> None:
    built = made(call, arguments)
    assert built.request.body.decode() == body
    assert ("Content-Type", content_type) in built.request.headers


def test_no_body_has_no_content_type() -> None:
    assert "Content-Type" not in dict(made(body_call("application/json", ""), {}).request.headers)


def test_a_multipart_field_cannot_end_its_part() -> None:
    built = made(
        body_call("multipart/form-data", 'a"\r\nb'), {'a"\r\nb': "--callsmith-x\r\nContent-Disposition: form-data"}
    )
    boundary = dict(built.request.headers)["Content-Type"].partition("boundary=")[2]
    parts = built.request.body.decode().split(f"--{boundary}")
    assert len(parts) == 3
    assert 'name="a%22%0D%0Ab"\r\n\r\n--callsmith-x' in parts[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"method": "CONNECT"}, "method"),
        ({"method": "GET\r\nX: y"}, "method"),
        ({"url": "ftp://x/"}, "url"),
        ({"url": "/relative"}, "url"),
        ({"url": "https://{id}.example.com/"}, "url"),
        ({"url": "https://user:pw@h.example/{id}"}, "url"),
        ({"url": "https://h.example/{other}/{id}"}, "url"),
        ({"url": "https://h.example\\@evil.test/{id}"}, "url"),
        ({"url": "https://h.example/{id}/{{api_key}}"}, "url"),
        ({"url": "https://h.example/{id"}, "url"),
        ({"url": "https://h.example/"}, "arguments"),
        ({"headers": {"Host": "evil.test"}}, "headers"),
        ({"headers": {"X": "a\r\nb"}}, "headers"),
        ({"headers": {"X Y": "a"}}, "headers"),
        ({"arguments": (*BASE.arguments, HttpArgument("h", "header", "Transfer-Encoding"))}, "arguments"),
        ({"arguments": (*BASE.arguments, HttpArgument("h", "header", "HOST"))}, "arguments"),
        (
            {"content_type": "text/plain", "arguments": (*BASE.arguments, HttpArgument("b", "body", "b"))},
            "content_type",
        ),
        ({"content_type": "text/plain\r\nX: y"}, "content_type"),
    ],
)
def test_settings_that_cannot_be_sent(change: dict[str, Any], field: str) -> None:
    call = replace(BASE, **change)
    assert field in problems(Http(call))
    with pytest.raises(BadSettings):
        made(call, {"id": 1})


def test_settings_in_order() -> None:
    assert problems(Http(BASE)) == {}
    for wrong in (
        Http(BASE, seconds=0),
        Http(BASE, seconds=1e9),
        Http(BASE, max_bytes=0),
        Http(BASE, max_bytes=10**12),
    ):
        assert len(problems(wrong)) == 1


def test_a_secret_in_the_host_cannot_lead_elsewhere() -> None:
    call = HttpCall("GET", "https://{{TEAM}}.example.com/x")
    assert request(Http(call), {}, secret=lambda reference: "blue").request.url == "https://blue.example.com/x"
    for value in ("evil.test/", "evil.test#", "a@evil.test", "evil.test\\", "a b", "evil.test?"):
        with pytest.raises(BadSettings) as caught:
            request(Http(call), {}, secret=lambda reference, value=value: value)
        assert value not in str(caught.value)


def test_the_preview_names_secrets_only() -> None:
    lines = preview(
        Http(replace(BASE, method="post", arguments=(*BASE.arguments, HttpArgument("b", "body", "")))),
        {"id": "é", "b": 1},
    )
    assert lines[0] == "POST https://api.example.com/v1/users/%C3%A9/files?api_key={{KEY}}"
    assert "Authorization: Bearer {{KEY}}" in lines
    assert lines[-2:] == ("", "1")


def test_missing_and_broken_arguments_are_told() -> None:
    with pytest.raises(BadArguments, match='"id" is missing'):
        made(BASE, {})
    with pytest.raises(BadArguments, match='"id" is missing'):
        made(BASE, {"id": None})
    with pytest.raises(BadArguments, match="half a character"):
        made(BASE, {"id": "\ud800"})


def test_an_imported_command_is_sent_as_it_was() -> None:
    command = "curl 'https://api.example.com/v1/search?q=rain&limit=5' -H 'X-Api-Key: 0123456789abcdef0123456789abcdef'"
    tool = read(command).candidates[0].tool
    http = of_tool(tool)
    assert http is not None
    assert problems(http) == {}
    lines = preview(http, {"q": "snow", "limit": 2}, styles_of(tool))
    assert lines[0] == "GET https://api.example.com/v1/search?q=snow&limit=2"
    assert "X-Api-Key: {{X_API_KEY}}" in lines


def test_an_imported_operation_is_sent_in_its_styles() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://shop.example.com/api"}],
        "paths": {
            "/pets/{petId}": {
                "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "get": {
                    "operationId": "getPet",
                    "parameters": [
                        {"name": "tags", "in": "query", "explode": False, "schema": {"type": "array"}},
                    ],
                },
            }
        },
    }
    tool = read(json.dumps(document)).candidates[0].tool
    http = of_tool(tool)
    assert http is not None
    lines = preview(http, {"petId": 3, "tags": ["a", "b"]}, styles_of(tool))
    assert lines[0] == "GET https://shop.example.com/api/pets/3?tags=a,b"
