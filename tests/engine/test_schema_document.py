import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.schema import document
from callsmith.schema.document import EditError, get, insert, join, move, put, remove, rename, tokens
from callsmith.schema.text import same
from tests.engine.schema_kit import JSON

DOCUMENT = {"b": 1, "a": {"x": [10, 20, 30], "y/z": 1.0}, "~": None}


@pytest.mark.parametrize(
    ("edit", "result"),
    [
        (lambda d: put(d, "/a/x/1", 21), {"b": 1, "a": {"x": [10, 21, 30], "y/z": 1.0}, "~": None}),
        (lambda d: put(d, "/new", 2), {"b": 1, "a": {"x": [10, 20, 30], "y/z": 1.0}, "~": None, "new": 2}),
        (lambda d: put(d, "/new", 2, after=("b",)), {"b": 1, "new": 2, "a": DOCUMENT["a"], "~": None}),
        (lambda d: put(d, "", 5), 5),
        (lambda d: insert(d, "/new", 2, 0), {"new": 2, "b": 1, "a": DOCUMENT["a"], "~": None}),
        (lambda d: insert(d, "/a/x/-", 5, 1), {"b": 1, "a": {"x": [10, 5, 20, 30], "y/z": 1.0}, "~": None}),
        (lambda d: remove(d, "/a/x/0"), {"b": 1, "a": {"x": [20, 30], "y/z": 1.0}, "~": None}),
        (lambda d: remove(d, "/a/y~1z"), {"b": 1, "a": {"x": [10, 20, 30]}, "~": None}),
        (lambda d: rename(d, "/b", "c"), {"c": 1, "a": DOCUMENT["a"], "~": None}),
        (lambda d: rename(d, "/~0", "b/c"), {"b": 1, "a": DOCUMENT["a"], "b/c": None}),
        (lambda d: move(d, "/~0", 0), {"~": None, "b": 1, "a": DOCUMENT["a"]}),
        (lambda d: move(d, "/b", 99), {"a": DOCUMENT["a"], "~": None, "b": 1}),
        (lambda d: move(d, "/a/x/0", 1), {"b": 1, "a": {"x": [20, 10, 30], "y/z": 1.0}, "~": None}),
    ],
)
def test_an_edit_changes_its_place_alone(edit, result):
    before = copy.deepcopy(DOCUMENT)
    assert same(edit(DOCUMENT), result)
    assert same(DOCUMENT, before)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda d: get(d, "/nope"), 'no "nope"'),
        (lambda d: get(d, "/a/x/3"), 'no "3"'),
        (lambda d: get(d, "/b/x"), 'no "x"'),
        (lambda d: put(d, "/a/x/9", 1), 'no "9"'),
        (lambda d: remove(d, "/a/nope"), 'no "nope"'),
        (lambda d: rename(d, "/b", "a"), 'already a "a"'),
        (lambda d: rename(d, "/a/x/0", "name"), "no names"),
        (lambda d: insert(d, "/b", 1, 0), 'already a "b"'),
        (lambda d: insert(d, "/b/c", 1, 0), "holds no keys"),
        (lambda d: move(d, "/nope", 0), 'no "nope"'),
    ],
)
def test_an_edit_that_cannot_be_says_why(edit, words):
    with pytest.raises(EditError, match=words):
        edit(DOCUMENT)


@given(st.lists(st.text("a~/0 1", max_size=4), max_size=4))
def test_pointers_carry_any_key(path):
    assert list(tokens(join("", *path))) == path


@given(JSON, st.data())
@pytest.mark.slow
def test_putting_back_what_is_there_changes_nothing(value, data):
    pointer = data.draw(st.sampled_from([pointer for pointer, _ in _places(value)]))
    assert same(put(value, pointer, get(value, pointer)), value)
    if pointer and isinstance(get(value, document.parent(pointer)), dict):
        assert same(rename(value, pointer, document.name(pointer)), value)


def _places(value, at=""):
    yield at, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _places(item, join(at, key))
