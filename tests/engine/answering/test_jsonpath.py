from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsmith.answering.jsonpath import MAX_FOUND, MAX_PATH, PathError, check, find, single
from tests.engine.schema_kit import JSON

SHOP: dict[str, Any] = {
    "city": "Tokyo",
    "items": [{"name": "pen", "price": 5, "on": True}, {"name": "ink", "price": 21.0}],
    "inner": {"city": "Paris"},
    "it's": 1,
    "null": None,
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", (SHOP,)),
        ("$", (SHOP,)),
        ("city", ("Tokyo",)),
        (" $.city ", ("Tokyo",)),
        ("items[0].name", ("pen",)),
        ("$.items[-1].name", ("ink",)),
        ("$.items[*].name", ("pen", "ink")),
        ("$.items[0:1].name", ("pen",)),
        ("$..city", ("Tokyo", "Paris")),
        ("['it\\'s']", (1,)),
        ("$.null", (None,)),
        ("$.nothing", ()),
        ("$.city.x", ()),
        ("$.items[?@.price < 10].name", ("pen",)),
        ("$.items[?@.price == 21].name", ("ink",)),
        ("$.items[?@.on == true && @.name == 'pen'].price", (5,)),
        ("$.items[?!@.on].name", ("ink",)),
        ("$.items[?match(@.name, 'p.n')].name", ("pen",)),
        ("$.items[?match(@.name, 'p')].name", ()),
        ("$.items[?search(@.name, '^i')].name", ("ink",)),
        ("$.items[?length(@.name) == 3].price", (5, 21.0)),
        ("$.items[?count(@.*) == 3].name", ("pen",)),
        ("$.items[?@.price == value($..items[0].price)].name", ("pen",)),
        ("$[?@[?@.price > 20]]", (SHOP["items"],)),
    ],
)
def test_finds(path: str, found: tuple[Any, ...]) -> None:
    assert find(path, SHOP) == found
    assert check(path) == ""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$.", 3),
        ("$.items[", 9),
        ("items[", 6 + 1),
        ("foo bar", 5),
        ("~", 1),
        ("$.x[?foo(@)]", 6),
        ("$.a[99999999999999999999]", 5),
        ("$.items[?search(@.name, @.x)]", 10),
        ("$.items[?search(@.name, '(?=a)')]", 10),
        ("$.items[?match(@.name, '(')]", 10),
    ],
)
def test_says_where_a_path_is_none(path: str, place: int) -> None:
    assert f"at character {place}" in check(path)
    with pytest.raises(PathError):
        find(path, SHOP)


@pytest.mark.parametrize("path", ["$[?@.a == 1e999]", f"$[?@.a == {'9' * 400}]", "$.x" * MAX_PATH, "a.b|$.x", "😀"])
def test_refuses_in_words(path: str) -> None:
    assert check(path).endswith(".")


def test_a_text_document_is_not_read_as_json() -> None:
    assert find("$.a", '{"a": 1}') == ()
    assert find("$", '{"a": 1}') == ('{"a": 1}',)
    assert find("", 5) == (5,)


def test_one_place_or_many() -> None:
    assert single("") and single("$.a[0]['b c']")
    assert not single("$.a[*]") and not single("$..a") and not single("$[0, 1]") and not single("$[?@.a]")


def test_what_it_finds_is_bounded() -> None:
    assert len(find("$[*]", [0] * (MAX_FOUND + 1))) == MAX_FOUND


NEST: list[Any] = [[[[[0] * 20 for _ in range(20)] for _ in range(20)] for _ in range(20)] for _ in range(5)]
LONG = {"a": {"b": [0] * 400_000}}
ROWS = [{"a": number, "b": "x" * 100} for number in range(60_000)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("$..*..*..*..*..x", NEST),
        ("$..[?@..[?@..[?@.x == 1]]]", NEST),
        ("$[?count($..*) == 1]", ROWS),
        (f"$[?{' || '.join(['@.a == -1'] * 30)}]", ROWS),
        (f"$[{','.join(['*'] * 200)}].x", ROWS),
        ("$[" + ",".join(["'a'"] * 40) + "][" + ",".join(["'b'"] * 40) + "]..x", LONG),
        ("$[?(@.a == 1 || 1 == 1) && 2 == 1]", [*ROWS, *ROWS]),
    ],
)
def test_too_much_work_ends_in_words(path: str, document: Any) -> None:
    with pytest.raises(PathError, match="too much"):
        find(path, document)


def test_depth_ends_in_words() -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(5_000):
        inner["a"] = inner = {}
    with pytest.raises(PathError, match="nested too deeply"):
        find("$..b", deep)
    assert find("$.a.a", deep) == (deep["a"]["a"],)
    assert check(f"$[?{'(' * 240}@.a{')' * 240}]") in ("", "The path is nested too deeply.")


@settings(max_examples=300)
@given(path=st.text("$.[]*?@'\"()!=<>&|,:-0123456789eab~ \\unmatchsercv", max_size=40), document=JSON)
@pytest.mark.slow
def test_no_path_breaks_it(path: str, document: Any) -> None:
    if check(path):
        with pytest.raises(PathError):
            find(path, document)
    else:
        find(path, document)
        single(path)


@given(JSON)
@pytest.mark.slow
def test_everything_is_found_once(document: Any) -> None:
    def inside(value: Any) -> int:
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return sum(1 + inside(child) for child in children)

    assert len(find("$..*", document)) == inside(document)
