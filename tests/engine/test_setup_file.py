"""Setup files: what is written is read back as it was; what cannot be read is told with its place, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.connections import DEMO
from callsmith.conversation import Conversation, say
from callsmith.setup_file import SetupFileProblem, found, keep, of_conversation, read, write
from callsmith.setup_file_schema import schema, schema_text
from callsmith.setup_file_types import SetupFile, SetupTool
from callsmith.starters import STARTERS, setup_of
from callsmith.store import Store
from callsmith.types.answering import (
    Answering,
    Condition,
    Fault,
    Http,
    Mcp,
    Mock,
    Player,
    Reply,
    Rule,
    Samples,
)
from callsmith.types.connection import Connection, Target
from callsmith.types.features import Effort, McpServer, ResponseSchema, WebSearch
from callsmith.types.options import Limits, Options
from callsmith.types.setup import LoopLimits, Setup, ToolUse
from callsmith.types.tool import Grammar, HttpArgument, HttpCall, Origin, Tool, ToolChoice

DOCS = Path(__file__).resolve().parents[2] / "docs"
EVERYTHING = Answering(
    by="model",
    auto=True,
    mocks=(Mock("sunny", '{"sky": "clear"}'), Mock("gone", "Not found: {{city}}", is_error=True)),
    rules=(
        Rule(
            Reply('{"n": {{count}}}', delay=0.5),
            (
                Condition("equals", "$.city", {"a": [1, 1.0, None, True]}),
                Condition("range", "$.n", low=1, high=2.5),
                Condition("nth", value=2),
            ),
            name="second",
        ),
        Rule(Reply('{"unit":"with other white space"}'), on=False),
        Rule(Reply("{not JSON", is_error=True)),
    ),
    samples=Samples(7, edges=True),
    fault=Fault("timeout", "slow", 3.0),
    http=Http(
        HttpCall("GET", "https://x.example/{id}", (HttpArgument("id", "path", "id"),), {"X-Key": "{{X_KEY}}"}),
        seconds=5.0,
        max_bytes=1000,
        result_at="$.data",
    ),
    mcp=Mcp("https://x.example/mcp", headers={"Authorization": "Bearer {{X_KEY}}"}, name="there", seconds=9.0),
    model=Player("Mine", "m", "anthropic", "Be brief"),
)
FULL = SetupFile(
    name="Everything",
    connection="Mine",
    model="m-1",
    wire="gemini",
    system="Be kind. “Quotes”, \x1b[31m and\nlines",
    prompt="Go",
    tools=(
        SetupTool(
            "first", "Does it", parameters={"type": "object", "properties": {"z": {}, "a": {}}}, answering=EVERYTHING
        ),
        SetupTool("second", type="custom", grammar=Grammar("regex", "a+"), strict=True, on=False),
        SetupTool("third", output_schema={"type": "string"}, answering=Answering(by="schema")),
    ),
    options=Options(
        tool_choice=ToolChoice("named", "first"),
        temperature=0.0,
        max_tokens=5,
        stop=("x",),
        stream=False,
        extra_body={"a": {"b": [None, 1.5]}},
        limits=Limits(total=9.0),
        thinking=Effort("budget", 1024),
        response=ResponseSchema({"type": "object"}),
        web_search=WebSearch(max_uses=2),
        mcp=(McpServer("m", "https://x.example", "{{X_KEY}}"),),
    ),
    loop=LoopLimits(3, 10.0, 500, 0.25),
    budget=0.5,
)
FILES = [SetupFile(), FULL, *map(setup_of, STARTERS)]


def document(file: SetupFile = FULL) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(write(file))
    return made


def mistakes(value: Any) -> dict[str, str]:
    """By place, of a document or a text."""
    with pytest.raises(SetupFileProblem) as caught:
        read(value if isinstance(value, str) else json.dumps(value))
    return {mistake.at: mistake.message for mistake in caught.value.mistakes}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'x.db'}")
    yield opened
    opened.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name or "empty")
def test_what_is_written_is_read_back(file: SetupFile) -> None:
    written = write(file)
    assert read(written) == file
    assert write(read(written)) == written
    assert list(read(written).tools) == list(file.tools)


def test_the_order_of_a_schemas_keys_is_kept() -> None:
    parameters = read(write(FULL)).tools[0].parameters
    assert parameters is not None
    assert list(parameters["properties"]) == ["z", "a"]


def test_results_that_are_json_stand_there_as_json_and_others_as_text() -> None:
    answering = document()["tools"][0]["answering"]
    assert [mock["content"] for mock in answering["mocks"]] == [{"sky": "clear"}, "Not found: {{city}}"]
    contents = [rule["reply"]["content"] for rule in answering["rules"]]
    assert contents == ['{"n": {{count}}}', '{"unit":"with other white space"}', "{not JSON"]
    assert answering["model"]["connection"] == "Mine"


def test_only_what_differs_from_the_default_is_written() -> None:
    assert document(SetupFile()) == {"format": "callsmith-setup", "version": 1}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name or "empty")
def test_the_published_schema_takes_every_file(file: SetupFile) -> None:
    jsonschema_rs.Draft202012Validator(schema()).validate(document(file))


def test_the_published_schema_is_the_one_that_is_read() -> None:
    how = "from callsmith.setup_file_schema import schema_text; print(schema_text(), end='')"
    published = (DOCS / "setup.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), f'write it anew: python -c "{how}" > docs/setup.schema.json'


def test_the_example_of_the_documentation_is_read_and_fits_the_schema() -> None:
    example = (DOCS / "setup-file.md").read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    assert read(example).tools[0].answering.rules
    jsonschema_rs.Draft202012Validator(schema()).validate(json.loads(example))


def test_every_mistake_is_told_with_its_place() -> None:
    bad = document() | {"modle": "x", "wire": "gemeni", "loop": {"steps": 0, "seconds": "long", "cost": -1}}
    answering = bad["tools"][0]["answering"]
    answering["by"] = "rule"
    answering["rules"][0] = {"reply": {"content": 5, "delay": True}, "when": [{"at": "$.x"}], "a/b~": 1}
    bad["tools"][1] = {"naem": "x", "strict": 1, "parameters": [], "on": None}
    bad["tools"].append("x")
    found = mistakes(bad)
    assert found.keys() == {
        *("/modle", "/wire", "/loop/steps", "/loop/seconds", "/loop/cost", "/tools/0/answering/by"),
        *("/tools/0/answering/rules/0/reply/content", "/tools/0/answering/rules/0/reply/delay"),
        *("/tools/0/answering/rules/0/when/0", "/tools/0/answering/rules/0/a~1b~0"),
        *("/tools/1", "/tools/1/naem", "/tools/1/strict", "/tools/1/parameters", "/tools/1/on", "/tools/3"),
    }
    assert 'did you mean "model"' in found["/modle"]
    assert 'did you mean "gemini"' in found["/wire"]
    assert 'did you mean "rules"' in found["/tools/0/answering/by"]
    assert 'did you mean "name"' in found["/tools/1/naem"]
    assert '"test" is missing' in found["/tools/0/answering/rules/0/when/0"]


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", "", "empty"),
        ('{"format": "callsmith-setup",\n "version": 1,}', "", "Line 2, column 15"),
        ("[]", "", "not a setup file"),
        ('{"tools": []}', "", "not a setup file"),
        ('{"format": "callsmith-setup"}', "/version", "missing"),
        ('{"format": "callsmith-setup", "version": true}', "/version", "missing"),
        ('{"format": "callsmith-setup", "version": 2, "new": 1}', "/version", "version 2"),
        ('{"format": "callsmith-setup", "version": 1, "name": "a", "name": "b"}', "", "twice"),
        ('{"format": "callsmith-setup", "version": 1, "name": ' + "[" * 100_000, "", "Nested"),
        ('{"format": "callsmith-setup", "version": 1, "loop": {"cost": NaN}}', "", "NaN"),
        ('{"format": "callsmith-setup", "version": 1, "loop": {"cost": ' + "9" * 400 + "}}", "/loop/cost", "a number"),
        (" " * 6_000_000, "", "5,000,000"),
        ('{"format": "callsmith-setup", "version": 1, "name": "\\ud800"}', "", "surrogate"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_setup_file_says_why(text: str, at: str, words: str) -> None:
    found = mistakes(text)
    assert list(found) == [at]
    assert words in found[at]


def test_a_choice_of_a_tool_that_is_not_offered_is_told() -> None:
    bad = document()
    bad["options"]["tool_choice"] = {"mode": "named", "name": "second", "allowed": ["first", "gone"]}
    assert mistakes(bad).keys() == {"/options/tool_choice/name", "/options/tool_choice/allowed/1"}


def test_a_thousand_mistakes_end() -> None:
    with pytest.raises(SetupFileProblem) as caught:
        read(json.dumps(document() | {"tools": ["x" * 1000] * 1000}))
    assert len(caught.value.mistakes) == 51
    assert len(str(caught.value)) < 10_000
    assert "more mistakes" in str(caught.value)


def test_the_reference_of_an_editor_to_the_schema_is_taken() -> None:
    assert read(json.dumps({"$schema": "setup.schema.json"} | document())) == FULL


PLACES = st.lists(st.integers(0, 30), min_size=1, max_size=7)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just({"name": 1}),
)


def mutated(value: Any, way: list[int], junk: Any, how: int) -> Any:
    """A copy in which the value at the end of a way is junk, gone, or stands under another name."""
    if not way or not isinstance(value, dict | list) or not value:
        return junk
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[way[0] % len(keys)]
    made = value.copy()
    if len(way) > 1:
        made[key] = mutated(value[key], way[1:], junk, how)
    elif how == 0:
        made[key] = junk
    elif how == 1 or isinstance(made, list):
        del made[key]
    else:
        made[f"{key}x"] = made.pop(key)
    return made


@pytest.mark.slow
@given(PLACES, JUNK, st.integers(0, 2))
@settings(max_examples=400)
def test_a_damaged_document_is_read_or_told_and_nothing_else(way: list[int], junk: Any, how: int) -> None:
    try:
        file = read(json.dumps(mutated(document(), way, junk, how)))
    except SetupFileProblem as problem:
        assert problem.mistakes
        assert str(problem)
    else:
        assert read(write(file)) == file
        jsonschema_rs.Draft202012Validator(schema()).validate(document(file))


@pytest.mark.slow
@given(st.integers(0, 5_000), st.integers(0, 3), st.text(max_size=3))
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_text_is_read_or_told_and_nothing_else(at: int, cut: int, put: str) -> None:
    text = write(FULL)
    at %= len(text)
    try:
        read(text[:at] + put + text[at + cut :])
    except SetupFileProblem as problem:
        assert str(problem)


MINE = Connection("c1", "Mine", "https://x.example/v1")


def saved(store: Store, tool: Tool, answering: Answering) -> str:
    tool_id = store.save_tool(tool)
    store.save_answering(tool_id, answering)
    return tool_id


def test_a_conversation_becomes_a_file_by_names(store: Store) -> None:
    played = Answering(by="model", model=Player("c1", "m"))
    first = saved(store, Tool("first", origin=Origin("curl", source="/home/me/x")), played)
    second = saved(store, Tool("second"), Answering())
    setup = Setup(
        connection_id="c1",
        system="Be kind",
        tools=(ToolUse(first), ToolUse(second, on=False), ToolUse("gone")),
        options=Options(tool_choice=ToolChoice("named", "second"), temperature=1.0),
        loop=LoopLimits(steps=2),
    )
    conversation = say(say(Conversation("x", "Title"), "First words"), "Second words")
    file = of_conversation(conversation, setup, Target(MINE, "gemini", "m-1"), store.tools(), [MINE, DEMO])
    assert (file.name, file.connection, file.model, file.wire) == ("Title", "Mine", "m-1", "gemini")
    assert (file.system, file.prompt, file.loop.steps) == ("Be kind", "First words", 2)
    assert [(tool.name, tool.on) for tool in file.tools] == [("first", True), ("second", False)]
    assert file.tools[0].answering.model == Player("Mine", "m")
    assert file.options == Options(temperature=1.0)
    assert "/home/me" not in write(file)
    assert "c1" not in write(file)
    assert read(write(file)) == file


def test_a_built_in_connection_has_its_id_as_name(store: Store) -> None:
    file = of_conversation(Conversation("x"), Setup(), Target(DEMO, "gemini", "m"), [], [DEMO])
    assert file.connection == "demo"
    assert found("demo", [MINE, DEMO]) == found("DEMO (scripted, not an LLM)", [MINE, DEMO]) == DEMO


def test_a_file_becomes_a_conversation(store: Store) -> None:
    conversation_id, missing = keep(store, FULL, [MINE, DEMO])
    setup = store.setup(conversation_id)
    assert missing == ()
    assert (setup.connection_id, setup.model, setup.wire, setup.system) == ("c1", "m-1", "gemini", FULL.system)
    assert (setup.options, setup.loop, setup.budget) == (FULL.options, FULL.loop, 0.5)
    records = store.tools_with([use.tool_id for use in setup.tools])
    assert records[0].answering.model == Player("c1", "m", "anthropic", "Be brief")
    conversation = store.load(conversation_id)
    assert conversation is not None
    back = of_conversation(say(conversation, "Go"), setup, Target(MINE, "gemini", "m-1"), records, [MINE, DEMO])
    assert back == FULL


def test_what_the_file_names_and_is_not_here_is_said(store: Store) -> None:
    conversation_id, missing = keep(store, FULL, [DEMO])
    setup = store.setup(conversation_id)
    assert (setup.connection_id, setup.model) == ("", "")
    assert len(missing) == 2
    assert all("Mine" in sentence for sentence in missing)


def test_the_same_tool_with_the_same_answers_is_the_librarys(store: Store) -> None:
    rules = Answering(rules=(Rule(),))
    kept = saved(store, Tool("first", origin=Origin("curl")), rules)
    conversation_id, _ = keep(store, SetupFile(tools=(SetupTool("first", answering=rules),)), [])
    assert store.setup(conversation_id).tools == (ToolUse(kept),)


def test_the_same_tool_answered_otherwise_is_a_copy_for_the_conversation(store: Store) -> None:
    kept = saved(store, Tool("first"), Answering())
    rules = Answering(by="rules", rules=(Rule(),))
    conversation_id, _ = keep(store, SetupFile(tools=(SetupTool("first", answering=rules),)), [])
    (use,) = store.setup(conversation_id).tools
    copy = store.tool(use.tool_id)
    assert copy is not None
    assert (copy.copy_of, copy.answering) == (kept, rules)
    assert [(record.id, record.answering) for record in store.tools()] == [(kept, Answering())]


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.id)
def test_a_starter_is_answered_by_hand_on_the_page_and_by_rules_without_it(starter: Any) -> None:
    assert len(starter.answers) == len(starter.tools)
    for kept, prepared in zip(starter.answers, setup_of(starter).tools, strict=True):
        assert (kept.by, kept.auto, prepared.answering.by, prepared.answering.runs_alone) == (
            *("hand", False),
            *("rules", True),
        )
        assert kept.rules[-1].when == ()
