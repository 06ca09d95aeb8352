"""A setup taken away as a file, run from the shell, and opened again in a new conversation."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from callsmith.cli import main
from callsmith.setup_file import read
from callsmith.types.setup import Setup
from tests.browser.playground import Open
from tests.browser.served import App

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_setup_is_exported_run_and_opened_again(app: App, window: Open, tmp_path: Path, theme: str) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app, theme=theme)
    # High enough for all of it: a page that keeps to the end of its transcript would scroll the menu away.
    page.page.set_viewport_size({"width": 1280, "height": 1600})
    page.start("search")
    page.ready()
    page.press("conversation")
    expect(page.key("setup-export").get_by_role("button", name="Export setup")).to_be_visible()
    expect(page.page.get_by_role("button", name="Upload").last).to_be_visible()
    page.ready()
    page.shot(f"setup-file-menu-{theme}")
    with page.page.expect_download() as downloaded:
        page.press("setup-export")
    path = tmp_path / downloaded.value.suggested_filename
    downloaded.value.save_as(path)
    file = read(path.read_text(encoding="utf-8"))
    assert (file.connection, file.model, file.prompt[:8]) == ("demo", "demo-instant", "Find the")
    assert [tool.answering.by for tool in file.tools] == ["hand", "hand"]
    assert CliRunner().invoke(main, ["run", str(path)]).exit_code == 3
    first = app.store.recent()[0].id

    page = window(app, theme=theme)
    page.press("setup-open")
    field = page.page.get_by_test_id("stFileUploaderDropzoneInput")
    expect(page.page.get_by_role("button", name="Upload").last).to_be_visible()
    page.shot(f"setup-file-open-{theme}")
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "callsmith-setup", "version": 1, "modle": "<b>x</b>"}')
    field.set_input_files(broken)
    expect(page.page.get_by_text('did you mean "model"?')).to_be_visible()
    page.ready()
    page.shot(f"setup-file-refused-{theme}")
    page.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(path)
    expect(page.composer).to_have_value(file.prompt)
    expect(page.tab("Tools")).to_contain_text("fetch_page")
    page.ready()
    page.shot(f"setup-file-opened-{theme}")
    second = app.store.recent()[0].id
    assert second != first
    assert app.store.setup(second).tools == app.store.setup(first).tools
    assert len(app.store.tools()) == 2
