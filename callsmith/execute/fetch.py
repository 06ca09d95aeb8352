"""One document at an address a person typed: bounded in size and time, redirects checked like the address itself."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx

from callsmith.execute import pinned
from callsmith.execute.addresses import PUBLIC, Policy, Refused
from callsmith.execute.occasion import Cancellation
from callsmith.types.exchange import HttpRequest

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
SECONDS = 20.0
_HEADERS = (
    ("Accept", "application/json, application/yaml, text/yaml, text/plain;q=0.9, */*;q=0.5"),
    ("User-Agent", "callsmith"),
)


class FetchProblem(Exception):
    """Why there is no document, in words for the person who typed the address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """``filename`` is the last step of the path; ``url`` the address after redirects, without query or password."""

    data: bytes
    filename: str
    content_type: str
    url: str


def fetch(url: str, policy: Policy = PUBLIC) -> Fetched:
    """GET. Raises ``FetchProblem``."""
    at = _parsed(url.strip())
    try:
        return pinned.bounded(lambda line: _followed(at, policy, line), SECONDS, Cancellation())
    except TimeoutError as error:
        raise FetchProblem(f"{at.host} took longer than {SECONDS:.0f} s to send the document.") from error


def _followed(at: httpx.URL, policy: Policy, line: pinned.Line) -> Fetched:
    for _ in range(MAX_REDIRECTS + 1):
        try:
            answer = _get(at, policy, line)
        except Refused as error:
            raise FetchProblem(str(error)) from error
        except httpx.TimeoutException as error:
            raise FetchProblem(f"{at.host} did not answer in time.") from error
        except httpx.HTTPError as error:
            raise FetchProblem(f"{at.host} could not be reached: {pinned.words(error)}.") from error
        if isinstance(answer, Fetched):
            return answer
        at = _parsed(str(at.join(answer)))
    raise FetchProblem(f"The address redirects more than {MAX_REDIRECTS} times.")


def _parsed(url: str) -> httpx.URL:
    try:
        at = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchProblem("This is not an address: it starts with https:// or http://.") from error
    if at.scheme not in ("http", "https") or not at.host:
        raise FetchProblem("Only addresses that start with https:// or http:// are read.")
    return at


def _get(at: httpx.URL, policy: Policy, line: pinned.Line) -> Fetched | str:
    """The document, or where it moved to."""
    with pinned.opened(HttpRequest("GET", str(at), _HEADERS, b""), policy, line, SECONDS) as response:
        if response.is_redirect:
            return response.headers["location"]
        if response.status_code >= 400:
            raise FetchProblem(f"{at.host} answered with status {response.status_code}, not with a document.")
        try:
            data = pinned.body(response, MAX_BYTES)
        except pinned.TooLarge as error:
            raise FetchProblem(f"The document at {at.host} is larger than {MAX_BYTES // 1_000_000} MB.") from error
        except pinned.Unreadable as error:
            raise FetchProblem(f"{error}.") from error
    name = unquote(urlsplit(str(at)).path.rpartition("/")[2])
    return Fetched(data, name, response.headers.get("content-type", ""), f"{at.scheme}://{at.host}{at.path}")
