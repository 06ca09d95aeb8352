"""Nothing in a prompt, a tool or a result can break out of its literal: the code sends just what the app would send."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.connections import ALL_WIRES
from callsmith.conversation import Conversation, answer, append, say
from callsmith.play import Ask, build
from callsmith.record.harmless import mended
from callsmith.types.answering import Answering, Condition, Mock, Reply, Rule
from callsmith.types.connection import Target
from callsmith.types.message import Message, Origin
from callsmith.types.options import Options
from callsmith.types.parts import Media, Text, ToolCall, ToolResult
from callsmith.types.tool import Tool
from tests.conftest import absent
from tests.engine.takeaway import kit

NASTY = (
    *(
        '"""',
        "'''",
        "\\",
        "\\'",
        "'",
        '"',
        "$(touch broken)",
        "`touch broken`",
        "${process.exit(3)}",
        "${HOME}",
        "$HOME",
    ),
    *("\nJSON\n", "JSON", "\r\n", "\x00", "\u2028", "\u2029", "\x85", "*/ process.exit(3) /*", "*/", "{{name}}", "{0}"),
    *("{api_key}", "</script>", "😀", "ü", "\t", "%s", "#{1}", "'; touch broken; '", "\\u0041", "__proto__", "\ufeff"),
    *('");raise SystemExit(3)#', "\u202e", "\\N{BULLET}", "f'{1}'", "//", "\x1b[31m", "-H @/etc/passwd", "@file"),
)
texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), max_size=6)), max_size=4).map(
    "".join
)
names = st.one_of(
    st.sampled_from(("print", "json", "class", "TOOLS", "__proto__", "constructor", "get-weather", "type", "id", "re")),
    texts,
).filter(bool)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e6, 1e6), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
schemas = st.dictionaries(
    names,
    st.one_of(
        st.fixed_dictionaries({"type": st.sampled_from(("string", "array", "object")), "description": texts}),
        st.fixed_dictionaries({"enum": st.lists(texts, min_size=1, max_size=3), "default": values}),
    ),
    max_size=3,
).map(lambda properties: {"type": "object", "properties": properties, "required": list(properties)[:1]})


@st.composite
def turns(draw: st.DrawFn, wire: str, base_url: str) -> tuple[Ask, Conversation, Mapping[str, Answering]]:
    tools = [
        Tool(name, draw(texts), draw(schemas)) for name in draw(st.lists(names, min_size=1, max_size=2, unique=True))
    ]
    rules = [
        Rule(Reply(draw(st.one_of(texts, values.map(json.dumps))), draw(st.booleans())), when)
        for when in (
            (Condition("equals", "", draw(st.dictionaries(texts, values, max_size=2))),),
            (Condition(draw(st.sampled_from(("equals", "contains", "regex"))), draw(texts), draw(texts)),),
            (),
        )
    ]
    connection = kit.connection(base_url, headers={"X-Team": "a 'b' $HOME `c` {{TEAM}} \\"})
    target = Target(connection, wire, "model-1")
    conversation = say(Conversation("c"), draw(texts) or "Hello")
    if draw(st.booleans()):
        call = ToolCall("call_1", tools[0].name, json.dumps(draw(st.dictionaries(names, values, max_size=2))))
        origin = Origin("e", "Test", wire, "model-1")
        conversation = append(conversation, Message("assistant", (Text(draw(texts)), call), origin))
        conversation = answer(conversation, [ToolResult("call_1", draw(texts), draw(st.booleans()), tools[0].name)])
    options = Options(temperature=0.5, max_tokens=100, extra_body={"metadata": {"team": draw(texts)}})
    return Ask(target, draw(texts), tools, options), conversation, {tools[0].name: Answering(rules=tuple(rules))}


@pytest.fixture(scope="module")
def recorder() -> Iterator[kit.Recorder]:
    with kit.serving(kit.Recorder()) as started, pytest.MonkeyPatch.context() as patch:
        patch.setenv(kit.KEY, kit.CANARY)
        patch.setenv("TEAM", "team")
        yield started


