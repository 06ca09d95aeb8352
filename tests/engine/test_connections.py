from __future__ import annotations

from dataclasses import replace

import pytest

from callsmith.connection_form import Form, build, check, from_connection, from_preset
from callsmith.connections import ALL_WIRES, DEMO, PRESETS, MissingSecret, base_url_error, preset, resolve_headers
from callsmith.types.connection import Connection, KeyRef

GOOD = Form(name="Mine", base_url="https://llm.example.com/v1", key_source="environment", key_name="MINE_API_KEY")


def errors(form: Form, field: str, others: tuple[str, ...] = ()) -> list[str]:
    return [item.message for item in check(form, others) if item.field == field and not item.hint]


def hints(form: Form, field: str) -> list[str]:
    return [item.message for item in check(form) if item.field == field and item.hint]


def with_(**changes: str) -> Form:
    return replace(GOOD, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("item", [item for item in PRESETS if item.base_url], ids=lambda item: item.id)
def test_every_preset_makes_a_connection_without_findings(item) -> None:
    form = from_preset(item, known=())
    assert check(form) == ()
    connection = build(form, "c1")
    assert connection.base_url == item.base_url
    assert connection.preset == item.id
    assert (connection.key.source == "none") == (not item.key_names)


def test_a_preset_takes_the_key_variable_that_is_set() -> None:
    wenwen = preset("wenwen")
    assert wenwen is not None
    assert from_preset(wenwen, known=()).key_name == "CALLSMITH_API_KEY"
    assert from_preset(wenwen, known=["WENWEN_API_KEY"]).key_name == "WENWEN_API_KEY"


def test_presets_know_the_formats_of_their_server() -> None:
    wires = {item.id: item.wires for item in PRESETS}
    assert wires["wenwen"] == ALL_WIRES
    assert wires["openai"] == wires["azure"] == ("openai-chat", "openai-responses")
    assert wires["anthropic"] == ("anthropic",) and wires["gemini"] == ("gemini",)
    assert wires["gemini-chat"] == wires["anthropic-chat"] == wires["mistral"] == ("openai-chat",)
    assert len(wires) == len(PRESETS)


def test_the_demo_connection_needs_no_key_and_no_network() -> None:
    assert DEMO.key == KeyRef("none")
    assert DEMO.base_url == "http://demo.callsmith.invalid/v1"
    assert "not an LLM" in DEMO.name


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "missing"),
        ("api.example.com/v1", "http://"),
        ("ftp://api.example.com", "http://"),
        ("https://", "no host"),
        ("https://me:secret@api.example.com/v1", "user name or password"),
        ("https://api.example.com/v1?key=1", "? or #"),
        ("https://api.example.com/v1#x", "? or #"),
        ("https://api.example.com/v1?", "? or #"),
        ("https://api example.com/v1", "white space"),
        ("https://api.example.com/v1/chat/completions", "ends before /chat/completions"),
        ("https://api.example.com/v1/models/", "ends before /models"),
        ("https://api.anthropic.com/v1/messages", "ends before /messages"),
        ("https://api.openai.com/v1/responses", "ends before /responses"),
        ("https://h.example.com/v1beta/models/gemini-2.5-pro:generateContent", "ends before /models/gemini-2.5-pro"),
        ("https://h.example.com/v1beta/models/x:streamGenerateContent", "ends before /models/x:stream"),
        ("http://[::1", "cannot be read"),
        ("http://localhost:port/v1", "cannot be read"),
    ],
)
def test_a_base_url_that_cannot_be_used_says_why(url: str, said: str) -> None:
    assert said in base_url_error(url)
    assert errors(with_(base_url=url), "base_url")
    assert "secret" not in base_url_error(url)


@pytest.mark.parametrize("url", ["https://api.example.com/v1/", "  https://api.example.com/v1  ", "HTTPS://h/v1//"])
def test_a_trailing_slash_and_white_space_are_taken_off(url: str) -> None:
    form = with_(base_url=url)
    assert not errors(form, "base_url")
    assert build(form, "c").base_url.endswith("/v1")


@pytest.mark.parametrize(
    ("url", "hinted"),
    [
        ("https://api.example.com", False),
        ("https://api.example.com/api", True),
        ("https://api.example.com/openai", True),
        ("https://api.example.com/api/v1", False),
        ("https://generativelanguage.googleapis.com/v1beta/openai", False),
        ("https://api.deepseek.com", False),
        ("https://api.anthropic.com", False),
        ("https://generativelanguage.googleapis.com", False),
        ("https://generativelanguage.googleapis.com/v1beta", False),
        ("https://tenant.openai.azure.com/openai/v1", False),
        ("https://api.z.ai/api/paas/v4", False),
    ],
)
def test_a_missing_version_is_hinted_at(url: str, hinted: bool) -> None:
    assert bool(hints(with_(base_url=url), "base_url")) is hinted
    assert not errors(with_(base_url=url), "base_url")


