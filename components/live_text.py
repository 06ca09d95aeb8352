"""A text area that reports while one types.

Streamlit's own text area sends its text only when it loses the focus, so a Continue button that waits
for a result would stay disabled under the mouse. This one sends 250 ms after the last key, on leaving,
and with Ctrl+Enter or Cmd+Enter (which also says that it is meant to be submitted: a button that is still
disabled could not hear the shortcut). It never overwrites what is being typed, and sends it once more when
the server does not know it, as after a restart.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_HTML = """<label><span></span><textarea spellcheck="false"></textarea></label>"""

_CSS = """
label { display: block; font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); }
span { display: block; margin-bottom: 0.25rem; }
textarea {
  box-sizing: border-box; width: 100%; resize: vertical; padding: 0.5rem 0.75rem;
  font-family: var(--st-code-font); font-size: 0.875rem; line-height: 1.5;
  color: var(--st-text-color); background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color, transparent); border-radius: var(--st-base-radius);
}
textarea:focus { outline: none; border-color: var(--st-primary-color); }
textarea[aria-invalid="true"] { border-color: var(--st-red-color, #c62828); }
textarea::placeholder { color: var(--st-text-color); opacity: 0.6; }
"""

_JS = """
const areas = new WeakMap();
export default function ({ parentElement, data, setStateValue }) {
  const area = parentElement.querySelector("textarea");
  parentElement.querySelector("span").textContent = data.label;
  area.rows = data.rows;
  area.placeholder = data.placeholder;
  area.setAttribute("aria-invalid", data.invalid ? "true" : "false");
  let own = areas.get(area);
  if (!own) {
    own = { timer: 0, again: 0, sent: null, revision: null, count: 0 };
    areas.set(area, own);
    own.send = (submit) => {
      clearTimeout(own.timer);
      if (area.value === own.sent && !submit) return;
      own.sent = area.value;
      own.count += 1;
      own.set("typed", { text: area.value, revision: own.revision, submit, count: own.count });
    };
    const send = () => own.send(false);
    area.addEventListener("input", () => { clearTimeout(own.timer); own.timer = setTimeout(send, 250); });
    area.addEventListener("blur", send);
    area.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      if (event.key !== "Enter") return send();
      event.preventDefault();
      event.stopPropagation();
      own.send(true);
    });
  }
  own.set = setStateValue;
  if (own.revision !== data.revision) {
    own.revision = data.revision;
    own.sent = data.value;
    area.value = data.value;
  }
  clearTimeout(own.again);
  if (area.value !== data.value && area.value === own.sent) {
    own.again = setTimeout(() => { own.sent = null; own.send(false); }, 600);
  }
}
"""

# The state is not called "value": Streamlit 1.67 unwraps a state of that name and then finds no callback for it.
_area = st.components.v2.component("callsmith_live_text", html=_HTML, css=_CSS, js=_JS)


def typed(key: str, revision: int | None = None) -> str | None:
    """What was typed last; None when nothing was, or when it was typed into another ``revision`` than asked for."""
    state = st.session_state.get(key)
    value = state.get("typed") if state is not None else None
    if not isinstance(value, dict) or revision not in (None, value.get("revision")):
        return None
    text = value.get("text")
    return text if isinstance(text, str) else None


def submitted(key: str) -> bool:
    """Whether what was typed last came with Ctrl+Enter or Cmd+Enter."""
    state = st.session_state.get(key)
    value = state.get("typed") if state is not None else None
    return isinstance(value, dict) and value.get("submit") is True


def live_text(
    label: str,
    value: str,
    *,
    key: str,
    revision: int,
    on_change: Callable[[], None],
    rows: int = 5,
    placeholder: str = "",
    invalid: bool = False,
) -> None:
    """Draw the area. A new ``revision`` puts ``value`` into it; otherwise what is typed there stays."""
    _area(
        key=key,
        data={
            "label": label,
            "value": value,
            "revision": revision,
            "rows": rows,
            "placeholder": placeholder,
            "invalid": invalid,
        },
        on_typed_change=on_change,
    )
