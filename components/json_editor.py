"""A JSON editor: CodeMirror, served by the app itself, with the contract of ``live_text``.

What is typed arrives under the same name as from ``live_text``, so ``live_text.typed`` and ``submitted`` read both.
The loader below is part of every message to the browser and therefore small: it does the sending, and fetches the
editor (``frontend/``, built into ``static/``) once. Where that cannot be had, for very long texts, and for who
prefers it, the same loader shows a plain text area.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import streamlit as st

from callsmith.schema.places import Mark, code_units
from components import loaded, services

PLAIN = "plain-json"
LONGEST = 2_000_000
LEAST_LINES = 16
HELP = "Escape, then Tab leaves the editor. Ctrl+F searches, F8 goes to the next mark."

_BUNDLE = Path(__file__).resolve().parents[1] / "static" / "json-editor.mjs"

_HTML = """<div class="box">
</div>"""

_CSS = """
.box { min-height: calc(var(--least) * 1.3125rem + 1rem); }
textarea {
  box-sizing: border-box; display: block; width: 100%; resize: vertical; padding: 0.5rem 0.75rem;
  font-family: var(--st-code-font); font-size: 0.875rem; line-height: 1.5;
  color: var(--st-text-color); background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color, transparent); border-radius: var(--st-base-radius);
}
textarea:focus { outline: none; border-color: var(--st-primary-color); }
textarea[aria-invalid="true"] { border-color: var(--st-red-color, #c62828); }
"""

_JS = """
const boxes = new WeakMap();
function area(box, { text, label, heard }) {
  const area = document.createElement("textarea");
  area.spellcheck = false;
  area.ariaLabel = label;
  area.value = text;
  box.append(area);
  area.addEventListener("input", heard.changed);
  area.addEventListener("blur", heard.left);
  area.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    if (event.key !== "Enter") return heard.left();
    event.preventDefault();
    event.stopPropagation();
    heard.submitted();
  });
  return {
    text: () => area.value,
    put: (text) => { area.value = text; },
    marks() {},
    dress(invalid, rows) { area.rows = rows; area.setAttribute("aria-invalid", invalid); },
    destroy: () => area.remove(),
  };
}
function late() { return new Promise((_, no) => setTimeout(no, 10000)); }
async function editor(data) {
  if (data.plain) return area;
  try {
    return (await Promise.race([import(new URL(data.src, document.baseURI)), late()])).mount;
  } catch { return area; }
}
function draw(own) {
  const { data, face } = own;
  if (own.revision !== data.revision) {
    own.revision = data.revision;
    own.sent = data.value;
    face.put(data.value);
  }
  face.dress(data.invalid, data.rows);
  const text = face.text();
  if (text === data.value) face.marks(data.marks);
  clearTimeout(own.again);
  if (text !== data.value && text === own.sent) {
    own.again = setTimeout(() => { own.sent = null; own.send(false); }, 600);
  }
}
function begin(box) {
  const own = { timer: 0, again: 0, sent: null, revision: null, count: 0, face: null, plain: null };
  own.send = (submit) => {
    clearTimeout(own.timer);
    const text = own.face.text();
    if (text === own.sent && !submit) return;
    own.sent = text;
    own.count += 1;
    own.set("typed", { text, revision: own.revision, submit, count: own.count });
  };
  own.heard = {
    changed: () => { clearTimeout(own.timer); own.timer = setTimeout(own.send, 300, false); },
    left: () => own.send(false),
    submitted: () => own.send(true),
  };
  boxes.set(box, own);
  return own;
}
export default async function ({ parentElement, data, setStateValue }) {
  const box = parentElement.querySelector(".box");
  box.style.setProperty("--least", Math.min(data.rows, data.least));
  box.style.setProperty("--rows", data.rows);
  const own = boxes.get(box) ?? begin(box);
  own.data = data;
  own.set = setStateValue;
  if (own.plain !== data.plain) {
    own.plain = data.plain;
    const mount = await editor(data);
    if (own.plain !== data.plain) return;
    const text = own.face ? own.face.text() : data.value;
    own.face?.destroy();
    own.face = mount(box, { text, label: own.data.label, help: own.data.help, heard: own.heard });
  }
  if (own.face) draw(own);
  return () => setTimeout(() => { if (!box.isConnected) own.face?.destroy(); });
}
"""

# The state is not called "value", see live_text.
_editor = st.components.v2.component("callsmith_json_editor", html=_HTML, css=_CSS, js=_JS)


@st.cache_resource(show_spinner=False)
def _address() -> str:
    """Where the bundle is, relative to the page, which may lie under a path of its own."""
    version = hashlib.sha256(_BUNDLE.read_bytes()).hexdigest()[:12] if _BUNDLE.exists() else "none"
    return f"app/static/{_BUNDLE.name}?v={version}"


def json_editor(
    label: str,
    value: str,
    *,
    key: str,
    revision: int,
    on_change: Callable[[], None],
    rows: int = LEAST_LINES,
    invalid: bool = False,
    marks: Iterable[Mark] = (),
) -> None:
    """Draw the editor, at most ``rows`` lines high. A new ``revision`` puts ``value`` into it; otherwise what is
    typed there stays. ``marks`` are places in ``value``."""
    with st.container(
        key=f"{key}-head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f":small[{label}]", width="content")
        plain = _plain(key, len(value) > LONGEST)
    _draw(label, value, key, revision, on_change, rows, invalid=invalid, plain=plain, marks=() if plain else marks)


def _draw(
    label: str,
    value: str,
    key: str,
    revision: int,
    on_change: Callable[[], None],
    rows: int,
    *,
    plain: bool,
    invalid: bool = False,
    marks: Iterable[Mark] = (),
) -> None:
    data: dict[str, Any] = {
        "src": _address(),
        "label": label,
        "help": HELP,
        "value": value,
        "revision": revision,
        "rows": rows,
        "least": LEAST_LINES,
        "plain": plain,
        "invalid": invalid,
        "marks": _in_code_units(value, marks),
    }
    _editor(key=key, data=data, on_typed_change=on_change)


def _in_code_units(text: str, marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """As the browser counts: a character beyond the basic plane is two there."""
    units = code_units(text)
    return [
        {"from": units(mark.start), "to": units(mark.end), "severity": mark.severity, "message": mark.message}
        for mark in marks
    ]


def _plain(key: str, long: bool) -> bool:
    """A switch that is remembered. It stays where it is when a text becomes too long, so that nothing moves."""
    toggle = f"{key}-plain"
    chosen = services.store().preference(PLAIN) is True
    shown = chosen or long
    if long:
        st.caption(f"Over {LONGEST:,} characters: plain, without colours and marks", width="content")
    st.toggle(
        "Plain text",
        key=loaded.choice(toggle, shown),
        disabled=long,
        help=f"Over {LONGEST:,} characters a text is shown plain" if long else "A plain text area, not the editor",
        on_change=_choose,
        args=(toggle,),
    )
    return shown


def _choose(toggle: str) -> None:
    services.store().set_preference(PLAIN, st.session_state[toggle])
