"""Laying JSON out changes white space and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.jsontext import indented

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@pytest.mark.slow
def test_as_json_itself_would_lay_it_out(value: object) -> None:
    assert indented(json.dumps(value, ensure_ascii=False)) == json.dumps(value, ensure_ascii=False, indent=2)


@pytest.mark.parametrize("number", ["12345678901234567.89", "1.10", "1e400", "-0", "1E+2"])
def test_numbers_stay_as_written(number: str) -> None:
    assert indented(f'{{"a":{number},"a":1}}') == f'{{\n  "a": {number},\n  "a": 1\n}}'
