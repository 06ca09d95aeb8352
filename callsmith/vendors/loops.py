"""References of a schema that lead back to themselves (Tarjan's strongly connected components, without recursion)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """From one schema to one inside it, or to one that it refers to: ``reference`` is the path of that ``$ref``.
    ``optional``: a call may leave out what the edge leads to."""

    start: str
    end: str
    optional: bool
    reference: str = ""


def on_loops(edges: Sequence[Edge]) -> frozenset[str]:
    """The references that lie on a loop: both ends are in one component."""
    component = _components(edges)
    return frozenset(
        edge.reference for edge in edges if edge.reference and component[edge.start] == component[edge.end]
    )


def _components(edges: Sequence[Edge]) -> dict[str, int]:
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge.start, []).append(edge.end)
        after.setdefault(edge.end, [])
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    component: dict[str, int] = {}
    open_nodes: list[str] = []
    for start in after:
        if start in index:
            continue
        work = [(start, iter(after[start]))]
        index[start] = low[start] = len(index)
        open_nodes.append(start)
        while work:
            node, rest = work[-1]
            for end in rest:
                if end not in index:
                    index[end] = low[end] = len(index)
                    open_nodes.append(end)
                    work.append((end, iter(after[end])))
                    break
                if end not in component:
                    low[node] = min(low[node], index[end])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = open_nodes.pop()
                        component[member] = index[node]
                        if member == node:
                            break
    return component
