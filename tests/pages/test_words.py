"""What the pages say: calls in words, numbers with units, model text as it was meant."""

import json

import pytest

from callsmith.types.exchange import Marks
from callsmith.types.parts import ToolCall
from callsmith.types.usage import Usage
from components.chat.prose import markdown, paragraphs
from components.words import measured, money, seconds, spoken


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ('{"location": "Boston, MA", "unit": "celsius"}', 'with location "Boston, MA" and unit "celsius".'),
        ("{}", "without arguments."),
        ('{"a": true, "b": null}', "with a yes and b nothing."),
        ('{"items": [{"x": 1}, {"x": 2}]}', "with items (2 entries)."),
        ('{"tags": ["a", "b"]}', 'with tags "a" and "b".'),
        ('{"x": tru', "but its arguments are not readable as JSON."),
        ("[1]", "with 1."),
        ('{"items": {"x": ' + str([{}] * 1400) + "}}", "with items (x (1,400 entries))."),
        (json.dumps({f"a{n}": n for n in range(8)}), "a6 6 and a7 7."),
        (json.dumps({f"a{n}": n for n in range(2000)}), "with a0 0, a1 1, a2 2, a3 3, a4 4, a5 5 and 1,994 more."),
    ],
)
def test_a_call_in_words(arguments: str, words: str) -> None:
    assert spoken(ToolCall("a", "f", arguments)).endswith(words)


def test_names_cannot_smuggle_markdown() -> None:
    assert r"\*\*x\*\*" in spoken(ToolCall("a", "**x**", "{}"))


def test_facts_of_a_reply() -> None:
    usage = Usage(input=1204, output=120, cache_read=64, reasoning=20)
    line = measured(usage, Marks(0, sent=0, first_byte=0.3, first_token=0.4, done=2.4))
    assert (
        line
        == "1,204 tokens in (64 cached), 120 tokens out (20 reasoning) · first token 0.4 s · total 2.4 s · 60 tokens/s"
    )


def test_unknown_is_said_never_zero() -> None:
    assert measured(None, None) == "tokens not reported"
    assert measured(Usage(input=5), None) == "5 tokens in, out not reported"
    assert seconds(None) == "unknown"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It costs $5 or $10", "It costs \\$5 or \\$10"),
        ("`$x` and $y", "`$x` and \\$y"),
        ("```sh\necho $HOME\n```", "```sh\necho $HOME\n```"),
        (":red[x] at 10:30", "\\:red[x] at 10:30"),
        ("plain", "plain"),
    ],
)
def test_model_text_is_no_formula_and_no_directive(text: str, shown: str) -> None:
    assert markdown(text) == shown


def test_an_open_fence_stays_in_one_block() -> None:
    text = "one\n\n```py\na\n\nb\n```\n\ntwo"
    assert paragraphs(text) == ["one", "```py\na\n\nb\n```", "two"]
    assert "\n\n".join(paragraphs(text)) == text


def test_what_was_written_to_the_cache_is_said() -> None:
    usage = Usage(input=900, output=5, cache_read=300, cache_write=500)
    assert measured(usage, None) == "900 tokens in (300 cached, 500 written to the cache), 5 tokens out"


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (None, "price unknown"),
        (0, "$0"),
        (0.0021, "$0.0021"),
        (0.000421, "$0.00042"),
        (0.0000421, "$0.000042"),
        (1e-9, "less than $0.000001"),
        (0.5, "$0.50"),
        (0.12345, "$0.1235"),
        (0.99999, "$1.00"),
        (12.3, "$12.30"),
        (12345, "$12,345.00"),
    ],
)
def test_money(usd: float | None, words: str) -> None:
    assert money(usd) == words


@pytest.mark.parametrize(
    "text",
    [
        "![a](https://x.example/i)",
        "<div>\n```\n\n![a](https://x.example/i)\n```",
        "x ``` ![a](https://x.example/i) ```",
        "`![a](https://x.example/i)\n`",
        "\\![a](https://x.example/i)",
    ],
)
def test_nothing_a_model_writes_is_an_image(text: str) -> None:
    assert "![" not in markdown(text)


def test_a_known_cost_is_said_after_the_tokens() -> None:
    assert measured(Usage(input=5, output=1), None, 0.0021) == "5 tokens in, 1 token out · \\$0.0021"
    assert "$" not in measured(Usage(input=5, output=1), None, 0.0) + measured(Usage(input=5, output=1), None)
