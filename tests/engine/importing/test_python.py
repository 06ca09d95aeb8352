"""Python functions: read from their source, never executed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callsmith.importing import ImportProblem, read


def parameters(source: str) -> dict[str, Any]:
    found = read(source).candidates
    assert len(found) == 1 and not found[0].refused
    assert found[0].tool.parameters is not None
    return dict(found[0].tool.parameters)


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("int", {"type": "integer"}),
        ("'int'", {"type": "integer"}),
        ("int | None", {"type": ["integer", "null"]}),
        ("t.Optional[str]", {"type": ["string", "null"]}),
        ("Union[int, list[str]]", {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}),
        ("Literal['a', 1]", {"type": ["string", "integer"], "enum": ["a", 1]}),
        ("dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("set[int]", {"type": "array", "items": {"type": "integer"}, "uniqueItems": True}),
        ("tuple[int, ...]", {"type": "array", "items": {"type": "integer"}}),
        (
            "tuple[int, str]",
            {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2},
        ),
        ("Annotated[int, Field(ge=1, description='n')]", {"type": "integer", "minimum": 1, "description": "n"}),
        ("Annotated[list[str], Len(1, 3)]", {"type": "array", "items": {"type": "string"}, "minItems": 1}
         | {"maxItems": 3}),
        ("datetime.date", {"type": "string", "format": "date"}),
        ("Any", {}),
    ],
)  # fmt: skip
def test_annotations(annotation: str, schema: dict[str, Any]) -> None:
    assert parameters(f"import typing as t\ndef f(a: {annotation}): ...")["properties"]["a"] == schema


def test_classes_of_the_source_become_definitions_cycles_and_all() -> None:
    found = parameters(
        "class Color(Enum):\n    RED = 'red'\n    BLUE = 'blue'\n"
        "class Node(BaseModel):\n    '''A node.'''\n    color: Color = Color.RED\n    inner: list['Node'] = []\n"
        "    n: int\n"
        "def f(node: Node): ..."
    )
    assert found["properties"]["node"] == {"$ref": "#/$defs/Node"}
    assert found["$defs"]["Color"] == {"type": "string", "enum": ["red", "blue"]}
    node = found["$defs"]["Node"]
    assert node["required"] == ["n"]
    assert node["properties"]["color"] == {"$ref": "#/$defs/Color", "default": "red"}
    assert node["properties"]["inner"]["items"] == {"$ref": "#/$defs/Node"}


@pytest.mark.parametrize(
    "doc",
    [
        "Do it.\n\n    Args:\n        a: the a\n    ",
        "Do it.\n\n    Parameters\n    ----------\n    a : int\n        the a\n    ",
        "Do it.\n\n    :param a: the a\n    ",
    ],
)
def test_docstrings_of_three_styles(doc: str) -> None:
    tool = read(f'def f(a: int = 3):\n    """{doc}"""').candidates[0].tool
    assert tool.description == "Do it."
    assert tool.parameters == {
        "type": "object",
        "properties": {"a": {"type": "integer", "description": "the a", "default": 3}},
    }


def test_what_the_model_is_not_asked_for_is_left_out_and_said() -> None:
    found = read("class K:\n    async def f(self, ctx: Context, a: int, *args, b=now(), **more) -> list[int]: ...")
    candidate = found.candidates[0]
    assert candidate.tool.parameters is not None
    assert list(candidate.tool.parameters["properties"]) == ["a", "b"]
    assert candidate.tool.parameters["required"] == ["a"]
    assert candidate.tool.output_schema == {"type": "array", "items": {"type": "integer"}}
    said = " ".join(change.message for change in candidate.changes)
    assert all(word in said for word in ("ctx", "*args", "**more", "now()"))
    assert candidate.group == "K"


def test_nothing_is_executed(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    source = f"open({str(mark)!r}, 'w')\ndef f(a: int = open({str(mark)!r}, 'w')): ..."
    assert read(source).candidates[0].tool.name == "f"
    assert not mark.exists()


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n    pass",
        "def f(a: " + "(" * 300 + "int" + ")" * 300 + "): ...",
        "def f(a: " + "|".join(["int"] * 5000) + "): ...",
        "import os",
    ],
)
def test_what_cannot_be_read_is_told(source: str) -> None:
    with pytest.raises(ImportProblem):
        read(source, "f.py")


def test_a_bomb_of_aliases_is_refused() -> None:
    aliases = "\n".join(f"A{n + 1} = tuple[A{n}, A{n}]" for n in range(40))
    assert read(f"A0 = int\n{aliases}\ndef f(a: A40): ...").candidates[0].refused
