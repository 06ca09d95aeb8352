"""Advice for errors that the provider itself answered: status and code, vendors' and gateways' alike.

Sources: wire-format notes, 1.4 (the gateway's table), 2 and 10 (vendors' codes). A 500 or 503 may be the
client's fault, a 403 may mean an empty account, and a 200 may hold an error; the code tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from callsmith.advice.causes import CauseId, Known, known_cause
from callsmith.advice.types import Action, Advice, Context, start
from callsmith.connections import lacks_version
from callsmith.types.problem import Problem

_Rule = Callable[[Problem, Context], Advice]
# Providers without a code for a full context (DeepSeek, Ollama, Mistral) say so in these words only.
_TOO_LONG = re.compile(
    r"context (length|window|size)|prompt (is )?too long|too many tokens|token count .{0,20}exceeds", re.IGNORECASE
)
# Google and xAI answer 400 to a wrong key.
_KEY = re.compile(r"api key (not valid|is invalid)|(incorrect|invalid) api key", re.IGNORECASE)


def answered(problem: Problem, context: Context) -> Advice:
    status = _status(problem)
    if status == 503 and problem.code == "model_not_found":
        return _wrong_group(problem, context)
    if (known := known_cause(problem)) is not None:
        return _known(known, context)
    for word in (problem.code, problem.type):
        if word in _BY_CODE:
            return _BY_CODE[word](problem, context)
    if status in _BY_STATUS:
        return _BY_STATUS[status](problem, context)
    if status is not None and 300 <= status < 400:
        return _redirected(problem, context)
    if problem.kind == "stream" and not _ITS_OWN_FAULT.isdisjoint((problem.code, problem.type)):
        return _upstream(problem, context)
    if status is not None and status >= 500:
        return _upstream(problem, context)
    return _refused(problem, context)


# Where what a known cause wants changed is to be found; the rest is in the options.
_CAUSE_ACTIONS: Mapping[CauseId, tuple[Action, ...]] = {
    **dict.fromkeys(("tool-name", "description-long", "schema-keyword", "tools-many", "grammar"), ("tools", "retry")),
    **dict.fromkeys(
        ("reasoning-unwanted", "signature", "result-missing", "media-kind", "media-fetch"), ("model", "edit_message")
    ),
}


def _known(known: Known, context: Context) -> Advice:
    title = re.sub(r"^(The|This) model\b", lambda found: context.model or found.group(), known.title)
    return Advice(title, known.cause, (known.step,), _CAUSE_ACTIONS.get(known.id, ("options", "retry")))


def _status(problem: Problem) -> int | None:
    """The status meant: an error inside a 200 answer may carry it as its code."""
    if problem.kind == "stream" and re.fullmatch(r"[45]\d\d", problem.code):
        return int(problem.code)
    return problem.status


def _wrong_key(problem: Problem, context: Context) -> Advice:
    key = context.connection.key if context.connection is not None else None
    if key is not None and key.source == "none":
        return Advice(
            "The server wants a key",
            f"{context.name} sends none.",
            ("Edit the connection and choose where its key comes from.",),
            ("connections",),
        )
    which = "The key"
    if key is not None:
        which = f"The key in {key.name}" if key.source == "environment" else "The key typed for this session"
    return Advice(
        "The key was not accepted",
        f"{which} may be mistyped, meant for another provider, switched off, expired or used up.",
        (
            f"Compare it with the key on the provider's own page, and check that it belongs to {context.host}.",
            "Test the connection after a change.",
        ),
        ("connections",),
    )


def _wrong_group(problem: Problem, context: Context) -> Advice:
    return Advice(
        f"This key's group does not serve {context.model_words}",
        "At this gateway a key belongs to a group of models, and no channel in this key's group has this model. "
        "A listed model can also be switched off for a while.",
        (
            "Use a key of the group the model belongs to (a Claude model needs a key of the Claude group): add a "
            "second connection with the same base URL and that key.",
            "Or choose a model from this connection's list.",
        ),
        ("model", "connections"),
    )


def _no_such_model(problem: Problem, context: Context) -> Advice:
    return Advice(
        start(f"{context.name} does not serve {context.model_words}"),
        "No model has that id there, or this key may not use it.",
        ("Choose a model from the connection's list, or correct the id.",),
        ("model", "connections"),
    )


def _not_a_chat_model(problem: Problem, context: Context) -> Advice:
    return Advice(
        start(f"{context.model_words} cannot be used here"),
        f"The provider does not serve this model through {context.wire_label}.",
        ("Choose another model.",),
        ("model",),
    )


def _not_found(problem: Problem, context: Context) -> Advice:
    """404 without a telling code: a wrong path, or (Ollama, vLLM) an unknown model."""
    if problem.param == "model" and not problem.code:
        return _not_a_chat_model(problem, context)
    # A web framework's own 404 has neither code nor type; new-api's for a wrong path begins "Invalid URL" (1.4).
    about_model = bool(problem.code or problem.type) and not problem.message.startswith("Invalid URL")
    if context.model and about_model:
        return _no_such_model(problem, context)
    if lacks_version(context.base_url):
        step = f"Edit the connection and add /v1 to its base URL: {context.base_url}/v1"
    else:
        step = f"Compare the base URL, {context.base_url}, with the provider's documentation."
    return Advice(
        "Wrong path",
        f"{start(context.host)} answered, but it does not know the path that was asked for.",
        (step, "If the path is right, this server may not offer this wire format."),
        ("connections",),
    )


def _redirected(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The server points to another address",
        "A key must not follow a redirect to a place you did not choose, so Callsmith stops there.",
        ("Edit the connection: use https:// where the provider does, and its exact host and path.",),
        ("connections",),
    )


def _empty_account(problem: Problem, context: Context) -> Advice:
    return Advice(
        "Not enough balance",
        "The account has too little credit for this request. Gateways reserve the cost in advance from max tokens, "
        "so a high max tokens alone can cause this.",
        ("Lower max tokens under Options, then retry.", "Or top up the account, or use another key."),
        ("options", "retry", "connections"),
    )


def _no_access(problem: Problem, context: Context) -> Advice:
    return Advice(
        f"This key may not use {context.model}" if context.model else "This key has no access",
        "The key was recognised, but its group, its list of allowed models, this computer's address or the account "
        "does not permit the request.",
        ("Choose a model from this connection's list.", "Or use a key with access to the model."),
        ("model", "connections"),
    )


def _too_large(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The request is too large",
        "The provider does not take a body of this size.",
        ("Shorten the message or the tool results, or offer fewer tools.", "Or start a new conversation."),
        ("edit_message", "tools"),
    )


def _context_full(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The conversation is too long for the model",
        "System prompt, messages, tool results and tools together, with the room kept for the reply, exceed the "
        "model's context window.",
        (
            "Shorten the last message or result, lower max tokens, or offer fewer tools.",
            "Or choose a model with a longer context window.",
        ),
        ("edit_message", "options", "model"),
    )


def _busy(problem: Problem, context: Context) -> Advice:
    return Advice(
        "Too many requests",
        "The provider limits how much may be asked in a span of time, for this key or for the model.",
        ("Wait a minute, then retry.", "If it stays so, use another model or key, or ask the provider for more."),
        ("retry", "model"),
    )


def _filtered(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The provider's content filter stopped the request",
        "Something in the prompt, the history or the tool results was not let through.",
        ("Reword the message or the result, then retry.",),
        ("edit_message", "retry"),
    )


def _not_taken(problem: Problem, context: Context) -> Advice:
    """A parameter or value that this model refuses."""
    if problem.param.startswith(("tools", "functions")):
        return _bad_tools(problem, context)
    if problem.param.startswith("messages"):
        return _bad_history(problem, context)
    what = problem.param or "one of the settings"
    return Advice(
        start(f"{context.model_words} does not take {what}"),
        "Models differ in which settings and values they accept.",
        (f"Clear {what} under Options, or in the extra body, then retry.", "Or choose another model."),
        ("options", "model"),
    )


def _bad_tools(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The provider refused the tools",
        "A tool's name, description or parameters break one of its rules"
        + (f", at {problem.param}." if problem.param else "."),
        (
            "Correct what its message names on the Tools page.",
            "To find the tool, switch off all but one and retry.",
        ),
        ("tools", "retry"),
    )


def _bad_history(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The provider refused the history",
        "It does not accept one of the messages" + (f", at {problem.param}" if problem.param else "") + ": providers "
        "differ in which roles, parts and orders they take, above all after a change of model.",
        ("Go back to the model that wrote the earlier replies, or edit an earlier message.",),
        ("model", "edit_message"),
    )


def _bad_call(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The model wrote a tool call that the provider could not read",
        "The provider checks calls before passing them on, and this one was malformed.",
        ("Retry: the next call may be well formed.", "Simpler parameters or a clearer description help."),
        ("retry", "tools", "model"),
    )


def _refused(problem: Problem, context: Context) -> Advice:
    if problem.kind == "stream" and problem.status == 200:
        return Advice(
            "The provider reported an error in its answer",
            "The answer began well and then carried an error. What came is kept.",
            ("Retry.", "If it stays so, choose another model."),
            ("retry", "model"),
        )
    if _KEY.search(problem.message):
        return _wrong_key(problem, context)
    if _TOO_LONG.search(problem.message):
        return _context_full(problem, context)
    if problem.param:
        return _not_taken(problem, context)
    steps = ["Correct what the provider's message names, then retry."]
    if context.has_tools:
        steps.append("It may be the tools: switch them off and retry to find out.")
    return Advice(
        "The provider refused the request",
        "Something in the request is not as the provider wants it: a setting, the history, or a tool.",
        tuple(steps),
        ("options", "tools", "retry") if context.has_tools else ("options", "retry"),
    )


def _client_fault(problem: Problem, context: Context) -> Advice:
    if problem.status is not None and problem.status < 500:
        return _refused(problem, context)
    return Advice(
        "The gateway could not use the request",
        "It reports a server error, but the fault is in the request: a field it cannot convert for this model.",
        ("Correct what its message names; extra body fields and unusual tool schemas are the usual cause.",),
        ("options", "tools") if context.has_tools else ("options",),
    )


def _upstream(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The provider has trouble",
        "The failure is on its side, not in your request.",
        ("Retry in a moment.", "If it stays so, choose another model or connection."),
        ("retry", "model"),
    )


def _proxy_timeout(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The provider took too long",
        "A proxy in front of it gave up waiting for the reply.",
        ("Retry with streaming on, which keeps the connection busy.", "Or ask for less: lower max tokens."),
        ("retry", "options"),
    )


def _not_offered(problem: Problem, context: Context) -> Advice:
    return Advice(
        "The gateway does not offer this",
        f"It knows the path, but serves nothing there for {context.model_words}.",
        ("Choose another model or connection.",),
        ("model", "connections"),
    )


_BY_CODE: Mapping[str, _Rule] = {
    **dict.fromkeys(("invalid_api_key", "authentication_error"), _wrong_key),
    **dict.fromkeys(
        ("insufficient_user_quota", "pre_consume_token_quota_failed", "insufficient_quota", "billing_error"),
        _empty_account,
    ),
    **dict.fromkeys(("access_denied", "permission_error"), _no_access),
    **dict.fromkeys(("model_not_found", "DeploymentNotFound"), _no_such_model),
    **dict.fromkeys(("context_length_exceeded", "exceed_context_size_error"), _context_full),
    **dict.fromkeys(
        (
            "unsupported_parameter",
            "unsupported_value",
            "invalid_value",
            "array_above_max_length",
            "string_above_max_length",
        ),
        _not_taken,
    ),
    "invalid_function_parameters": _bad_tools,
    "tool_use_failed": _bad_call,
    **dict.fromkeys(("content_filter", "sensitive_words_detected", "prompt_blocked"), _filtered),
    **dict.fromkeys(("rate_limit_exceeded", "rate_limit_error"), _busy),
    "read_request_body_failed": _too_large,
    **dict.fromkeys(("invalid_request", "convert_request_failed"), _client_fault),
    **dict.fromkeys(("do_request_failed", "bad_response_body", "empty_response", "overloaded_error"), _upstream),
    "api_not_implemented": _not_offered,
}
# In the middle of a reply no status says whose fault it is; these words do (OpenAI's and Anthropic's error types).
_ITS_OWN_FAULT = frozenset(("overloaded", "overloaded_error", "server_error", "api_error", "timeout_error"))
_BY_STATUS: Mapping[int | None, _Rule] = {
    401: _wrong_key,
    402: _empty_account,
    403: _no_access,
    404: _not_found,
    405: _not_found,
    408: _proxy_timeout,
    413: _too_large,
    429: _busy,
    501: _not_offered,
    504: _proxy_timeout,
    524: _proxy_timeout,
}
