"""The nested booking tool of the starters, made in the form by someone who never looks at the JSON."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from callsmith.starters import STARTERS
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser

BOOKING = next(starter for starter in STARTERS if starter.id == "booking").tools[0]


class Form:
    """The form of a new tool, by what it says."""

    def __init__(self, page: Playground) -> None:
        self.page = page
        self.main = page.page.get_by_test_id("stMain")

    def fill(self, label: str, text: str) -> None:
        box = self._box(label)
        box.fill(text)
        box.press("Tab")
        self.page.ready()
        expect(self._box(label)).to_have_value(text)

    def add(self, name: str, inside: str = "") -> None:
        box = self._box(f"Name of a new property in {inside}" if inside else "Name of a new property")
        box.fill(name)
        box.press("Enter")
        expect(self._box(f"Name of {name}").last).to_be_visible()
        self.page.ready()

    def choose(self, label: str, option: str) -> None:
        box = self.page.page.get_by_role("combobox", name=label, exact=True)
        box.click()
        box.fill(option)
        self.page.page.get_by_role("option", name=option, exact=True).click()
        self.page.ready()
        expect(self.page.page.get_by_role("combobox", name=label, exact=True)).to_have_value(option)

    def require(self, place: str) -> None:
        self.page.key(f"prop-required-{place}").get_by_text("required", exact=True).click()
        expect(self.page.key(f"prop-required-{place}").get_by_role("checkbox")).to_be_checked()
        self.page.ready()

    def more(self, place: str) -> None:
        """Open the popover of a row, or close it."""
        self.page.key(f"prop-more-{place}").get_by_role("button").first.click()
        self.page.ready()

    def _box(self, label: str) -> Locator:
        return self.page.page.get_by_role("textbox", name=label, exact=True)


def test_the_booking_tool_is_made_in_the_form(app: App, window: Open) -> None:
    page = window(app, "/tools")
    page.press("tool-new")
    form = Form(page)
    expect(page.page.get_by_role("textbox", name="Name", exact=True)).to_be_visible()
    form.fill("Name", BOOKING.name)
    form.fill("Description", BOOKING.description)
    for name in ("title", "start", "duration_minutes", "attendees", "place"):
        form.add(name)
    form.fill("Description of title", "Short title of the event")
    form.fill("Description of start", "Start as date and time, e.g. 2027-03-03T14:00:00")
    form.fill("Description of duration_minutes", "Length in minutes")
    form.fill("Description of attendees", "Who is invited")
    form.fill("Description of place", "Where it takes place")
    for place in range(4):
        form.require(str(place))

    form.more("1")
    form.choose("Format", "date-time")
    form.more("1")
    form.choose("Type of duration_minutes", "integer")
    form.more("2")
    form.fill("At least", "5")
    form.fill("At most", "480")
    form.more("2")

    form.choose("Type of attendees", "array of object")
    form.add("name", inside="attendees")
    form.add("optional", inside="attendees")
    form.choose("Type of optional", "boolean")
    form.fill("Description of name", "Name of the person")
    form.fill("Description of optional", "May skip it")
    form.require("3-0")

    form.choose("Type of place", "object")
    form.add("kind", inside="place")
    form.more("4-0")
    form.fill("Allowed values, one a line", "room\nonline\nelsewhere")
    form.more("4-0")
    form.require("4-0")
    name_in_place = page.page.get_by_role("textbox", name="Name of a new property in place", exact=True)
    name_in_place.fill("name")
    name_in_place.press("Enter")
    expect(page.key("prop-name-4-1")).to_be_visible()
    page.ready()
    described = page.key("prop-description-4-1").get_by_role("textbox")
    described.fill("Name of the room, or the link")
    described.press("Tab")
    page.ready()
    form.require("4-1")
    page.shot("booking-form")

    (record,) = app.store.tools()
    assert (record.tool.name, record.tool.description) == (BOOKING.name, BOOKING.description)
    assert record.tool.parameters == BOOKING.parameters
    assert record.tool.parameters is not None and BOOKING.parameters is not None
    assert list(record.tool.parameters["properties"]) == list(BOOKING.parameters["properties"])
