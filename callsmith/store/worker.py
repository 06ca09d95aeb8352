"""Which process does the work, so that after a crash the next one knows whose work is orphaned.

A token is ``place|pid|start``. ``place`` is the host and, on Linux, the PID namespace (two containers may
share a host name); ``start`` is the process's start time in clock ticks since boot, because a PID is used
again. Where ``/proc`` is missing it is empty, and only the heartbeat tells.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path

STALE_AFTER = 15.0


@cache
def worker_token() -> str:
    pid = os.getpid()
    return f"{_place()}|{pid}|{_start_time(pid)}"


def is_dead(token: str, heartbeat_age: float) -> bool:
    """``heartbeat_age`` in seconds decides for processes that cannot be seen from here."""
    place, pid, start = token.rsplit("|", 2)
    if place != _place() or not start:
        return heartbeat_age > STALE_AFTER
    return _start_time(int(pid)) != start


@cache
def _place() -> str:
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return f"{socket.gethostname()} {namespace}"


def _start_time(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The second field is the program's name in parentheses and may hold spaces; start time is the 22nd.
    return stat.rpartition(")")[2].split()[19]
