"""A server that was just started, first opened at a page of its own: it stands in the frame."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Open
from tests.browser.served import App

pytestmark = pytest.mark.browser

SHOWS = {
    "/usage": "usage",
    "/tools": "tool",
    "/connections": "connection",
}


@pytest.mark.parametrize("path", SHOWS)
def test_a_cold_deep_link_opens_in_the_frame(serve: Callable[..., App], window: Open, path: str) -> None:
    page = window(serve(by_command=True), path)
    here = page.page.get_by_test_id("stSidebarNavLink").and_(page.page.locator("[aria-current=page]"))
    expect(page.page.get_by_test_id("stSidebarNavLink")).to_have_count(5)
    expect(here).to_contain_text(path[1:].title())
    expect(page.page.get_by_role("main")).to_contain_text(SHOWS[path], ignore_case=True)
    expect(page.page).to_have_title("Callsmith")
    page.page.get_by_test_id("stSidebarNavLink").filter(has_text="Playground").click()
    expect(page.key("start-weather")).to_be_visible()
