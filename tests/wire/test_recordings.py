"""Every recorded Chat Completions exchange agrees with what the vendors' own SDKs read from it."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.replay import recordings, replay
from callsmith.wire.registry import WIRES

# Rows where the expected file repeats an SDK's own mistake, each with the reason we differ.
ARGUED = {
    # The stream repeats the whole tool name in a second delta and the SDK glues the two together (trap 5).
    "5c5f9328d0c5cc-00": ("tool_calls", [{"name": "llm_version", "arguments": {}}]),
}


class _OneByte(random.Random):
    def choice(self, seq: Any) -> Any:
        return 1


def slicing(name: str) -> random.Random | None:
    return {"whole": None, "byte by byte": _OneByte(), "random": random.Random(20261123)}[name]


def squeezed(text: str) -> str:
    return "".join(text.split())


def expected_rows(root: Path, wire: str) -> dict[str, dict[str, Any]]:
    rows = (json.loads(line) for line in (root / "expected.jsonl").read_text().splitlines())
    return {row["id"]: row for row in rows if row["wire"] == wire}


def comparable(said: dict[str, Any]) -> dict[str, Any]:
    calls = [
        {"name": call["name"], "arguments": call.get("arguments", {"__raw__": call.get("raw_arguments")})}
        for call in said["tool_calls"]
    ]
    return {"text": said["text"], "reasoning": squeezed(said["reasoning"]), "tool_calls": calls, "usage": said["usage"]}


@pytest.mark.parametrize("how", ["whole", "random", pytest.param("byte by byte", marks=pytest.mark.slow)])
@pytest.mark.parametrize("wire", sorted(WIRES))
def test_recordings_agree(shared: Path, wire: str, how: str) -> None:
    root = shared / "recordings"
    rows = expected_rows(root, wire)
    rng = slicing(how)
    different, seen = [], 0
    for exchange in recordings([root / wire]):
        row = rows[exchange["id"]]
        said = replay(exchange, rng)
        seen += 1
        if row.get("http_error"):
            error = said["error"]
            if error is None or error["status"] != row["status"] or not error["message"] or not error["code"]:
                different.append((row["id"], error))
        elif "sdk_error" in row:
            if not (said["text"] or said["tool_calls"] or said["error"] or said["finish"]):
                different.append((row["id"], said))
        else:
            wanted = {**row["result"], "reasoning": squeezed(row["result"]["reasoning"])}
            if row["id"] in ARGUED:
                field, value = ARGUED[row["id"]]
                wanted[field] = value
            if comparable(said) != wanted or said["error"] is not None:
                different.append((row["id"], comparable(said), wanted))
    assert seen == len(rows)
    assert different == []


@pytest.mark.parametrize("wire", sorted(WIRES))
def test_a_plain_body_reads_the_same_where_a_stream_was_asked_for(shared: Path, wire: str) -> None:
    for exchange in recordings([shared / "recordings" / wire]):
        if exchange["framing"] != "single" or exchange["response"]["status"] >= 300:
            continue
        body = exchange["response"]["body_text"].encode()
        turns = []
        for stream in (False, True):
            reader = Reader(WIRES[wire], 200, stream=stream)
            reader.feed(body)
            reader.close()
            turns.append(reader.turn())
        assert turns[0] == turns[1], exchange["id"]
