"""Images, files and sound: in what the user says, in what a tool returns, in what the model answers."""

from __future__ import annotations

import base64
import io
import json
import wave
from dataclasses import replace

import pytest
from PIL import Image

from callsmith import conversation as pure
from callsmith.connections import DEMO
from callsmith.conversation import Conversation
from callsmith.media import MAX_FILE, playable, takes
from callsmith.notes import notes
from callsmith.results import Draft
from callsmith.settings import ROOT
from callsmith.store import Store
from callsmith.types.codec import from_json
from callsmith.types.connection import Target
from callsmith.types.options import Options
from callsmith.types.parts import Media, Text, ToolCall
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from tests.pages.playground import Page, replied, weather

pytestmark = pytest.mark.slow


def png(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def picture(name: str = "chart.png") -> Media:
    return Media("image/png", base64.b64encode(png()).decode(), name=name)


def say_with(page: Page, text: str, *files: tuple[str, bytes, str]) -> None:
    composer = page.at.chat_input(key="composer")
    for name, data, kind in files:
        composer.upload(name, data, kind)
    composer.set_value(text)
    page.run()


def pictures(page: Page) -> int:
    return len(page.at.image)


def test_a_message_carries_its_files_with_their_size(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    say_with(page, "What is this?", ("chart.png", png(), "image/png"), ("notes.md", b"# long\n" * 300, "text/markdown"))
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    asked = conversation.path()[0].message
    kept = [(part.name, part.media_type, part.data) for part in asked.parts if isinstance(part, Media)]
    assert kept == [
        ("chart.png", "image/png", base64.b64encode(png()).decode()),
        ("notes.md", "text/markdown", base64.b64encode(b"# long\n" * 300).decode()),
    ]
    assert asked.text == "What is this?"
    assert pictures(page) == 1
    assert f"chart.png · image/png · {len(png())} bytes" in page.text
    assert "notes.md · text/markdown · 2 KB" in page.text
    assert page.roles == ["user", "assistant"]


def test_an_edited_message_keeps_its_files(store: Store) -> None:
    conversation = replied(store, Text("A chart."), prompt="What is this?", said=(picture(),))
    page = Page(store, conversation_id=conversation)
    loaded = store.load(conversation)
    assert loaded is not None
    first = loaded.path()[0].id[:12]
    page.click(f"edit-{first}")
    assert "chart.png" in page.text
    page.at.text_area(key=f"edit-text-{first}").set_value("And this?")
    page.click("edit-send")
    loaded = store.load(conversation)
    assert loaded is not None
    assert loaded.path()[0].message.parts == (picture(), Text("And this?"))


def test_a_file_too_large_is_named_and_nothing_else_is_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callsmith.media.MAX_FILE", 1000)
    page = Page(store, Setup(model="demo-instant"))
    say_with(
        page, "Look at these", ("big.bin", b"x" * 1001, "application/octet-stream"), ("chart.png", png(), "image/png")
    )
    assert "big.bin has" in page.text
    assert "chart.png" in page.text
    assert "goes with the next message" in page.text
    assert store.recent() == []
    assert page.at.chat_input(key="composer").proto.value == "Look at these"

    page.say("Look at these")
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    assert [part.name for part in conversation.path()[0].message.parts if isinstance(part, Media)] == ["chart.png"]
    assert "goes with the next message" not in page.text


def test_a_file_the_format_cannot_carry_waits_until_it_is_removed(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant", wire="anthropic"))
    say_with(page, "Unpack it", ("a.zip", b"PK\3\4\0\xff", "application/zip"))
    assert "Messages has no place for a.zip (application/zip)" in page.text
    assert "switch to Chat or Responses or Gemini" in page.text
    assert store.recent() == []
    page.click("let-go-0")
    assert "a.zip ·" not in page.text
    page.say("Unpack it")
    assert page.roles == ["user", "assistant"]


def test_code_travels_as_text_whatever_its_name_says(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    say_with(page, "Review", ("main.ts", b"const x: number = 1\n", "video/mp2t"))
    assert "main.ts · text/plain" in page.text


@pytest.mark.parametrize("wire", WIRES)
def test_the_page_and_the_notes_agree_on_what_a_format_carries(wire: str) -> None:
    kinds = ["image/png", "image/bmp", "application/pdf", "application/zip", "application/json", "text/csv"]
    kinds += ["audio/wav", "audio/mpeg", "audio/ogg", "video/mp4"]
    for kind in kinds:
        said = pure.say(Conversation(""), "Look", [Media(kind, "AAAA", name="a")])
        target = Target(DEMO, wire, "demo-instant")
        lost = [note for note in notes(Setup(), target, (), Options(), said) if note.id == "media-kind"]
        assert takes(wire, kind) is not bool(lost), kind


def waiting(store: Store, wire: str) -> Page:
    setup = weather(store)
    call = ToolCall("call_1", "get_current_weather", '{"location": "Rome"}')
    chosen = Setup(model=setup.model, wire=wire, tools=setup.tools)
    return Page(store, conversation_id=replied(store, call, setup=chosen, wire=wire, finish="tool_calls"))


@pytest.mark.parametrize(("wire", "able"), [(name, name != "openai-chat") for name in WIRES])
def test_a_result_takes_files_where_the_format_does(store: Store, wire: str, able: bool) -> None:
    page = waiting(store, wire)
    (popover,) = [popover for popover in page.at.get("popover") if popover.proto.popover.label == "Attach"]
    assert popover.proto.popover.disabled is not able
    assert ("has no place for images or files in a tool result" in popover.proto.popover.help) is not able


def test_a_result_is_sent_with_its_files(store: Store) -> None:
    page = waiting(store, "openai-responses")
    slot = page.slot(0)
    page.at.session_state[f"attach-{slot}"] = True
    page.run()
    page.at.file_uploader(key=f"upload-{slot}-0").upload("satellite.png", png(), "image/png")
    page.run()
    assert f"satellite.png · image/png · {len(png())} bytes" in page.text
    assert not page.at.button(key="continue").disabled
    kept = store.draft(page.conversation_id, slot)
    assert "data" not in json.dumps(kept)

    page.type(0, replace(from_json(Draft, kept), text='{"temperature": 21}'))
    page.click("continue")
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    result, media = conversation.path()[2].message.parts
    assert getattr(result, "content", "") == '{"temperature": 21}'
    assert media == Media("image/png", base64.b64encode(png()).decode(), name="satellite.png")
    assert pictures(page) == 1
    assert store.drafts(f"{page.conversation_id}/files") == {}


def test_a_file_is_taken_away_from_a_result(store: Store) -> None:
    page = waiting(store, "anthropic")
    slot = page.slot(0)
    page.at.session_state[f"attach-{slot}"] = True
    page.run()
    page.at.file_uploader(key=f"upload-{slot}-0").upload("satellite.png", png(), "image/png")
    page.run()
    (remove,) = [button.key for button in page.at.button if str(button.key).startswith("detach-")]
    page.click(str(remove))
    assert "satellite.png ·" not in page.text
    assert page.at.button(key="continue").disabled


def test_a_spoken_reply_plays_also_as_bare_samples(store: Store) -> None:
    samples = base64.b64encode(b"\1\0" * 2400).decode()
    spoken = Media("audio/L16;codec=pcm;rate=24000", samples)
    page = Page(store, conversation_id=replied(store, Text("Hello"), spoken))
    assert len(page.at.get("audio")) == 1
    assert "5 KB" in page.text


def test_bare_samples_get_the_header_of_a_wav_file() -> None:
    samples = b"\1\0" * 1600
    data, kind = playable(Media("audio/pcm;rate=16000", base64.b64encode(samples).decode()))
    assert kind == "audio/wav"
    with wave.open(io.BytesIO(data)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        assert sound.readframes(1600) == samples


def test_what_is_no_picture_is_offered_as_a_file(store: Store) -> None:
    broken = Media("image/png", "bm90IGEgcGljdHVyZQ==", name="broken.png")
    not_base64 = Media("image/png", "%%%", name="worse.png")
    linked = Media("image/png", url="https://files.example/a.png")
    page = Page(store, conversation_id=replied(store, Text("Here"), broken, not_base64, linked))
    assert pictures(page) == 0
    assert page.text.count("cannot be shown here") == 2
    assert "(https://files.example/a.png)" in page.text
    assert len(page.at.get("download_button")) == 2


def test_the_limit_is_the_one_the_server_enforces() -> None:
    lines = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("maxUploadSize")]
    assert int(line.split("=")[1].split("#")[0]) * 1_000_000 == MAX_FILE
