import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.schema import values
from callsmith.schema.document import EditError
from callsmith.schema.text import same
from tests.engine.schema_kit import SCALARS


@given(st.lists(SCALARS, max_size=4), st.sampled_from(["string", "integer", "any"]))
def test_values_shown_in_an_input_are_read_back_as_they_were(given_values, type_name):
    quoted = not values.plain(type_name, given_values)
    assert same(values.read_lines(values.lines(given_values, quoted), quoted), given_values)


def test_texts_are_typed_without_quotes_where_nothing_else_can_be_meant():
    assert values.plain("string", ["red", "dark red"])
    assert values.read_lines("red\n\n dark red \n", quoted=False) == ["red", "dark red"]
    assert not values.plain("string", ["red", None])
    assert not values.plain("string", [""])
    assert not values.plain("integer", [])


def test_a_value_that_is_no_json_is_named_with_its_line():
    with pytest.raises(EditError, match='Line 2: red is not JSON: text stands in double quotes, as in "red"'):
        values.read_lines("1\nred", quoted=True)
    with pytest.raises(EditError, match="ends too early"):
        values.read_value("[1, ", quoted=True)
