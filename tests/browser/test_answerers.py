"""Each way of answering a call, set up and used on the page as a person does it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from callsmith.types.answering import Answering, Http, Mock
from callsmith.types.setup import Setup
from callsmith.types.tool import HttpCall
from tests.browser.answered import WEATHER, done, enter, setup_with, way_of
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser
PROMPT = "What's the weather like in Boston today?"
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script> "
    "![pixel](https://evil.example/p.png) [read me](https://evil.example/) [run](javascript:alert(2))"
)


class Station(BaseHTTPRequestHandler):
    """A weather service on this machine."""

    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = json.dumps({"data": {"temperature": 17, "conditions": "windy"}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def station() -> Iterator[str]:
    Station.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Station)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def _asking(
    app: App, window: Open, answering: Answering | None = None, *, theme: str = "light", width: int = 1280
) -> Playground:
    """A window in which a call of the weather tool waits."""
    app.begin_with(_weather(app, answering or Answering()))
    page = window(app, theme=theme, width=width)
    page.say(PROMPT)
    expect(page.calls().first).to_contain_text("waiting")
    page.settled()
    return page


def _weather(app: App, answering: Answering) -> Setup:
    return setup_with(app.store, (WEATHER, answering))


def test_by_hand_with_a_saved_result_an_earlier_one_and_a_refusal(app: App, window: Open) -> None:
    page = _asking(app, window, Answering(mocks=(Mock("Not found", '{"error": "no such place"}', True),)))
    first = page.calls().nth(0)
    page.slot("get_current_weather").fill('{"temperature": 24, "conditions": "fog"}')
    first.get_by_role("button", name="Save as mock").click()
    page.page.get_by_role("textbox", name="Name", exact=True).fill("Foggy")
    page.page.get_by_role("button", name="Save", exact=True).click()
    page.ready()
    page.go_on.click()
    expect(page.messages.last).to_contain_text("fog")
    page.settled()

    page.say(PROMPT)
    second = page.calls().nth(1)
    expect(second).to_contain_text("waiting")
    page.settled()
    second.get_by_role("button", name="Pick").click()
    listed = page.page.locator("[class*=st-key-pick-][class*=-list]")
    expect(listed).to_contain_text("Saved results")
    expect(listed).to_contain_text("Earlier results")
    page.shot("hand-pick")
    listed.get_by_role("button", name="Not found").click()
    expect(second).to_contain_text("saved result Not found")
    expect(second.get_by_role("checkbox", name="Return as error")).to_be_checked()
    page.ready()
    second.get_by_role("button", name="Pick").click()
    listed.get_by_role("button", name=re.compile("temperature.*24")).click()
    expect(second).to_contain_text("an earlier result")
    expect(page.slot("get_current_weather")).to_have_value('{"temperature": 24, "conditions": "fog"}')
    page.ready()
    second.get_by_role("button", name="Refuse").click()
    expect(second).to_contain_text("The model will be told so")
    page.ready()
    page.shot("hand-refused")
    page.go_on.click()
    expect(second).to_contain_text("Returned as an error")
    expect(second).to_contain_text("refused by you")
    page.settled()


def test_rules_made_on_the_page_and_recorded_from_what_was_answered(app: App, window: Open) -> None:
    page = _asking(app, window)
    page.slot("get_current_weather").fill('{"temperature": 24, "conditions": "fog"}')
    page.go_on.click()
    expect(page.messages.last).to_contain_text("fog")
    page.settled()
    page.say("What is the weather in Oslo?")
    call = page.calls().nth(1)
    expect(call).to_contain_text("waiting")
    page.settled()

    dialog = way_of(page, call, "Rules")
    dialog.get_by_text("Record from this session").click()
    page.ready()
    dialog.get_by_role("button", name="Add 1 rule").click()
    expect(dialog).to_contain_text("Added 1 rule from answered calls")
    page.ready()
    dialog.get_by_role("button", name="Add a rule").click()
    page.ready()
    enter(page, dialog.get_by_placeholder("Optional; a result says which rule made it").last, "north")
    dialog.get_by_role("combobox", name=re.compile("Test")).last.click()
    page.page.get_by_role("option", name="contains").click()
    page.ready()
    enter(page, dialog.get_by_role("textbox", name="Text, entry or key").last, "Oslo")
    dialog.get_by_role("textbox", name="Result", exact=True).last.fill(
        '{"temperature": -3, "conditions": "snow in {{location}}"}'
    )
    page.ready()
    page.shot("rules-made")
    dialog.get_by_text("Run by itself").click()
    page.ready()
    done(page, dialog)
    expect(call).to_contain_text("Rule 2, north, answers this call")
    page.shot("slot-rules")
    page.go_on.click()
    expect(page.messages.last).to_contain_text("snow in Oslo")
    page.settled()
    expect(call).to_contain_text("by rule 2, north")
    page.say(PROMPT)
    expect(page.calls().nth(2)).to_contain_text("by rule 1")
    expect(page.messages.last).to_contain_text("fog")


def test_a_sample_an_edge_case_and_a_fault(app: App, window: Open) -> None:
    page = _asking(app, window, theme="dark")
    call = page.calls().first
    dialog = way_of(page, call, "From the output schema")
    page.shot("answers-schema-dark")
    done(page, dialog)
    call.get_by_role("button", name="Run", exact=False).first.click()
    expect(call).to_contain_text("from the output schema, sample, seed 0")
    page.ready()
    call.get_by_role("button", name="Edge case").click()
    expect(call).to_contain_text("from the output schema, edge case")
    page.ready()
    page.shot("slot-schema-dark")

    dialog = way_of(page, call, "A fault")
    dialog.get_by_role("textbox", name="Text", exact=True).fill("The station is closed")
    expect(dialog).to_contain_text("What the model gets")
    expect(dialog.get_by_test_id("stCode")).to_contain_text("The station is closed")
    page.ready()
    page.shot("answers-fault-dark")
    done(page, dialog)
    call.get_by_role("button", name="Run again").click()
    expect(page.slot("get_current_weather")).to_have_value(re.compile("The station is closed"))
    page.ready()
    page.shot("slot-fault-dark")
    page.go_on.click()
    expect(call).to_contain_text("answered with a fault, as an error")
    expect(page.messages.last).to_contain_text("The station is closed")
    page.settled()


def test_an_http_request_to_this_machine_and_none_into_a_private_network(app: App, window: Open, station: str) -> None:
    page = _asking(app, window)
    call = page.calls().first
    dialog = way_of(page, call, "HTTP request")
    address = dialog.get_by_role("textbox", name="URL")
    enter(page, address, "http://10.0.0.1/weather")
    expect(dialog).to_contain_text(re.compile("private", re.IGNORECASE))
    page.shot("answers-http-private")
    done(page, dialog)
    call.get_by_role("button", name="Run").first.click()
    expect(call).to_contain_text("No result")
    page.ready()
    page.shot("slot-http-refused")

    call.get_by_role("button", name="Set up").click()
    enter(page, address, f"{station}/weather")
    expect(dialog).to_contain_text("This address may be reached")
    enter(page, dialog.get_by_role("textbox", name="Part of the answer that is the result"), "$.data")
    page.shot("answers-http")
    done(page, dialog)
    call.get_by_role("button", name="Run").first.click()
    expect(page.slot("get_current_weather")).to_have_value(re.compile("windy"))
    page.ready()
    page.shot("slot-http")
    page.go_on.click()
    expect(call).to_contain_text("over HTTP")
    expect(page.messages.last).to_contain_text("17")
    page.settled()
    assert [path.split("?")[0] for path in Station.asked] == ["/weather"] and "Boston" in Station.asked[0]


def test_a_page_served_to_others_reaches_neither_this_machine_nor_its_metadata(
    serve: Callable[..., App], window: Open, station: str
) -> None:
    """Who opens it need not be at this machine."""
    app = serve(STREAMLIT_SERVER_ADDRESS="0.0.0.0")
    page = _asking(app, window, Answering(by="http", http=Http(HttpCall("GET", f"{station}/weather"))))
    call = page.calls().first
    call.get_by_role("button", name="Run").first.click()
    expect(call).to_contain_text(re.compile(r"No result: .*127\.0\.0\.1 is an address of this machine"))
    expect(call).to_contain_text("not reached unasked")
    page.ready()
    page.shot("slot-http-served-to-others")

    call.get_by_role("button", name="Set up").click()
    dialog = page.page.get_by_role("dialog")
    enter(page, dialog.get_by_role("textbox", name="URL"), "http://169.254.169.254/latest/meta-data/")
    expect(dialog).to_contain_text("169.254.169.254 is an address of a private network")
    done(page, dialog)
    call.get_by_role("button", name="Run").first.click()
    expect(call).to_contain_text(re.compile(r"No result: .*169\.254\.169\.254 is an address of a private network"))
    page.ready()
    assert Station.asked == []


def test_a_model_plays_the_tool_and_is_counted_apart(app: App, window: Open) -> None:
    page = _asking(app, window)
    call = page.calls().first
    dialog = way_of(page, call, "A model")
    expect(dialog).to_contain_text("free")
    dialog.get_by_role("combobox", name=re.compile("^Model")).fill("demo-instant")
    page.page.get_by_role("option", name=re.compile("demo-instant")).first.click()
    page.ready()
    page.shot("answers-model")
    done(page, dialog)
    call.get_by_role("button", name="Run").first.click()
    expect(call).to_contain_text("by a model")
    page.ready()
    page.shot("slot-model")
    page.go_on.click()
    expect(call).to_contain_text("answered by a model")
    page.settled()
    usage = page.tab("Usage")
    expect(usage).to_contain_text(re.compile(r"Of this .+ by models playing tools"))
    page.shot("usage-model")


def test_what_a_tool_returns_stays_text(app: App, window: Open) -> None:
    page = _asking(app, window)
    dialogs: list[str] = []
    page.page.on("dialog", lambda shown: (dialogs.append(shown.message), shown.dismiss()))
    call = page.calls().first
    call.get_by_text("Text", exact=True).click()
    page.slot("get_current_weather").fill(HOSTILE)
    page.ready()
    page.go_on.click()
    expect(call).to_contain_text("onerror=")
    expect(page.messages.last).to_contain_text("get_current_weather")
    page.settled()
    page.shot("hostile")
    assert page.page.locator("img[src='x'], img[src*='evil'], [href^='javascript']").count() == 0
    assert call.locator("a").count() == 0
    assert page.page.title() != "owned"
    assert page.outside == [] and dialogs == []
