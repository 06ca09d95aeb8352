"""Windows share a process and a profile: a test finds neither what another left in it nor what it broke."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import Profile
from tests.browser.playground import Open
from tests.browser.served import App

pytestmark = pytest.mark.browser
LEAVE = "localStorage.left = sessionStorage.left = 'left'; document.cookie = 'left=left'"
FOUND = "[localStorage.left, sessionStorage.left, document.cookie.includes('left=')]"


def test_what_a_test_left_is_gone(app: App, window: Open, profile: Profile) -> None:
    page = window(app)
    page.page.evaluate(LEAVE)
    page.reload()
    assert page.page.evaluate(FOUND) == ["left", "left", True]
    profile.empty(app.url)
    assert page.page.is_closed()
    assert window(app).page.evaluate(FOUND) == [None, None, False]


def test_a_crash_is_gone(app: App, window: Open, profile: Profile) -> None:
    page = window(app)
    with pytest.raises(Error):
        page.page.goto("chrome://crash")
    profile.empty(app.url)
    expect(window(app).composer).to_be_visible()
