"""The Playground as its user sees it: what can be found and done there, in words of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, TimeoutError, expect

from components.viewport import NARROW_BELOW
from tests.browser.served import App

GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(14, 20, 26)"}
THEMES: tuple[Literal["light", "dark"], ...] = ("dark", "light")
READY = (
    "html:not([data-asked]) "
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)
# Sets data-asked as long as the page has asked for a run that has not ended.
WATCH = Path(__file__).with_name("watch.js")
# Whether the page stays at its top for a while (30 frames).
_STAYS = """
() => new Promise((told) => {
  const main = document.querySelector(".stMain");
  const look = (left) => (main.scrollTop > 0 || !left ? told(!left) : requestAnimationFrame(() => look(left - 1)));
  requestAnimationFrame(() => look(30));
})
"""
# A request to another host is counted as such, see ``outside``; the browser complains of it as well.
_NO_NETWORK = "net::ERR_NAME_NOT_RESOLVED"
# Streamlit's page looks for its server below the address it was opened at first, and then above it.
_SEARCHING = re.compile(r"/\w+/_stcore/(health|host-config)$")
# The icon of the page that a killed server served; the next one serves it at another address.
_OLD_ICON = re.compile(r"/media/\w+\.png$")


class Playground:
    """``complaints`` holds what the browser's console called an error, ``outside`` every address asked that is
    not the app's own."""

    def __init__(self, page: Page, app: App, shots: Path) -> None:
        self.page = page
        self.app = app
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self._shots = shots
        page.add_init_script(path=WATCH)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.app.url + path)
        self.ready()

    def lost_its_server(self) -> None:
        """What the console said while the server was away was no fault of the page."""
        self.complaints.clear()

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def ready(self) -> None:
        """Connected, drawn, and nothing running or about to run."""
        # An expectation looks once a second after a while; this looks with every frame.
        self.page.wait_for_function("ready => document.querySelector(ready) !== null", arg=READY, timeout=90_000)

    def key(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key}")

    def press(self, key: str) -> None:
        """Click the button with this key."""
        self.key(key).get_by_role("button").click()

    # Asking

    def start(self, starter: str) -> None:
        self.press(f"start-{starter}")
        expect(self.messages.first).to_be_visible()

    @property
    def composer(self) -> Locator:
        return self.page.get_by_test_id("stChatInputTextArea")

    def say(self, text: str) -> None:
        expect(self.composer).to_be_enabled()
        self.composer.fill(text)
        self.composer.press("Enter")
        expect(self.messages.filter(has_text=text).last).to_be_visible()

    def choose_model(self, model: str) -> None:
        box = self.key("picker-model").get_by_role("combobox")
        self._pick(lambda: box.fill(model), self.page.get_by_role("option", name=model, exact=True))
        expect(box).to_have_value(model)
        self.ready()

    def choose_format(self, label: str) -> None:
        """By its label in the switch."""
        self.key("format").get_by_text(re.compile(f"^{label}")).click()
        self.ready()

    @property
    def conversation_id(self) -> str:
        """As the address says it."""
        self.page.wait_for_url(re.compile(r"[?&]conversation="))
        return parse_qs(urlsplit(self.page.url).query)["conversation"][0]

    # Reading

    @property
    def messages(self) -> Locator:
        return self.page.get_by_test_id("stChatMessage")

    @property
    def live(self) -> Locator:
        """The reply while it arrives."""
        return self.key("live")

    @property
    def problem(self) -> Locator:
        return self.key("problem")

    def settled(self) -> None:
        """The reply has ended and the page is drawn to its end."""
        self.ready()
        expect(self.key("stop")).to_have_count(0)
        expect(self.composer).to_be_enabled()
        self.ready()

    # Answering

    def calls(self) -> Locator:
        """The cards of all calls, top down."""
        return self.page.locator("[data-testid=stVerticalBlock][class*=st-key-call-]:not([class*=-answer])")

    def slot(self, tool: str, number: int = 0) -> Locator:
        return self.page.get_by_role("textbox", name=f"Result of {tool}").nth(number)

    @property
    def go_on(self) -> Locator:
        """The Continue button."""
        return self.key("continue").get_by_role("button")

    @property
    def waits_for(self) -> Locator:
        return self.key("continue-row").get_by_test_id("stCaptionContainer")

    # The panel beside the conversation

    def tab(self, name: str) -> Locator:
        """Open a tab of the panel; in a narrow window the panel opens from its button first."""
        tabs = self.key("panel-tabs")
        tab = tabs.get_by_role("tab", name=re.compile(f"^{name}")).first
        window = self.page.viewport_size
        if window is not None and window["width"] < NARROW_BELOW:
            # The server hears that the window is narrow once it has drawn the page for a wide one.
            expect(self.key("panel")).to_be_attached()
            self._open_panel()
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        return tabs.get_by_role("tabpanel").first

    def _open_panel(self) -> None:
        """By the wheel to the top, where the button is. A page that just grew still goes to its end by itself, and the
        open panel with it: then once more, as a person would."""
        self.page.mouse.move(500, 400)
        for _ in range(10):
            self.page.mouse.wheel(0, -100_000)
            if self.page.evaluate(_STAYS):
                break
        button = self.key("panel").get_by_role("button").first
        if button.get_attribute("aria-expanded") != "true":
            button.click()

    def choose(self, key: str, option: str | re.Pattern[str]) -> None:
        """Choose in a select box, by what it shows."""
        box = self.key(key).get_by_role("combobox")
        self._pick(box.click, self.page.get_by_role("option", name=option).first)
        self.ready()

    def _pick(self, unfold: Callable[[], None], option: Locator) -> None:
        """A page that is drawn anew in this moment closes the list again."""
        for _ in range(5):
            self.ready()
            unfold()
            try:
                option.click(timeout=2_000)
            except TimeoutError:
                self.page.keyboard.press("Escape")
            else:
                return
        expect(option).to_be_visible()

    # Looking

    def shot(self, name: str) -> None:
        self.page.screenshot(path=self._shots / f"{name}.png")

    def shots(self, name: str) -> None:
        """In both themes, changed as the system may change them in front of an open page."""
        for theme in THEMES:
            self.wear(theme)
            self.shot(f"{name}-{theme}")

    def wear(self, theme: Literal["light", "dark"]) -> None:
        self.page.emulate_media(color_scheme=theme)
        expect(self.page.get_by_test_id("stApp")).to_have_css("background-color", GROUND[theme])
        self.ready()

    def _console(self, message: ConsoleMessage) -> None:
        url = message.location["url"]
        expected = _NO_NETWORK in message.text or _SEARCHING.search(url) or _OLD_ICON.search(url)
        if message.type == "error" and not expected:
            self.complaints.append(f"{message.text} {url}")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.hostname not in ("localhost", "127.0.0.1"):
            self.outside.append(request.url)


Open = Callable[..., Playground]
