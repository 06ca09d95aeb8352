"""The presentation: large type, plain words first, driven by the keyboard, nothing of the workshop in sight.

It tells the same story as the page to send (``callsmith/story.py``), of a conversation that is over or of one that goes
on: at its end one can ask, and let the tools answer, without leaving it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import streamlit as st

from callsmith.job import Job
from callsmith.jsontext import indented
from callsmith.loop.run import Run
from callsmith.results import starting_point
from callsmith.story import Step, Story, story
from callsmith.story_outline import outline, turns
from callsmith.story_words import shortened
from components import services
from components.chat import actions, drafts, runs, session, slot_actions
from components.chat.media import draw_media
from components.chat.prose import markdown
from components.chat.session import Opened
from components.loaded import choice
from components.present.place import go, go_to_chosen, place, show_whole, toggle_json, turn_page
from components.state import ui
from components.usage import costs
from components.words import count, plain

_WIDTHS = (0.13, 0.74, 0.13)
_STYLE = """<style>
.st-key-present-words p { font-size: 1.55rem; line-height: 1.5; }
.st-key-present-text p, .st-key-present-text li { font-size: 1.3rem; line-height: 1.55; }
.st-key-present-text [data-testid="stText"] { font-size: 1.3rem; line-height: 1.55; }
.st-key-present-code code, .st-key-present-code span { font-size: 1.05rem; }
.st-key-present-step [data-testid="stCaptionContainer"] p { font-size: 1.05rem; }
.st-key-present-words p, .st-key-present-text p, .st-key-present-text li { unicode-bidi: plaintext; text-align: start; }
[data-testid="stMainMenu"] { display: none; }
</style>"""
_ICONS = {
    "system": ":material/article:",
    "prompt": ":material/person:",
    "thinking": ":material/psychology:",
    "call": ":material/build:",
    "result": ":material/output:",
    "answer": ":material/smart_toy:",
    "note": ":material/info:",
}
_PATIENCE = 0.4
# Of a longer text, and of longer JSON, the beginning is shown first: an audience reads no more at once.
_MOST, _COLOURED = 3_000, 50_000


def render() -> None:
    session.follow_url()
    st.html(_STYLE)
    run = runs.active(ui().conversation_id or "")
    job = _job()
    opened = session.current()
    _, middle, _ = st.columns(_WIDTHS)
    with middle:
        if not opened.exists or opened.conversation.head is None:
            _nothing()
            return
        told = _story(opened)
        if not told.steps:
            _nothing()
            return
        here = place()
        here.drawn(len(told.steps))
        with st.container(key="present-step"):
            _step(told.steps[here.step], told, here.step)
        at_end = here.step == here.last - 1
        if at_end:
            _end(opened, job, run)
    _controls(told.steps, opened.conversation.id)
    if at_end and (job is not None or run is not None):
        _follow(job, run)


def _story(opened: Opened) -> Story:
    store, price = services.store(), costs.price()
    tools = session.offered(opened.setup, session.tools_of(opened.setup))
    return story(
        opened.conversation,
        store.exchange_turn_info(opened.conversation.id),
        {tool.name: tool for tool in tools},
        system=opened.setup.system,
        costs={row.exchange_id: price(row) for row in store.usage_rows(opened.conversation.id)},
        variables=opened.setup.variables,
    )


def _nothing() -> None:
    st.title("Nothing to present yet")
    st.markdown("A presentation shows a conversation step by step. Begin one in the Playground, then come back.")
    st.button("To the Playground", key="present-leave", type="primary", on_click=_leave)


def _step(step: Step, told: Story, number: int) -> None:
    of, now = turns(told.steps), f"step {number + 1} of {len(told.steps)}"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        turn = f", turn {step.turn} of {of}" if step.turn and of > 1 else ""
        st.caption(f"{plain(told.title)} · {now}{turn}", width="content")
        if of > 1:
            _contents(told.steps, number)
    st.progress((number + 1) / len(told.steps))
    mark = ":red" if step.is_error else ":blue"
    st.title(f"{mark}[{_ICONS[step.kind]}] {plain(step.heading)}", anchor=False)
    with st.container(key="present-words"):
        st.markdown(plain(step.words))
    if step.text:
        with st.container(key="present-text", border=True):
            if step.kind == "answer":
                st.markdown(markdown(step.text))
            elif place().whole:
                # Markdown of some hundred thousand characters takes seconds to draw.
                st.text(step.text)
            else:
                st.markdown(plain(_beginning(step.text)).replace("\n", "  \n"))
                _rest(step.text, "text", shortcut="A")
    for at, one in enumerate(step.media):
        draw_media(one, f"present-media-{number}-{at}")
    if step.json and place().json:
        with st.container(key="present-code"):
            text = indented(step.json)
            # Colours for so much text take the browser seconds.
            plainly = place().whole and len(text) > _COLOURED
            st.code(_beginning(text), language=None if plainly else "json", wrap_lines=True)
            _rest(text, "json", shortcut=None if step.text else "A")
    if step.facts:
        st.caption(" · ".join(plain(fact.text) for fact in step.facts))


def _contents(steps: Sequence[Step], number: int) -> None:
    """What comes before the first turn, and the turns, by what the person wrote."""
    entries = {one.at: one for one in outline(steps) if one.main}
    here = max(at for at in entries if at <= number)
    # Another widget after each use: the one that was used keeps the keyboard to itself.
    key = f"present-turn-{place().chosen}"
    st.selectbox(
        "Go to",
        list(entries),
        key=choice(key, here),
        format_func=lambda at: f"{entries[at].turn or ''}  {shortened(entries[at].text)}".strip(),
        label_visibility="collapsed",
        width=300,
        on_change=go_to_chosen,
        args=(key,),
    )


def _beginning(text: str) -> str:
    """To the end of a line, where one ends near."""
    if len(text) <= _MOST or place().whole:
        return text
    end = text.rfind("\n", _MOST // 2, _MOST)
    return text[: end if end > 0 else _MOST]


def _rest(text: str, what: str, *, shortcut: str | None) -> None:
    shown = len(_beginning(text))
    if shown < len(text):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Show all of it",
                key=f"present-whole-{what}",
                icon=":material/unfold_more:",
                shortcut=shortcut,
                on_click=show_whole,
            )
            st.caption(f"The first {shown:,} of {count(len(text), 'character')}", width="content")


def _controls(steps: Sequence[Step], conversation_id: str) -> None:
    here = place()
    with st.bottom, st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        first, last = here.step == 0, here.step >= len(steps) - 1
        _button("First", "Home", go, 0, "present-first", ":material/first_page:", off=first)
        _button("Back", "Left", turn_page, -1, "present-back", ":material/arrow_back:", off=first)
        _button("Next", "Right", turn_page, 1, "present-next", ":material/arrow_forward:", off=last, primary=not last)
        _button("Last", "End", go, len(steps) - 1, "present-last", ":material/last_page:", off=last)
        has_json = bool(steps[here.step].json)
        st.button(
            "Hide JSON" if here.json else "Show JSON",
            key="present-json",
            icon=":material/data_object:",
            shortcut="J",
            disabled=not has_json,
            help=None if has_json else "This step has no JSON",
            on_click=toggle_json,
        )
        st.button("Leave", key="present-leave", type="tertiary", shortcut="Esc", on_click=_leave)


def _button(
    label: str,
    key_press: str,
    act: Callable[[int], None],
    number: int,
    key: str,
    icon: str,
    *,
    off: bool,
    primary: bool = False,
) -> None:
    st.button(
        label,
        key=key,
        icon=icon,
        shortcut=key_press,
        disabled=off,
        type="primary" if primary else "secondary",
        on_click=act,
        args=(number,),
    )


def _end(opened: Opened, job: Job | None, run: Run | None) -> None:
    """At the last step: what is going on, or the one thing to do next."""
    if job is not None or run is not None:
        what = "The model is thinking" if job is not None else "The tools are working"
        st.markdown(f"### :material/more_horiz: {what}")
        return
    if ui().notice:
        st.warning(ui().notice, icon=":material/info:")
    waiting = drafts.slots(opened.conversation)
    if waiting:
        st.button(
            f"Let the {'tool' if len(waiting) == 1 else 'tools'} answer",
            key="present-answer",
            type="primary",
            icon=":material/play_arrow:",
            shortcut="Enter",
            on_click=_answer,
            help="In the way that is set up; where none is, with a made-up result",
        )
        return
    st.chat_input("Ask something", key="present-ask", on_submit=_ask)


def _ask() -> None:
    text = st.session_state["present-ask"]
    if text:
        place().awaited = place().last
        actions.send(text)


def _answer() -> None:
    """Tools that can answer do; those by hand are given a made-up result."""
    # The step that says what is waited for gives way to the result.
    place().awaited = place().last - 1
    opened = session.current()
    if slot_actions.to_run(drafts.slots(opened.conversation)):
        slot_actions.run_all()
        return
    tools = {tool.name: tool for tool in session.tools_of(opened.setup).values()}
    for slot in drafts.slots(opened.conversation):
        if slot.problem:
            slot_actions.fill(opened.conversation.id, slot.key, starting_point(tools.get(slot.call.name), slot.call, 0))
    actions.continue_turn()


def _follow(job: Job | None, run: Run | None) -> None:
    """Wait for what comes next, then draw it. A click ends the wait."""
    deadline = time.monotonic() + 60
    version = run.snapshot().version if run is not None else 0
    while time.monotonic() < deadline:
        if job is not None:
            if job.committed.wait(_PATIENCE):
                break
        elif run is not None:
            run.wait_change(version, _PATIENCE)
            if not run.active or run.snapshot().phase == "asking":
                break
        st.session_state.get("ui")
        st.empty()
    st.rerun()


def _job() -> Job | None:
    conversation_id = ui().conversation_id
    running = services.store().running_exchange(conversation_id) if conversation_id else None
    return services.jobs().get(running) if running is not None else None


def _leave() -> None:
    st.session_state["leave-presentation"] = True


def leave_if_asked() -> None:
    """In the main body: a callback may not change the page."""
    if st.session_state.pop("leave-presentation", False):
        st.switch_page("pages/playground.py")
