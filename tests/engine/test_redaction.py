"""Keys on their way out and back."""

import logging
import random

import pytest

from callsmith.redaction import HIDDEN, RedactingFilter, Redactor, filled
from callsmith.types.exchange import HttpRequest

KEY = "sk-canary-0123456789abcdef"


@pytest.mark.parametrize("seed", range(30))
def test_a_secret_is_found_however_the_bytes_are_cut(seed: int) -> None:
    rng = random.Random(seed)
    body = f"a{KEY}b{KEY[:9]}c{KEY}{KEY}".encode()
    redactor, out, at = Redactor([KEY]), b"", 0
    while at < len(body):
        end = at + rng.randint(1, 12)
        out += redactor.feed(body[at:end])
        at = end
    out += redactor.flush()
    assert out.decode() == f"a{HIDDEN}b{KEY[:9]}c{HIDDEN}{HIDDEN}"


def test_the_words_that_local_servers_take_as_keys_stay_readable() -> None:
    assert Redactor(["ollama", "none"]).text("ollama says none") == "ollama says none"


def test_headers_are_filled_last() -> None:
    request = HttpRequest("POST", "http://x", (("Authorization", "Bearer {{api_key}}"), ("X-Team", "{{TEAM}}")), b"")
    assert filled(request, KEY, lambda value: value.replace("{{TEAM}}", "red")).headers == (
        ("Authorization", f"Bearer {KEY}"),
        ("X-Team", "red"),
    )
    assert KEY not in repr(request)


def test_the_body_is_filled_only_where_the_request_says() -> None:
    """What a user wrote may hold {{NAME}} too, and stays."""
    body = b'{"input":"say {{TOKEN}}","tools":[{"a/b":"Bearer {{TOKEN}}"}]}'
    request = HttpRequest("POST", "http://x", (), body, secrets_at=("/tools/0/a~1b",))
    sent = filled(request, None, lambda value: value.replace("{{TOKEN}}", KEY))
    assert sent.body == body.replace(b"Bearer {{TOKEN}}", b"Bearer " + KEY.encode())
    assert request.body == body


def test_log_records_and_tracebacks_are_cleaned(caplog: pytest.LogCaptureFixture) -> None:
    cleaner = RedactingFilter()
    cleaner.learn([KEY])
    caplog.handler.addFilter(cleaner)
    try:
        raise ValueError(f"bad {KEY}")
    except ValueError:
        logging.getLogger("t").error("failed with %s", KEY, exc_info=True)
    assert HIDDEN in caplog.text
    assert KEY not in caplog.text


def test_a_key_is_found_as_json_writes_it() -> None:
    key = "sk-canary/0123456789+abc"
    assert key.replace("/", "\\/") not in Redactor([key]).text(key.replace("/", "\\/"))
