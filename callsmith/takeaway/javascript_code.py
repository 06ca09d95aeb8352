"""The turn as a JavaScript module for Node: with fetch, or with the openai package."""

from __future__ import annotations

import re

from callsmith.exporting import jstext
from callsmith.takeaway.javascript_stubs import functions
from callsmith.takeaway.literals import JavaScript, literal
from callsmith.takeaway.python_code import MAX_STEPS
from callsmith.takeaway.turn import Taken
from callsmith.takeaway.types import Filled

TAKEN = frozenset(
    re.findall(
        r"\w+",
        """URL HEADERS REQUEST MAX_STEPS TOOLS OpenAI client env ask run answer text main process console fetch
        JSON Map Error Object Array String RegExp Promise globalThis undefined""",
    )
)
_ENDS = {"openai-chat": "/chat/completions", "openai-responses": "/responses"}
_METHODS = {"openai-chat": "chat.completions", "openai-responses": "responses"}

_ENV = """function env(name) {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name} in the environment`);
  return value;
}"""
_CALL = """/** What one tool returns; throws for a tool that is not there. */
function run(name, args) {
  const tool = TOOLS.get(name);
  if (!tool) throw new Error(`There is no tool ${name}`);
  return tool(args ?? {});
}"""
_ANSWER_TEXT = """/** The result of one call as text. An error goes to the model, which can try again. */
function answer(name, args) {
  try {
    const result = run(name, JSON.parse(args || "{}"));
    return typeof result === "string" ? result : JSON.stringify(result);
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}"""
_ANSWER_ANTHROPIC = """/** The result of one call as a block. An error goes to the model, which can try again. */
function answer(call) {
  const block = { type: "tool_result", tool_use_id: call.id };
  try {
    const result = run(call.name, call.input);
    const text = typeof result === "string" ? result : JSON.stringify(result);
    return { ...block, content: text };
  } catch (error) {
    return { ...block, content: String(error), is_error: true };
  }
}"""
_ANSWER_GEMINI = """/** The result of one call as a part. An error goes to the model, which can try again. */
function answer({ id, name, args }) {
  let response;
  try {
    const result = run(name, args);
    const isObject = typeof result === "object" && !Array.isArray(result);
    response = isObject ? result : { output: result };
  } catch (error) {
    response = { error: String(error) };
  }
  return { functionResponse: { id, name, response } };
}"""
_ANSWERS = {"anthropic": _ANSWER_ANTHROPIC, "gemini": _ANSWER_GEMINI}

_CHAT_FUNCTION = "      const content = answer(call.function.name, call.function.arguments);"
_CHAT_CUSTOM = """      const content = call.custom
        ? answer(call.custom.name, JSON.stringify({ input: call.custom.input }))
        : answer(call.function.name, call.function.arguments);"""
_CHAT = """    const { message } = (await ask()).choices[0];
    // Back as it came: some vendors want their own fields again.
    REQUEST.messages.push(message);
    if (!message.tool_calls?.length) return message.content ?? message.refusal;
    for (const call of message.tool_calls) {
%(call)s
      REQUEST.messages.push({ role: "tool", tool_call_id: call.id, content });
    }"""
_RESPONSES = """    const reply = await ask();
    const calls = reply.output.filter(%(kinds)s);
    if (!calls.length) return text(reply);
    const results = calls.map((call) => ({
      type: %(kind)s,
      call_id: call.call_id,
      output: answer(call.name, %(arguments)s),
    }));
%(keep)s"""
_RESPONSES_KEEP = """    // Every item goes back as it came, reasoning items too.
    REQUEST.input.push(...reply.output, ...results);"""
_RESPONSES_HELD = """    // The server holds the history and takes only what is new.
    REQUEST.input = results;"""
_ANTHROPIC = """    const reply = await ask();
    // Every block goes back as it came: thinking carries a signature.
    REQUEST.messages.push({ role: "assistant", content: reply.content });
%(paused)s%(calls)s"""
_ANTHROPIC_PAUSED = '    if (reply.stop_reason === "pause_turn") continue;\n'
_ANTHROPIC_CALLS = """    const calls = reply.content.filter((block) => block.type === "tool_use");
    if (!calls.length) return text(reply);
    REQUEST.messages.push({ role: "user", content: calls.map(answer) });"""
_GEMINI = """    const { content } = (await ask()).candidates[0];
    // Every part goes back as it came: calls carry a thought signature.
    REQUEST.contents.push(content);
    const calls = content.parts.filter((part) => part.functionCall);
    if (!calls.length) return text(content);
    const results = calls.map((part) => answer(part.functionCall));
    REQUEST.contents.push({ role: "user", parts: results });"""
_TEXTS = {
    "openai-responses": """/** What the model says, without its reasoning and calls. */
function text(reply) {
  return reply.output
    .filter((item) => item.type === "message")
    .flatMap((message) => message.content)
    .map((part) => part.text ?? part.refusal ?? "")
    .join("");
}""",
    "anthropic": """/** What the model says, without its thinking and calls. */
function text(reply) {
  return reply.content.map((block) => block.text ?? "").join("");
}""",
    "gemini": """/** What the model says, without its thoughts and calls. */
function text(content) {
  const parts = content.parts.filter((part) => !part.thought);
  return parts.map((part) => part.text ?? "").join("");
}""",
}
_FORCED = {
    "openai-chat": 'REQUEST.tool_choice = "auto";',
    "openai-responses": 'REQUEST.tool_choice = "auto";',
    "anthropic": 'REQUEST.tool_choice = { type: "auto" };',
    "gemini": 'REQUEST.toolConfig.functionCallingConfig = { mode: "AUTO" };',
}
_ONCE = {
    "openai-chat": "(await ask()).choices[0].message.content",
    "openai-responses": "text(await ask())",
    "anthropic": "text(await ask())",
    "gemini": "text((await ask()).candidates[0].content)",
}


