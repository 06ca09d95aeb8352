"""What the controls of the options share: each shows what the setup holds, and keeps a change at once.

A control's key outlives its label and place; the setup may be changed elsewhere (a chip, a way out of a note), so
the setup decides what is shown. Text that cannot be taken stays in its box, with words, and the last valid value
stays in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from callsmith.types.options import Options
from components import loaded
from components.chat import session
from components.state import ui
from components.words import plain

DEFAULT = "default"
# A pure change of the options; the value is that of the control.
Apply = Callable[[Options, Any], Options]
# The value of a text; ValueError says in words why it has none.
Parse = Callable[[str], Any]

_REFUSED = "options-refused"


@dataclass(frozen=True, slots=True)
class _Refused:
    """``value`` was in force when the text was refused, in this conversation (None: not begun yet)."""

    text: str
    why: str
    value: Any
    conversation: str | None


def field(name: str) -> Apply:
    """The change of one field of the options."""
    return lambda options, value: replace(options, **{name: value})


def number(
    place: Any,
    label: str,
    key: str,
    value: float | None,
    apply: Apply,
    *,
    low: float,
    high: float,
    step: float,
    help: str | None = None,
) -> None:
    """Empty is the provider's default."""
    place.number_input(
        label,
        min_value=low,
        max_value=high,
        step=step,
        format="%g" if isinstance(low, float) else None,
        **{"value": None, **loaded.entry(key, value)},
        placeholder=DEFAULT,
        help=help,
        on_change=_keep,
        args=(key, apply),
    )


def choice(
    place: Any,
    label: str,
    key: str,
    choices: Mapping[Any, str],
    value: Any,
    apply: Apply,
    *,
    help: str | None = None,
    disabled: bool = False,
) -> None:
    """``choices`` are shown by their words; a value that is not among them is added as it is."""
    shown = choices if value in choices else {**choices, value: str(value)}
    place.selectbox(
        label,
        list(shown),
        key=loaded.choice(key, value),
        format_func=lambda item: shown.get(item, str(item)),
        help=help,
        disabled=disabled,
        on_change=_keep,
        args=(key, apply),
    )


def several(
    place: Any,
    label: str,
    key: str,
    choices: Mapping[Any, str],
    value: tuple[str, ...],
    apply: Apply,
    *,
    placeholder: str = "All",
    help: str | None = None,
) -> None:
    """Some of the choices, as a tuple."""
    place.multiselect(
        label,
        list(choices),
        key=loaded.choice(key, list(value)),
        format_func=lambda item: choices.get(item, str(item)),
        help=help,
        placeholder=placeholder,
        on_change=_keep,
        args=(key, lambda options, chosen: apply(options, tuple(chosen))),
    )


def toggle(label: str, key: str, value: bool, apply: Apply, *, help: str | None = None) -> None:
    st.toggle(label, key=loaded.choice(key, value), help=help, on_change=_keep, args=(key, apply))


def text(
    place: Any,
    label: str,
    key: str,
    value: Any,
    apply: Apply,
    *,
    parse: Parse = str.strip,
    write: Callable[[Any], str] = str,
    placeholder: str = "",
    help: str | None = None,
    lines: int = 1,
) -> None:
    """``write`` turns the value into text; ``parse`` is its way back."""
    refused = _refused(key, value)
    typed = st.session_state.get(key)
    means_it = isinstance(typed, str) and _read(parse, typed) == value
    shown = loaded.entry(key, refused.text if refused is not None else typed if means_it else write(value))
    box, more = (place.text_input, {}) if lines == 1 else (place.text_area, {"height": 24 * lines + 34})
    box(label, placeholder=placeholder, help=help, on_change=_take, args=(key, parse, apply, value), **shown, **more)
    if refused is not None:
        place.markdown(f":red[:material/error: {plain(refused.why)}. The last valid value stays in force.]")


def _keep(key: str, apply: Apply) -> None:
    setup = session.current().setup
    session.save_setup(replace(setup, options=apply(setup.options, st.session_state[key])))


def _take(key: str, parse: Parse, apply: Apply, before: Any) -> None:
    typed = st.session_state[key]
    _refusals().pop(key, None)
    try:
        value = parse(typed)
    except ValueError as error:
        _refusals()[key] = _Refused(typed, str(error), before, ui().conversation_id)
        return
    setup = session.current().setup
    session.save_setup(replace(setup, options=apply(setup.options, value)))


def _read(parse: Parse, typed: str) -> Any:
    try:
        return parse(typed)
    except ValueError:
        return None


def _refused(key: str, value: Any) -> _Refused | None:
    """A text that stands refused; given up once its value was set elsewhere."""
    kept = _refusals().get(key)
    if kept is None or kept.value != value or kept.conversation not in (None, ui().conversation_id):
        return None
    return kept


def _refusals() -> dict[str, _Refused]:
    kept: dict[str, _Refused] = st.session_state.setdefault(_REFUSED, {})
    return kept
