"""Export and import on the page: files that come back, a report that is read, a way back."""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from components import services
from components.conversations import transfer
from tests.engine.record.kit import CANARY, document, filled, opened

pytestmark = pytest.mark.slow


def panels() -> None:
    """Both panels and the menu's button, alone, with the files kept for the test to read."""
    import streamlit as st

    from components.chat import session
    from components.conversations import transfer

    session.follow_url()
    given = st.download_button
    st.session_state["files"] = {}

    def kept(label: str, data: object, **more: object) -> bool:
        assert callable(data)
        st.session_state["files"][label] = data()
        return given(label, b"", **more)  # type: ignore[arg-type]

    st.download_button = kept  # type: ignore[assignment]
    try:
        transfer.export_panel(st.session_state.get("ids"))
        if session.current().exists:
            transfer.export_button(session.current())
    finally:
        st.download_button = given
    transfer.import_panel()


@pytest.fixture
def page(store: Store) -> AppTest:
    return AppTest.from_function(panels, default_timeout=30)


def pasted(page: AppTest, text: str) -> str:
    page.text_area[0].set_value(text)
    page.button(key="import-paste").click().run()
    assert not page.exception, page.exception
    return "\n".join(one.value for one in (*page.success, *page.warning, *page.error, *page.caption))


def test_a_paste_comes_in_and_goes_again(page: AppTest, store: Store, tmp_path: Path) -> None:
    other = opened(tmp_path, "other")
    main = filled(other)
    text = document(other).decode()
    other.close()
    page.run()
    said = pasted(page, text)
    assert "4 conversations added" in said and store.load(main) is not None
    assert page.text_area[0].value == ""
    page.button(key="import-undo").click().run()
    assert not store.kept_ids() and not store.kept_tool_ids()
    page.button(key="import-undo").click().run()
    assert len(store.kept_ids()) == 4 and len(store.kept_tool_ids()) == 3


def test_what_is_wrong_is_said_with_its_place(page: AppTest, store: Store) -> None:
    page.run()
    made = {"format": "callsmith-record", "version": 1, "conversations": [{"id": "a", "title": "*Bold* <b>"}]}
    said = pasted(page, json.dumps(made))
    assert "1 entry not taken" in said and "/conversations/0" in said and "created" in said
    assert not store.kept_ids() and not page.button(key="import-paste").disabled
    assert "import-undo" not in [one.key for one in page.button]


@pytest.mark.parametrize("kind", ["Everything (JSON)", "Exchanges (JSON lines)", "Calls (CSV)", "Calls (Parquet)"])
def test_each_file(page: AppTest, store: Store, kind: str) -> None:
    main = filled(store)
    store.rename(main, f"My key {CANARY}")
    services.engine().logs.learn([CANARY])
    page.run()
    page.radio(key="export-format").set_value(kind).run()
    assert not page.exception, page.exception
    whole = page.session_state["files"]["Download"]
    page.session_state["ids"] = [main]
    page.run()
    part = page.session_state["files"]["Download"]
    assert whole and part and part != whole
    if "Parquet" in kind:
        part = pd.read_parquet(io.BytesIO(part)).to_csv().encode()
    assert CANARY.encode() not in part
    assert b"[key hidden]" in part or "lines" in kind


def test_the_conversation_in_view(page: AppTest, store: Store) -> None:
    main = filled(store)
    page.query_params["conversation"] = main
    page.run()
    made = json.loads(page.session_state["files"]["Export conversation"])
    assert [one["id"] for one in made["conversations"]] == [main]


@pytest.mark.parametrize("kind", ["Everything (JSON)", "Exchanges (JSON lines)", "Calls (CSV)", "Calls (Parquet)"])
def test_a_file_of_many_is_made_first_and_is_the_same(
    page: AppTest, store: Store, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    page.run()
    page.radio(key="export-format").set_value(kind).run()
    whole = page.session_state["files"]["Download"]
    monkeypatch.setattr(transfer, "_AT_ONCE", 1)
    page.run()
    assert "Download" not in page.session_state["files"]
    page.button(key="export-prepare").click().run()
    made = page.session_state["export-making"]
    assert made.ended(10)
    page.run()
    assert not page.exception, page.exception
    (label,) = (name for name in page.session_state["files"] if name.startswith("Download ("))
    assert page.session_state["files"][label] == whole
    assert any("conversations as of" in one.value for one in page.caption)
    # Another choice is another file.
    page.session_state["ids"] = store.kept_ids()[:2]
    page.run()
    assert not any(name.startswith("Download") for name in page.session_state["files"])


def test_a_file_that_is_being_made_says_how_far_it_is_and_can_be_cancelled(
    page: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    monkeypatch.setattr(transfer, "_AT_ONCE", 1)
    begun, goes_on = threading.Event(), threading.Event()
    reads = Store.kept_conversation

    def slowly(self: Store, conversation_id: str) -> object:
        if conversation_id == store.kept_ids()[1]:
            begun.set()
            assert goes_on.wait(10)
        return reads(self, conversation_id)

    monkeypatch.setattr(Store, "kept_conversation", slowly)
    page.run()
    page.button(key="export-prepare").click().run()
    assert begun.wait(10)
    page.run()
    assert page.get("progress")[0].proto.text == "Preparing: 1 of 4 conversations done"
    made = page.session_state["export-making"]
    page.button(key="export-cancel").click().run()
    assert not page.exception, page.exception
    assert page.button(key="export-prepare").label == "Prepare the file" and not page.get("progress")
    goes_on.set()
    assert made.ended(10) and made.done == 1 and not made.running


def test_a_file_that_cannot_be_made_says_so(page: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    monkeypatch.setattr(transfer, "_AT_ONCE", 1)
    page.run()
    monkeypatch.setattr(Store, "kept_conversation", lambda self, conversation_id: [][0])
    page.button(key="export-prepare").click().run()
    assert page.session_state["export-making"].ended(10)
    page.run()
    assert "could not be made" in page.error[0].value
    monkeypatch.undo()
    monkeypatch.setattr(transfer, "_AT_ONCE", 1)
    page.button(key="export-prepare").click().run()
    assert page.session_state["export-making"].ended(10)
    page.run()
    assert not page.error
