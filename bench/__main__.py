"""``python -m bench`` and the names of some of its parts (``PARTS``): all of them without arguments."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench import decoder, loop, memory, page, page_export, record, sessions, tools, usage

PARTS: dict[str, Callable[[], None]] = {
    "decoder": decoder.run,
    "tools": tools.run,
    "loop": loop.run,
    "page": page.run,
    "page-export": page_export.run,
    "memory": memory.run,
    "record": record.run,
    "sessions": sessions.run,
    "usage-million": usage.run,
}


def main() -> int:
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"Unknown: {', '.join(unknown)}. There are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in wanted:
        print(f"== {name}")
        PARTS[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
