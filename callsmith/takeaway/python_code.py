"""The turn as a Python program: over HTTP with httpx, or with a vendor's SDK."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping
from typing import Any

from callsmith.exporting import pytext
from callsmith.takeaway.literals import Python, literal
from callsmith.takeaway.python_loops import loop, main, rounds
from callsmith.takeaway.python_stubs import functions
from callsmith.takeaway.turn import Taken
from callsmith.takeaway.types import Filled

MAX_STEPS = 10
_OWN = frozenset(
    re.findall(
        r"\w+",
        """REQUEST HEADERS URL MAX_STEPS TOOLS MODEL CONTENTS CONFIG client ask answer text main json os re
        httpx OpenAI anthropic genai types Any Literal""",
    )
)
TAKEN = _OWN | frozenset(dir(builtins))
# The parameters that the SDKs name; all else goes into ``extra_body``, which every version sends as it is
# (anthropic has dropped temperature, top_p and top_k from its signatures).
_KNOWN = {
    "openai-chat": """model messages tools tool_choice parallel_tool_calls temperature top_p max_tokens
        max_completion_tokens seed stop response_format reasoning_effort web_search_options modalities audio n user
        frequency_penalty presence_penalty logit_bias logprobs top_logprobs metadata store prompt_cache_key
        service_tier verbosity""",
    "openai-responses": """model input instructions tools tool_choice parallel_tool_calls temperature top_p
        max_output_tokens text store include reasoning prompt_cache_key previous_response_id conversation metadata
        service_tier truncation user""",
    "anthropic": """model messages max_tokens system tools tool_choice stop_sequences thinking metadata
        service_tier""",
    "gemini": """systemInstruction tools toolConfig safetySettings cachedContent""",
}
_GENERATION = frozenset(
    re.findall(
        r"\w+",
        """maxOutputTokens temperature topP topK seed stopSequences responseMimeType responseJsonSchema
        thinkingConfig candidateCount presencePenalty frequencyPenalty responseModalities""",
    )
)
_ENDS = {"openai-chat": "/chat/completions", "openai-responses": "/responses", "anthropic": "/v1/messages"}
_METHODS = {"openai-chat": "chat.completions", "openai-responses": "responses", "anthropic": "messages"}
_GEMINI_ADDRESS = re.compile(r"(.*)/(v\d\w*)/((?:models|tunedModels)/[^:]+):generateContent")
_KEY_HEADERS = frozenset(("authorization", "x-api-key", "x-goog-api-key"))


def with_httpx(taken: Taken) -> str:
    headers = {name: value for name, value in taken.headers if (name, value) != ("Content-Type", "application/json")}
    given = ", headers=HEADERS" if headers else ""
    ask = "\n".join(
        [
            "def ask() -> dict[str, Any]:",
            f"    response = httpx.post(URL{given}, json=REQUEST, timeout={taken.seconds:g})",
            "    if response.is_error:",
            '        raise SystemExit(f"{response.status_code}: {response.text}")',
            "    return response.json()",
        ]
    )
    constants = [f"URL = {pytext.text(taken.url)}"]
    if headers:
        constants.append(f"HEADERS = {literal(headers, Python(), 0, 10)}")
    constants.append(f"REQUEST = {literal(taken.body, Python(), 0, 10)}")
    return _module(taken, constants, [ask, *loop(taken)], ["import httpx"], {"Any"})


def with_sdk(taken: Taken) -> str:
    if taken.wire == "gemini":
        return _with_genai(taken)
    known = frozenset(_KNOWN[taken.wire].split())
    request = {name: value for name, value in taken.body.items() if name in known}
    if extra := {name: value for name, value in taken.body.items() if name not in known}:
        request["extra_body"] = extra
    package, maker = ("anthropic", "anthropic.Anthropic") if taken.wire == "anthropic" else ("openai", "OpenAI")
    ask = "\n".join(
        [
            "def ask() -> dict[str, Any]:",
            f"    return client.{_METHODS[taken.wire]}.create(**REQUEST).to_dict()",
        ]
    )
    constants = [
        _client(maker, _client_arguments(taken, taken.url.removesuffix(_ENDS[taken.wire]))),
        f"REQUEST = {literal(request, Python(), 0, 10)}",
    ]
    imported = "import anthropic" if package == "anthropic" else "from openai import OpenAI"
    return _module(taken, constants, [ask, *loop(taken)], [imported], {"Any"})


def _client_arguments(taken: Taken, base_url: str) -> dict[str, str]:
    """The SDK puts the key and its own headers in; the others are the connection's."""
    own = {"content-type", "anthropic-version"}
    key = next((value for name, value in taken.headers if name.lower() in _KEY_HEADERS), None)
    bearer = taken.wire == "anthropic" and any(
        name.lower() == "authorization" and isinstance(value, Filled) and value.pieces[0] == "Bearer "
        for name, value in taken.headers
    )
    simple = taken.key is not None and _reads_key(key, taken.key)
    out = {"base_url": pytext.text(base_url)}
    # The SDK wants some key even where the server wants none.
    out["auth_token" if bearer and simple else "api_key"] = (
        f'os.environ["{taken.key}"]' if simple else pytext.text("none")
    )
    others = {
        name: value
        for name, value in taken.headers
        if name.lower() not in own and not (simple and name.lower() in _KEY_HEADERS)
    }
    if others:
        out["default_headers"] = literal(others, Python(), 4, 17)
    out["timeout"] = f"{taken.seconds:g}"
    return out


