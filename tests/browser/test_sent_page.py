"""The page to send, opened from disk in a Chromium that reaches nothing: turned by keyboard, in every dress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from callsmith.conversation import Conversation, answer, append, say
from callsmith.exporting_page import cleaned, page
from callsmith.redaction import Redactor
from callsmith.story import story
from callsmith.types.message import Message
from callsmith.types.parts import Text, ToolCall, ToolResult
from tests.engine.exporting.test_page import HOSTILE, SECRET, everywhere
from tests.engine.story_kit import info, recorded, trip

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]


@pytest.fixture
def send(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Opens a page from disk without a network. It may ask for nothing, and its console stays empty."""
    asked: list[str] = []
    said: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(text: str, at: str = "", *, width: int = 1280, height: int = 800, **more: Any) -> Page:
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(text, "utf-8")
        dressed = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"} | more
        context = browser.new_context(**dressed)
        contexts.append(context)
        context.set_offline(True)
        context.route(lambda url: not url.startswith(f"file://{file}"), lambda route: route.abort())
        opened = context.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.on("dialog", lambda dialog: said.append(dialog.message))
        opened.goto(f"file://{file}{at}")
        return opened

    yield open_page
    for context in contexts:
        context.close()
    assert not said
    assert not [url for url in asked if not url.startswith(("file://", "data:image/"))]


def made() -> str:
    conversation, infos, tools = trip()
    return page(story(conversation, infos, tools, system="Be brief.", costs={at: 0.0021 for at in infos}))


def heading(opened: Page) -> str:
    shown = opened.locator("main > section:visible")
    expect(shown).to_have_count(1)
    return shown.locator("h1, h2").first.inner_text()


def test_it_is_turned_by_keyboard_alone(send: Opener, shots: Path) -> None:
    opened = send(made())
    assert heading(opened) == "A trip in the rain"
    opened.screenshot(path=shots / "sent-start.png")
    opened.keyboard.press("ArrowRight")
    assert heading(opened) == "The instructions"
    opened.keyboard.press(" ")
    assert heading(opened) == "The tools at hand"
    opened.keyboard.press("ArrowLeft")
    assert heading(opened) == "The instructions"
    opened.keyboard.press("End")
    assert heading(opened) == "The model answers"
    expect(opened.locator("#at")).to_have_text("13 of 13, turn 2 of 2")
    expect(opened.locator("#next")).to_be_disabled()
    opened.keyboard.press("ArrowRight")
    expect(opened.locator("#at")).to_have_text("13 of 13, turn 2 of 2")
    opened.keyboard.press("Home")
    assert heading(opened) == "A trip in the rain"
    expect(opened.locator("#back")).to_be_disabled()


def test_buttons_do_the_same_and_keep_the_focus(send: Opener) -> None:
    opened = send(made())
    for _ in range(4):  # past the three in the header
        opened.keyboard.press("Tab")
    expect(opened.locator("#begin")).to_be_focused()
    opened.keyboard.press("Enter")
    assert heading(opened) == "The instructions"
    expect(opened.locator("#next")).to_be_focused()
    opened.keyboard.press("Enter")
    opened.keyboard.press(" ")
    assert heading(opened) == "A person asks"
    expect(opened.locator("#said")).to_have_text("Step 3 of 13. A person asks. A person writes to the model.")
    opened.click("#back")
    assert heading(opened) == "The tools at hand"


def test_json_opens_on_demand_by_keyboard(send: Opener, shots: Path) -> None:
    opened = send(made(), "#step-5")
    assert heading(opened) == "The model asks for get_current_weather"
    body = opened.locator("#step-5 pre.code")
    expect(body).to_be_hidden()
    opened.locator("#step-5 summary").focus()
    opened.keyboard.press("Enter")
    expect(body).to_be_visible()
    expect(body).to_contain_text('"location": "Boston, MA"')
    opened.keyboard.press(" ")
    expect(body).to_be_hidden()
    opened.screenshot(path=shots / "sent-call.png")


def many(turns: int = 60) -> str:
    """Each turn is a question, a call, a result that is long in the third, and an answer."""
    conversation = Conversation("c", "Many turns")
    for turn in range(1, turns + 1):
        conversation = say(conversation, f"Question {turn}")
        conversation = append(conversation, Message("assistant", (ToolCall(f"c{turn}", "look", f'{{"n": {turn}}}'),)))
        found = json.dumps({"rows": [{"n": n} for n in range(400 if turn == 3 else 2)]})
        conversation = answer(conversation, [ToolResult(f"c{turn}", found)])
        conversation = append(conversation, Message("assistant", (Text(f"Answer {turn}"),)))
    return page(story(conversation, {}, {}))


