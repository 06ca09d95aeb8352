"""The HTTP request that answers a tool: where it goes, where each argument goes, and how it would look."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from callsmith import http_form
from callsmith import settings as surroundings
from callsmith.answering import http_request, jsonpath
from callsmith.answering.http_values import BadArguments, BadSettings, plain_type
from callsmith.execute.addresses import Refused, resolved
from callsmith.http_form import PLACES, Place
from callsmith.types.answering import Http
from callsmith.types.parts import Parsed
from callsmith.types.tool import HttpCall
from components.answers import settings
from components.answers.headers import headers_area
from components.answers.settings import Settings
from components.answers.trial import call_of, sampled
from components.reach import policy
from components.tools import home
from components.words import joined, plain

_SECRETS = (
    "{{NAME}} is replaced by the variable or secret of that name when the request is sent; its value is never kept. "
    "A {{NAME}} that a model sends stays text."
)
_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_MOST_SHOWN = 4_000

Change = Callable[[Http], Http]


def render(here: Settings) -> None:
    http = here.answering.http
    imported = http_request.of_tool(here.tool)
    if imported is not None and (http is None or http.call != imported.call):
        st.button(
            "Use the imported request",
            key=here.key("http-imported"),
            icon=":material/download:",
            type="secondary" if http else "primary",
            help=plain(f"{imported.call.method} {imported.call.url}"),
            on_click=_use_imported,
            args=(here.tool_id, imported.call),
        )
    shown = http or Http(http_form.begun(here.tool, "GET", ""))
    _address(here, shown)
    if http is None:
        st.caption("An argument goes into the path where the URL has its name in braces, as {id}.")
        return
    _arguments(here, http.call)
    _headers(here, http.call)
    _limits(here, http)
    _problems(http)
    _secrets(http)
    _preview(here, http)


def _address(here: Settings, http: Http) -> None:
    with st.container(horizontal=True, vertical_alignment="top"):
        key = here.key("http-method")
        st.selectbox(
            "Method",
            list(http_request.METHODS),
            key=settings.choice(here.tool_id, key, http.call.method.upper()),
            width=130,
            on_change=_method,
            args=(here.tool_id, key),
        )
        _line(here, "url", "URL", http.call.url, _url, "https://api.example.com/items/{id}", _SECRETS)
    if http.call.url:
        _reachable(http)


def _line(
    here: Settings,
    name: str,
    label: str,
    value: str,
    keep: Callable[[str, str], str],
    example: str,
    help: str | None = None,
) -> None:
    """One line of text. ``keep`` takes it over, or says why not."""
    with st.container():
        key = here.key(f"http-{name}")
        st.text_input(
            label,
            **settings.entry(here.tool_id, key, value),
            placeholder=example,
            help=help,
            on_change=_typed,
            args=(here.tool_id, key, keep),
        )
        settings.refusal(here.tool_id, key)


def _reachable(http: Http) -> None:
    """What is known about the address without asking anyone for its name."""
    try:
        at = urlsplit(http.call.url)
        host, port = at.hostname or "", at.port or (443 if at.scheme == "https" else 80)
    except ValueError:
        return
    try:
        if host != "localhost":
            ipaddress.ip_address(host)
    except ValueError:
        st.caption("The address behind the name is checked at each call. Private ones are not reached unasked.")
        return
    try:
        resolved(host, port, policy())
    except Refused as error:
        st.markdown(f":small[:orange[:material/warning: {plain(str(error))}]]")
    else:
        st.caption("This address may be reached.")


def _arguments(here: Settings, call: HttpCall) -> None:
    known = http_form.properties(here.tool)
    names = list(dict.fromkeys((*known, *(one.property for one in call.arguments))))
    if not names:
        st.caption("The tool has no arguments: every call sends the same request.")
        return
    st.markdown("**Where each argument goes**")
    for number, name in enumerate(names):
        place, there = http_form.place_of(call, name)
        with st.container(horizontal=True, vertical_alignment="center", key=here.key(f"http-row-{number}")):
            gone = "" if name in known else " :gray[(no argument of the tool any more)]"
            st.markdown(f"{plain(name)}{gone}", width=180)
            at, called = here.key(f"http-place-{number}"), here.key(f"http-name-{number}")
            args = (here.tool_id, name, at, called)
            st.selectbox(
                f"Place of {name}",
                list(PLACES),
                key=settings.choice(here.tool_id, at, place),
                format_func=PLACES.__getitem__,
                label_visibility="collapsed",
                width=180,
                on_change=_place,
                args=args,
            )
            if place not in ("none", "whole"):
                st.text_input(
                    f"Name of {name} there",
                    **settings.entry(here.tool_id, called, there),
                    label_visibility="collapsed",
                    on_change=_place,
                    args=args,
                )
    if any(one.place == "body" for one in call.arguments):
        key = here.key("http-type")
        kinds = list(dict.fromkeys((*_TYPES, *([call.content_type] if call.content_type else []))))
        st.selectbox(
            "The body is sent as",
            kinds,
            key=settings.choice(here.tool_id, key, call.content_type or _TYPES[0]),
            accept_new_options=True,
            on_change=_content_type,
            args=(here.tool_id, key),
        )
        if plain_type(call.content_type) == _TYPES[2]:
            st.caption("Each field is sent as text. A file is not sent as a file.")


def _headers(here: Settings, call: HttpCall) -> None:
    kept = http_form.lines_of(call)
    headers_area(here, "http-headers", kept, lambda lines, refused: _keep_headers(here.tool_id, lines, refused))


def _limits(here: Settings, http: Http) -> None:
    _line(
        here,
        "result",
        "Part of the answer that is the result",
        http.result_at,
        _result_at,
        "$.data.items",
        "A JSON path. Empty: the whole answer, as the server wrote it.",
    )
    with st.container(horizontal=True):
        seconds, size = here.key("http-seconds"), here.key("http-size")
        st.number_input(
            "Time limit in seconds",
            min_value=0.1,
            max_value=http_request.MAX_SECONDS,
            step=5.0,
            format="%.1f",
            **settings.entry(here.tool_id, seconds, float(http.seconds)),
            width=200,
            on_change=_number,
            args=(here.tool_id, seconds, "seconds"),
        )
        st.number_input(
            "Largest answer in bytes",
            min_value=1,
            max_value=http_request.MAX_BYTES,
            step=1_000,
            **settings.entry(here.tool_id, size, http.max_bytes),
            width=200,
            on_change=_number,
            args=(here.tool_id, size, "max_bytes"),
        )


def _problems(http: Http) -> None:
    for found in http_request.problems(http).values():
        st.markdown(f":small[:orange[:material/warning: {plain(found)}. Until then each call waits for you.]]")


def _secrets(http: Http) -> None:
    unset = [name for name in http_form.secrets_of(http.call) if surroundings.secret(name) is None]
    if unset:
        verb = "is" if len(unset) == 1 else "are"
        words = f"{joined(unset)} {verb} not set in the environment, .env or secrets.toml"
        st.markdown(f":small[:orange[:material/warning: {plain(words)}. Until then each call waits for you.]]")


def _preview(here: Settings, http: Http) -> None:
    """A sample call as it would be sent, without its secrets."""
    parsed = call_of(here.tool, sampled(here.tool)).parsed()
    arguments: Any = parsed.value if isinstance(parsed, Parsed) and isinstance(parsed.value, dict) else {}
    if here.tool.type == "custom":
        arguments = {"input": "text"}
    try:
        lines = http_request.preview(http, arguments, http_request.styles_of(here.tool))
    except BadSettings:
        return
    except BadArguments as error:
        st.caption(plain(f"The sample call cannot be sent: {error}."))
        return
    st.markdown("**A sample call would send**")
    st.code("\n".join(lines)[:_MOST_SHOWN], language="http", wrap_lines=True)


def _change(tool_id: str, how: Change, step: str) -> None:
    """On what is kept now; a tool without a request begins one."""
    tool = home.kept(tool_id)
    if tool is not None:
        begun = Http(http_form.begun(tool, "GET", ""))
        settings.change(tool_id, lambda now: replace(now, http=how(now.http or begun)), step)


def _on_call(tool_id: str, how: Callable[[HttpCall], HttpCall], step: str) -> None:
    _change(tool_id, lambda http: replace(http, call=how(http.call)), step)


def _use_imported(tool_id: str, call: HttpCall) -> None:
    st.session_state.pop(f"{settings.key_of(tool_id, 'http-headers')}-refused", None)
    settings.forget(tool_id)
    settings.change(
        tool_id, lambda now: replace(now, http=replace(now.http, call=call) if now.http else Http(call)), ""
    )


def _method(tool_id: str, key: str) -> None:
    method, tool = st.session_state[key], home.kept(tool_id)
    if tool is not None:
        _on_call(
            tool_id,
            lambda call: replace(call, method=method) if call.url else http_form.begun(tool, method, ""),
            "",
        )


def _typed(tool_id: str, key: str, keep: Callable[[str, str], str]) -> None:
    if why := keep(tool_id, str(st.session_state[key] or "").strip()):
        settings.refuse(tool_id, key, why)
    else:
        settings.accept(tool_id, key)


def _url(tool_id: str, url: str) -> str:
    if why := http_form.url_problem(url):
        return why
    tool = home.kept(tool_id)
    if tool is not None:
        _on_call(tool_id, lambda call: http_form.with_url(call, tool, url), "http-url")
    return ""


def _result_at(tool_id: str, path: str) -> str:
    if why := jsonpath.check(path):
        return why.rstrip(".")
    _change(tool_id, lambda http: replace(http, result_at=path), "http-result")
    return ""


def _place(tool_id: str, name: str, at: str, called: str) -> None:
    place: Place = st.session_state[at]
    there = str(st.session_state.get(called) or "").strip()
    _on_call(tool_id, lambda call: http_form.with_place(call, name, place, there), "")


def _content_type(tool_id: str, key: str) -> None:
    kind = str(st.session_state[key] or "").strip()
    _on_call(tool_id, lambda call: replace(call, content_type=kind), "")


def _keep_headers(tool_id: str, lines: str, refused: dict[str, tuple[str, str]]) -> None:
    if why := http_form.headers_problem(lines):
        refused[""] = (lines, why)
        return
    refused.clear()
    _on_call(tool_id, lambda call: replace(call, headers=http_form.headers_of(lines)), "http-headers")


def _number(tool_id: str, key: str, field: str) -> None:
    value = st.session_state[key]
    if value:
        _change(tool_id, lambda http: replace(http, **{field: value}), f"http-{field}")