def _reads_key(value: str | Filled | None, key: str) -> bool:
    if not isinstance(value, Filled):
        return False
    names = [piece.name for piece in value.pieces if not isinstance(piece, str)]
    return names == [key] and [piece for piece in value.pieces if isinstance(piece, str)] in ([], ["Bearer "])


def _client(maker: str, arguments: Mapping[str, str]) -> str:
    return "\n".join([f"client = {maker}(", *(f"    {name}={value}," for name, value in arguments.items()), ")"])


def genai_address(url: str) -> tuple[str, str, str] | None:
    """Base URL, version and model as the google-genai SDK takes them; None where it cannot ask there."""
    found = _GEMINI_ADDRESS.fullmatch(url)
    return (found[1], found[2], found[3]) if found else None


def _with_genai(taken: Taken) -> str:
    found = genai_address(taken.url)
    assert found is not None, "not offered"
    base_url, version, model = found
    config, extra = _genai_config(taken.body)
    headers = {n: v for n, v in taken.headers if n.lower() not in ("content-type", "x-goog-api-key")}
    options: dict[str, Any] = {"base_url": base_url, "api_version": version}
    if headers:
        options["headers"] = headers
    options["timeout"] = int(taken.seconds * 1000)
    if extra:
        options["extra_body"] = extra
    key = f'os.environ["{taken.key}"]' if taken.key else pytext.text("none")
    client = _client("genai.Client", {"api_key": key, "http_options": literal(options, Python(), 4, 14)})
    constants = [client, f"MODEL = {pytext.text(model)}"]
    imports = ["from google import genai"]
    contents, binary = taken.body.get("contents", []), _has_bytes(taken.body.get("contents"))
    written = literal(contents, Python(), 0, 12)
    if binary:
        imports.append("from google.genai import types")
        written = f"[types.Content.model_validate_json(json.dumps(content)) for content in {written}]"
    constants += [f"CONTENTS = {written}", f"CONFIG = {literal(config, Python(), 0, 10)}"]
    ask = "def ask() -> Any:\n    return client.models.generate_content(model=MODEL, contents=CONTENTS, config=CONFIG)"
    if not taken.loops:
        return _module(taken, constants, [ask, main(["    print(ask().text)"])], imports, {"Any"})
    forced = 'CONFIG["toolConfig"]["functionCallingConfig"] = {"mode": "AUTO"}' if taken.forced else ""
    return _module(taken, constants, [ask, _GENAI_ANSWER, main(rounds(_GENAI_ROUND, forced))], imports, {"Any"})


_GENAI_ANSWER = '''def answer(call: Any) -> dict[str, Any]:
    """The result of one call as a part. An error goes to the model, which can try again."""
    try:
        result = TOOLS[call.name](**call.args or {})
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    response = result if isinstance(result, dict) else {"output": result}
    part = {"id": call.id, "name": call.name, "response": response}
    return {"functionResponse": part}'''
_GENAI_ROUND = """        response = ask()
        content = response.candidates[0].content
        # Every part goes back as it came: calls carry a thought signature.
        CONTENTS.append(content)
        calls = [part.function_call for part in content.parts if part.function_call]
        if not calls:
            print(response.text)
            return
        CONTENTS.append({"role": "user", "parts": [answer(call) for call in calls]})"""


def _genai_config(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The SDK has the fields of generationConfig beside the others. What it does not know goes beside its body."""
    known = frozenset(_KNOWN["gemini"].split())
    config = {name: value for name, value in body.items() if name in known}
    extra = {name: value for name, value in body.items() if name not in {*known, "contents", "generationConfig"}}
    generation = body.get("generationConfig", {})
    config |= {name: value for name, value in generation.items() if name in _GENERATION}
    if unknown := {name: value for name, value in generation.items() if name not in _GENERATION}:
        extra["generationConfig"] = unknown
    return config, extra


def _has_bytes(value: Any) -> bool:
    """Base64, which the SDK reads as bytes only out of JSON."""
    if isinstance(value, Mapping):
        return any(key in ("thoughtSignature", "inlineData") or _has_bytes(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_has_bytes, value))


def _module(taken: Taken, constants: list[str], blocks: list[str], imports: list[str], used: set[str]) -> str:
    stubs = functions(taken.stubs, TAKEN, used) if taken.stubs else []
    if taken.loops:
        constants = [*constants, f"MAX_STEPS = {MAX_STEPS}"]
    source = "\n".join([*constants, *blocks])
    standard = [f"import {name}" for name in ("json", "os") if re.search(rf"\b{name}\.", source)]
    standard += ["import re"] if "re" in used else []
    if typing := sorted(used & {"Any", "Literal"}):
        standard.append(f"from typing import {', '.join(typing)}")
    head = "\n\n".join(["\n".join(standard), "\n".join(imports), "\n".join(constants)])
    return pytext.joined([head, *stubs, *blocks, 'if __name__ == "__main__":\n    main()'])
