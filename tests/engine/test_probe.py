from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from callsmith.catalog import MAX_LISTS, Catalog
from callsmith.connections import DEMO
from callsmith.demo import MODELS, DemoTransport
from callsmith.models import Model, ModelList
from callsmith.probe import Verdict, judge, list_models
from callsmith.transport import Broken, Transport
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.exchange import Headers
from callsmith.types.problem import Problem

CANARY = "sk-canary-0123456789abcdef"
REMOTE = Connection("g", "Gateway", "https://gw.example.com/v1", key=KeyRef("environment", "GATEWAY_KEY"))
LOCAL = Connection("l", "Ollama", "http://localhost:11434/v1", preset="ollama")
TWO = {"data": [{"id": "gpt-4o"}, {"id": "claude-x"}]}


class Server:
    """Answers every GET alike, or by whether a key came; remembers what was asked."""

    def __init__(
        self, status: int = 200, document: Any = None, body: bytes | None = None, public: bool = False
    ) -> None:
        self.status = status
        self.body = json.dumps(TWO if document is None else document).encode() if body is None else body
        self.public = public
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def __call__(self, url: str, headers: Headers) -> tuple[int, Headers, bytes]:
        self.asked.append((url, dict(headers)))
        if "Authorization" not in dict(headers) and not self.public:
            return 401, (), b'{"error": {"message": "no key"}}'
        return self.status, (), self.body


def broken(problem: Problem) -> Any:
    def get(url: str, headers: Headers) -> tuple[int, Headers, bytes]:
        raise Broken(problem)

    return get


def verdict(get: Any, connection: Connection = REMOTE, key: str | None = CANARY, model: str = "") -> Verdict:
    found = judge(get, connection, key, {"ORG": "org-1"}.get, model)
    assert CANARY not in repr(found)
    return found


def test_it_works_and_says_how_many_models() -> None:
    server = Server()
    found = verdict(server)
    assert found.ok
    assert found.line == "It works: 2 models."
    assert server.asked[0] == (
        "https://gw.example.com/v1/models",
        {"Accept": "application/json", "Authorization": f"Bearer {CANARY}"},
    )


@pytest.mark.parametrize(
    ("base_url", "wires", "url", "headers"),
    [
        (
            "https://api.anthropic.com",
            ("anthropic",),
            "https://api.anthropic.com/v1/models?limit=1000",
            {"anthropic-version": "2023-06-01", "x-api-key": CANARY},
        ),
        (
            "https://api.anthropic.com/v1",
            ("openai-chat",),
            "https://api.anthropic.com/v1/models?limit=1000",
            {"anthropic-version": "2023-06-01", "x-api-key": CANARY},
        ),
        (
            "https://generativelanguage.googleapis.com",
            ("gemini",),
            "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
            {"x-goog-api-key": CANARY},
        ),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai",
            ("openai-chat",),
            "https://generativelanguage.googleapis.com/v1beta/openai/models",
            {"Authorization": f"Bearer {CANARY}"},
        ),
        (
            "https://gw.example.com/v1",
            ("openai-chat", "anthropic", "gemini"),
            "https://gw.example.com/v1/models",
            {"Authorization": f"Bearer {CANARY}"},
        ),
        (
            "https://gw.example.com",
            ("anthropic",),
            "https://gw.example.com/v1/models",
            {"Authorization": f"Bearer {CANARY}"},
        ),
        (
            "https://gw.example.com",
            ("openai-responses",),
            "https://gw.example.com/v1/models",
            {"Authorization": f"Bearer {CANARY}"},
        ),
        (
            "https://gw.example.com",
            ("gemini",),
            "https://gw.example.com/v1beta/models",
            {"Authorization": f"Bearer {CANARY}"},
        ),
    ],
)
def test_each_host_is_asked_for_its_models_in_its_own_way(
    base_url: str, wires: tuple[str, ...], url: str, headers: dict[str, str]
) -> None:
    server = Server(public=True)
    connection = Connection("c", "C", base_url, wires, KeyRef("session"))
    assert isinstance(list_models(server, connection, CANARY, {}.get), ModelList)
    assert server.asked == [(url, {"Accept": "application/json", **headers})]
    list_models(server, Connection("c", "C", base_url, wires), None, {}.get)
    assert CANARY not in repr(server.asked[1])


def test_a_header_of_the_connection_takes_the_place_of_ours() -> None:
    server = Server()
    connection = Connection(
        "c", "C", "https://h/v1", key=KeyRef("session"), headers={"authorization": "Token {{api_key}}"}
    )
    list_models(server, connection, CANARY, {}.get)
    assert server.asked[0][1] == {"Accept": "application/json", "authorization": f"Token {CANARY}"}


def test_a_public_list_proves_nothing_about_the_key() -> None:
    found = verdict(Server(public=True))
    assert found.ok
    assert "the key was not checked" in found.line


def test_a_local_server_is_asked_once_without_a_key() -> None:
    server = Server(public=True, document={"data": [{"id": "llama3"}]})
    assert verdict(server, LOCAL, None).line == "It works: 1 model."
    assert len(server.asked) == 1
    assert "Authorization" not in server.asked[0][1]


