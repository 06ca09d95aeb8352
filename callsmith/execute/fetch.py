"""One document at an address a person typed: bounded in size and time, redirects checked like the address itself."""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import httpx

from callsmith.execute.addresses import PUBLIC, Policy, Refused, resolved

MAX_BYTES = 20_000_000
MAX_REDIRECTS = 5
SECONDS = 20.0
_ACCEPT = "application/json, application/yaml, text/yaml, text/plain;q=0.9, */*;q=0.5"


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
    deadline = time.monotonic() + SECONDS
    at = _parsed(url.strip())
    with httpx.Client(follow_redirects=False, timeout=httpx.Timeout(10.0), trust_env=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = _get(client, at, policy, deadline)
            except Refused as error:
                raise FetchProblem(str(error)) from error
            except httpx.TimeoutException as error:
                raise FetchProblem(f"{at.host} did not answer in time.") from error
            except httpx.HTTPError as error:
                raise FetchProblem(f"{at.host} could not be reached: {_words(error)}.") from error
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


def _get(client: httpx.Client, at: httpx.URL, policy: Policy, deadline: float) -> Fetched | str:
    """The document, or where it moved to. The connection goes to the address that was checked."""
    port = at.port or (443 if at.scheme == "https" else 80)
    address = resolved(at.host, port, policy)
    headers = {"Host": at.netloc.decode("ascii"), "Accept": _ACCEPT, "User-Agent": "callsmith"}
    request = client.build_request("GET", at.copy_with(host=address, userinfo=b""), headers=headers)
    request.extensions["sni_hostname"] = at.host
    response = client.send(request, stream=True)
    try:
        if response.is_redirect:
            return response.headers["location"]
        if response.status_code >= 400:
            raise FetchProblem(f"{at.host} answered with status {response.status_code}, not with a document.")
        data = _body(response, at, deadline)
    finally:
        response.close()
    name = unquote(urlsplit(str(at)).path.rpartition("/")[2])
    return Fetched(data, name, response.headers.get("content-type", ""), f"{at.scheme}://{at.host}{at.path}")


def _body(response: httpx.Response, at: httpx.URL, deadline: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes(65536):
        size += len(piece)
        if size > MAX_BYTES:
            raise FetchProblem(f"The document at {at.host} is larger than {MAX_BYTES // 1_000_000} MB.")
        if time.monotonic() > deadline:
            raise FetchProblem(f"{at.host} took longer than {SECONDS:.0f} s to send the document.")
        pieces.append(piece)
    return b"".join(pieces)


def _words(error: httpx.HTTPError) -> str:
    said = str(error).rstrip(".")
    return said if said else type(error).__name__
