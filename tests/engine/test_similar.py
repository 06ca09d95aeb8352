"""Tools that a model may take for one another."""

from __future__ import annotations

import random

import pytest

from callsmith.schema.lint import lint_set, of_number
from callsmith.schema.similar import pairs
from callsmith.types.tool import Tool

LONG = "Lists the open issues of a repository, newest first, with their labels and the people assigned to them"


def alike(*tools: Tool) -> list[tuple[int, int]]:
    return [(pair.one, pair.other) for pair in pairs(tools)]


def test_names_that_say_the_same_are_alike() -> None:
    assert alike(Tool("get_users", "One"), Tool("fetchUser", "Another"), Tool("delete_user", "Third")) == [(0, 1)]
    assert alike(Tool("get_user", "One"), Tool("get_user_orders", "Another")) == []


def test_descriptions_that_say_the_same_are_alike() -> None:
    assert alike(Tool("issues", LONG), Tool("tickets", LONG.upper()), Tool("pulls", "Lists the pull requests")) == [
        (0, 1)
    ]
    assert alike(Tool("issues", LONG), Tool("tickets", f"{LONG}, at most 100")) == [(0, 1)]
    assert alike(Tool("a", "Gets it"), Tool("b", "Gets it")) == []  # too few words to tell


def test_the_same_name_is_another_fault() -> None:
    assert alike(Tool("issues", LONG), Tool("issues", LONG)) == []


@pytest.mark.slow
def test_a_thousand_copies_and_ten_thousand_tools_take_no_square_of_time() -> None:
    words = [f"word{n}" for n in range(500)]
    random_ = random.Random(1)
    many = [Tool(f"tool{n}x", " ".join(random_.sample(words, 12))) for n in range(3_000)]
    copies = [Tool(f"copy{n}x", LONG) for n in range(1_000)]
    found = pairs([*many, *copies])
    assert len(found) >= 999


def test_a_set_is_told_what_its_neighbours_give_rise_to() -> None:
    one, other, third = lint_set(
        [Tool("issues", LONG), Tool("tickets", LONG), Tool("issues", "Opens an issue of ours")]
    )
    assert [finding.rule for finding in one] == ["near-duplicate", "duplicate-name"]
    assert '"tickets"' in one[0].message
    assert [finding.rule for finding in other] == ["near-duplicate"]
    assert [(finding.rule, finding.severity) for finding in third] == [("duplicate-name", "warning")]
    together = lint_set([Tool("issues", "Opens an issue"), Tool("issues", "Opens issues")], together=True)
    assert [found[0].severity for found in together] == ["error", "error"]


@pytest.mark.parametrize(("count", "severity"), [(20, None), (21, "info"), (65, "warning"), (129, "warning")])
def test_too_many_tools_are_told_once(count: int, severity: str | None) -> None:
    found = of_number(count)
    assert (found.severity if found else None) == severity
    tools = [Tool(f"t{n}x", f"Number {n} of them") for n in range(count)]
    said = [finding for one in lint_set(tools) for finding in one if finding.rule == "tools-too-many"]
    assert said == ([found] if found else [])
