"""Tools answered over HTTP: what becomes of each kind of answer, and who is told what."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import zlib

import pytest

from callsmith.execute.addresses import Policy
from callsmith.execute.http_answer import answer
from callsmith.execute.occasion import CannotAnswer
from callsmith.types.answering import Answer, Http
from callsmith.types.tool import HttpArgument, HttpCall, Origin, Tool
from tests.engine.execute.http_kit import SECRET, Site, occasion, plain, reach, serving

LOOPBACK = Policy(loopback=True)
PNG = b"\x89PNG\r\n\x1a\n\x00"


def got(site: Site, result_at: str = "", max_bytes: int = 256_000) -> Answer:
    return answer(occasion(), Http(HttpCall("GET", site.url()), 5, max_bytes, result_at), reach(LOOPBACK))


def test_json_is_kept_as_the_server_wrote_it() -> None:
    body = '{ "b": 1.10,\n "a": [1e2, "\\u00e9"] }'
    with serving(lambda site: plain(body.encode())) as site:
        made = got(site)
    assert made.content == body
    assert not made.is_error
    assert made.made.by == "http"
    assert made.made.detail == f"GET localhost:{site.port}, status 200"
    assert made.made.started is not None
    assert made.made.seconds is not None


def test_what_is_sent() -> None:
    call = HttpCall(
        "POST",
        "",
        (HttpArgument("id", "path", "id"), HttpArgument("text", "body", "text")),
        {"Authorization": "Bearer {{TOKEN}}"},
        "application/json",
    )
    with serving(lambda site: plain(b"1")) as site:
        http = Http(HttpCall("POST", site.url("/x/{id}"), call.arguments, call.headers, call.content_type))
        answer(occasion('{"id": "a/b", "text": "é {{TOKEN}}"}'), http, reach(LOOPBACK, TOKEN=SECRET))
        head, _, body = site.asked[0].partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "POST /x/a%2Fb HTTP/1.1"
        assert f"Host: localhost:{site.port}" in lines
        assert f"Authorization: Bearer {SECRET}" in lines
        assert "User-Agent: callsmith" in lines
        assert "Accept-Encoding: gzip" in lines
        assert "Content-Type: application/json" in lines
        assert body.decode() == '{"text":"é {{TOKEN}}"}'


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("$.items[0].name", "Ann"),
        ("$.items[*].name", '["Ann", "Bé"]'),
        ("$.items[0]", '{"name": "Ann"}'),
        ("$.none", "null"),
    ],
)
def test_the_part_that_is_the_result(path: str, content: str) -> None:
    body = json.dumps({"items": [{"name": "Ann"}, {"name": "Bé"}], "none": None}).encode()
    with serving(lambda site: plain(body)) as site:
        made = got(site, path)
    assert (made.content, made.is_error) == (content, False)


def test_a_part_that_is_not_there_is_an_error_and_the_person_sees_the_answer() -> None:
    with serving(lambda site: plain(b'{"other": 1}')) as site:
        made = got(site, "$.data")
    assert made.is_error
    assert '{"other": 1}' not in made.content
    assert '{"other": 1}' in " ".join(made.notes)
    for body in (b"<p>no</p>", b'{"data": NaN}', b'{"data": 1e999}', b"[" * 100_000, b""):
        with serving(lambda site, body=body: plain(body, kind="text/html")) as site:
            made = got(site, "$.data")
        assert made.is_error
        assert "not JSON" in made.content


def test_a_path_that_is_none_waits_for_a_person() -> None:
    with serving(lambda site: plain(b"1")) as site:
        with pytest.raises(CannotAnswer, match="path of the result"):
            got(site, "$.[")
        assert site.asked == []


def test_errors_of_the_server_go_to_the_model() -> None:
    body = b'{"error": "no such city"}'
    with serving(lambda site: plain(body, status="404 Not Found")) as site:
        made = got(site, "$.data")
    assert made.is_error
    assert made.content == 'HTTP status 404 Not Found\n\n{"error": "no such city"}'
    assert made.made.detail.endswith("status 404")
    with serving(lambda site: plain(b"x" * 100_000, status="500 Oops", kind="text/plain")) as site:
        made = got(site, max_bytes=50_000)
    assert made.is_error
    assert len(made.content) < 21_000
    assert made.content.endswith("... (cut)")


def test_text_images_and_the_rest() -> None:
    with serving(lambda site: plain("é".encode("latin-1"), kind="text/plain; charset=iso-8859-1")) as site:
        assert got(site).content == "é"
    with serving(lambda site: plain(b"a\xffb", kind="text/plain; charset=nonsense")) as site:
        assert got(site).content == "a\ufffdb"
    with serving(lambda site: plain(b"just text", kind="application/octet-stream")) as site:
        assert got(site).content == "just text"
    with serving(lambda site: plain(PNG, kind="image/png")) as site:
        made = got(site)
        assert base64.b64decode(made.media[0].data) == PNG
        assert (made.media[0].media_type, made.content) == ("image/png", "An image (image/png, 9 bytes).")
    with serving(lambda site: plain(PNG, kind="application/pdf")) as site:
        assert got(site).content == "The answer is not text (application/pdf, 9 bytes)."
    with serving(lambda site: plain(b"<svg onload='x'/>", kind="image/svg+xml")) as site:
        made = got(site)
        assert (made.content, made.media) == ("<svg onload='x'/>", ())
    with serving(lambda site: plain(b"", status="204 No Content")) as site:
        made = got(site)
        assert (made.content, made.is_error) == ("", False)
        assert "204 No Content" in made.notes[0]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_answers(encoding: str) -> None:
    packed = gzip.compress(b'{"a": 1}') if encoding == "gzip" else zlib.compress(b'{"a": 1}')
    with serving(lambda site: plain(packed, more=f"Content-Encoding: {encoding}\r\n")) as site:
        assert got(site).content == '{"a": 1}'
    with serving(lambda site: plain(packed[:-4], more=f"Content-Encoding: {encoding}\r\n")) as site:
        assert got(site).is_error
    with serving(lambda site: plain(b"no", more=f"Content-Encoding: {encoding}\r\n")) as site:
        assert got(site).is_error
    with serving(lambda site: plain(b"no", more="Content-Encoding: br\r\n")) as site:
        assert "compressed as br" in " ".join(got(site).notes)


def test_arguments_that_cannot_be_sent_are_the_models_to_mend() -> None:
    with serving(lambda site: plain(b"1")) as site:
        http = Http(HttpCall("GET", site.url("/x/{id}"), (HttpArgument("id", "path", "id"),)))
        for arguments, why in (
            ("{", "not JSON"),
            ("[]", "not a JSON object"),
            ("{}", "missing"),
            ('{"id": ".."}', "place"),
        ):
            made = answer(occasion(arguments), http, reach(LOOPBACK))
            assert made.is_error
            assert why in made.content
            assert made.made.detail == f"GET localhost:{site.port}, not sent"
        assert site.asked == []


def test_what_the_person_has_to_mend() -> None:
    for call in (HttpCall("GET", "/relative"), HttpCall("GET", "https://h.example/{id}")):
        with pytest.raises(CannotAnswer, match="not in order"):
            answer(occasion(), Http(call), reach(LOOPBACK))
    with pytest.raises(CannotAnswer, match="TOKEN"):
        answer(occasion(), Http(HttpCall("GET", "https://h.example/?k={{TOKEN}}")), reach(LOOPBACK))


def test_free_text_is_the_argument_called_input() -> None:
    with serving(lambda site: plain(b"1")) as site:
        http = Http(HttpCall("POST", site.url(), (HttpArgument("input", "body", ""),), {}, "text/plain"))
        answer(occasion("SELECT 1", type="custom"), http, reach(LOOPBACK))
        assert site.asked[0].endswith(b"\r\n\r\nSELECT 1")


def test_the_styles_of_the_import_are_used() -> None:
    tool = Tool("t", origin=Origin("openapi", extra={"styles": {"q": {"explode": False}}}))
    with serving(lambda site: plain(b"1")) as site:
        http = Http(HttpCall("GET", site.url(), (HttpArgument("q", "query", "q"),)))
        answer(occasion('{"q": [1, 2]}', tool=tool), http, reach(LOOPBACK))
        assert site.asked[0].startswith(b"GET /?q=1,2 ")


@pytest.mark.parametrize(
    "echo",
    [
        plain(f'{{"you": "{SECRET}"}}'.encode()),
        plain(f'{{"you": "{SECRET}"}}'.encode(), status="401 Unauthorized"),
        plain(json.dumps({"data": SECRET}).replace("/", "\\/").encode()),
        plain(b"/x?k=canary-0123456789%2Fabc%2Bdef", kind="text/plain"),
        plain(b"", status="302 Found", more=f"Location: https://h.example/?k={SECRET}\r\n"),
        plain(b"x" * 200 + SECRET.encode(), status="500 Oops", kind="text/plain"),
        plain(base64.b64encode(SECRET.encode()), kind="text/plain"),
        lambda client: client.sendall(f"{SECRET} is no HTTP\r\n\r\n".encode()),
        lambda client: client.sendall(f"HTTP/1.1 200 OK\r\n{SECRET}\r\n\r\n".encode()),
    ],
)
@pytest.mark.parametrize("result_at", ["", "$.data"])
def test_a_secret_never_comes_back(echo: object, result_at: str, caplog: pytest.LogCaptureFixture) -> None:
    learned: list[str] = []
    caplog.set_level(logging.INFO, "callsmith")
    with serving(lambda site: echo) as site:  # type: ignore[arg-type, return-value]
        call = HttpCall("GET", site.url("/{{TOKEN}}?k={{TOKEN}}"), (), {"X-Key": "{{TOKEN}}", "Y": "Basic {{TOKEN}}"})
        made = answer(occasion(), Http(call, 5, 210, result_at), reach(LOOPBACK, learned, TOKEN=SECRET))
        assert SECRET.encode() in site.asked[0]
    told = json.dumps([made.content, made.notes, made.made.detail])
    for part in ("canary", "0123456789", base64.b64encode(SECRET.encode()).decode()):
        assert part not in told
    assert SECRET in learned
    assert "canary-0123456789%2Fabc%2Bdef" in learned
