"""Every recorded exchange agrees with what the vendors' own SDKs read from it."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from callsmith.reading import Reader
from callsmith.replay import recordings, replay
from callsmith.wire.registry import WIRES

_CUT_OFF = (
    '{"filename": "taxes.txt", "lines_of_text": [\n'
    '"# COMPREHENSIVE TAX GUIDE FOR INDIVIDUALS WITH MULTIPLE W-2s",\n"",\n"## INTRODUCTION",\n"",\n"Filing taxes'
)
# Rows where the expected file repeats an SDK's own mistake, each with the reason we differ.
ARGUED = {
    # The stream repeats the whole tool name in a second delta and the SDK glues the two together (trap 5).
    "5c5f9328d0c5cc-00": ("tool_calls", [{"name": "llm_version", "arguments": {}}]),
    # Two messages in one body, both starting at index 0: the SDK glues the second text to the first message's block,
    "558ab009fea22c-00": (
        "text",
        "I'll search for a weather-related tool to help you get the weather information for San F"
        "rancisco.Great! I found a weather tool. Let me get the current weather for San Francisco"
        ".The current weather in San Francisco, CA is:\n- **Temperature:** 64\u00b0F\n- **Condition:** P"
        "artly cloudy\n- **Humidity:** 65%",
    ),
    # and drops it where that block is a server tool's.
    "64ffa813b91b61-00": (
        "text",
        "Great! I found a weather tool. Let me get the current weather data for San Francisco.Her"
        "e's the current weather data for San Francisco:\n\n- **Location:** San Francisco, CA\n- **T"
        "emperature:** 64\u00b0F\n- **Condition:** Partly cloudy\n- **Humidity:** 65%\n\nThe weather in SF"
        " is pleasant with partly cloudy skies and moderate humidity!",
    ),
    # Arguments cut off by max_tokens: the SDK repairs them, and so hands over a call that the model never finished.
    "b685093a8377af-00": ("tool_calls", [{"name": "make_file", "arguments": {"__raw__": _CUT_OFF}}]),
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


def reported_thinking(exchange: dict[str, Any]) -> int | None:
    """Anthropic's ``thinking_tokens`` are the reasoning of wire-format notes, section 9; the expected rows leave them
    out, so ``replay`` gives them apart."""
    found = re.findall(r'"thinking_tokens":\s*(\d+)', exchange["response"]["body_text"])
    return int(found[-1]) if found else None


def gemini_wanted(exchange: dict[str, Any], wanted: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Google's SDK reads nothing at all from a JSON array, and takes every piece of a call's arguments
    (``partialArgs``) for a call without a name: there the names of the real calls must agree, in order;
    what the pieces join to is tested in test_gemini_decoder.py."""
    if exchange["framing"] == "json-array":
        return plainly_read(json.loads(exchange["response"]["body_text"]))
    names = [call["name"] for call in wanted["tool_calls"]]
    if None in names and [call["name"] for call in ours["tool_calls"]] == [name for name in names if name]:
        return {**wanted, "tool_calls": ours["tool_calls"]}
    return wanted


def plainly_read(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    usage = chunks[-1]["usageMetadata"]
    thoughts = usage.get("thoughtsTokenCount")
    return {
        "text": "".join(part.get("text", "") for part in parts if not part.get("thought")),
        "reasoning": squeezed("".join(part["text"] for part in parts if part.get("thought"))),
        "tool_calls": [
            {"name": part["functionCall"]["name"], "arguments": part["functionCall"]["args"]}
            for part in parts
            if "functionCall" in part
        ],
        "usage": {
            "input": usage["promptTokenCount"],
            "output": usage["candidatesTokenCount"] + (thoughts or 0),
            "total": usage["totalTokenCount"],
            "cache_read": None,
            "reasoning": thoughts,
        },
    }


def comparable(said: dict[str, Any]) -> dict[str, Any]:
    calls = [
        {"name": call["name"], "arguments": call.get("arguments", {"__raw__": call.get("raw_arguments")})}
        for call in said["tool_calls"]
    ]
    return {"text": said["text"], "reasoning": squeezed(said["reasoning"]), "tool_calls": calls, "usage": said["usage"]}


@pytest.mark.parametrize(
    "how", ["whole", *(pytest.param(how, marks=pytest.mark.slow) for how in ("random", "byte by byte"))]
)
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
            if wire == "anthropic":
                assert said["thinking_tokens"] == reported_thinking(exchange), exchange["id"]
            if wire == "gemini":
                wanted = gemini_wanted(exchange, wanted, comparable(said))
            # A blocked prompt is an answer to the SDK, and a problem to us: there is no turn to show.
            error = None if said["error"] and said["error"]["code"] == "prompt_blocked" else said["error"]
            if comparable(said) != wanted or error is not None:
                different.append((row["id"], comparable(said), wanted))
    assert seen == len(rows)
    assert different == []


@pytest.mark.parametrize("wire", sorted(WIRES))
@pytest.mark.slow
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
