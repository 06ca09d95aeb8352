from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.advice import Advice, Context, advise
from callsmith.connections import DEMO
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.problem import Problem
from callsmith.wire.problems import error_in, from_error, http_problem, unreadable
from callsmith.wire.registry import WIRES

GATEWAY = Connection(
    "g", "Gateway", "https://gw.example.com/v1", key=KeyRef("environment", "GATEWAY_KEY"), preset="other"
)
LOCAL = Connection("l", "Ollama (local)", "http://localhost:11434/v1", preset="ollama")
NO_PATH = Connection("n", "Bare", "https://gw.example.com/api", key=KeyRef("session"))


def ask(problem: Problem, connection: Connection | None = GATEWAY, model: str = "gpt-4o", **more: Any) -> Advice:
    advice = advise(problem, Context(connection, model, "openai-chat", **more))
    everything = " ".join((advice.title, advice.cause, *advice.steps))
    assert advice.title and advice.cause and advice.steps and advice.actions
    assert "!" not in everything and "  " not in everything
    assert not advice.title.endswith(".")
    hosts = ("gw.example.com", "localhost:11434")
    assert all(said[0].isupper() or said.startswith(hosts) for said in (advice.cause, *advice.steps)), advice
    return advice


def http(status: int, code: Any = "", *, message: str = "text (request id: r1)", **fields: Any) -> Problem:
    error = {"message": message, "type": "new_api_error", "param": "", "code": code, **fields}
    return http_problem(status, json.dumps({"error": error}).encode())


