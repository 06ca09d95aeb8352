"""Tools called with free text: as documents, under lint, and their calls judged."""

import pytest

from callsmith.calls import judge
from callsmith.schema.form import summary_of
from callsmith.schema.lint import lint
from callsmith.schema.text import TextError
from callsmith.schema.tool_document import document_of, read_tool, tool_of
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Grammar, Tool

TICKET = Tool("ticket", "Opens a ticket", type="custom", grammar=Grammar("regex", "[A-Z]{3}-[0-9]+"))


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "ticket", "description": "Opens a ticket", "type": "custom",'
        ' "grammar": {"syntax": "regex", "definition": "[A-Z]{3}-[0-9]+"}}',
        '{"type": "custom", "custom": {"name": "ticket", "description": "Opens a ticket", "format":'
        ' {"type": "grammar", "grammar": {"syntax": "regex", "definition": "[A-Z]{3}-[0-9]+"}}}}',
        '{"type": "custom", "name": "ticket", "description": "Opens a ticket", "format":'
        ' {"type": "grammar", "syntax": "regex", "definition": "[A-Z]{3}-[0-9]+"}}',
    ],
)
def test_a_custom_tool_is_read_in_every_shape_it_has(text: str) -> None:
    assert tool_of(read_tool(text)) == TICKET
    assert tool_of(document_of(TICKET)) == TICKET


def test_text_without_a_grammar_needs_none() -> None:
    read = read_tool('{"type": "custom", "custom": {"name": "n", "format": {"type": "text"}}}')
    assert tool_of(read) == Tool("n", "", type="custom")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"name": "n", "type": "webhook"}', '"type" is "function" or "custom"'),
        ('{"name": "n", "grammar": {"syntax": "regex", "definition": "a"}}', "Only a tool of"),
        ('{"name": "n", "type": "custom", "grammar": {"syntax": "peg", "definition": "a"}}', '"lark" or "regex"'),
    ],
)
def test_a_wrong_custom_tool_is_told(text: str, words: str) -> None:
    with pytest.raises(TextError, match=words):
        read_tool(text)


def test_lint_reads_the_grammar_instead_of_parameters() -> None:
    def rules(definition: str) -> list[str]:
        tool = Tool("n", "Takes text", {"type": "array"}, type="custom", grammar=Grammar("regex", definition))
        return [finding.rule for finding in lint(tool)]

    assert rules("[a-z]+") == []
    assert rules("[a-z") == ["broken-grammar"]
    assert rules(" ") == ["empty-grammar"]


@pytest.mark.parametrize(("text", "valid"), [("ABC-12", True), ("see ABC-12", False)])
def test_free_text_is_held_against_a_regular_expression(text: str, valid: bool) -> None:
    assert judge(ToolCall("a", "ticket", text, "custom"), {"ticket": TICKET}).valid is valid


def test_free_text_without_a_grammar_is_not_judged() -> None:
    verdict = judge(ToolCall("a", "sql", "select 1", "custom"), {"sql": Tool("sql", type="custom")})
    assert (verdict.known, verdict.valid) == (True, None)


@pytest.mark.parametrize(
    ("arguments", "valid"), [('{"input":"ABC-1"}', True), ('{"input":"x"}', False), ('{"text":"ABC-1"}', False)]
)
def test_where_a_format_has_no_custom_tools_the_text_is_one_argument(arguments: str, valid: bool) -> None:
    assert judge(ToolCall("a", "ticket", arguments), {"ticket": TICKET}).valid is valid


@pytest.mark.parametrize(
    ("grammar", "said"),
    [
        (None, "free text"),
        (Grammar("regex", "[a-z]+"), "free text that fits a regular expression"),
        (Grammar("lark", "start: NAME"), "free text that fits a Lark grammar"),
    ],
)
def test_a_custom_tool_is_summed_up_by_its_text_not_by_parameters(grammar: Grammar | None, said: str) -> None:
    assert summary_of(Tool("sql", type="custom", grammar=grammar)) == said
