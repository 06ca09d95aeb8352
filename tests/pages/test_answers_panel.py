"""The tab "Answers": the way, asking or not, saved results, rules, samples, faults; each change is kept and undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import settings as configured
from callsmith.store import Store
from callsmith.types.answering import Answering, Condition, Fault, Mock, Reply, Rule, Samples
from callsmith.types.parts import Made, ToolCall, ToolResult
from callsmith.types.tool import Tool
from components import services
from tests.engine.test_recorded_results import answered
from tests.pages.test_panels import page, ran, said

pytestmark = pytest.mark.slow

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "City"},
        "days": {"type": "integer", "description": "Days"},
    },
    "required": ["city"],
}
OUTPUT: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "temperature": {"type": "number"}},
    "required": ["city", "temperature"],
}
WEATHER = Tool("get_weather", "Tells the weather", SCHEMA, output_schema=OUTPUT)
PARIS = Rule(Reply('{"city": "{{city}}"}'), (Condition("equals", "$.city", "Paris"),), "Paris")
REST = Rule(Reply("Not found", True))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(configured.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    yield opened
    opened.close()


def begin(store: Store, answering: Answering | None = None, tool: Tool = WEATHER) -> tuple[AppTest, str]:
    tool_id = store.save_tool(tool)
    if answering is not None:
        store.save_answering(tool_id, answering)
    return page(tool_id, "Answers"), tool_id


def kept(store: Store, tool_id: str) -> Answering:
    record = store.tool(tool_id)
    assert record is not None
    return record.answering


def at_key(elements: Any, begins: str, number: int = 0) -> Any:
    return [one for one in elements if (one.key or "").startswith(begins)][number]


def has(elements: Any, begins: str) -> bool:
    return any((one.key or "").startswith(begins) for one in elements)


def click(at: AppTest, begins: str, number: int = 0) -> None:
    ran(at_key(at.button, begins, number).click().run())


def type_area(at: AppTest, begins: str, text: str) -> None:
    area = next(one for one in at.get("bidi_component") if begins in (one.key or ""))
    name = (area.key or "")[(area.key or "").index(begins) :]
    at.session_state[name] = {"typed": {"text": text, "revision": json.loads(area.proto.json)["revision"]}}
    ran(at.run())


def area_text(at: AppTest, begins: str) -> str:
    area = next(one for one in at.get("bidi_component") if begins in (one.key or ""))
    return str(json.loads(area.proto.json)["value"])


def test_the_way_is_chosen_and_runs_by_itself_only_where_it_can(store: Store) -> None:
    at, tool_id = begin(store)
    way, auto = f"answers-by-{tool_id}", f"answers-auto-{tool_id}"
    assert at.radio(key=way).value == "hand" and at.segmented_control(key=auto).disabled
    assert "wait for a person" in said(at)
    ran(at.radio(key=way).set_value("rules").run())
    assert kept(store, tool_id).by == "rules" and "There is no rule yet" in said(at)
    assert at.segmented_control(key=auto).disabled
    ran(at.radio(key=way).set_value("schema").run())
    ran(at.segmented_control(key=auto).set_value("Run by itself").run())
    assert kept(store, tool_id) == Answering("schema", True)
    click(at, "answers-undo-")
    assert kept(store, tool_id) == Answering("schema") and at.segmented_control(key=auto).value == "Ask me each time"
    click(at, "answers-undo-")
    click(at, "answers-undo-")
    assert kept(store, tool_id) == Answering() and not has(at.button, "answers-undo-")


def test_what_another_tab_changed_is_not_undone_here(store: Store) -> None:
    at, tool_id = begin(store)
    ran(at.radio(key=f"answers-by-{tool_id}").set_value("fault").run())
    store.save_answering(tool_id, Answering("rules", rules=(PARIS,)))
    ran(at.run())
    assert at.radio(key=f"answers-by-{tool_id}").value == "rules"
    assert not has(at.button, "answers-undo-")


def test_results_are_saved_under_a_name_changed_and_deleted_with_undo(store: Store) -> None:
    at, tool_id = begin(store)
    click(at, "answers-mock-add-error-")
    click(at, f"answers-mock-add-{tool_id}")
    first = kept(store, tool_id).mocks
    assert first[0] == Mock("Not found", "Not found", True)
    assert set(json.loads(first[1].content)) == {"city", "temperature"} and "fits the output schema" in said(at)
    ran(at_key(at.text_input, "answers-mock-name-", 1).input("Paris, sunny").run())
    assert kept(store, tool_id).mocks[1].name == "Paris, sunny"
    click(at, "answers-mock-open-", 0)
    type_area(at, "answers-mock-content-", '{"city": ')
    assert kept(store, tool_id).mocks[1].content == '{"city": ' and "Sent as text" in said(at)
    ran(at_key(at.text_input, "answers-mock-name-", 0).input("Not found").run())
    mocks = kept(store, tool_id).mocks
    assert mocks[1].name == "Not found" and "Another result has this name" in said(at)
    click(at, "answers-mock-delete-", 1)
    assert kept(store, tool_id).mocks == first[:1] and "Deleted Not found" in said(at)
    click(at, "answers-undo-")
    assert kept(store, tool_id).mocks == mocks


def test_the_first_rules_come_from_the_output_schema(store: Store) -> None:
    at, tool_id = begin(store, Answering("rules"))
    click(at, "answers-rule-begin-")
    first, rest = kept(store, tool_id).rules
    assert set(json.loads(first.reply.content)) == {"city", "temperature"} and first.when[0].at == "$.city"
    assert rest.when == () and rest.reply.is_error
    assert not at.segmented_control(key=f"answers-auto-{tool_id}").disabled
    click(at, "answers-rule-add-")
    assert len(kept(store, tool_id).rules) == 3 and kept(store, tool_id).rules[2] == rest


def test_a_rule_is_edited_and_what_cannot_be_is_kept_as_typed(store: Store) -> None:
    at, tool_id = begin(store, Answering("rules", rules=(PARIS, REST)))
    click(at, "answers-rule-open-", 0)
    ran(at_key(at.text_input, "answers-rule-name-").input("Rome").run())
    ran(at_key(at.text_input, "answers-when-").input("5").run())
    assert kept(store, tool_id).rules[0].when == (Condition("equals", "$.city", "5"),)
    click(at, "answers-rule-when-")
    where = [one for one in at.selectbox if (one.key or "").endswith(("-1-" + tool_id + "-at", "-at"))]
    ran(where[1].set_value("$.days").run())
    values = [one for one in at.text_input if (one.key or "").endswith("-value")]
    ran(values[1].input("7").run())
    assert kept(store, tool_id).rules[0].when[1] == Condition("equals", "$.days", 7)
    tests = [one for one in at.selectbox if (one.key or "").endswith("-test")]
    ran(tests[1].set_value("range").run())
    low = next(one for one in at.text_input if (one.key or "").endswith("-low"))
    ran(low.input("2.5").run())
    assert kept(store, tool_id).rules[0].when[1] == Condition("range", "$.days", low=2.5)
    low = next(one for one in at.text_input if (one.key or "").endswith("-low"))
    ran(low.input("many").run())
    assert "many is not a number" in said(at)
    assert next(one for one in at.text_input if (one.key or "").endswith("-low")).value == "many"
    assert kept(store, tool_id).rules[0].when[1].low == 2.5
    type_area(at, "answers-rule-reply-", '{"n": {{days}}, "c": "{{citty}}"}')
    reply = kept(store, tool_id).rules[0].reply
    assert reply.content == '{"n": {{days}}, "c": "{{citty}}"}'
    assert "{{citty}}: the tool has no such argument" in said(at).replace("]", "")
    assert "JSON, with the quoted arguments" in said(at)
    ran(at_key(at.number_input, "answers-rule-delay-").set_value(1.5).run())
    ran(at_key(at.checkbox, "answers-rule-error-").check().run())
    assert kept(store, tool_id).rules[0].reply == Reply(reply.content, True, 1.5)
    assert kept(store, tool_id).rules[0].name == "Rome" and kept(store, tool_id).rules[1] == REST


def test_a_value_that_is_written_otherwise_than_kept_is_not_overwritten(store: Store) -> None:
    at, tool_id = begin(store, Answering("rules", rules=(Rule(when=(Condition("equals", "", None),)),)))
    click(at, "answers-rule-open-")
    field = '{ "city" :"Paris"}'
    ran(at_key(at.text_input, "answers-when-").input(field).run())
    assert kept(store, tool_id).rules[0].when[0].value == {"city": "Paris"}
    assert at_key(at.text_input, "answers-when-").value == field
    click(at, "answers-undo-")
    assert at_key(at.text_input, "answers-when-").value == ""


def test_rules_move_are_copied_deleted_and_switched_off(store: Store) -> None:
    at, tool_id = begin(store, Answering("rules", rules=(PARIS, REST)))
    menu = "answers-rule-menu-"

    def choose(number: int, word: str) -> None:
        ran(at_key(at.get("menu_button"), menu, number).click(word).run())

    choose(0, "Move down")
    assert kept(store, tool_id).rules == (REST, PARIS)
    assert "Never reached" in said(at)
    choose(1, "Duplicate")
    assert kept(store, tool_id).rules == (REST, PARIS, PARIS)
    choose(0, "Delete")
    assert kept(store, tool_id).rules == (PARIS, PARIS) and "Deleted rule 1" in said(at)
    click(at, "answers-undo-")
    choose(1, "Move up")
    ran(at_key(at.toggle, "answers-rule-on-", 0).set_value(False).run())
    assert [rule.on for rule in kept(store, tool_id).rules] == [False, True, True]


def test_the_tester_says_which_rule_answers_and_why_the_others_do_not(store: Store) -> None:
    late = Rule(Reply("Later", delay=2.0), (Condition("nth", value=2),))
    at, tool_id = begin(store, Answering("rules", rules=(PARIS, late, REST)))
    at.session_state[f"answers-try-{tool_id}"] = True
    ran(at.run())
    type_area(at, "answers-try-arguments-", '{"city": "Paris"}')
    assert '{"city": "Paris"}' in [code.value for code in at.code]
    assert "not asked" in said(at)
    type_area(at, "answers-try-arguments-", '{"city": "Rome"}')
    assert "Not found" in [code.value for code in at.code] and "does not fit" in said(at)
    ran(at.number_input(key=f"answers-try-number-{tool_id}").set_value(2).run())
    assert "Later" in [code.value for code in at.code] and "after 2.0 s" in said(at)
    store.save_answering(tool_id, Answering("rules", rules=(PARIS,)))
    ran(at.run())
    assert any("would wait for you" in info.value for info in at.info)


def test_rules_are_recorded_from_answered_calls(store: Store) -> None:
    at, tool_id = begin(store, Answering("rules", rules=(PARIS, REST)))
    calls = [ToolCall(f"c{n}", "get_weather", f'{{"city": "{city}"}}') for n, city in enumerate(("Rome", "Oslo"))]
    results = [ToolResult("c0", "25", made=Made("hand")), ToolResult("c1", "5", made=Made("schema"))]
    answered(store, "A talk", calls, results, "e1")
    at.session_state[f"answers-record-0-{tool_id}"] = True
    ran(at.run())
    assert at.button(key=f"answers-record-add-{tool_id}").label == "Add 1 rule"
    ran(at.checkbox(key=f"answers-record-everyone-{tool_id}").check().run())
    click(at, "answers-record-add-")
    rules = kept(store, tool_id).rules
    assert [rule.reply.content for rule in rules] == [PARIS.reply.content, "25", "5", "Not found"]
    assert rules[1].when == (Condition("equals", "", {"city": "Rome"}),)
    # The browser may still report the section open that it was used in.
    at.session_state[f"answers-record-0-{tool_id}"] = True
    ran(at.run())
    assert not has(at.button, "answers-record-add-") and "Nothing new" not in said(at)
    at.session_state[f"answers-record-1-{tool_id}"] = True
    ran(at.run())
    assert "there is a rule for each" in said(at)


def test_samples_are_shown_and_checked(store: Store) -> None:
    at, tool_id = begin(store, Answering("schema"))
    shown = [code.value for code in at.code]
    assert "fits the output schema" in said(at)
    ran(at.number_input(key=f"answers-samples-seed-{tool_id}").set_value(7).run())
    ran(at.checkbox(key=f"answers-samples-edges-{tool_id}").check().run())
    assert kept(store, tool_id).samples == Samples(7, True)
    assert [code.value for code in at.code] != shown


def test_a_tool_without_an_output_schema_says_what_is_missing(store: Store) -> None:
    at, tool_id = begin(store, Answering("schema"), Tool("mail", "Sends mail", SCHEMA))
    assert any("output_schema" in info.value.replace("\\", "") for info in at.info)
    assert at.segmented_control(key=f"answers-auto-{tool_id}").disabled


def test_a_fault_is_chosen_and_shown(store: Store) -> None:
    at, tool_id = begin(store, Answering("fault"))
    kind = f"answers-fault-kind-{tool_id}"
    type_area(at, "answers-fault-text-", "Out of order")
    assert kept(store, tool_id).fault.text == "Out of order" and "Out of order" in [code.value for code in at.code]
    ran(at.selectbox(key=kind).set_value("timeout").run())
    ran(at.number_input(key=f"answers-fault-seconds-{tool_id}").set_value(4.0).run())
    assert kept(store, tool_id).fault == Fault("timeout", "Out of order", 4.0)
    ran(at.selectbox(key=kind).set_value("huge").run())
    assert "more characters" in said(at)


def test_changes_in_a_row_to_one_field_are_one_step(store: Store) -> None:
    at, tool_id = begin(store, Answering("rules", rules=(PARIS, REST)))
    click(at, "answers-rule-open-", 0)
    for name in ("R", "Ro", "Rome"):
        ran(at_key(at.text_input, "answers-rule-name-").input(name).run())
    click(at, "answers-undo-")
    assert kept(store, tool_id).rules == (PARIS, REST)
    assert at_key(at.text_input, "answers-rule-name-").value == "Paris"


def test_no_message_to_the_browser_is_needed_for_a_value_to_stay(store: Store) -> None:
    """What is chosen is told in every run, what is typed begins with its value: one missed message changes nothing."""
    at, tool_id = begin(store, Answering("rules", rules=(PARIS, REST)))
    click(at, "answers-rule-open-", 0)
    ran(at.run())
    way = at.radio(key=f"answers-by-{tool_id}").proto
    assert way.set_value and at.radio(key=f"answers-by-{tool_id}").value == "rules"
    name = at_key(at.text_input, "answers-rule-name-").proto
    assert name.default == "Paris" and not name.set_value
    test = next(one for one in at.selectbox if (one.key or "").endswith("-test"))
    assert test.proto.set_value and test.value == "equals"
