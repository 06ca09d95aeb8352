"""What went wrong, in plain words: the likely cause here, and what to do about it.

One voice for the error cards of a transcript and for "Test connection". It decides on the kind, the
status and the code of a problem; the provider's own words are shown beside it, not interpreted, save
where a provider gives no code at all, and then the advice says "may".
"""

from __future__ import annotations

from dataclasses import replace

from callsmith.advice.http import answered
from callsmith.advice.types import Action, Advice, Context, start
from callsmith.connections import DEMO, is_local, lacks_version, preset
from callsmith.demo.models import MODELS
from callsmith.types.problem import Problem

__all__ = ["Advice", "Context", "advise"]


def advise(problem: Problem, context: Context) -> Advice:
    """Never fails; an unknown problem gets general advice."""
    is_demo = context.connection is not None and context.connection.id == DEMO.id
    if is_demo and problem.kind not in ("stopped", "request") and _misbehaves(context.model):
        return _on_purpose(_advise(problem, replace(context, connection=None)), context)
    return _advise(problem, context)


def _advise(problem: Problem, context: Context) -> Advice:
    match problem.kind:
        case "http" | "stream":
            return answered(problem, context)
        case "unreadable":
            return _unreadable(problem, context)
        case "connection":
            return _unreachable(problem, context)
        case "timeout":
            return _too_slow(problem, context)
        case "interrupted":
            return Advice(
                "The reply broke off before its end",
                "The connection closed while the reply was still arriving. What came is kept.",
                ("Retry to ask again from the same point.",),
                ("retry",),
            )
        case "stopped":
            return Advice("Stopped by you", "What had arrived is kept.", ("Retry to ask again.",), ("retry",))
        case "request":
            return _not_sent(problem, context)


def _misbehaves(model: str) -> bool:
    """Whether a demo model fails as a habit; the others only fail when something really broke."""
    return not model or any(known.id == model and known.misbehaves for known in MODELS)


def _on_purpose(advice: Advice, context: Context) -> Advice:
    who = f"The demo model {context.model}" if context.model else "The demo model"
    cause = f"{who} does this on purpose, to show how it looks. From a real provider it would mean: {advice.cause}"
    steps = ("Choose another demo model to go on, or retry to see it again.",)
    return Advice(advice.title, cause, steps, ("model", "retry"))


def _not_sent(problem: Problem, context: Context) -> Advice:
    match problem.code:
        case "no_key":
            return _no_key(context)
        case "missing_variable":
            return Advice(
                f"A header needs {problem.param}",
                f"An extra header of {context.name} is filled from {problem.param}, which is not set.",
                (f"Set {problem.param} in the environment, .env or .streamlit/secrets.toml, or edit the header.",),
                ("connections",),
            )
        case "bad_url":
            return Advice(
                "The base URL cannot be used",
                f"{context.name} has the base URL {context.base_url}, which is no usable address.",
                ("Edit the connection and correct its base URL.",),
                ("connections",),
            )
        case "internal":
            return Advice(
                "Callsmith could not read the answer",
                "This is a fault of Callsmith, not of the provider or of your request. What arrived is kept.",
                ("Look at the raw answer, and report it with the exchange saved as a recording.", "Retry."),
                ("retry",),
            )
        case _:
            return Advice(
                "The request was not sent",
                "It could not be built as asked; nothing left this computer.",
                ("Correct what the message names, then retry.",),
                ("options", "retry"),
            )


def _no_key(context: Context) -> Advice:
    key = context.connection.key if context.connection is not None else None
    if key is not None and key.source == "environment":
        return Advice(
            f"No key for {context.name}",
            f"Its key comes from {key.name}, which is not set.",
            (
                f"Set {key.name} in the environment or in .env and start Callsmith again, "
                "or add it to .streamlit/secrets.toml.",
                "Or edit the connection and type a key for this session only.",
            ),
            ("connections",),
        )
    return Advice(
        f"No key for {context.name}",
        "Its key is typed for each browser session, and none was typed in this one.",
        ("Type the key on the Connections page.",),
        ("connections",),
    )