def expected(ask: Ask, conversation: Conversation) -> tuple[str, Any]:
    request = build(replace(ask, options=replace(ask.options, stream=False)), conversation)
    return request.url, json.loads(request.body)


PYTHON = [(wire, target) for wire in ALL_WIRES for target in kit.targets(wire) if target.startswith("python")]
OTHERS = [(wire, target) for wire in ALL_WIRES for target in kit.targets(wire) if not target.startswith("python")]
_SETTINGS: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.slow
@pytest.mark.parametrize(("wire", "target"), PYTHON)
def test_python_sends_the_same(recorder: kit.Recorder, wire: str, target: str) -> None:
    @settings(max_examples=25 if target == "python-httpx" else 8, **_SETTINGS)
    @given(turns(wire, recorder.base_url))
    def sends(turn: tuple[Ask, Conversation, Mapping[str, Answering]]) -> None:
        ask, conversation, by = turn
        made = kit.written(ask, conversation, target, by)
        assert kit.CANARY not in made.text
        recorder.seen.clear()
        assert kit.executed(made) == "Done.\n"
        same(recorder, ask, conversation)

    sends()


def with_packages(target: str, folder: Path) -> None:
    if target.startswith("javascript") and shutil.which("node") is None:
        absent("it needs Node")
    if target == "javascript-openai":
        if not (kit.NODE_MODULES / "openai").is_dir():
            absent("it needs the openai package: run scripts/node.sh")
        (folder / "node_modules").symlink_to(kit.NODE_MODULES)


@pytest.mark.slow
@pytest.mark.parametrize(("wire", "target"), OTHERS)
def test_other_languages_send_the_same(recorder: kit.Recorder, wire: str, target: str, tmp_path: Path) -> None:
    with_packages(target, tmp_path)

    @settings(max_examples=10, **_SETTINGS)
    @given(turns(wire, recorder.base_url))
    def sends(turn: tuple[Ask, Conversation, Mapping[str, Answering]]) -> None:
        ask, conversation, by = turn
        made = kit.written(ask, conversation, target, by)
        recorder.seen.clear()
        done = kit.run(made, tmp_path, TEAM="team")
        assert done.returncode == 0, done.stderr + made.text
        same(recorder, ask, conversation)
        assert {path.name for path in tmp_path.iterdir()} - {"node_modules"} == {made.filename}

    sends()


@pytest.mark.slow
@pytest.mark.parametrize(("wire", "target"), [*PYTHON, *OTHERS])
def test_everything_nasty_in_every_place(recorder: kit.Recorder, wire: str, target: str, tmp_path: Path) -> None:
    """Half characters too, which the code writes as the mark for what cannot be read, and says so."""
    with_packages(target, tmp_path)
    nasty = "".join((*NASTY, "\ud800", "x\udfff", "$(rm -r .)", "${x}", "`${x}`", "\\`", "<!--", "]]>", "!!", "\n.\n"))
    properties = {"city": {"type": "string", "description": nasty, "enum": [nasty]}}
    tool = Tool("get_weather", nasty, {"type": "object", "properties": properties})
    mocks = (Mock(nasty, nasty), Mock("json", json.dumps({nasty: nasty})))
    rules = (Rule(Reply(nasty), (Condition("equals", "$.city", nasty),)), Rule(Reply(nasty, True)))
    call = ToolCall("call_1", "get_weather", json.dumps({"city": nasty}))
    origin = Origin("e", "Test", wire, "model-1")
    conversation = append(say(Conversation("c"), nasty), Message("assistant", (Text(nasty), call), origin))
    conversation = answer(conversation, [ToolResult("call_1", nasty, name="get_weather")])
    connection = kit.connection(recorder.base_url, headers={"X-Team": "a 'b' $HOME `c` {{TEAM}} \\"})
    ask = Ask(Target(connection, wire, "model-1"), nasty, [tool], Options())
    made = kit.written(ask, conversation, target, {"get_weather": Answering("rules", mocks=mocks, rules=rules)})
    assert any("Half characters" in note for note in made.notes) and kit.CANARY not in made.text
    recorder.seen.clear()
    done = kit.run(made, tmp_path, TEAM="team")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} - {"node_modules"} == {made.filename}
    same(recorder, ask, conversation)


