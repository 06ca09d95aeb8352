"""The Conversations page: search, filters, what can be done with some, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store, Wanted
from callsmith.types.parts import Text
from components.conversations import acts
from components.conversations.when import ago
from tests.pages.playground import replied

pytestmark = pytest.mark.slow

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
        box = next(box for box in self.at.checkbox if str(box.key).startswith(f"pick-{conversation_id}"))
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

    @property
    def undo(self) -> str:
        """What the button says; empty where there is none."""
        return next((one.label for one in self.at.button if one.key == "sessions-undo-last"), "")


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
    assert "No conversation fits" in page.text
    page.click("sessions-reset")
    assert len(page.titles) == 3


def test_picked_ones_are_tagged_archived_and_deleted_with_a_way_back(store: Store, three: list[str]) -> None:
    page = Sessions()
    page.pick(three[0])
    page.pick(three[1])
    assert "2 conversations picked" in page.text
    page.at.text_input(key="sessions-bulk-tag").set_value("demo, for Ana")
    page.run()
    assert page.undo == "Undo: tagged 2 conversations"
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
    page, key = Sessions(), three[0]
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


def test_every_act_in_the_menu_can_be_taken_back(store: Store, three: list[str]) -> None:
    page, key = Sessions(), three[0]

    def kept() -> list[tuple[str, tuple[str, ...], bool]]:
        return [(row.title, row.tags, row.pinned) for row in store.find(Wanted()).rows]

    page.pick(three[1])
    before = kept()
    page.open_menu(f"session-more-{key}")
    page.click(f"session-pin-{key}")
    assert "pinned “weather in Rome”" in page.undo and kept() != before
    page.click("sessions-undo-last")
    assert kept() == before
    page.at.text_input(key=f"session-title-{key}").set_value("Rome")
    page.run()
    assert "renamed “weather in Rome”" in page.undo and kept() != before
    page.click("sessions-undo-last")
    assert kept() == before
    page.at.multiselect(key=f"session-tags-{key}").set_value(["demo"])
    page.run()
    assert "changed the tags of “weather in Rome”" in page.undo and kept() != before
    page.click("sessions-undo-last")
    assert kept() == before
    for act in ("copy", "archive", "delete"):
        page.open_menu(f"session-more-{key}")
        page.click(f"session-{act}-{key}")
        assert kept() != before, act
        page.click("sessions-undo-last")
        assert kept() == before, act
    assert "1 conversation picked" in page.text


def test_the_last_ten_acts_are_taken_back_one_after_the_other(store: Store, three: list[str]) -> None:
    page, key = Sessions(), three[0]
    page.open_menu(f"session-more-{key}")
    for number in range(12):
        page.at.text_input(key=f"session-title-{key}").set_value(f"Title {number}")
        page.run()
    assert page.undo == "Undo: renamed “Title 10”"
    assert "Before that: renamed “Title 9”, and 8 more acts" in page.text
    for number in range(10, 0, -1):
        assert page.undo == f"Undo: renamed “Title {number}”"
        page.click("sessions-undo-last")
        assert store.find(Wanted(f'"Title {number}"')).total == 1
    assert page.undo == "" and "Before that" not in page.text


def test_acts_that_build_on_each_other_are_taken_back_to_the_beginning(store: Store, three: list[str]) -> None:
    page = Sessions()

    def kept() -> list[tuple[str, tuple[str, ...], bool]]:
        return [(row.title, row.tags, row.pinned) for row in store.find(Wanted()).rows]

    before = kept()
    page.click("sessions-all")
    page.click("sessions-pin")
    page.open_menu(f"session-more-{three[0]}")
    page.click(f"session-copy-{three[0]}")
    (copy,) = {row.id for row in store.find(Wanted()).rows} - set(three)
    page.pick(copy)
    page.at.text_input(key="sessions-bulk-tag").set_value("demo")
    page.run()
    page.pick(three[1])
    page.pick(copy)
    page.click("sessions-delete")
    for said in ("deleted 2 conversations", "tagged 1 conversation", "duplicated “weather in Rome”", "pinned 3"):
        assert said in page.undo
        page.click("sessions-undo-last")
    assert kept() == before and page.undo == ""


def test_an_act_that_the_next_click_interrupts_has_its_way_back(
    store: Store, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A callback may end wherever it looks into the session; after the act it does not look there."""

    class Session(dict[str, object]):
        ended = False

        def setdefault(self, key: str, value: object = None) -> object:
            assert not self.ended, "looked into the session after the act"
            return super().setdefault(key, value)

    session = Session()
    monkeypatch.setattr("components.conversations.acts.st.session_state", session)
    archive = Store.archive

    def then_ends(self: Store, ids: list[str], *, archived: bool = True) -> list[str]:
        session.ended = True
        return archive(self, ids, archived=archived)

    monkeypatch.setattr(Store, "archive", then_ends)
    acts.archive(three[:1])
    session.ended = False
    assert store.find(Wanted(state="archived")).total == 1
    acts.undo()
    assert store.find(Wanted(state="archived")).total == 0


def test_some_are_pinned_and_unpinned_at_once(store: Store, three: list[str]) -> None:
    store.pin([three[0]])
    page = Sessions()

    def offered() -> list[str]:
        return [str(one.key) for one in page.at.button if one.key in ("sessions-pin", "sessions-unpin")]

    def pinned() -> set[str]:
        return {row.id for row in store.find(Wanted()).rows if row.pinned}

    page.pick(three[0])
    assert offered() == ["sessions-unpin"]
    page.pick(three[1])
    assert offered() == ["sessions-pin", "sessions-unpin"]
    page.click("sessions-pin")
    assert pinned() == {three[0], three[1]} and page.undo == "Undo: pinned 1 conversation"
    page.click("sessions-undo-last")
    assert pinned() == {three[0]}
    page.click("sessions-all")
    page.click("sessions-unpin")
    assert pinned() == set() and "1 conversation picked" not in page.text
    page.click("sessions-undo-last")
    assert pinned() == {three[0]}
    page.pick(three[2])
    assert offered() == ["sessions-pin"]
    page.at.text_input(key="sessions-search").set_value("sunny")
    page.run()
    assert offered() == ["sessions-pin", "sessions-unpin"]


def test_what_is_picked_and_not_in_view_is_said(store: Store, three: list[str]) -> None:
    page = Sessions()
    page.click("sessions-all")
    page.at.text_input(key="sessions-search").set_value("sunny")
    page.run()
    assert "3 conversations picked**, 2 of them not in view" in page.text


def test_where_everything_is_archived_the_way_there_is_offered(store: Store, three: list[str]) -> None:
    store.archive(three)
    page = Sessions()
    assert "3 conversations" in page.text and page.titles == []
    page.click("sessions-show-archived")
    assert len(page.titles) == 3


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "just now"),
        (1, "1 minute ago"),
        (59, "59 minutes ago"),
        (90, "today at 10:30"),
        (13 * 60, "yesterday at 23:00"),
        (3 * 1440, "Wednesday at 12:00"),
        (30 * 1440, "29 October 2026"),
    ],
)
def test_a_time_is_said_in_words(minutes: int, said: str) -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert ago(now - timedelta(minutes=minutes), now, UTC) == said