def test_extra_headers_go_along_with_their_variables_filled() -> None:
    server = Server()
    headers = {"X-Org": "{{ORG}}", "api-key": "{{api_key}}"}
    list_models(
        server, Connection("c", "C", "https://h/v1", key=KeyRef("session"), headers=headers), CANARY, {"ORG": "o"}.get
    )
    assert server.asked[0][1]["X-Org"] == "o"
    assert server.asked[0][1]["api-key"] == CANARY


@pytest.mark.parametrize(
    ("get", "line"),
    [
        (Server(401, {"error": {"message": "bad", "code": "invalid_api_key"}}), "The key was not accepted."),
        (Server(200, body=b"<!doctype html>"), "The base URL leads to a web page."),
        (Server(404, {"error": {"message": "Invalid URL (GET /models)", "code": ""}}), "Wrong path."),
        (
            Server(503, {"error": {"message": "none", "code": "model_not_found"}}),
            "This key's group does not serve the model.",
        ),
        (Server(403, {"error": {"message": "no", "code": "access_denied"}}), "This key has no access."),
        (Server(200, {"data": []}), "It answers, but it lists no models."),
        (broken(Problem("connection", "x", code="name_not_found")), "The host gw.example.com was not found."),
        (broken(Problem("connection", "x", code="refused")), "gw.example.com cannot be reached."),
        (broken(Problem("timeout", "x", code="connect")), "gw.example.com did not answer in time."),
        (broken(Problem("timeout", "x", code="total")), "It took longer than the time limit."),
    ],
    ids=["wrong key", "html", "wrong path", "wrong group", "no access", "empty", "name", "refused", "connect", "total"],
)
def test_it_says_exactly_what_is_wrong(get: Any, line: str) -> None:
    found = verdict(get)
    assert not found.ok
    assert found.line == line
    assert found.advice is not None and found.advice.steps


def test_no_key_asks_nobody() -> None:
    server = Server()
    found = verdict(server, key=None)
    assert found.line == "No key for Gateway."
    assert "GATEWAY_KEY" in found.advice.cause  # type: ignore[union-attr]
    assert server.asked == []


def test_an_unset_variable_in_a_header_asks_nobody() -> None:
    server = Server()
    found = verdict(server, Connection("c", "C", "https://h/v1", headers={"X-Team": "{{TEAM}}"}), None)
    assert found.line == "A header needs TEAM."
    assert server.asked == []


def test_a_model_of_another_group_is_told() -> None:
    found = verdict(Server(), model="gemini-x")
    assert not found.ok
    assert found.line == "It works and lists 2 models, but gemini-x is not among them."
    assert found.advice is not None and "another group" in found.advice.cause
    assert verdict(Server(), model="claude-x").ok


def test_an_echoed_key_is_taken_out() -> None:
    echo = Server(401, {"error": {"message": f"Incorrect API key provided: {CANARY}"}})
    found = list_models(echo, REMOTE, CANARY, lambda name: None)
    assert isinstance(found, Problem)
    assert CANARY not in found.message and CANARY not in found.raw
    assert "[key hidden]" in found.message
    failed = list_models(broken(Problem("connection", f"proxy said {CANARY}")), REMOTE, CANARY, lambda name: None)
    assert isinstance(failed, Problem) and CANARY not in failed.message


@pytest.mark.slow
def test_the_real_transport_tells_a_closed_port_from_a_bad_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    transport = Transport()
    try:
        found = verdict(transport.get, Connection("c", "C", f"http://127.0.0.1:{port}/v1"), None)
    finally:
        transport.close()
    assert found.line == f"Nothing answers at 127.0.0.1:{port}."


def test_a_catalog_keeps_one_list_for_each_connection_and_key() -> None:
    catalog = Catalog()
    found = ModelList((Model("gpt-4o"),))
    assert catalog.get(REMOTE, CANARY) is None
    catalog.put(REMOTE, CANARY, found)
    assert catalog.get(REMOTE, CANARY) == found
    assert catalog.get(REMOTE, "sk-another-0123456789") is None
    assert catalog.get(LOCAL, CANARY) is None
    assert CANARY not in repr(vars(catalog))


def test_a_catalog_forgets_the_oldest() -> None:
    catalog = Catalog()
    for number in range(MAX_LISTS + 1):
        catalog.put(LOCAL, str(number), ModelList())
    assert catalog.get(LOCAL, "0") is None
    assert catalog.get(LOCAL, "1") == ModelList()


def test_the_demo_is_asked_like_any_other_provider() -> None:
    transport = Transport(mounts={"http://demo.callsmith.invalid": DemoTransport()})
    try:
        found = verdict(transport.get, DEMO, None)
        wrong = Connection("d", "D", "http://demo.callsmith.invalid/wrong")
        lost = verdict(transport.get, wrong, None)
    finally:
        transport.close()
    assert found.ok
    assert {model.id for model in found.models.models} == {model.id for model in MODELS}
    assert all(model.note for model in found.models.models)
    assert lost.line == "Wrong path."
