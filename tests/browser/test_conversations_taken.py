"""Conversations leave and come back by the page: everything into an empty database, and a damaged file around its
damage; and what is done from a row's menu by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from callsmith.store import Wanted
from tests.browser.playground import Open, Playground
from tests.browser.served import App
from tests.engine.record.kit import document, filled, reads
from tests.engine.store_kit import exchanged, turn

pytestmark = pytest.mark.browser


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """A second server with a database of its own."""
    folder = tmp_path / "empty"
    folder.mkdir()
    served = App(folder)
    served.start()
    yield served
    served.close()


def test_everything_goes_into_an_empty_database_and_is_equal(
    serve: Callable[..., App], empty: App, window: Open, tmp_path: Path
) -> None:
    full = serve()
    filled(full.store)
    written = _exported(window(full, "/conversations"), tmp_path / "all.json")
    assert written.read_bytes() == document(full.store)

    page = window(empty, "/conversations")
    expect(page.page.get_by_text("No conversations yet.")).to_be_visible()
    _imports(page, written)
    expect(page.page.get_by_text("4 conversations added")).to_be_visible()
    page.shot("conversations-imported")
    before, after = reads(full.store), reads(empty.store)
    for name in before:
        assert after[name] == before[name], name
    assert document(empty.store) == written.read_bytes()

    page.ready()
    page.press("import-undo")
    expect(page.key("import-undo")).to_have_text("Import again")
    page.ready()
    assert empty.store.find(Wanted()).total == 0
    page.press("import-undo")
    expect(page.key("import-undo")).to_have_text("Undo this import")
    page.ready()
    assert document(empty.store) == written.read_bytes()


def test_of_a_damaged_file_the_whole_parts_are_taken(app: App, window: Open, empty: App, tmp_path: Path) -> None:
    for number in range(3):
        exchanged(app.store, f"Question {number} of a damaged file", turn(f"Answer {number}"), f"damaged-{number}")
    lines = document(app.store).split(b"\n")
    (hurt,) = (at for at, line in enumerate(lines) if b"Question 1 of a damaged file" in line)
    lines[hurt] = lines[hurt][: len(lines[hurt]) // 2]
    damaged = tmp_path / "damaged.json"
    damaged.write_bytes(b"\n".join(lines))

    page = window(empty, "/conversations")
    _imports(page, damaged)
    expect(page.page.get_by_text("2 conversations added, 1 entry not taken")).to_be_visible()
    expect(page.page.get_by_text(f"ine {hurt + 1}").first).to_be_visible()
    page.shot("conversations-damaged")
    titles = {row.title for row in empty.store.find(Wanted()).rows}
    assert titles == {"Question 0 of a damaged file", "Question 2 of a damaged file"}


def test_the_search_stays_when_one_opens_a_conversation_and_comes_back(serve: Callable[..., App], window: Open) -> None:
    app = serve()
    found = exchanged(app.store, "Where is my refund?", turn("On its way"), "r1")
    exchanged(app.store, "Something else", turn("Yes"), "r2")
    page = window(app, "/conversations")
    search = page.key("sessions-search").get_by_role("searchbox")
    search.fill("refund")
    expect(page.page.get_by_text("1 conversation", exact=True)).to_be_visible()
    page.choose("sessions-order", "Title")
    page.press(f"session-open-{found}")
    expect(page.messages).to_have_count(2)
    page.ready()
    page.page.get_by_role("link", name="All conversations").click()
    expect(search).to_have_value("refund")
    expect(page.page.get_by_text("1 conversation", exact=True)).to_be_visible()
    page.page.go_back()
    expect(page.messages).to_have_count(2)
    page.page.go_back()
    expect(search).to_have_value("refund")
    page.ready()


def test_one_is_duplicated_tagged_and_archived_by_the_keyboard(serve: Callable[..., App], window: Open) -> None:
    app = serve()
    one = exchanged(app.store, "A trip to Lisbon", turn("Yes"), "k1")
    exchanged(app.store, "Another trip", turn("Yes"), "k2")
    key = one
    page = window(app, "/conversations")

    def titles() -> list[str]:
        return sorted(row.title for row in app.store.find(Wanted()).rows)

    def by_keyboard(act: str) -> None:
        """Into the menu, and by Tab to what is wanted."""
        page.key(f"session-more-{key}").get_by_role("button").focus()
        page.page.keyboard.press("Enter")
        button = page.key(f"session-{act}-{key}").get_by_role("button")
        expect(button).to_be_visible()
        page.ready()
        for _ in range(40):
            if button.evaluate("it => it === document.activeElement"):
                break
            page.page.keyboard.press("Tab")
        expect(button).to_be_focused()
        page.page.keyboard.press("Enter")
        page.ready()
        page.page.keyboard.press("Escape")
        expect(page.key("sessions-undo-row")).to_contain_text("“A trip to Lisbon”")
        # Closing the menu draws the page once more.
        page.ready()

    def undone() -> None:
        page.key("sessions-undo-last").get_by_role("button").focus()
        page.page.keyboard.press("Enter")
        expect(page.key("sessions-undo-row")).to_have_count(0)
        page.ready()

    by_keyboard("copy")
    assert titles() == ["A trip to Lisbon", "A trip to Lisbon (copy)", "Another trip"]
    undone()
    by_keyboard("archive")
    assert titles() == ["Another trip"]
    expect(page.key(f"open-{one}")).to_have_count(0)
    page.shot("conversations-archived-by-keyboard")
    undone()
    assert titles() == ["A trip to Lisbon", "Another trip"]

    page.page.get_by_role("checkbox", name="Pick A trip to Lisbon").focus()
    page.page.keyboard.press("Space")
    tag = page.key("sessions-bulk-tag").get_by_role("textbox")
    tag.focus()
    page.page.keyboard.type("for Ana")
    page.page.keyboard.press("Enter")
    expect(page.key("sessions-undo-row")).to_contain_text("tagged 1 conversation")
    page.ready()
    assert [row.tags for row in app.store.find(Wanted("Lisbon")).rows] == [("for Ana",)]
    undone()
    assert [row.tags for row in app.store.find(Wanted("Lisbon")).rows] == [()]


def _exported(page: Playground, to: Path) -> Path:
    page.key("sessions-export").get_by_text("Export all").click()
    button = page.key("export-download").get_by_role("button")
    expect(button).to_be_visible()
    page.ready()
    with page.page.expect_download() as started:
        button.click()
    started.value.save_as(to)
    return to


def _imports(page: Playground, file: Path) -> None:
    page.key("sessions-import").get_by_text("Import conversations").first.click()
    chooser = page.page.locator("input[type=file]").first
    expect(chooser).to_be_attached()
    page.ready()
    chooser.set_input_files(file)
