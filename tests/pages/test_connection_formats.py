"""The formats of a connection: proposed by its preset, chosen in its form, shown on its card."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.connections import PRESETS, Preset
from callsmith.store import Store
from callsmith.types.connection import Connection
from callsmith.wire.registry import WIRES

pytestmark = pytest.mark.slow

PAGE = Path(__file__).resolve().parents[2] / "pages" / "connections.py"


def ran(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    return at


@pytest.fixture
def page(store: Store) -> AppTest:
    at = AppTest.from_file(str(PAGE), default_timeout=20)
    at.session_state["_framed"] = True
    return ran(at.run())


def add(page: AppTest, preset: str) -> None:
    ran(page.menu_button(key="connection-add").click(preset).run())


def save(page: AppTest) -> None:
    ran(page.button(key="connection-save").click().run())


def captions(page: AppTest) -> str:
    return " ".join(item.value for item in page.caption)


@pytest.mark.parametrize("preset", [item for item in PRESETS if item.base_url], ids=lambda item: item.id)
def test_a_preset_brings_its_formats(page: AppTest, store: Store, preset: Preset) -> None:
    add(page, preset.id)
    save(page)
    (kept,) = store.connections()
    assert kept.wires == preset.wires
    assert ", ".join(WIRES[wire].label for wire in preset.wires) in captions(page)


def test_formats_are_chosen_and_at_least_one(page: AppTest, store: Store) -> None:
    store.save_connection(Connection("c1", "Mine", "https://llm.example.com/v1"))
    ran(page.run())
    ran(page.button(key="connection-edit-c1").click().run())
    formats = page.multiselect(key="connection-formats")
    assert formats.value == ["openai-chat"]
    formats.set_value([])
    save(page)
    assert "Choose at least one format" in " ".join(item.value for item in page.markdown)
    assert store.connections()[0].wires == ("openai-chat",)
    page.multiselect(key="connection-formats").set_value(["openai-chat", "anthropic"])
    save(page)
    assert store.connections()[0].wires == ("openai-chat", "anthropic")
    assert "Chat, Messages" in captions(page)


def test_a_base_url_without_a_version_is_remarked_on_for_chat_alone(page: AppTest, store: Store) -> None:
    add(page, "other")
    page.text_input(key="connection-name").input("Mine")
    page.text_input(key="connection-base-url").input("https://llm.example.com/api")
    page.multiselect(key="connection-formats").set_value(["anthropic"])
    page.text_input(key="connection-key-name").input("1 is no name")
    save(page)
    assert "does /v1 belong" not in " ".join(item.value for item in page.markdown)
    page.multiselect(key="connection-formats").set_value(["openai-chat", "anthropic"])
    save(page)
    assert "does /v1 belong" in " ".join(item.value for item in page.markdown)