def test_among_many_turns_one_goes_by_turn_and_by_the_contents(send: Opener, shots: Path) -> None:
    opened = send(many(), width=800)
    at, contents = opened.locator("#at"), opened.locator("#contents")
    opened.keyboard.press("Shift+ArrowRight")
    expect(at).to_have_text("1 of 240, turn 1 of 60")
    opened.keyboard.press("Shift+ArrowRight")
    opened.keyboard.press("ArrowRight")
    expect(at).to_have_text("6 of 240, turn 2 of 60")
    opened.keyboard.press("Shift+ArrowLeft")
    expect(at).to_have_text("5 of 240, turn 2 of 60")
    opened.keyboard.press("c")
    expect(contents.locator("button:focus")).to_have_text("2 Question 2")
    opened.screenshot(path=shots / "sent-contents.png")
    opened.keyboard.press("Escape")
    expect(contents).to_be_hidden()
    expect(at).to_have_text("5 of 240, turn 2 of 60")
    opened.keyboard.press("c")
    opened.keyboard.press("End")
    expect(contents.locator("button:focus")).to_contain_text("look with n 60")
    opened.keyboard.press("ArrowUp")
    opened.keyboard.press("Enter")
    expect(contents).to_be_hidden()
    expect(at).to_have_text("237 of 240, turn 60 of 60")
    opened.keyboard.press("Shift+ArrowRight")
    expect(at).to_have_text("240 of 240, turn 60 of 60")
    opened.click("#all")
    opened.click("#list")
    contents.get_by_text("Question 30").click()
    expect(opened.locator("#step-117")).to_be_in_viewport()


def test_a_long_block_is_opened_whole_and_folded_again(send: Opener) -> None:
    opened = send(many(3), "#step-11")
    opened.get_by_text("As the program sees it (JSON, 1,204 lines)").click()
    block, more = opened.locator("#step-11 pre.code"), opened.locator("#step-11 .more")
    height = block.evaluate("it => it.clientHeight")
    more.click()
    expect(more).to_have_text("Show fewer lines")
    assert block.evaluate("it => it.clientHeight") > 10 * height
    more.click()
    expect(block).to_be_in_viewport()
    assert block.evaluate("it => it.clientHeight") == height
    opened.emulate_media(media="print")
    expect(more).to_be_hidden()


def test_a_step_longer_than_the_window_is_read_before_it_is_turned(send: Opener) -> None:
    opened = send(made(), "#step-9", height=320)
    opened.keyboard.press(" ")
    expect(opened.locator("#at")).to_have_text("9 of 13, turn 1 of 2")
    assert opened.evaluate("window.scrollY") > 0
    for _ in range(6):
        opened.keyboard.press(" ")
    assert opened.locator("#at").inner_text() != "9 of 13, turn 1 of 2"


