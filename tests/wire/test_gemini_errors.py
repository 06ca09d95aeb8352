"""Gemini replies that are none: blocked prompts, errors inside a 200, error bodies, pages."""

import json
from typing import Any

import pytest

from tests.wire.gemini_kit import WIRE, chunk, read, sse


@pytest.mark.parametrize("as_stream", [True, False])
def test_a_blocked_prompt_says_so(as_stream: bool) -> None:
    answer = {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "No."}, "usageMetadata": {"x": "y"}}
    turn = read(sse(answer) if as_stream else json.dumps(answer).encode(), stream=as_stream)
    assert turn.state == "failed" and turn.problem is not None
    assert (turn.problem.code, turn.problem.type) == ("prompt_blocked", "SAFETY")
    assert turn.problem.message == "The prompt was blocked (SAFETY): No."
    assert turn.usage is not None and (turn.usage.input, turn.usage.total) == (0, None)


def test_prompt_feedback_without_a_block_is_only_kept() -> None:
    turn = read(sse(chunk({"text": "a"}, finish="STOP") | {"promptFeedback": {"safetyRatings": []}}))
    assert (turn.state, turn.meta["promptFeedback"]) == ("finished", {"safetyRatings": []})


def test_a_reason_to_block_beside_an_answer_takes_nothing_away() -> None:
    turn = read(sse(chunk({"text": "a"}, finish="STOP") | {"promptFeedback": {"blockReason": "OTHER"}}))
    assert (turn.text, turn.state) == ("a", "finished")


ERROR = {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED", "details": []}}


@pytest.mark.parametrize("body", [sse(ERROR), sse([ERROR]), json.dumps([ERROR]).encode(), json.dumps(ERROR).encode()])
def test_trap_16_an_error_inside_a_200(body: bytes) -> None:
    turn = read(body)
    assert turn.state == "failed" and turn.problem is not None
    assert (turn.problem.kind, turn.problem.message) == ("stream", "slow down")
    assert (turn.problem.code, turn.problem.type, turn.problem.retryable) == ("429", "RESOURCE_EXHAUSTED", True)


def test_an_error_after_text_keeps_the_text() -> None:
    turn = read(sse(chunk({"text": "par"})) + json.dumps(ERROR).encode())
    assert (turn.text, turn.state) == ("par", "failed")


@pytest.mark.parametrize("wrap", [lambda error: error, lambda error: [error]])
def test_trap_55_error_bodies_of_google_and_of_the_gateway(wrap: Any) -> None:
    problem = WIRE.error(429, json.dumps(wrap(ERROR)).encode())
    assert (problem.status, problem.code, problem.type) == (429, "429", "RESOURCE_EXHAUSTED")
    assert problem.message == "slow down"
    gateway = {"error": {"message": "no channel", "type": "new_api_error", "param": "", "code": "model_not_found"}}
    problem = WIRE.error(503, json.dumps(gateway).encode())
    assert (problem.code, problem.type, problem.retryable) == ("model_not_found", "new_api_error", False)
    assert WIRE.error(502, b"<html>Bad gateway</html>").message.startswith("The server answered with a web page")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"<html></html>", "html"),
        (b"oops", "not_json"),
        (b"{}", "no_candidates"),
        (b"[]", "no_candidates"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_is_no_reply_is_a_problem(body: bytes, code: str, stream: bool) -> None:
    problem = read(body, stream=stream).problem
    assert problem is not None
    assert (problem.kind, problem.code) == ("unreadable", code)


def test_trap_15_ping_comments_and_a_done_marker() -> None:
    body = b": PING\r\n\r\n" + sse(chunk({"text": "a"}, finish="STOP")) + b": PING\r\n\r\ndata: [DONE]\r\n\r\n"
    assert (read(body).text, read(body).state, read(body).unknown) == ("a", "finished", ())