@pytest.mark.parametrize(
    ("problem", "title", "action"),
    [
        (http(401), "The key was not accepted", "connections"),
        (http(401, "invalid_api_key"), "The key was not accepted", "connections"),
        (http(402), "Not enough balance", "options"),
        (http(403, "insufficient_user_quota"), "Not enough balance", "options"),
        (http(403, "pre_consume_token_quota_failed"), "Not enough balance", "options"),
        (http(429, "insufficient_quota"), "Not enough balance", "options"),
        (http(403), "This key may not use gpt-4o", "model"),
        (http(403, "access_denied"), "This key may not use gpt-4o", "model"),
        (http(413, "read_request_body_failed"), "The request is too large", "edit_message"),
        (http(429), "Too many requests", "retry"),
        (http(429, 429), "Too many requests", "retry"),
        (http(500, "invalid_request"), "The gateway could not use the request", "options"),
        (http(500, "convert_request_failed"), "The gateway could not use the request", "options"),
        (http(500, "sensitive_words_detected"), "The provider's content filter stopped the request", "edit_message"),
        (http(400, "prompt_blocked"), "The provider's content filter stopped the request", "edit_message"),
        (http(500, "do_request_failed"), "The provider has trouble", "retry"),
        (http(500, "bad_response_body"), "The provider has trouble", "retry"),
        (http(500, "empty_response"), "The provider has trouble", "retry"),
        (http(503), "The provider has trouble", "retry"),
        (http(503, "model_not_found"), "This key's group does not serve gpt-4o", "model"),
        (http(404, "model_not_found"), "Gateway does not serve gpt-4o", "model"),
        (http(501, "api_not_implemented"), "The gateway does not offer this", "model"),
        (http(504), "The provider took too long", "retry"),
        (http(302), "The server points to another address", "connections"),
        (http(400, "context_length_exceeded"), "The conversation is too long for the model", "edit_message"),
        (
            http(400, 400, type="exceed_context_size_error"),
            "The conversation is too long for the model",
            "edit_message",
        ),
        (http(400, "unsupported_parameter", param="max_tokens"), "gpt-4o does not take max_tokens", "options"),
        (http(400, "unsupported_parameter", param="stop"), "gpt-4o does not take stop", "options"),
        (http(400, None, param="web_search_options"), "gpt-4o does not take web_search_options", "options"),
        (
            http(400, "invalid_function_parameters", param="tools[0].function.parameters"),
            "The provider refused the tools",
            "tools",
        ),
        (http(400, "array_above_max_length", param="tools"), "The provider refused the tools", "tools"),
        (http(400, "invalid_value", param="messages[3]"), "The provider refused the history", "model"),
        (http(400, "tool_use_failed"), "The model wrote a tool call that the provider could not read", "retry"),
        (http(422), "The provider refused the request", "options"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_the_provider_answers_an_error(problem: Problem, title: str, action: str) -> None:
    advice = ask(problem)
    assert advice.title == title
    assert advice.actions[0] == action


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        (Problem("connection", "x", code="name_not_found"), "The host gw.example.com was not found"),
        (Problem("connection", "x", code="refused"), "gw.example.com cannot be reached"),
        (Problem("connection", "x", code="unreachable"), "gw.example.com cannot be reached"),
        (Problem("connection", "x", code="tls"), "No secure connection to gw.example.com"),
        (Problem("connection", "x", code="send"), "gw.example.com cannot be reached"),
        (Problem("timeout", "x", code="connect"), "gw.example.com did not answer in time"),
        (Problem("timeout", "x", code="first_byte"), "No answer began in time"),
        (Problem("timeout", "x", code="between_bytes"), "The reply stalled"),
        (Problem("timeout", "x", code="total"), "It took longer than the time limit"),
        (Problem("interrupted", "x"), "The reply broke off before its end"),
        (Problem("stopped", "x"), "Stopped by you"),
        (Problem("request", "x", code="no_key"), "No key for Gateway"),
        (Problem("request", "x", code="missing_variable", param="ORG_ID"), "A header needs ORG_ID"),
        (Problem("request", "x", code="bad_url"), "The base URL cannot be used"),
        (Problem("request", "x", code="internal"), "Callsmith could not read the answer"),
        (Problem("request", "x"), "The request was not sent"),
        (Problem("unreadable", "x", code="empty"), "The answer was empty"),
        (Problem("unreadable", "x", code="no_models"), "The answer holds no list of models"),
        (Problem("unreadable", "x", code="too_large"), "The answer was too large to read"),
        (Problem("unreadable", "x", code="no_choices"), "The answer cannot be read"),
        (Problem("stream", "x", 200), "The provider reported an error in its answer"),
        (Problem("stream", "x", 200, code="429"), "Too many requests"),
        (Problem("stream", "x", 200, code="overloaded", type="server_error"), "The provider has trouble"),
        (Problem("stream", "x", 200, type="api_error"), "The provider has trouble"),
        (Problem("stream", "x", 200, code="content_filter"), "The provider's content filter stopped the request"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_our_own_kinds(problem: Problem, title: str) -> None:
    assert ask(problem).title == title


def test_no_key_names_the_variable_and_how_to_set_it() -> None:
    advice = ask(Problem("request", "x", code="no_key"))
    assert "GATEWAY_KEY, which is not set" in advice.cause
    assert ".env" in advice.steps[0] and "secrets.toml" in advice.steps[0]
    session = ask(Problem("request", "x", code="no_key"), NO_PATH)
    assert "typed for each browser session" in session.cause


def test_a_refused_key_is_told_by_where_it_comes_from() -> None:
    assert "The key in GATEWAY_KEY" in ask(http(401)).cause
    assert "typed for this session" in ask(http(401), NO_PATH).cause
    assert ask(http(401), LOCAL).title == "The server wants a key"


def test_a_web_page_or_an_unknown_path_suggests_the_version() -> None:
    page = unreadable(b"<html></html>")
    unknown = http(404, message="Invalid URL (POST /chat/completions)", type="invalid_request_error")
    for problem in (page, unknown):
        assert "add /v1 to its base URL: https://gw.example.com/api/v1" in " ".join(ask(problem, NO_PATH).steps)
        assert "add /v1" not in " ".join(ask(problem).steps)
        assert "https://gw.example.com/v1" in " ".join(ask(problem).steps)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (
            b'{"error":{"message":"model \\"x\\" not found","type":"not_found_error","param":null,"code":null}}',
            "Ollama (local) does not serve gpt-4o",
        ),
        (
            b'{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}',
            "Ollama (local) does not serve gpt-4o",
        ),
        (
            b'{"error":{"message":"not a chat model","type":"invalid_request_error","param":"model","code":null}}',
            "gpt-4o cannot be used here",
        ),
        (b'{"detail":"Not Found"}', "Wrong path"),
        (b"404 page not found", "Wrong path"),
        (b"<html>404</html>", "Wrong path"),
    ],
    ids=["ollama", "vllm", "openai", "fastapi", "go", "nginx"],
)
def test_a_404_is_about_the_model_or_the_path(body: bytes, title: str) -> None:
    assert ask(http_problem(404, body), LOCAL).title == title


def test_a_404_without_a_model_in_question_is_about_the_path() -> None:
    assert ask(http(404, type="not_found_error"), model="").title == "Wrong path"


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens",
        "prompt too long; exceeded max context length by 1119046 tokens",
    ],
)
def test_a_full_context_without_a_code_is_recognised(message: str) -> None:
    assert (
        ask(http(400, "invalid_request_error", message=message)).title == "The conversation is too long for the model"
    )


def test_an_unclear_refusal_mentions_tools_only_where_there_are_some() -> None:
    assert "tools" not in " ".join(ask(http(400)).steps)
    assert "switch them off" in " ".join(ask(http(400), has_tools=True).steps)


