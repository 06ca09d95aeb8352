"""The loop of each format in Python, over the reply as plain dictionaries: the same for HTTP and for an SDK."""

from __future__ import annotations

from callsmith.takeaway.turn import Taken

_ANSWER_ARGUMENTS = '''def answer(name: str, arguments: str) -> str:
    """The result of one call as text. An error goes to the model, which can try again."""
    try:
        result = TOOLS[name](**json.loads(arguments or "{}"))
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)'''

_ANSWER_ANTHROPIC = '''def answer(call: dict[str, Any]) -> dict[str, Any]:
    """The result of one call as a block. An error goes to the model, which can try again."""
    block = {"type": "tool_result", "tool_use_id": call["id"]}
    try:
        result = TOOLS[call["name"]](**call["input"])
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return {**block, "content": text, "is_error": True}
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return {**block, "content": text}'''

_ANSWER_GEMINI = '''def answer(call: dict[str, Any]) -> dict[str, Any]:
    """The result of one call as a part. An error goes to the model, which can try again."""
    response = {key: call[key] for key in ("id", "name") if key in call}
    try:
        result = TOOLS[call["name"]](**call.get("args", {}))
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    response["response"] = result if isinstance(result, dict) else {"output": result}
    return {"functionResponse": response}'''

_CHAT_CUSTOM = """            if call["type"] == "custom":
                custom = call["custom"]
                result = answer(custom["name"], json.dumps({"input": custom["input"]}))
            else:
                result = answer(call["function"]["name"], call["function"]["arguments"])"""
_CHAT_FUNCTION = """            function = call["function"]
            result = answer(function["name"], function["arguments"])"""
_CHAT = """        message = ask()["choices"][0]["message"]
        # Back as it came: some vendors want their own fields again.
        REQUEST["messages"].append(message)
        calls = message.get("tool_calls")
        if not calls:
            print(message.get("content") or message.get("refusal"))
            return
        for call in calls:
{call}
            REQUEST["messages"].append(
                {{"role": "tool", "tool_call_id": call["id"], "content": result}}
            )"""

_RESPONSES_FUNCTION = """            result = answer(call["name"], call["arguments"])
            results.append(
                {
                    "type": "function_call_output",
                    "call_id": call["call_id"],
                    "output": result,
                }
            )"""
_RESPONSES_CUSTOM = """            arguments = call.get("arguments") or json.dumps({"input": call.get("input")})
            result = answer(call["name"], arguments)
            kind = f"{call['type']}_output"
            results.append({"type": kind, "call_id": call["call_id"], "output": result})"""
_RESPONSES = """        reply = ask()
        calls = [item for item in reply["output"] if item["type"] {kinds}]
        if not calls:
            print(text(reply))
            return
        results = []
        for call in calls:
{call}
{keep}"""
_RESPONSES_KEEP = """        # Every item goes back as it came, reasoning items too.
        REQUEST["input"] += reply["output"] + results"""
_RESPONSES_HELD = """        # The server holds the history and takes only what is new.
        REQUEST["input"] = results"""
_RESPONSES_TEXT = '''def text(reply: dict[str, Any]) -> str:
    """What the model says, without its reasoning and calls."""
    messages = [item for item in reply["output"] if item["type"] == "message"]
    parts = [part for message in messages for part in message["content"]]
    return "".join(part.get("text") or part.get("refusal") or "" for part in parts)'''

_ANTHROPIC = """        reply = ask()
        # Every block goes back as it came: thinking carries a signature.
        REQUEST["messages"].append({{"role": "assistant", "content": reply["content"]}})
{paused}        calls = [block for block in reply["content"] if block["type"] == "tool_use"]
        if not calls:
            print(text(reply))
            return
        results = [answer(call) for call in calls]
        REQUEST["messages"].append({{"role": "user", "content": results}})"""
