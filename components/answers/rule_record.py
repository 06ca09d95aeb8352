"""Rules made from what the tool's calls were answered with in conversations."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.answering.record import from_answers
from callsmith.evidence.calls import RecordedResult
from callsmith.types.answering import Rule
from components import services
from components.answers import settings
from components.answers.content import short
from components.answers.items import Items
from components.answers.rule_words import title
from components.answers.settings import Settings
from components.words import count, plain

SEARCHED, SHOWN = 400, 12
EVERYWHERE = ""


def recorder(here: Settings, items: Items) -> None:
    # Another widget after each use: closed by its state, it opens again where the rules that were added push it down,
    # for the browser then takes it for a new one and reports what it knew of the old one.
    times = st.session_state.setdefault(here.key("record-times"), 0)
    opened = st.expander(
        "Record from this session", key=here.key(f"record-{times}"), icon=":material/history:", on_change="rerun"
    )
    if opened.open:
        with opened, st.container(gap="small"):
            st.caption("Makes rules of calls that were answered: the same arguments get the same result again.")
            _choose(here, items)


def _choose(here: Settings, items: Items) -> None:
    found = services.store().results_of(here.tool_id, SEARCHED)
    if not found:
        st.caption("No call of this tool was answered yet. Once one is, in any conversation, a rule can be made of it.")
        return
    titles = {EVERYWHERE: "All conversations", **{one.conversation_id: one.title or "Untitled" for one in found}}
    chosen = st.selectbox(
        "Of which conversation",
        [*titles],
        index=1,
        key=here.key("record-from"),
        format_func=lambda one: titles.get(one, one),
        help="The one answered last is chosen",
    )
    others = sum(not _by_hand(one) for one in found)
    everyone = bool(others) and st.checkbox(
        "Also what no person answered",
        key=here.key("record-everyone"),
        help="Results made by rules, samples, faults, servers and models",
    )
    taken = [one for one in found if chosen in (EVERYWHERE, one.conversation_id) and (everyone or _by_hand(one))]
    new = fresh(here.answering.rules, taken)
    if not new:
        st.caption("Nothing new: there is a rule for each of these calls." if taken else "No result of this kind.")
        return
    for number, rule in enumerate(new[:SHOWN], start=1):
        error = ":red-badge[error] " if rule.reply.is_error else ""
        st.markdown(f":small[**{plain(title(rule, number))}**  \n{error}{plain(short(rule.reply.content))}]")
    if len(new) > SHOWN:
        st.caption(f"and {len(new) - SHOWN:,} more")
    st.button(
        f"Add {count(len(new), 'rule')}",
        key=here.key("record-add"),
        type="primary",
        on_click=_add,
        args=(items, new, here.key("record-times")),
    )


def fresh(rules: Sequence[Rule], found: Sequence[RecordedResult]) -> list[Rule]:
    """The rules that these results make, without those whose arguments have one."""
    known = [rule.when for rule in rules]
    return [
        rule
        for rule in from_answers([(one.call, one.result) for one in sorted(found, key=lambda one: one.at)])
        if rule.when not in known
    ]


def _by_hand(one: RecordedResult) -> bool:
    """Results from before it was kept who made them were all typed."""
    return one.result.made is None or one.result.made.by == "hand"


def _add(items: Items, new: list[Rule], times: str) -> None:
    st.session_state[times] += 1
    rules: tuple[Rule, ...] = settings.kept(items.tool_id).rules
    rest = next((n for n, rule in enumerate(rules) if rule.on and not rule.when), len(rules))
    items.add(new, rest, said=f"Added {count(len(new), 'rule')} from answered calls")
