"""A waiting call and the ways to answer it: by hand, by picking, by refusing, or by what is set up for its tool."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from callsmith import conversation as pure
from callsmith import slots
from callsmith.execute import mcp_sessions
from callsmith.execute.occasion import CannotAnswer, Reach
from callsmith.results import Draft
from callsmith.store import Store
from callsmith.types.answering import Answer, Answering, By, Condition, Fault, Http, Mcp, Mock, Player, Reply, Rule
from callsmith.types.codec import from_json
from callsmith.types.parts import Made, ToolCall, ToolResult
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import HttpCall
from components.chat import actions, slot_ways, transcript
from components.chat.result_facts import LONGEST, SHORT, badge, facts, who
from components.chat.slot_picks import first_words
from components.chat.slot_ways import Answerer
from components.tools.panels import ANSWERS, PANELS
from tests.pages.playground import WEATHER, Page, replied

pytestmark = pytest.mark.slow

PARIS = '{"temperature": 24, "unit": "celsius", "conditions": "sunny"}'
RULES = (Rule(Reply(PARIS), (Condition("contains", "$.location", "Paris"),), "Paris"),)
HTML = "<script>alert(1)</script> **bold** [x](javascript:alert(1))"


class Ran(list[tuple[Collection[str] | None, bool]]):
    """What was asked to run."""

    def __call__(self, *, keys: Collection[str] | None, go_on: bool) -> None:
        self.append((keys, go_on))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    asked = Ran()
    monkeypatch.setattr(actions, "run_tools", asked, raising=False)
    return asked


def waiting(store: Store, answering: Answering, *places: str, name: str = "get_current_weather") -> Page:
    tool_id = store.save_tool(WEATHER)
    store.save_answering(tool_id, answering)
    calls = [
        ToolCall(f"call_{n}", name, json.dumps({"location": place})) for n, place in enumerate(places or ["Paris"])
    ]
    setup = Setup(model="demo-instant", tools=(ToolUse(tool_id),))
    return Page(store, conversation_id=replied(store, *calls, setup=setup, finish="tool_calls"))


def draft(page: Page, number: int = 0) -> Draft:
    return slots.kept(page.store, page.conversation_id, page.slot(number))


def options(page: Page, number: int = 0) -> list[str]:
    return list(page.at.selectbox(key=f"answered-by-{page.slot(number)}").options)


def choose(page: Page, by: By, number: int = 0) -> None:
    page.at.selectbox(key=f"answered-by-{page.slot(number)}").set_value(by)
    page.run()


def results(page: Page) -> list[ToolResult]:
    conversation = page.store.load(page.conversation_id)
    assert conversation is not None
    return list(conversation.path()[2].message.results)


def has_area(page: Page, number: int = 0) -> bool:
    return f"result-{page.slot(number)}" in [str(one.key) for one in page.at.get("bidi_component")]


# Which way


def test_the_ways_that_are_set_up_are_listed_the_tools_own_first(store: Store) -> None:
    page = waiting(store, Answering(by="rules", rules=RULES, http=Http(HttpCall("GET", "https://api.example.com/x"))))
    assert options(page) == [
        "By its rules (tool's own)",
        "By hand",
        "From the output schema",
        "A fault: an error",
        "HTTP request to api.example.com",
    ]


@pytest.mark.parametrize(
    ("by", "answering", "label"),
    [
        ("fault", Answering(fault=Fault("timeout")), "A fault: timeout"),
        ("mcp", Answering(mcp=Mcp(url="https://mcp.example.com/mcp")), "MCP server mcp.example.com"),
        ("mcp", Answering(mcp=Mcp(command="/usr/bin/npx -y @some/server@1.2 --token abc")), "MCP server server@1.2"),
        ("mcp", Answering(), "MCP server"),
        ("model", Answering(model=Player(model="demo-agent")), "A model, demo-agent"),
        ("model", Answering(), "A model, the default one"),
        ("http", Answering(http=Http(HttpCall("GET", "http://[bad"))), "HTTP request to no host yet"),
    ],
)
def test_a_way_says_what_it_is(store: Store, by: By, answering: Answering, label: str) -> None:
    assert slot_ways.way(by, WEATHER, answering).label == label


def test_a_way_that_lacks_something_is_left_out_unless_it_is_the_tools_own(store: Store) -> None:
    bare = replace(WEATHER, output_schema=None)
    call = ToolCall("c", "x", "{}")
    here = Answerer(call, "t", bare, Answering(by="http"))
    assert [(way.by, bool(way.missing)) for way in slot_ways.ways(here, Draft())] == [
        ("http", True),
        ("hand", False),
        ("fault", False),
    ]
    assert not here.can_run(Draft())
    assert here.can_run(Draft(by="fault"))
    assert not replace(here, tool_id="").can_run(Draft(by="fault"))


def test_an_override_is_for_this_call_only(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(), "Paris", "Rome")
    assert has_area(page)
    choose(page, "schema")
    assert (draft(page).by, draft(page, 1).by) == ("schema", "")
    assert page.has(f"run-{page.slot(0)}")
    assert not page.has(f"run-{page.slot(1)}")
    assert not has_area(page)
    choose(page, "hand")
    assert draft(page).by == ""
    assert has_area(page)


def test_a_text_stays_when_another_way_is_chosen_and_its_area_when_it_is_emptied(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering())
    page.type(0, Draft('{"typed": 1}'))
    choose(page, "schema")
    assert draft(page).text == '{"typed": 1}'
    assert has_area(page)
    page.type(0, draft(page).typed(""))
    assert has_area(page)


def test_a_call_of_no_tool_is_answered_by_hand(store: Store) -> None:
    page = waiting(store, Answering(by="rules", rules=RULES), name="nobody")
    assert not [one for one in page.at.selectbox if str(one.key).startswith("answered-by")]
    assert has_area(page)
    assert not page.has(f"set-up-{page.slot(0)}")
    page.click(f"refuse-{page.slot(0)}")
    assert not page.at.button(key="continue").disabled


def test_set_up_opens_the_tools_editor(store: Store) -> None:
    page = waiting(store, Answering())
    page.click(f"set-up-{page.slot(0)}")
    assert page.has("tool-done")
    assert page.at.session_state[PANELS] == ANSWERS


# Not by hand


def test_the_rule_that_will_answer_is_told(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="rules", rules=RULES), "Paris", "Rome")
    assert "Rule 1, Paris, answers this call" in page.text
    assert "No rule fits this call" in page.text
    assert page.at.button(key=f"run-{page.slot(1)}").disabled
    page.click(f"run-{page.slot(0)}")
    assert ran == [(frozenset((page.slot(0),)), False)]


def test_the_second_call_of_a_tool_is_number_two(store: Store) -> None:
    second = (Rule(Reply("2"), (Condition("nth", value=2),), "second"),)
    page = waiting(store, Answering(by="rules", rules=second), "Paris", "Paris")
    assert page.at.button(key=f"run-{page.slot(0)}").disabled
    assert not page.at.button(key=f"run-{page.slot(1)}").disabled


def test_what_came_is_shown_with_who_made_it_and_can_be_changed_by_hand(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="rules", rules=RULES))
    slots.put(store, page.conversation_id, page.slot(0), Answer(PARIS, Made("rules", "rule 1, Paris", 1.0, 0.003)))
    page.run()
    assert "by rule 1, Paris · 3 ms · 61 bytes" in page.text
    assert page.at.button(key=f"run-{page.slot(0)}").label == "Run again"
    assert page.at.button(key="continue").label == "Continue with 1 result"
    page.at.session_state[f"result-{page.slot(0)}"] = {"typed": {"text": '{"temperature": 9}', "revision": 1}}
    page.run()
    assert "by rule 1, Paris · 3 ms · 18 bytes · edited by hand afterwards" in page.text
    page.click("continue")
    (sent,) = results(page)
    assert sent.made is not None
    assert (sent.content, sent.made.by, sent.made.edited) == ('{"temperature": 9}', "rules", True)
    assert "answered by rule" in page.text
    assert "edited by hand afterwards" in page.text


def test_a_way_that_gave_no_answer_says_why(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="http", http=Http(HttpCall("GET", "https://api.example.com/x"))))
    page.type(0, Draft(note="The address **10.0.0.1** is private."))
    assert r"No result: The address \*\*10.0.0.1\*\* is private." in page.text
    choose(page, "hand")
    assert "No result" not in page.text.replace("No result yet", "")


@pytest.mark.parametrize("why", ["", "Still dead"])
def test_a_dead_server_is_started_again_where_the_note_is(
    store: Store, ran: Ran, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    started: list[Mcp] = []

    def restart(settings: Mcp, reach: Reach) -> None:
        started.append(settings)
        if why:
            raise CannotAnswer(why)

    def dead(*asked: Any) -> dict[str, Answerer]:
        return {key: replace(one, restart=True) for key, one in slot_ways.answerers(*asked).items()}

    monkeypatch.setattr(mcp_sessions, "restart", restart)
    monkeypatch.setattr(transcript, "answerers", dead)
    page = waiting(store, Answering(by="mcp", mcp=Mcp(command="server")))
    assert not page.has(f"restart-{page.slot(0)}")
    page.type(0, Draft(note="The program ended."))
    page.click(f"restart-{page.slot(0)}")
    assert started == [Mcp(command="server")]
    assert draft(page).note == why
    assert page.has(f"restart-{page.slot(0)}") is bool(why)


def test_samples_of_the_schema_vary_and_go_to_its_edges(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="schema"))
    page.click(f"edge-{page.slot(0)}")
    edge = draft(page)
    assert edge.made is not None
    assert (edge.made.by, edge.made.detail) == ("schema", "edge case")
    page.click(f"another-{page.slot(0)}")
    first = draft(page)
    page.click(f"another-{page.slot(0)}")
    assert set(json.loads(first.text)) == {"temperature", "unit", "conditions"}
    assert len({edge.text, first.text, draft(page).text}) == 3
    assert "from the output schema, seed" in page.text
    page.click(f"undo-{page.slot(0)}")
    assert draft(page).text == first.text
    assert ran == []


# By hand


def test_a_saved_result_is_picked_and_taken_back(store: Store) -> None:
    page = waiting(store, Answering(mocks=(Mock("Paris, *sunny*", PARIS), Mock("Not found", "Not found", True))))
    page.type(0, Draft('{"mine": 1}'))
    page.at.session_state[f"pick-{page.slot(0)}"] = True
    page.run()
    assert page.at.button(key=f"pick-{page.slot(0)}-mock-0").label == r"Paris, \*sunny\*"
    page.click(f"pick-{page.slot(0)}-mock-1")
    assert (draft(page).text, draft(page).format, draft(page).is_error) == ("Not found", "Text", True)
    assert "by hand, saved result Not found · 9 bytes" in page.text
    assert page.at.checkbox(key=f"result-{page.slot(0)}-error").value is True
    assert page.at.segmented_control(key=f"result-{page.slot(0)}-format").value == "Text"
    page.click(f"undo-{page.slot(0)}")
    assert (draft(page).text, draft(page).is_error, draft(page).made) == ('{"mine": 1}', False, None)
    page.click(f"undo-{page.slot(0)}")
    assert draft(page).text == "Not found"


def test_an_earlier_result_of_the_tool_is_picked(store: Store) -> None:
    page = waiting(store, Answering())
    page.type(0, Draft('{"temperature": 5}'))
    page.click("continue")
    tool_id = store.tools()[0].id
    setup = Setup(model="demo-instant", tools=(ToolUse(tool_id),))
    call = ToolCall("again", WEATHER.name, '{"location": "Oslo"}')
    other = Page(store, conversation_id=replied(store, call, setup=setup, finish="tool_calls"))
    other.at.session_state[f"pick-{other.slot(0)}"] = True
    other.run()
    assert "What is new?" in other.text
    other.click(f"pick-{other.slot(0)}-earlier-0")
    assert draft(other).text == '{"temperature": 5}'
    assert "by hand, an earlier result · 18 bytes" in other.text


def test_a_result_is_saved_under_a_name(store: Store) -> None:
    page = waiting(store, Answering(mocks=(Mock("Rome", "old"),)))
    page.type(0, Draft(PARIS, is_error=True))
    page.at.session_state[f"save-{page.slot(0)}"] = True
    page.run()
    assert page.at.button(key=f"save-{page.slot(0)}-keep").disabled
    page.at.text_input(key=f"save-{page.slot(0)}-name").set_value(" Paris  in  May ")
    page.run()
    page.click(f"save-{page.slot(0)}-keep")
    (record,) = store.tools()
    assert record.answering.mocks == (Mock("Rome", "old"), Mock("Paris in May", PARIS, True))
    page.at.session_state[f"save-{page.slot(0)}"] = True
    page.run()
    page.at.text_input(key=f"save-{page.slot(0)}-name").set_value("Rome")
    page.run()
    assert page.at.button(key=f"save-{page.slot(0)}-keep").label == "Replace"
    page.click(f"save-{page.slot(0)}-keep")
    assert [mock.name for mock in store.tools()[0].answering.mocks] == ["Paris in May", "Rome"]


def test_a_refusal_is_sent_as_an_error_and_can_be_taken_back(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="rules", rules=RULES), "Paris", "Rome")
    page.type(0, Draft('{"mine": 1}'))
    page.click(f"refuse-{page.slot(0)}")
    assert not has_area(page)
    assert not page.has(f"run-{page.slot(0)}")
    page.click(f"take-back-{page.slot(0)}")
    assert draft(page).text == '{"mine": 1}'
    page.click(f"refuse-{page.slot(0)}")
    again = Page(store, conversation_id=page.conversation_id)
    again.click(f"refuse-{again.slot(1)}")
    again.click(f"take-back-{again.slot(0)}")
    assert (draft(again).text, draft(again).made) == ("", None)
    again.click(f"refuse-{again.slot(0)}")
    again.click("continue")
    assert [(one.content, one.is_error, one.made) for one in results(again)] == [
        ('{"error": "refused by the user"}', True, Made("refused"))
    ] * 2
    assert "material/block: refused" in again.text
    assert "refused by you" in again.text


def test_what_is_changed_in_a_result_that_came_counts_as_edited(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="rules", rules=RULES))
    slots.put(store, page.conversation_id, page.slot(0), Answer('{"a": 1}', Made("rules", "rule 1")))
    page.run()
    page.at.checkbox(key=f"result-{page.slot(0)}-error").check()
    page.run()
    assert draft(page).made == Made("rules", "rule 1", edited=True)
    slots.put(store, page.conversation_id, page.slot(0), Answer('{"a": {"b": [1, 2]}}', Made("rules", "rule 1")))
    page.run()
    page.click(f"result-{page.slot(0)}-tidy")
    assert draft(page).made == Made("rules", "rule 1", edited=True)


# Going on


def test_continue_runs_what_is_missing_when_all_of_it_can_run(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="schema"), "Paris", "Rome", "Oslo")
    page.type(1, Draft('{"temperature": 1}'))
    assert page.at.button(key="continue").label == "Run 2 tools and continue"
    assert not page.at.button(key="continue").disabled
    page.click("continue")
    assert ran == [(None, True)]
    assert page.roles == ["user", "assistant"]


@pytest.mark.parametrize(
    "stuck", [Draft(by="hand"), Draft('{"temperature": '), Draft(by="http")], ids=["by hand", "no JSON", "not set up"]
)
def test_continue_waits_for_what_cannot_run(store: Store, ran: Ran, stuck: Draft) -> None:
    page = waiting(store, Answering(by="schema"), "Paris", "Rome")
    page.type(1, stuck)
    assert page.at.button(key="continue").label == "Continue with 2 results"
    assert page.at.button(key="continue").disabled
    assert "Waiting for: " in page.text


def test_continue_runs_nothing_when_the_last_key_gave_the_missing_result(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="schema"))
    page.type(0, Draft(revision=1))
    assert page.at.button(key="continue").label == "Run 1 tool and continue"
    page.at.session_state[f"result-{page.slot(0)}"] = {"typed": {"text": '{"temperature": 3}', "revision": 1}}
    page.click("continue")
    assert ran == []
    assert results(page)[0].content == '{"temperature": 3}'


# What came back


def answered(store: Store, content: str, made: Made | None, *, is_error: bool = False) -> Page:
    page = waiting(store, Answering())
    before = store.load(page.conversation_id)
    assert before is not None
    after = pure.answer(before, [ToolResult("call_0", content, is_error, WEATHER.name, made=made)])
    new = [node for node in after.nodes.values() if node.id not in before.nodes]
    store.save_nodes(page.conversation_id, new, after.head)
    page.run()
    return page


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (Made("rules", "rule 2, *Paris*", 1.0, 0.003), r"by rule 2, \*Paris\* · 3 ms · 4 bytes"),
        (Made("rules"), "by rule · 4 bytes"),
        (Made("model", "demo-agent", 1.0, 1.24, edited=True), "by a model, demo-agent · 1.2 s · 4 bytes · edited"),
        (Made("hand", seconds=3.0), "by hand · after 3.0 s · 4 bytes"),
        (Made("refused"), "refused by you · 4 bytes"),
        (None, "4 bytes"),
    ],
)
def test_the_quiet_line(made: Made | None, said: str) -> None:
    assert facts(made, "äö").startswith(said)


def test_a_name_from_outside_stays_on_its_line() -> None:
    assert who(Made("mcp", "evil\n\n# head")) == r"over MCP, evil \# head"


@pytest.mark.parametrize("by", ["hand", "rules", "schema", "fault", "http", "mcp", "model", "refused", "cancelled"])
def test_an_error_is_said_to_be_one_whoever_made_it(by: str) -> None:
    said = badge(Made(by), is_error=True)  # type: ignore[arg-type]
    assert "error" in said or by == "refused"


def test_a_result_of_a_model_is_marked_and_stays_inert(store: Store) -> None:
    page = answered(store, HTML, Made("model", "demo-agent", 1.0, 1.2))
    assert "answered by a model" in page.text
    assert HTML in [code.value for code in page.at.code]
    assert not [one for one in page.at.markdown if "alert(1)" in one.value]


@pytest.mark.parametrize("size", [100_000, 1_000_000])
def test_a_huge_result_is_shown_in_part_and_can_be_saved(store: Store, size: int) -> None:
    page = answered(store, "x" * size, Made("fault", "huge"))
    assert max(len(code.value) for code in page.at.code) == SHORT
    assert f"The first 4,000 of {size:,} characters" in page.text
    assert [one.proto.label for one in page.at.get("download_button")] == ["Save all of it"]
    assert bool([one for one in page.at.expander if one.label == "Show all of it"]) is (size <= LONGEST)


def test_a_huge_result_that_came_is_edited_only_when_asked_for(store: Store, ran: Ran) -> None:
    page = waiting(store, Answering(by="fault"))
    slots.put(store, page.conversation_id, page.slot(0), Answer("x" * 100_000, Made("fault", "huge")))
    page.run()
    assert not has_area(page)
    assert max(len(code.value) for code in page.at.code) == SHORT
    assert not page.at.button(key="continue").disabled
    page.click(f"long-{page.slot(0)}-edit")
    assert has_area(page)


def test_first_words() -> None:
    assert first_words('{\n  "a": 1\n}') == '{ "a": 1 }'
    assert first_words("") == "(empty)"
    assert first_words("y" * 1_000_000) == "y" * 60 + "…"


def test_drafts_come_back_from_the_store(store: Store) -> None:
    page = waiting(store, Answering(by="schema"))
    choose(page, "hand")
    assert from_json(Draft, store.draft(page.conversation_id, page.slot(0))).by == "hand"
    assert (
        Page(store, conversation_id=page.conversation_id).at.selectbox(key=f"answered-by-{page.slot(0)}").value
        == "hand"
    )
