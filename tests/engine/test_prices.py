"""What exchanges cost: by the list, by one's own table; what is unknown is never 0."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callsmith import prices
from callsmith.connections import DEMO
from callsmith.prices import Cost, Pricer, cost_of
from callsmith.prices_own import OwnPrice, OwnPrices, edited, from_json, to_json
from callsmith.types.connection import Connection, Target
from callsmith.types.usage import Usage

ROOT = Path(__file__).resolve().parents[2]
AT = 1_780_315_200.0  # 2026-06-01
NONE = OwnPrices()


def connection(url: str, name: str = "C") -> Connection:
    return Connection("c", name, url)


OPENAI = connection("https://api.openai.com/v1")
ANTHROPIC = connection("https://api.anthropic.com")
GEMINI = connection("https://generativelanguage.googleapis.com")
GATEWAY = connection("https://gateway.example.com/v1")


def usd(
    usage: Usage | None, to: Connection, model: str, wire: str = "openai-chat", own: OwnPrices = NONE
) -> float | None:
    cost = cost_of(usage, to, model, wire, AT, own)
    return None if cost is None else round(cost.usd, 9)


def test_cached_input_is_part_of_input_and_reasoning_part_of_output() -> None:
    # gpt-5: 1.25, cached 0.125, output 10 US dollars a million tokens.
    assert usd(Usage(input=1000, output=100), OPENAI, "gpt-5") == pytest.approx(0.00225)
    assert usd(Usage(input=1000, output=100, cache_read=400), OPENAI, "gpt-5") == pytest.approx(0.0018)
    assert usd(Usage(input=1000, output=100, reasoning=90, cache_read=0), OPENAI, "gpt-5") == pytest.approx(0.00225)


def test_cache_writes_of_messages_cost_more_and_those_for_an_hour_most() -> None:
    # claude-sonnet-4-5: 3, cached 0.3, written 3.75, for an hour 6, output 15.
    short = Usage(input=1000, output=0, cache_read=200, cache_write=300)
    assert usd(short, ANTHROPIC, "claude-sonnet-4-5", "anthropic") == pytest.approx(
        (500 * 3 + 200 * 0.3 + 300 * 3.75) / 1e6
    )
    hour = Usage(input=1000, output=0, cache_write=300, raw={"cache_creation": {"ephemeral_1h_input_tokens": 100}})
    assert usd(hour, ANTHROPIC, "claude-sonnet-4-5", "anthropic") == pytest.approx(
        (700 * 3 + 200 * 3.75 + 100 * 6) / 1e6
    )


def test_audio_has_its_own_price() -> None:
    # gemini-2.5-flash: 0.3, audio 1, output 2.5.
    assert usd(Usage(input=1000, output=100, audio_in=600), GEMINI, "gemini-2.5-flash", "gemini") == pytest.approx(
        (400 * 0.3 + 600 * 1 + 100 * 2.5) / 1e6
    )


def test_the_source_says_whose_price_it_is() -> None:
    usage = Usage(input=1000, output=100)
    listed = cost_of(usage, OPENAI, "gpt-5", "openai-chat", AT, NONE)
    assert listed is not None and listed.source == prices.LIST
    for model in ("gpt-5", "openai/gpt-5"):
        elsewhere = cost_of(usage, GATEWAY, model, "openai-chat", AT, NONE)
        assert elsewhere is not None and elsewhere.usd == pytest.approx(0.00225)
        assert elsewhere.source == f"{prices.LIST}, list price of OpenAI"
    mine = cost_of(usage, OPENAI, "gpt-5", "openai-chat", AT, OwnPrices((OwnPrice("", "gpt-*", 1, None, 2),)))
    assert mine == Cost(0.0012, "your prices")
    assert cost_of(None, DEMO, "demo-agent", "gemini", AT, NONE) == Cost(0.0, "demo")


@pytest.mark.parametrize(
    ("usage", "to", "model"),
    [
        (None, OPENAI, "gpt-5"),
        (Usage(output=3), OPENAI, "gpt-5"),
        (Usage(input=3), OPENAI, "gpt-5"),
        (Usage(input=3, output=3), OPENAI, "no-such-model"),
        (Usage(input=3, output=3), GATEWAY, "no-such-model"),
        (Usage(input=3, output=3), connection("http://localhost:11434/v1"), "gpt-5"),
        (Usage(input=3, output=3), connection(""), "gpt-5"),
        (Usage(input=3, output=3, cache_read=9), OPENAI, "gpt-5"),
    ],
)
def test_unknown_stays_unknown(usage: Usage | None, to: Connection, model: str) -> None:
    assert usd(usage, to, model) is None


def test_nothing_used_costs_nothing() -> None:
    assert usd(Usage(input=0, output=0), OPENAI, "gpt-5") == 0.0


OWN = OwnPrices(
    (
        OwnPrice("Work", "gpt-5*", 2.0, 0.5, 8.0),
        OwnPrice("", "gpt-5*", 4.0),
        OwnPrice("*gate*", "", 1.0, None, 3.0),
        OwnPrice("", "local[1]", 0.0, 0.0, 0.0),
    )
)


@pytest.mark.parametrize(
    ("name", "model", "expected"),
    [
        ("work", "GPT-5-mini", (600 * 2 + 400 * 0.5 + 100 * 8) / 1e6),
        ("My Gateway", "gpt-5", (1000 * 1 + 100 * 3) / 1e6),
        ("My Gateway", "anything", (1000 * 1 + 100 * 3) / 1e6),
        ("Elsewhere", "local[1]", 0.0),
        ("Elsewhere", "local1", None),
    ],
)
def test_the_first_of_one_s_own_rows_that_counts_and_fits(name: str, model: str, expected: float | None) -> None:
    to = connection("http://localhost:1/v1", name)
    found = usd(Usage(input=1000, output=100, cache_read=400), to, model, own=OWN)
    assert found == (None if expected is None else pytest.approx(expected))


def test_one_s_own_prices_need_tokens_unless_all_is_free() -> None:
    to = connection("http://localhost:1/v1", "Work")
    assert usd(None, to, "gpt-5", own=OWN) is None
    assert usd(None, to, "local[1]", own=OWN) == 0.0


def test_a_pricer_follows_the_table() -> None:
    table = OwnPrices()
    price = Pricer(lambda: table)
    target = Target(OPENAI, "openai-chat", "gpt-5")
    assert price(Usage(input=1000, output=100), target, AT) == pytest.approx(0.00225)
    table = OwnPrices((OwnPrice("C", "", 0, 0, 0),))
    assert price(Usage(input=1000, output=100), target, AT) == 0.0


def test_rows_that_count_for_nothing_say_why() -> None:
    table = OwnPrices((OwnPrice("a"), OwnPrice("a", "", 1, None, -2), OwnPrice("a", "", 1, None, 2)))
    assert table.problems() == (
        "Row 1 counts for nothing: it has no price for input and output.",
        "Row 2 counts for nothing: a price is not below 0 (-2).",
    )


def test_kept_and_read_again() -> None:
    assert from_json(to_json(OWN)) == OWN


@pytest.mark.parametrize("kept", [None, 3, "x", {"a": 1}, [1, None], [{"input": "x", "model": 3, "output": True}]])
def test_what_is_no_table_is_an_empty_one(kept: Any) -> None:
    assert from_json(kept).find("a", "b") is None


def test_edits() -> None:
    table = edited(OWN, {0: {"input": 3, "connection": " Home "}}, [{"model": "new", "output": 5}], [1, 2])
    assert table.rows == (
        OwnPrice("Home", "gpt-5*", 3.0, 0.5, 8.0),
        OWN.rows[3],
        OwnPrice("", "new", None, None, 5.0),
    )


def test_the_version_said_is_the_one_required() -> None:
    pins = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert f"genai-prices {pins['genai-prices']}" == prices.LIST


@pytest.mark.slow
def test_the_list_is_not_imported_at_the_start() -> None:
    code = "import sys, callsmith.prices, callsmith.usage; assert 'genai_prices' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("model", ["gpt-5", "gpt-4o-audio-preview", "gpt-4.1", "o3"])
def test_the_quick_way_gives_what_the_list_itself_gives(model: str) -> None:
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    usage = Usage(input=1234, output=567, cache_read=89, cache_write=20, reasoning=67)
    exact = calc_price(
        Counted(
            input_tokens=1234,
            output_tokens=567,
            cache_read_tokens=89,
            cache_write_tokens=20,
            output_reasoning_tokens=67,
        ),
        model,
        provider_id="openai",
    )
    assert usd(usage, OPENAI, model) == pytest.approx(float(exact.total_price), rel=1e-9)


def test_prices_that_depend_on_the_length_follow_it() -> None:
    # gemini-2.5-pro: 1.25 up to 200,000 tokens of input, 2.5 beyond.
    short = usd(Usage(input=200_000, output=0), GEMINI, "gemini-2.5-pro", "gemini")
    long = usd(Usage(input=200_001, output=0), GEMINI, "gemini-2.5-pro", "gemini")
    assert short == pytest.approx(0.25)
    assert long == pytest.approx(0.5000025)
