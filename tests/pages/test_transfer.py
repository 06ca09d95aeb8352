"""Export and import on the page: files that come back, a report that is read, a way back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from components import services
from tests.engine.record.kit import CANARY, document, filled, opened


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
    return "\n".join(one.value for one in (*page.success, *page.warning, *page.caption))


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