def test_all_steps_at_once_and_back_to_the_same_one(send: Opener, shots: Path) -> None:
    opened = send(made(), "#step-8")
    opened.click("#all")
    expect(opened.locator("main > section:visible")).to_have_count(14)
    expect(opened.locator("#step-8")).to_be_in_viewport()
    opened.screenshot(path=shots / "sent-all.png", full_page=True)
    opened.click("#all")
    assert heading(opened) == "get_current_weather answers"
    expect(opened.locator("#step-8 img")).to_be_visible()
    assert opened.evaluate("document.querySelector('#step-8 img').naturalWidth") == 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_by_the_system_and_by_the_switch(send: Opener, shots: Path, scheme: str) -> None:
    opened = send(made(), "#step-8", color_scheme=scheme)
    opened.screenshot(path=shots / f"sent-{scheme}.png")
    before = _brightness(opened)
    assert (before > 128) == (scheme == "light")
    opened.get_by_role("button", name="Dark" if scheme == "light" else "Light").click()
    assert (_brightness(opened) > 128) == (scheme == "dark")
    expect(opened.locator("#theme")).to_have_text("Light" if scheme == "light" else "Dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(send: Opener, scheme: str) -> None:
    opened = send(made(), color_scheme=scheme)
    opened.click("#all")
    weak = opened.evaluate(CONTRAST)
    assert not weak


def test_print_shows_all_steps_and_no_controls(send: Opener, tmp_path: Path) -> None:
    opened = send(made(), "#step-4", color_scheme="dark")
    opened.emulate_media(media="print")
    expect(opened.locator("main > section:visible")).to_have_count(14)
    expect(opened.locator("button:visible")).to_have_count(0)
    assert _brightness(opened) > 250
    # What was not opened cannot be opened on paper.
    expect(opened.locator("summary:visible")).to_have_count(0)
    opened.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


@pytest.mark.parametrize("width", [360, 800, 1280])
@pytest.mark.parametrize("view", ["steps", "all"])
def test_no_width_scrolls_sideways(send: Opener, shots: Path, width: int, view: str) -> None:
    conversation, tools = everywhere("Averyveryverylongwordwithoutanybreakwhatsoever" * 8)
    opened = send(page(story(conversation, {}, tools)), "#step-9", width=width, height=740)
    if view == "all":
        opened.click("#all")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    _kept(opened, made())
    opened.reload()
    expect(opened.locator("h1")).to_have_text("A trip in the rain")
    if view == "all":
        opened.click("#all")
    opened.screenshot(path=shots / f"sent-{width}-{view}.png")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_script_every_step_is_there(send: Opener, shots: Path) -> None:
    opened = send(made(), width=800, java_script_enabled=False)
    expect(opened.locator("main > section:visible")).to_have_count(14)
    expect(opened.locator("button:visible")).to_have_count(0)
    opened.locator("#step-5 summary").click()
    expect(opened.locator("#step-5 pre.code")).to_be_visible()
    opened.screenshot(path=shots / "sent-without-script.png", full_page=True)


@pytest.mark.slow
def test_hostile_texts_do_nothing(send: Opener) -> None:
    """The fixture listens for requests, dialogs, errors and refusals by the policy."""
    opened = send(made())
    for text in HOSTILE:
        conversation, tools = everywhere(text)
        told = story(conversation, {}, tools, system=text)
        opened.goto(f"file://{_kept(opened, page(told))}")
        opened.click("#all")
        assert opened.locator("main > section:visible").count() == len(told.steps) + 1


def test_a_secret_is_nowhere_in_the_file_or_on_the_page(send: Opener) -> None:
    conversation, tools = everywhere(f"before {SECRET} after")
    clean = Redactor([SECRET]).text
    text = page(story(cleaned(conversation, clean), {}, {}), clean=clean)
    opened = send(text)
    opened.click("#all")
    assert SECRET not in text and SECRET not in opened.content()
    assert "before [key hidden] after" in opened.locator("main").inner_text()
    assert SECRET in page(story(conversation, {}, tools))


def test_a_recorded_conversation_is_followed_to_its_end(send: Opener, shared: Path, shots: Path) -> None:
    conversation, infos, tools = recorded(shared / "recordings" / "openai-chat" / "8335dc7cc93f3a.json")
    opened = send(page(story(conversation, infos, tools)), width=800)
    seen = []
    while not opened.locator("#next").is_disabled():
        opened.keyboard.press("ArrowRight")
        seen.append(heading(opened))
    assert sum(text.startswith("The model asks for") for text in seen) == 2
    assert seen[-1] == "The model answers"
    opened.screenshot(path=shots / "sent-recorded.png")


def test_an_empty_page_is_quiet(send: Opener) -> None:
    opened = send(page(story(Conversation("c"), {"e": info("e")}, {})))
    opened.keyboard.press("End")
    assert heading(opened) == "Nothing was said yet"


def _kept(opened: Page, text: str) -> Path:
    file = Path(opened.url.removeprefix("file://").partition("#")[0])
    file.write_text(text, "utf-8")
    return file


def _brightness(opened: Page) -> float:
    colour = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(float, colour.removeprefix("rgb(").removesuffix(")").split(","))) / 3


# WCAG: 4.5 to 1 for every visible text against the nearest ground that is painted.
CONTRAST = """() => {
  const parsed = (css) => (css.match(/[\\d.]+/g) || []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const rgb = parsed(getComputedStyle(at).backgroundColor);
      if (rgb.length === 3 || rgb[3] > 0) return rgb;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = Array.from(node.childNodes).some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || !node.getClientRects().length || node.disabled || ["SCRIPT", "STYLE"].includes(node.tagName)) continue;
    const pair = [light(parsed(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const named = `${node.tagName}.${node.className}: ${node.textContent.slice(0, 40)}`;
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${named}`);
  }
  return weak;
}"""
