"""Long base64 runs shortened for reading: pictures, files, sound, signatures. What was sent stays whole elsewhere."""

from __future__ import annotations

import re

SHOWN = 40
# Long words exist; base64 of this length without a break is never prose.
_RUN = re.compile(r"[A-Za-z0-9+/_-]{400,}={0,2}")


def folded(text: str) -> tuple[str, int]:
    """The text with each run cut to its first ``SHOWN`` characters and its length said; how many runs were cut."""
    return _RUN.subn(lambda run: f"{run[0][:SHOWN]}…[{len(run[0]):,} characters in all, folded]", text)