_ANTHROPIC_PAUSED = """        if reply["stop_reason"] == "pause_turn":
            continue
"""
_ANTHROPIC_TEXT = '''def text(reply: dict[str, Any]) -> str:
    """What the model says, without its thinking and calls."""
    blocks = [block for block in reply["content"] if block["type"] == "text"]
    return "".join(block["text"] for block in blocks)'''

_GEMINI = """        content = ask()["candidates"][0]["content"]
        # Every part goes back as it came: calls carry a thought signature.
        REQUEST["contents"].append(content)
        calls = [part for part in content["parts"] if "functionCall" in part]
        if not calls:
            print(text(content))
            return
        results = [answer(call["functionCall"]) for call in calls]
        REQUEST["contents"].append({"role": "user", "parts": results})"""
_GEMINI_TEXT = '''def text(content: dict[str, Any]) -> str:
    """What the model says, without its thoughts and calls."""
    parts = [part for part in content["parts"] if not part.get("thought")]
    return "".join(part.get("text", "") for part in parts)'''

FORCED = {
    "openai-chat": 'REQUEST["tool_choice"] = "auto"',
    "openai-responses": 'REQUEST["tool_choice"] = "auto"',
    "anthropic": 'REQUEST["tool_choice"] = {"type": "auto"}',
    "gemini": 'REQUEST["toolConfig"]["functionCallingConfig"] = {"mode": "AUTO"}',
}
_ONCE = {
    "openai-chat": 'print(ask()["choices"][0]["message"]["content"])',
    "openai-responses": "print(text(ask()))",
    "anthropic": "print(text(ask()))",
    "gemini": 'print(text(ask()["candidates"][0]["content"]))',
}
_TEXTS = {"openai-responses": _RESPONSES_TEXT, "anthropic": _ANTHROPIC_TEXT, "gemini": _GEMINI_TEXT}


def loop(taken: Taken) -> list[str]:
    """The functions behind ``ask``, with ``main`` at the end."""
    blocks = [_TEXTS[taken.wire]] if taken.wire in _TEXTS else []
    if not taken.loops:
        return [*blocks, main([f"    {_ONCE[taken.wire]}"])]
    answers = {"anthropic": _ANSWER_ANTHROPIC, "gemini": _ANSWER_GEMINI}
    answer = [answers.get(taken.wire, _ANSWER_ARGUMENTS)] if taken.stubs else []
    return [*blocks, *answer, main(rounds(_round(taken), FORCED[taken.wire] if taken.forced else ""))]


def rounds(round_: str, forced: str) -> list[str]:
    """``main``'s lines: rounds until the model stops, at most so many."""
    lines = ["    for _ in range(MAX_STEPS):", round_]
    if forced:
        lines += ["        # The first call was forced; from now on the model may stop.", f"        {forced}"]
    return [*lines, '    raise SystemExit(f"No answer after {MAX_STEPS} requests")']


def main(lines: list[str]) -> str:
    return "\n".join(["def main() -> None:", *lines])


def _round(taken: Taken) -> str:
    match taken.wire:
        case "openai-chat":
            return _CHAT.format(call=_CHAT_CUSTOM if taken.custom else _CHAT_FUNCTION)
        case "openai-responses":
            held = "previous_response_id" in taken.body or "conversation" in taken.body
            keep = _RESPONSES_HELD if held else _RESPONSES_KEEP
            if "previous_response_id" in taken.body:
                keep += '\n        REQUEST["previous_response_id"] = reply["id"]'
            kinds = 'in ("function_call", "custom_tool_call")' if taken.custom else '== "function_call"'
            call = _RESPONSES_CUSTOM if taken.custom else _RESPONSES_FUNCTION
            return _RESPONSES.format(kinds=kinds, call=call, keep=keep)
        case "anthropic":
            return _anthropic(taken)
        case _:
            return _GEMINI


def _anthropic(taken: Taken) -> str:
    lines = _ANTHROPIC.format(paused=_ANTHROPIC_PAUSED if taken.server_tools else "")
    if taken.stubs:
        return lines
    head = lines.split("        calls = ")[0]
    return head + "        print(text(reply))\n        return"
