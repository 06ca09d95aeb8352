"""Files on their way into a message: read once from what the browser sent, and kept until they were sent on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st
from streamlit.typing import UploadedFile

from callsmith.media import CannotAttach, from_file, takes
from callsmith.types.parts import Media
from callsmith.wire.registry import WIRES
from components.chat.media import described, icon
from components.words import plain

_KEY = "attached"


def read_files(files: Iterable[UploadedFile]) -> tuple[list[Media], list[str]]:
    """The files as parts, and a sentence for each that cannot be one."""
    media: list[Media] = []
    problems: list[str] = []
    for file in files:
        try:
            media.append(from_file(file.name.rpartition("/")[2], file.type, file.getvalue()))
        except CannotAttach as error:
            problems.append(str(error))
    return media, problems


def not_carried(media: Sequence[Media], wire: str) -> list[str]:
    """A sentence for each file this format has no place for."""
    said = []
    for one in media:
        if not takes(wire, one.media_type):
            able = [WIRES[name].label for name in WIRES if takes(name, one.media_type)]
            said.append(
                f"{WIRES[wire].label} has no place for {one.name} ({one.media_type}): remove it"
                + (f", or switch to {' or '.join(able)}." if able else ".")
            )
    return said


def held() -> tuple[Media, ...]:
    """Files of a message that could not be sent; they go with the next one."""
    found: tuple[Media, ...] = st.session_state.get(_KEY, ())
    return found


def hold(media: Sequence[Media]) -> None:
    st.session_state[_KEY] = tuple(media)


def draw_held() -> None:
    """Above the message box: what goes with the next message, and the way to leave it out."""
    for number, media in enumerate(held()):
        with st.container(horizontal=True, vertical_alignment="center", key=f"held-{number}"):
            st.caption(
                f"{icon(media.media_type)} {plain(described(media))} · goes with the next message", width="content"
            )
            st.button(
                "Remove",
                key=f"let-go-{number}",
                type="tertiary",
                icon=":material/close:",
                help=f"Send the next message without {media.name}",
                on_click=_let_go,
                args=(media,),
            )


def _let_go(media: Media) -> None:
    hold([one for one in held() if one != media])