def test_a_local_server_that_is_not_running_says_how_to_start_it() -> None:
    advice = ask(Problem("connection", "x", code="refused"), LOCAL)
    assert advice.title == "Nothing answers at localhost:11434"
    assert "ollama serve" in advice.steps[0]


def test_the_group_is_explained() -> None:
    advice = ask(http(503, "model_not_found"), model="claude-x")
    assert "a key belongs to a group of models" in advice.cause
    assert "second connection" in advice.steps[0]


@pytest.mark.parametrize(
    "problem",
    [
        http(401, "invalid_api_key"),
        http(429),
        http_problem(500, b"<html>oops</html>"),
        Problem("timeout", "x", code="between_bytes"),
        Problem("interrupted", "x"),
        Problem("stream", "x", 200),
    ],
    ids=lambda problem: f"{problem.kind}-{problem.status}",
)
def test_a_demo_model_says_that_it_does_so_on_purpose(problem: Problem) -> None:
    advice = ask(problem, DEMO, "demo-cut")
    assert "demo-cut does this on purpose" in advice.cause
    assert "another demo model" in advice.steps[0]
    assert advice.title == ask(problem, None).title


def test_a_demo_model_without_a_habit_fails_like_any_other() -> None:
    assert "on purpose" not in ask(Problem("interrupted", "x"), DEMO, "demo-agent").cause


def test_stopping_a_demo_model_is_nothing_special() -> None:
    assert ask(Problem("stopped", "x"), DEMO) == ask(Problem("stopped", "x"))


@pytest.mark.parametrize("code", [*range(300, 309), *range(400, 432), 451, *range(500, 512), 520, 522, 524, 529])
@pytest.mark.parametrize("connection", [GATEWAY, LOCAL, NO_PATH, DEMO, None], ids=lambda c: c.id if c else "none")
def test_every_status_has_advice_even_when_nothing_else_is_known(code: int, connection: Connection | None) -> None:
    assert advise(http_problem(code, b""), Context(connection)).steps


def test_trap_54_a_missing_channel_is_no_outage_and_a_500_may_be_our_own_fault() -> None:
    missing = http(503, "model_not_found")
    assert not missing.retryable
    assert ask(missing, model="claude-x").title == "This key's group does not serve claude-x"
    for code in ("invalid_request", "convert_request_failed"):
        assert not http(500, code).retryable
        assert "the fault is in the request" in ask(http(500, code)).cause
    assert http(500, "do_request_failed").retryable


def test_trap_55_errors_of_the_gateways_gemini_routes_are_shaped_like_openais() -> None:
    body = {"error": {"message": "no (request id: r9)", "type": "new_api_error", "code": "model_not_found"}}
    problem = WIRES["gemini"].error(503, json.dumps(body).encode())
    assert (problem.code, problem.request_id) == ("model_not_found", "r9")
    assert ask(problem).title == "This key's group does not serve gpt-4o"


def test_trap_56_a_refused_quota_is_a_403_that_fewer_max_tokens_may_cure() -> None:
    advice = ask(http(403, "pre_consume_token_quota_failed"))
    assert advice.title == "Not enough balance" and "max tokens" in advice.cause
    assert advice.actions[0] == "options"


def test_recorded_errors_get_fitting_advice(recorded_errors: list[tuple[int, str]]) -> None:
    fitting = {
        400: {
            "The conversation is too long for the model",
            "The provider refused the request",
            "The provider refused the history",
            "The provider could not fetch a file",
            "The provider does not take a file of this kind",
            "gpt-4o does not search the web",
        },
        401: {"The key was not accepted"},
        404: {"Gateway does not serve gpt-4o", "gpt-4o cannot be used here"},
        429: {"Too many requests"},
    }
    seen = set()
    for status, text in recorded_errors:
        if status < 300:
            problem = from_error(error_in(json.loads(text)), kind="stream", status=status)
        else:
            problem = http_problem(status, text.encode())
        title = ask(problem).title
        seen.add(title)
        assert title.startswith("gpt-4o does not take") or title in fitting.get(status, {title}), (title, text)
    assert len(seen) >= 8


@pytest.fixture
def recorded_errors(shared: Path) -> list[tuple[int, str]]:
    """Status and body of every recorded Chat Completions error that came as JSON."""
    found = []
    for path in sorted((shared / "recordings" / "openai-chat").glob("*.json")):
        for exchange in json.loads(path.read_text())["exchanges"]:
            if exchange.get("error") and not exchange.get("error_in_stream"):
                found.append((exchange["response"]["status"], exchange["response"]["body_text"]))
    return found


def test_a_target_makes_its_context() -> None:
    context = Context.of(Target(GATEWAY, "openai-chat", "gpt-4o"), has_tools=True)
    assert (context.name, context.model, context.wire_label, context.has_tools) == ("Gateway", "gpt-4o", "Chat", True)