def test_an_unencrypted_key_is_hinted_at() -> None:
    assert "unencrypted" in hints(with_(base_url="http://gpu.example.com/v1"), "base_url")[0]
    assert not hints(with_(base_url="http://gpu.example.com/v1", key_source="none"), "base_url")
    assert not hints(with_(base_url="http://127.0.0.1:8000/v1"), "base_url")


def test_names_are_needed_and_told_apart() -> None:
    assert "missing" in errors(with_(name="  "), "name")[0]
    assert "already" in errors(with_(name=" MINE"), "name", others=("mine",))[0]


@pytest.mark.parametrize(
    "name", ["sk-abcdefghijklmnopqrstuvwx", "0123456789abcdef0123456789abcdef", "sk_live_abcdefghijklmnop1"]
)
def test_a_key_typed_as_its_variable_is_recognised_and_not_repeated(name: str) -> None:
    (message,) = errors(with_(key_name=name), "key_name")
    assert "looks like the key" in message
    assert name not in message


def test_a_variable_needs_a_legal_name() -> None:
    assert errors(with_(key_name=""), "key_name")
    assert errors(with_(key_name="MY KEY"), "key_name")
    assert not errors(with_(key_name=" OPENAI_API_KEY "), "key_name")
    assert not errors(with_(key_name="", key_source="session"), "key_name")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X-Title Callsmith", "no colon"),
        ("X Title: Callsmith", "not legal"),
        ("X-Title: Cállsmith", "cannot carry"),
        ("Host: example.com", "set by Callsmith"),
        ("Content-Length: 3", "set by Callsmith"),
        ("Authorization: Bearer abc", "{{NAME}}"),
        ("authorization: abc", "{{NAME}}"),
        ("x-api-key: abc", "{{NAME}}"),
        ("api-key: abc{{REST}}", "{{NAME}}"),
        ("Cookie: session=1", "{{NAME}}"),
        ("X-Goog-Api-Key: abc", "{{NAME}}"),
        ("X-Auth-Token: abc", "{{NAME}}"),
        ("X-Other: sk-abcdefghijklmnopqrstuvwx", "{{NAME}}"),
        ("X-Other: {{NOT CLOSED", "{{NAME}}"),
        ("X-Other: {{}}", "{{NAME}}"),
    ],
)
def test_a_header_that_cannot_be_kept_says_why_with_its_line(line: str, said: str) -> None:
    (message,) = errors(with_(headers=f"X-One: 1\n\n{line}"), "headers")
    assert said in message
    assert message.startswith("Line 3")
    assert "sk-abc" not in message


@pytest.mark.parametrize(
    "line",
    [
        "X-Title: Callsmith: the workshop",
        "Authorization: Bearer {{GATEWAY_TOKEN}}",
        "api-key: {{api_key}}",
        "anthropic-version: 2023-06-01",
        "OpenAI-Organization: {{ORG}}",
        "X-Max-Tokens: 5",
    ],
)
def test_a_header_that_is_fine_is_kept_as_written(line: str) -> None:
    assert not errors(with_(headers=line), "headers")
    name, _, value = line.partition(": ")
    assert build(with_(headers=line), "c").headers == {name: value}


def test_the_same_header_twice_is_refused() -> None:
    assert "twice" in errors(with_(headers="X-A: 1\nx-a: 2"), "headers")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": }', "line 1, column 7"),
        ("[1]", "JSON object"),
        ('{"a": NaN}', "NaN"),
        ('{"api_key": "sk-abcdefghijklmnopqrstuvwx"}', "hold a key"),
    ],
)
def test_an_extra_body_that_cannot_be_kept_says_why(text: str, said: str) -> None:
    (message,) = errors(with_(extra_body=text), "extra_body")
    assert said in message
    with pytest.raises(ValueError):
        build(with_(extra_body=text), "c")


def test_an_extra_body_that_replaces_our_fields_is_hinted_at() -> None:
    assert "messages" in hints(with_(extra_body='{"messages": []}'), "extra_body")[0]


def test_a_connection_survives_its_own_form() -> None:
    connection = Connection(
        id="c1",
        name="Mine",
        base_url="https://llm.example.com/v1",
        key=KeyRef("session"),
        headers={"X-A": "1", "X-B": "{{B}}"},
        extra_body={"provider": {"order": ["ä"]}},
        preset="other",
    )
    assert build(from_connection(connection), "c1") == connection


def test_headers_take_their_values_from_variables() -> None:
    connection = Connection(
        "c", "Mine", "https://h/v1", headers={"A": "x {{ONE}}-{{TWO}}", "B": "2", "C": "{{api_key}}"}
    )
    assert resolve_headers(connection, {"ONE": "1", "TWO": "2"}.get) == {"A": "x 1-2", "B": "2", "C": "{{api_key}}"}


def test_a_header_with_an_unset_variable_names_both() -> None:
    connection = Connection("c", "Mine", "https://h/v1", headers={"X-Org": "{{ORG_ID}}"})
    with pytest.raises(MissingSecret, match='"X-Org" needs ORG_ID.*not set') as caught:
        resolve_headers(connection, lambda name: "")
    assert caught.value.name == "ORG_ID"