def _unreadable(problem: Problem, context: Context) -> Advice:
    match problem.code:
        case "html":
            return Advice(
                "The base URL leads to a web page",
                "The server answered, but with a web page instead of data, so the path of the base URL is wrong.",
                (_path_step(context),),
                ("connections",),
            )
        case "empty":
            return Advice(
                "The answer was empty",
                "The server closed the answer without sending anything; a proxy or gateway in between often does that.",
                ("Retry.", "If it stays so, try another model, or switch streaming off or on."),
                ("retry", "options"),
            )
        case "no_models":
            return Advice(
                "The answer holds no list of models",
                "The server answered with data of another kind, so the path of the base URL may be wrong.",
                (_path_step(context), "A model id can be typed by hand all the same."),
                ("connections",),
            )
        case "too_large":
            return Advice(
                "The answer was too large to read",
                "A list of models or an error is never that large, so the base URL may lead somewhere else.",
                (_path_step(context),),
                ("connections",),
            )
        case _:
            return Advice(
                "The answer cannot be read",
                f"It is not what {context.wire_label} promises: the server may speak another format, "
                "or something in between changed the answer.",
                ("Look at the raw answer.", "Check that the connection's base URL and wire format fit its server."),
                ("connections", "retry"),
            )


def _path_step(context: Context) -> str:
    if context.connection is not None and lacks_version(context.base_url):
        return f"Edit the connection and add /v1 to its base URL: {context.base_url}/v1"
    return f"Edit the connection and compare its base URL, {context.base_url}, with the provider's documentation."


def _unreachable(problem: Problem, context: Context) -> Advice:
    actions: tuple[Action, ...] = ("connections", "retry")
    if problem.code == "name_not_found":
        return Advice(
            f"The host {context.host} was not found",
            "No server is known by that name: it may be mistyped, or this computer may be offline.",
            ("Check the base URL for a spelling mistake.", "Check the internet connection."),
            actions,
        )
    if problem.code == "tls":
        return Advice(
            f"No secure connection to {context.host}",
            "Its certificate was not accepted, or the server does not speak https on that port.",
            (
                "For a server in your own network, check whether its base URL starts with http:// instead.",
                "Behind a company proxy, set SSL_CERT_FILE to the company's certificate file.",
            ),
            actions,
        )
    if is_local(context.base_url):
        known = preset(context.connection.preset) if context.connection is not None else None
        hint = known.note if known is not None and known.note else "Start the server."
        return Advice(
            f"Nothing answers at {context.host}",
            "The server on this computer is not running, or it listens on another port.",
            (hint, "Inside a container, localhost means the container itself: use the host's address."),
            actions,
        )
    return Advice(
        start(f"{context.host} cannot be reached"),
        "The server refused the connection, or a firewall or proxy is in the way.",
        ("Check the host and the port in the base URL.", "Try again in a while: the server may be down."),
        actions,
    )


def _too_slow(problem: Problem, context: Context) -> Advice:
    match problem.code:
        case "connect":
            return Advice(
                start(f"{context.host} did not answer in time"),
                "No connection was made within the time limit: the host may be wrong, down, or behind a firewall.",
                ("Check the base URL.", "Retry, or raise the time limit for connecting."),
                ("retry", "connections", "options"),
            )
        case "first_byte":
            return Advice(
                "No answer began in time",
                "The server took the request but sent nothing within the time limit. Models that think first and "
                "local servers that load a model can take minutes; without streaming the whole reply has to be "
                "ready first.",
                ("Switch streaming on, or raise the time limit for the first byte.", "Retry."),
                ("retry", "options"),
            )
        case "between_bytes":
            return Advice(
                "The reply stalled",
                "It began, then nothing more came within the time limit. What came is kept.",
                ("Retry, or raise the time limit between bytes.",),
                ("retry", "options"),
            )
        case _:
            return Advice(
                "It took longer than the time limit",
                "The whole exchange did not end within its time limit. What came is kept.",
                ("Retry, raise the limit for the whole turn, or ask for less with max tokens.",),
                ("retry", "options"),
            )