def with_fetch(taken: Taken) -> str:
    ask = f"""async function ask() {{
  const response = await fetch(URL, {{
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify(REQUEST),
    signal: AbortSignal.timeout({taken.seconds * 1000:.0f}),
  }});
  if (!response.ok) {{
    throw new Error(`${{response.status}}: ${{await response.text()}}`);
  }}
  return response.json();
}}"""
    headers = literal(dict(taken.headers), JavaScript(), 0, 17)
    constants = [f"const URL = {jstext.text(taken.url)};", f"const HEADERS = {headers};"]
    return _module(taken, [], constants, ask, reads=bool(taken.variables))


def with_openai(taken: Taken) -> str:
    others = {n: v for n, v in taken.headers if n.lower() != "content-type" and not _is_bearer(v, taken.key)}
    has_key = len(others) < sum(name.lower() != "content-type" for name, _ in taken.headers)
    arguments = {
        "baseURL": jstext.text(taken.url.removesuffix(_ENDS[taken.wire])),
        # The SDK wants some key even where the server wants none.
        "apiKey": f"env({jstext.text(taken.key)})" if has_key and taken.key else jstext.text("none"),
    }
    if others:
        arguments["defaultHeaders"] = literal(others, JavaScript(), 2, 17)
    arguments["timeout"] = f"{taken.seconds * 1000:.0f}"
    client = ["const client = new OpenAI({", *(f"  {name}: {value}," for name, value in arguments.items()), "});"]
    ask = f"async function ask() {{\n  return client.{_METHODS[taken.wire]}.create(REQUEST);\n}}"
    return _module(taken, ['import OpenAI from "openai";'], ["\n".join(client)], ask, reads=bool(taken.variables))


def _is_bearer(value: str | Filled, key: str | None) -> bool:
    if not isinstance(value, Filled) or len(value.pieces) != 2 or value.pieces[0] != "Bearer ":
        return False
    last = value.pieces[1]
    return not isinstance(last, str) and last.name == key


def _module(taken: Taken, imports: list[str], constants: list[str], ask: str, *, reads: bool) -> str:
    constants = [*constants, f"const REQUEST = {literal(taken.body, JavaScript(), 0, 17)};"]
    if taken.loops:
        constants.append(f"const MAX_STEPS = {MAX_STEPS};")
    stubs = functions(taken.stubs, TAKEN) if taken.stubs else []
    texts = [_TEXTS[taken.wire]] if taken.wire in _TEXTS else []
    answers = [_CALL, _ANSWERS.get(taken.wire, _ANSWER_TEXT)] if taken.stubs else []
    head = [*imports, *([_ENV] if reads else []), "\n".join(constants)]
    blocks = [*head, *stubs, ask, *texts, *answers, *_main(taken)]
    return "\n\n".join(blocks) + "\n"


def _main(taken: Taken) -> list[str]:
    if not taken.loops:
        return [f"console.log({_ONCE[taken.wire]});"]
    lines = ["async function main() {", "  for (let step = 0; step < MAX_STEPS; step++) {", _round(taken)]
    if taken.forced:
        lines += [
            "    // The first call was forced; from now on the model may stop.",
            f"    {_FORCED[taken.wire]}",
        ]
    lines += ["  }", "  throw new Error(`No answer after ${MAX_STEPS} requests`);", "}"]
    return ["\n".join(lines), "console.log(await main());"]


def _round(taken: Taken) -> str:
    match taken.wire:
        case "openai-chat":
            return _CHAT % {"call": _CHAT_CUSTOM if taken.custom else _CHAT_FUNCTION}
        case "openai-responses":
            return _RESPONSES % _responses(taken)
        case "anthropic":
            paused = _ANTHROPIC_PAUSED if taken.server_tools else ""
            calls = _ANTHROPIC_CALLS if taken.stubs else "    return text(reply);"
            return _ANTHROPIC % {"paused": paused, "calls": calls}
        case _:
            return _GEMINI


def _responses(taken: Taken) -> dict[str, str]:
    held = "previous_response_id" in taken.body or "conversation" in taken.body
    keep = _RESPONSES_HELD if held else _RESPONSES_KEEP
    if "previous_response_id" in taken.body:
        keep += "\n    REQUEST.previous_response_id = reply.id;"
    if not taken.custom:
        kinds = '(item) => item.type === "function_call"'
        return {"kinds": kinds, "kind": '"function_call_output"', "arguments": "call.arguments", "keep": keep}
    return {
        "kinds": '(item) =>\n      ["function_call", "custom_tool_call"].includes(item.type),\n    ',
        "kind": "`${call.type}_output`",
        "arguments": "call.arguments ?? JSON.stringify({ input: call.input })",
        "keep": keep,
    }
