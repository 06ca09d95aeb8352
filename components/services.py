"""The engine's long-lived objects, one of each for the whole process."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from callsmith import connections as known
from callsmith import prices_own, settings
from callsmith.demo import DemoTransport
from callsmith.execute.answer import answer
from callsmith.jobs import Jobs
from callsmith.loop.loop import Loop
from callsmith.loop.run import Machinery
from callsmith.play import Play
from callsmith.prices import Pricer
from callsmith.reading import read_exchange
from callsmith.redaction import RedactingFilter
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.connection import Connection


@dataclass(frozen=True, slots=True)
class Engine:
    store: Store
    jobs: Jobs
    transport: Transport
    play: Play
    loop: Loop
    logs: RedactingFilter


@st.cache_resource(show_spinner="Opening the workshop")
def engine() -> Engine:
    """Made once; also brings back what a killed process left half done."""
    store = Store(settings.load().database_url)
    store.recover(read_exchange)
    jobs = Jobs()
    transport = Transport(mounts={known.DEMO.base_url.removesuffix("/v1"): DemoTransport()})
    logs = RedactingFilter()
    for handler in _handlers():
        handler.addFilter(logs)
    play = Play(store, jobs, transport, settings.secret, logs)
    pricer = Pricer(lambda: prices_own.from_json(store.preference(prices_own.PREFERENCE)))
    loop = Loop(Machinery(store, play, answer, pricer))
    # What is loaded by now stays: the collector need not walk it after every click.
    gc.freeze()
    # The worker that sends a request must not wait 5 ms for the script thread that draws the page.
    sys.setswitchinterval(0.001)
    return Engine(store, jobs, transport, play, loop, logs)


def _handlers() -> set[logging.Handler]:
    """Every handler that may print a record: Streamlit keeps its own, and the root usually has none."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    found = {handler for logger in loggers for handler in logger.handlers}
    return found | ({logging.lastResort} if logging.lastResort is not None else set())


def store() -> Store:
    return engine().store


def jobs() -> Jobs:
    return engine().jobs


def loop() -> Loop:
    return engine().loop


def connections() -> Sequence[Connection]:
    """The default one from the environment first, then the user's own, then the demo model."""
    default = settings.load().default_connection
    return [*([default] if default else []), *store().connections(), known.DEMO]


def connection(connection_id: str) -> Connection | None:
    return next((item for item in connections() if item.id == connection_id), None)
