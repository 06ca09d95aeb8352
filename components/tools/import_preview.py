"""What an import found: each tool with what would be changed, a tick for each, and the button that takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import streamlit as st

from callsmith.importing import Candidate, Imported
from callsmith.schema.form import summary_of
from callsmith.types.answering import Mcp
from components import loaded
from components.tools.import_apply import apply, clashes
from components.words import count, plain

PAGE = 30


def preview(
    found: Imported,
    chosen: set[str],
    take: Callable[[list[str]], None],
    close: Callable[[], None],
    server: Mcp | None = None,
) -> None:
    """``server``: the MCP server they were found at."""
    usable = [one for one in found.candidates if not one.refused]
    refused = [one for one in found.candidates if one.refused]
    st.markdown(f"**{plain(found.label)}**: {count(len(usable), 'tool')}")
    for problem in found.problems[:6]:
        st.caption(f":material/info: {plain(problem)}")
    if len(found.problems) > 6:
        st.caption(f"and {len(found.problems) - 6:,} more remarks")
    _go([one for one in usable if one.id in chosen], bool(usable), take, close, server)
    shown = _filtered(usable, chosen)
    for one in shown[:PAGE]:
        _entry(one, chosen)
    if len(shown) > PAGE:
        st.caption(f"{len(shown) - PAGE:,} more; search to find them. Ticks are kept.")
    if refused:
        with st.expander(f"{count(len(refused), 'entry') if len(refused) == 1 else f'{len(refused)} entries'} refused"):
            for one in refused[:PAGE]:
                st.markdown(f"**{plain(one.title or one.tool.name)}**: {plain(one.refused)}")


def _filtered(usable: list[Candidate], chosen: set[str]) -> list[Candidate]:
    """The tools that match the search; with many, buttons that tick all of them or none."""
    if len(usable) < 2:
        return usable
    wanted = ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if len(usable) > 8:
            wanted = st.text_input(
                "Search what was found",
                key="import-search",
                type="search",
                live=True,
                label_visibility="collapsed",
                placeholder=f"Search {count(len(usable), 'tool')}",
            )
        words = (wanted or "").lower().split()
        shown = [one for one in usable if all(word in _searched(one) for word in words)]
        ids = {one.id for one in shown}
        st.button(f"Tick all {len(shown):,}", key="import-all", on_click=chosen.update, args=(ids,))
        st.button("Tick none", key="import-none", on_click=chosen.difference_update, args=(ids,))
    return shown


def _searched(one: Candidate) -> str:
    return f"{one.tool.name} {one.title} {one.group} {one.tool.description}".lower()


def _entry(one: Candidate, chosen: set[str]) -> None:
    key = f"import-take-{one.id}"
    loaded.choice(key, one.id in chosen)
    with st.container(border=True, gap="xsmall", key=f"import-entry-{one.id}"):
        st.checkbox(f"**{plain(one.tool.name)}**", key=key, on_change=_tick, args=(one.id, key, chosen))
        said = dict.fromkeys(words for words in (one.title, one.tool.description[:200]) if words != one.tool.name)
        lines = [plain(" ".join(words.split())) for words in said if words.strip()]
        st.caption("  \n".join([*lines, plain(summary_of(one.tool))]))
        if one.changes:
            with st.expander(
                f"{count(len(one.changes), 'change')} on the way in", type="compact", key=f"{key}-changes"
            ):
                # The same change in a hundred places is one line.
                times = Counter(change.message for change in one.changes)
                kinds = [plain(words) + (f" (in {n:,} places)" if n > 1 else "") for words, n in times.items()]
                more = [f"and {len(kinds) - 40:,} more kinds"] if len(kinds) > 40 else []
                st.markdown("\n".join(f"- {line}" for line in [*kinds[:40], *more]))


def _tick(candidate_id: str, key: str, chosen: set[str]) -> None:
    (chosen.add if st.session_state[key] else chosen.discard)(candidate_id)


def _go(
    taken: list[Candidate],
    any_usable: bool,
    take: Callable[[list[str]], None],
    close: Callable[[], None],
    server: Mcp | None,
) -> None:
    if not any_usable:
        return
    same = clashes([one.tool for one in taken])
    update = False
    if same:
        update = st.toggle(
            f"Update the {count(len(same), 'tool')} of the same name" if len(same) > 1 else f"Update {same[0]}",
            key="import-update",
            help="A new version each, which can be taken back. Otherwise the imported ones get names of their own",
        )
    label = f"Import {count(len(taken), 'tool')}" if taken else "Import (tick at least one tool)"
    pressed = st.button(
        label,
        key="import-go",
        type="primary",
        disabled=not taken,
        help=None if taken else "Tick at least one tool",
    )
    if pressed:
        ids = apply([one.tool for one in taken], update=update, server=server)
        take(ids)
        close()
        st.rerun()
