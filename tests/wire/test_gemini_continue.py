"""Recorded Gemini conversations carried on with our own turns: the same body, but for what is argued here."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callsmith.continuation import continued
from callsmith.reading import Reader
from callsmith.replay import recordings
from callsmith.types.message import Message, Origin
from callsmith.types.parts import ToolCall
from callsmith.wire.gemini_continue import continuation
from callsmith.wire.registry import WIRES

ARGUED = {
    "id made up": "The client sent an id of its own for a call that came without one; we send none (5.2)",
    "id dropped": "The client did not echo the id that came; it should be echoed (5.2)",
    "signature copied": "The client put the first call's signature on the second call too; it came on the first alone",
    "empty text": "The client put an empty text part before the calls",
}
_ELIDED = re.compile(r"(.*)\u2026\[(\d+) characters elided\]", re.DOTALL)
_AS_IS = ("args", "response")


def plain(value: Any) -> Any:
    """Google takes field names in snake case and base64 in either alphabet, and ignores null."""
    if isinstance(value, dict):
        return {
            camel(key): item if camel(key) in _AS_IS else plain(item) for key, item in value.items() if item is not None
        }
    return [plain(item) for item in value] if isinstance(value, list) else value


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def same_bytes(ours: str, theirs: str) -> bool:
    """Base64 in either alphabet; of long ones the recordings keep the beginning and the length."""
    ours, theirs = (text.replace("-", "+").replace("_", "/") for text in (ours, theirs))
    elided = _ELIDED.fullmatch(theirs)
    if elided is None or ours == theirs:
        return ours.rstrip("=") == theirs.rstrip("=")
    return ours.startswith(elided[1]) and len(ours) == int(elided[2])


def pairs(root: Path) -> Iterator[tuple[str, int, Any, Any]]:
    """Every request that carries results of the exchange before it: its id, where that turn starts, it, ours."""
    for file in sorted((root / "gemini").glob("*.json")):
        exchanges = json.loads(file.read_text())["exchanges"]
        for earlier, later in zip(exchanges, exchanges[1:], strict=False):
            previous, following = earlier["request"]["json"], later["request"]["json"]
            if not previous or not following:
                continue
            start = len(previous["contents"])
            if "functionResponse" not in json.dumps(plain(following["contents"][start:])):
                continue
            reader = Reader(WIRES["gemini"], earlier["response"]["status"], stream=earlier["framing"] != "single")
            reader.feed(earlier["response"]["body_text"].encode())
            reader.close()
            model = re.search(r"models/([^:]+):", earlier["request"]["path"])
            turn = reader.turn().message(Origin("x", "c", "gemini", model[1] if model else ""))
            built = None if turn is None else continuation(previous, turn, following)
            yield later["id"], start, plain(following), None if built is None else plain(built)


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any], start: int) -> Iterator[str]:
    if {**ours, "contents": ours["contents"][:start]} != {**theirs, "contents": theirs["contents"][:start]}:
        yield "what was not ours to change"
    for built, recorded in zip(ours["contents"][start:], theirs["contents"][start:], strict=True):
        parts = recorded["parts"]
        if parts[0] == {"text": ""}:
            yield "empty text"
            parts = parts[1:]
        for mine, other in zip(built["parts"], parts, strict=True):
            yield from part_differences(mine, other)
        if built["role"] != recorded["role"]:
            yield "role"


def part_differences(mine: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    mine, other = json.loads(json.dumps([mine, other]))
    for field in ("functionCall", "functionResponse"):
        ids = [side.get(field, {}).pop("id", None) for side in (mine, other)]
        if ids[0] != ids[1]:
            yield "id made up" if ids[0] is None else "id dropped" if ids[1] is None else "another id"
    signatures = [side.pop("thoughtSignature", None) for side in (mine, other)]
    if signatures[0] is None and signatures[1] is not None:
        yield "signature copied"
    elif signatures[0] != signatures[1] and not same_bytes(*signatures):
        yield "another signature"
    if mine != other:
        yield f"another part: {mine} | {other}"


def test_recorded_conversations_are_carried_on_as_they_were(shared: Path) -> None:
    kinds: Counter[str] = Counter()
    seen = 0
    for exchange_id, start, theirs, ours in pairs(shared / "recordings"):
        assert ours is not None, exchange_id
        seen += 1
        found = set(differences(ours, theirs, start))
        assert found <= ARGUED.keys(), (exchange_id, found - ARGUED.keys())
        kinds.update(found)
    assert seen > 0 and kinds.keys() == ARGUED.keys()


def test_every_request_with_results_of_a_recorded_turn_is_built(shared: Path) -> None:
    exchanges = list(recordings([shared / "recordings" / "gemini"]))
    built = {row["id"] for row in continued(exchanges)}
    # Where the exchange that made the calls is not in the recording there is no turn to build from.
    answers = [exchange for exchange in exchanges if exchange["has_tool_results"] and exchange["turn"] > 0]
    assert {item["id"] for item in answers} - built == set()
    assert len(built) > 100


CALLS = (ToolCall("call_1", "f", "{}"), ToolCall("g1", "g", "{}", extra={"functionCall": {"id": "g1"}}))
TURN = Message("assistant", CALLS, Origin("x", "c", "gemini", "gemini-3-flash"))
ASKED = {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}


def following(*responses: Any) -> dict[str, Any]:
    parts = [{"function_response": response} for response in responses]
    return {"contents": [*ASKED["contents"], {"role": "model", "parts": []}, {"role": "user", "parts": parts}]}


def test_responses_are_matched_by_id_and_else_by_order() -> None:
    first, second = {"name": "f", "response": {"a": 1}}, {"id": "g1", "name": "g", "response": {"error": "no"}}
    for recorded in ((first, second), ({**first, "id": "made up"}, second)):
        built = continuation(ASKED, TURN, following(*recorded))
        assert built is not None
        assert built["contents"][2]["parts"] == [{"functionResponse": first}, {"functionResponse": second}]


def test_responses_with_ids_may_come_in_any_order() -> None:
    given = [ToolCall(name, name, "{}", extra={"functionCall": {"id": name}}) for name in ("f", "g")]
    turn = Message("assistant", tuple(given), TURN.origin)
    responses = [{"id": name, "name": name, "response": {"of": name}} for name in ("f", "g")]
    built = continuation(ASKED, turn, following(*reversed(responses)))
    assert built is not None
    assert built["contents"][2]["parts"] == [{"functionResponse": response} for response in responses]


def test_what_does_not_answer_the_turn_is_none() -> None:
    one = {"name": "f", "response": {}}
    assert continuation(ASKED, TURN, following(one)) is None
    assert continuation(ASKED, TURN, ASKED) is None
    assert continuation({}, TURN, following(one, one)) is None
