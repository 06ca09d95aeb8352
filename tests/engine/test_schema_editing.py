import pytest

from callsmith.schema.editing import MAX_STEPS, opened
from callsmith.schema.text import TextError, same, write
from callsmith.schema.tool_document import document_of, read_tool, tool_of
from callsmith.types.tool import Tool

SCHEMA = {"type": "object", "required": ["b"], "properties": {"b": {"type": "number", "default": 1.0}}}
TOOL = Tool("book", "Books it", SCHEMA, strict=False, output_schema={"type": "string"})


def named(name):
    return {"name": name, "description": ""}


@pytest.mark.parametrize("tool", [TOOL, Tool("now"), Tool("x", "y", {}), Tool("x", strict=True)])
def test_a_tool_is_the_same_after_its_json(tool):
    document = document_of(tool)
    again = read_tool(write(document))
    assert same(again, document)
    assert tool_of(again) == tool
    assert same(document_of(tool_of(again)), document)


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "function", "function": {"name": "n", "description": "d", "parameters": {}}}',
        '{"type": "function", "name": "n", "description": "d", "parameters": {}, "strict": null}',
        '{"parameters": {}, "description": "d", "name": "n"}',
    ],
)
def test_forms_of_openai_are_read_as_the_tool_they_hold(text):
    assert tool_of(read_tool(text)) == Tool("n", "d", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "A tool is an object"),
        ("{}", 'no "name"'),
        ('{"name": 5}', '"name" is text in quotes, not 5'),
        ('{"name": "n", "parameters": []}', "JSON Schema object"),
        ('{"name": "n", "parameters": true}', "JSON Schema object"),
        ('{"name": "n", "strict": "yes"}', "true or false"),
        ('{"name": "n", "annotations": {}}', 'no field "annotations"'),
        ('{"name": "n"', "ends too early"),
    ],
)
def test_what_is_no_tool_is_told(text, words):
    with pytest.raises(TextError, match=words):
        read_tool(text)


def test_form_and_text_step_together():
    editing = opened(named("a")).edited(named("b"))
    assert editing.now.text == write(named("b")) and editing.revision == 1
    typed = editing.typed('{"name": "c"}')
    assert typed.document == named("c")
    assert typed.now.text == '{"name": "c"}' and typed.revision == 1


def test_a_broken_text_is_kept_and_the_last_valid_document_stays_in_force():
    editing = opened(named("a")).typed('{"name": "b",')
    assert editing.document == named("a")
    assert editing.now.text == '{"name": "b",'
    assert (editing.now.error.line, editing.now.error.column) == (1, 14)
    mended = editing.typed('{"name": "b"}')
    assert mended.document == named("b") and mended.now.error is None
    assert mended.undone().document == named("a")


def test_undo_and_redo_walk_the_same_way():
    editing = opened(named("a")).edited(named("b")).edited(named("c"))
    back = editing.undone().undone()
    assert back.document == named("a") and back.undone() is back
    assert back.now.text == write(named("a"))
    forth = back.redone().redone()
    assert forth.document == named("c") and forth.redone() is forth
    assert forth.revision > editing.revision


def test_a_broken_text_left_behind_by_undo_comes_back_by_redo():
    broken = opened(named("a")).typed("{")
    assert broken.undone().now.error is None
    again = broken.undone().redone()
    assert again.now.text == "{" and again.now.error is not None


def test_typing_on_in_a_broken_text_is_one_step():
    editing = opened(named("a"))
    for text in ("{", '{"n', '{"name', '{"name": "b"}'):
        editing = editing.typed(text)
    assert editing.undone().now.text == write(named("a"))
    assert editing.undone().redone().document == named("b")


def test_typing_on_in_one_field_is_one_step():
    editing = opened(named("a")).edited(named("ab"), "name").edited(named("abc"), "name")
    assert editing.undone().document == named("a")
    assert editing.undone().redone().document == named("abc")
    apart = editing.edited(named("abcd")).edited(named("abcde"), "name")
    assert apart.undone().undone().document == named("abc")


def test_an_edit_that_changes_nothing_is_no_step():
    editing = opened(named("a"))
    assert editing.edited(named("a")) is editing
    assert editing.typed(editing.now.text) is editing
    number = opened({"name": "a", "description": "", "parameters": {"default": 1}})
    assert number.edited({"name": "a", "description": "", "parameters": {"default": 1.0}}).past


def test_a_draft_is_taken_up_again():
    editing = opened(named("a"), '{"name": ')
    assert editing.now.error is not None and editing.document == named("a")
    assert editing.undone().now.text == write(named("a"))


def test_the_history_has_an_end():
    editing = opened(named("a"))
    for number in range(MAX_STEPS + 50):
        editing = editing.edited(named(str(number)))
    assert len(editing.past) == MAX_STEPS
