"""The Conversations page: search, filters, what can be done with some, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store, Wanted
from callsmith.types.parts import Text
from tests.pages.playground import replied

APP = Path(__file__).resolve().parents[2] / "app.py"


class Sessions:
    def __init__(self) -> None:
        self.at = AppTest.from_file(str(APP), default_timeout=30)
        self.at.switch_page("pages/conversations.py")
        self.run()

    def run(self) -> None:
        self.at.run()
        assert not self.at.exception, self.at.exception

    def click(self, key: str) -> None:
        self.at.button(key=key).click()
        self.run()

    def pick(self, conversation_id: str) -> None:
        box = next(box for box in self.at.checkbox if str(box.key).startswith(f"pick-{conversation_id[:16]}"))
        box.check()
        self.run()

    def open_menu(self, key: str) -> None:
        self.at.session_state[key] = True
        self.run()

    @property
    def titles(self) -> list[str]:
        return [button.label for button in self.at.button if str(button.key).startswith("session-open-")]

    @property
    def text(self) -> str:
        return "\n".join(part.value for part in (*self.at.markdown, *self.at.caption, *self.at.info))


@pytest.fixture
def three(store: Store) -> list[str]:
    return [
        replied(store, Text("It is sunny."), prompt="weather in Rome"),
        replied(store, Text("Booked."), prompt="book a table"),
        replied(store, Text("Here."), prompt="find a page"),
    ]


def test_an_empty_page_says_what_to_do(store: Store) -> None:
    assert "No conversations yet" in Sessions().text


def test_search_narrows_and_can_be_cleared(store: Store, three: list[str]) -> None:
    page = Sessions()
    assert page.titles == ["find a page", "book a table", "weather in Rome"]
    page.at.text_input(key="sessions-search").set_value("sunny")
    page.run()
    assert page.titles == ["weather in Rome"]
    assert "it is sunny" in page.text
    page.at.text_input(key="sessions-search").set_value("nowhere to be found")
    page.run()
    assert "None fits" in page.text
    page.click("sessions-reset")
    assert len(page.titles) == 3


def test_picked_ones_are_tagged_archived_and_deleted_with_a_way_back(store: Store, three: list[str]) -> None:
    page = Sessions()
    page.pick(three[0])
    page.pick(three[1])
    assert "2 conversations picked" in page.text
    page.at.text_input(key="sessions-bulk-tag").set_value("demo, for Ana")
    page.run()
    assert "Tagged 2 conversations" in page.text
    assert {row.tags for row in store.find(Wanted(tags=("demo",))).rows} == {("demo", "for Ana")}
    page.click("sessions-undo-last")
    assert not store.find(Wanted(tags=("demo",))).rows
    page.click("sessions-all")
    page.click("sessions-archive")
    assert page.titles == []
    page.click("sessions-undo-last")
    assert len(page.titles) == 3
    page.pick(three[2])
    page.click("sessions-delete")
    assert page.titles == ["book a table", "weather in Rome"]
    page.click("sessions-undo-last")
    assert len(page.titles) == 3


def test_a_tag_that_an_archived_one_had_before_survives_undo(store: Store, three: list[str]) -> None:
    store.tag([three[0]], ["demo"])
    store.archive([three[0]])
    page = Sessions()
    page.at.selectbox(key="sessions-state").set_value("archived")
    page.run()
    page.pick(three[0])
    page.at.text_input(key="sessions-bulk-tag").set_value("demo, new")
    page.run()
    page.click("sessions-undo-last")
    assert store.find(Wanted(state="archived")).rows[0].tags == ("demo",)


def test_one_is_pinned_renamed_tagged_and_duplicated(store: Store, three: list[str]) -> None:
    page, key = Sessions(), three[0][:16]
    page.open_menu(f"session-more-{key}")
    page.click(f"session-pin-{key}")
    assert "weather in Rome" in page.titles[0]
    page.at.text_input(key=f"session-title-{key}").set_value("Rome")
    page.run()
    assert "Rome" in page.titles[0]
    page.click(f"session-copy-{key}")
    assert any("Rome (copy)" in title for title in page.titles)
    page.click("sessions-undo-last")
    assert not any("copy" in title for title in page.titles)
