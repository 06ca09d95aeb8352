"""What the Playground loads from the setup is sent in every run: a browser that missed it in one has it with the next,
and does not report the first choice of a list as the one that a person made."""

from __future__ import annotations

import pytest

from callsmith.store import Store
from callsmith.types.options import Options
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("tab", ["Model", "Tool choice", "Reply", "Search", "More"])
def test_each_choice_is_sent_in_every_run(store: Store, tab: str) -> None:
    page = Page(store, weather(store, "demo-stall", Options(parallel_tool_calls=False)))
    page.at.session_state["options"] = True
    page.at.session_state["options-tabs"] = tab
    page.run()
    page.run()
    at = page.at
    choices = [*at.selectbox, *at.multiselect, *at.checkbox, *at.toggle, *at.segmented_control]
    assert {"picker-connection", "picker-model", "format"} < {one.key for one in choices}
    assert [one.key for one in choices if one.key and not one.proto.set_value] == []
