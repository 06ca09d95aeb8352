"""What this conversation may cost, what it has cost, and what happens when it is spent."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from callsmith import budget as budgets
from callsmith.budget import Spending
from callsmith.prices import Pricer
from components import services
from components.chat import session
from components.chat.session import Opened
from components.usage import costs
from components.words import money, plain

_KEY = "budget"


def budget_row(opened: Opened) -> None:
    """The field, and one line of what is spent: orange from 80 %, red above it."""
    key = f"{_KEY}-{opened.conversation.id}"
    st.number_input(
        "Budget of this conversation (US dollars)",
        min_value=0.0,
        value=opened.setup.budget,
        step=0.1,
        format="%.4g",
        placeholder="No budget",
        key=key,
        help="When it is spent, a turn that runs by itself stops. What you send by hand is still sent, with a warning.",
        on_change=_keep,
        args=(key,),
    )
    if not opened.exists:
        return
    spent = spent_on(opened)
    if opened.setup.budget is None:
        known = "price unknown" if not spent.usd and spent.unpriced else money(spent.usd)
        st.caption(plain(f"This conversation has cost {known} so far."))
        return
    share = spent.share(opened.setup.budget)
    colour = "red" if share >= 1 else "orange" if share >= budgets.WARNS_AT else ""
    said = plain(f"{budgets.words(opened.setup.budget, spent)}.")
    st.caption(f":{colour}[{said}]" if colour else said)


def warning(opened: Opened) -> str:
    """For what is sent by hand while the budget is spent, or nearly: it is sent, and this is said."""
    budget = opened.setup.budget
    if budget is None or not opened.exists:
        return ""
    spent = spent_on(opened)
    if spent.share(budget) < budgets.WARNS_AT:
        return ""
    after = "" if spent.share(budget) < 1 else " This was sent, since you sent it; nothing goes on by itself."
    return plain(f"{budgets.words(budget, spent)}.{after} The budget is raised under Auto-run.")


def spent_on(opened: Opened) -> Spending:
    table = costs.own()
    return budgets.spending(services.store().usage_rows(opened.conversation.id), Pricer(lambda: table))


def _keep(key: str) -> None:
    session.save_setup(replace(session.current().setup, budget=st.session_state[key]))