@pytest.mark.slow
@pytest.mark.parametrize("target", kit.targets("gemini"))
def test_signatures_and_pictures_keep_their_bytes(recorder: kit.Recorder, target: str, tmp_path: Path) -> None:
    picture = Media("image/png", base64.b64encode(bytes(range(256))).decode())
    call = ToolCall("call_1", "look", "{}", extra={"thoughtSignature": base64.b64encode(b"\xfb\xff\xfe!").decode()})
    conversation = say(Conversation("c"), "Look", [picture])
    origin = Origin("e", "Test", "gemini", "model-1")
    conversation = append(conversation, Message("assistant", (Text("Looking."), call), origin))
    conversation = answer(conversation, [ToolResult("call_1", '{"seen": true}', name="look")])
    connection = kit.connection(recorder.base_url, headers={"X-Team": "a 'b' $HOME `c` {{TEAM}} \\"})
    ask = Ask(Target(connection, "gemini", "model-1"), "", [Tool("look")], Options())
    made = kit.written(ask, conversation, target)
    recorder.seen.clear()
    done = kit.run(made, tmp_path, TEAM="team")
    assert done.returncode == 0, done.stderr
    sent = recorder.seen[0][2]
    for content in sent["contents"]:
        for part in content["parts"]:
            # google-genai writes the alphabet for URLs, which JSON of Google's APIs may have as well.
            if "thoughtSignature" in part:
                part["thoughtSignature"] = part["thoughtSignature"].replace("-", "+").replace("_", "/")
            if given_back := part.get("inlineData"):
                given_back["data"] = given_back["data"].replace("-", "+").replace("_", "/")
                if "mime_type" in given_back:
                    given_back["mimeType"] = given_back.pop("mime_type")
    same(recorder, ask, conversation)


def same(recorder: kit.Recorder, ask: Ask, conversation: Conversation) -> None:
    url, body = expected(ask, conversation)
    path, headers, sent = recorder.seen[0]
    assert url.endswith(path)
    assert one_spelling(sent) == mended(body)
    assert headers["authorization"] == f"Bearer {kit.CANARY}"
    assert headers["x-team"] == "a 'b' $HOME `c` team \\"
    assert len(recorder.seen) == 1


def one_spelling(sent: Any) -> Any:
    """google-genai spells a field in its own way, and Google reads both; it adds an empty generationConfig."""
    if sent.get("generationConfig") == {}:
        del sent["generationConfig"]
    for tool in sent.get("tools", []):
        for declared in tool.get("functionDeclarations", []):
            if "parameters_json_schema" in declared:
                declared["parametersJsonSchema"] = declared.pop("parameters_json_schema")
    return sent


@pytest.mark.parametrize("wire", ALL_WIRES)
@pytest.mark.slow
def test_all_nasty_texts_at_once_are_legal_code(wire: str, tmp_path: Path) -> None:
    everything = "".join(NASTY)
    schema = {"type": "object", "properties": {name: {"description": name, "enum": [name]} for name in (*NASTY, "id")}}
    tools = [Tool(name, name, schema) for name in (everything, *NASTY)]
    rules = tuple(Rule(Reply(name, name == "'"), (Condition("equals", "", {name: name}),)) for name in NASTY)
    ask = Ask(Target(kit.connection("http://localhost:1/v1"), wire, everything), everything, tools, Options())
    for target in kit.targets(wire):
        made = kit.written(
            ask, say(Conversation("c"), everything), target, {t.name: Answering(rules=rules) for t in tools}
        )
        if made.language == "python":
            compile(made.text, made.filename, "exec")
            continue
        path = tmp_path / made.filename
        path.write_text(made.text, encoding="utf-8")
        command = ["sh", "-n"] if made.language == "bash" else ["node", "--check"]
        with contextlib.suppress(FileNotFoundError):
            done = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, done.stderr
