"""The page to send, read as a file: it holds the story, loads nothing, and whatever was said in it stays text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from callsmith.conversation import Conversation, answer, append, say
from callsmith.exporting_page import Include, cleaned, page
from callsmith.redaction import Redactor
from callsmith.story import Story, story
from callsmith.types.parts import Media, Opaque, Text, Thinking, ToolCall, ToolResult
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from tests.engine.story_kit import info, picture, recorded, reply, trip

ALLOWED = frozenset(
    (
        *("html", "head", "meta", "title", "style", "script", "body", "header", "main", "section", "nav", "div"),
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "b", "i", "ul", "ol", "li", "pre", "code", "details", "summary"),
        *("figure", "img", "figcaption", "progress", "button", "span", "strong", "em", "s", "br", "hr", "blockquote"),
        *("table", "thead", "tbody", "tr", "th", "td", "dialog"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("lang", "charset", "http-equiv", "content", "name", "class", "type", "id", "role", "dir", "tabindex"),
        *("aria-label", "aria-labelledby", "aria-hidden", "aria-live", "src", "alt", "scope", "start", "max", "value"),
    )
)
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "</pre></section></main><h1>Yours",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)><a xlink:href=javascript:alert(1)>x",
    "--><!--<script>alert(1)//-->",
    "<!--", "]]>", "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;amp;",
    "[click](javascript:alert(1))", "![x](https://evil.example/pixel.png)", "[a](https://evil.example/?q=1)",
    '[x](data:text/html;base64,PHNjcmlwdD4=) <a href="data:text/html,x">',
    "<iframe src=//evil.example></iframe><object data=x><embed src=x><base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><input autofocus onfocus=alert(1)>",
    "<div style=\"background:url(//evil.example/x)\">", "expression(alert(1))", "`<b>`", "**<i onclick=alert(1)>**",
    "```html\n<script>alert(1)</script>\n```", "# <u>head</u>",
    "| <b>a</b> | b |\n| - | - |\n| <script>x</script> | 2 |",
    "> <script>x</script>", "- <script>x</script>\n  - <img src=x>", "1. a\n\n   <script>x</script>",
    "safe\u202e)1(trela\u202c", "\u2066x\u2069", "\ud800 lone \udfff", "\x00\x08\x1b[31m\x7f\x9b",
    "{{constructor}} ${x} {0}",
    "<plaintext>", "<title></title><noscript><p>", "\u2028\u2029\ufeff", "<" * 2000, "*" * 3000, "[" * 3000, "`" * 3001,
    "> " * 500 + "deep", "\n".join("  " * depth + "- x" for depth in range(40)), "|" * 2000 + "\n" + "|-" * 1000,
)  # fmt: skip


class Tags(HTMLParser):
    """Every element and attribute of a file; what stands between tags as a browser reads it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.comments: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def told(conversation: Conversation, tools: dict[str, Tool] | None = None, **more: Any) -> Story:
    return story(conversation, more.pop("infos", {}), tools or {}, **more)


def everywhere(text: str) -> tuple[Conversation, dict[str, Tool]]:
    """A conversation with this text in every place that somebody else writes."""
    conversation = say(
        Conversation("c", text), text, [Media(text, name=text, url=text), Media("image/png", picture(), name=text)]
    )
    calls = (ToolCall("1", text, text), ToolCall("2", text, text, type="custom"))
    opaque = Opaque("web_search_call", {"type": "web_search_call", "action": {"type": "search", "query": text}})
    conversation = append(conversation, reply("e1", Thinking(text), Text(text), opaque, *calls))
    conversation = answer(
        conversation, [ToolResult("1", text, name=text), ToolResult("2", text, is_error=True, name=text)]
    )
    return append(conversation, reply("e2", Text(text))), {text: Tool(text, text)}


def checked(text: str) -> Tags:
    tags = Tags(text)
    assert not tags.wrong and not tags.open and not tags.comments
    assert {tag for tag, _ in tags.tags} <= ALLOWED
    assert {name for _, attributes in tags.tags for name in attributes} <= ATTRIBUTES
    for tag, attributes in tags.tags:
        if "src" in attributes:
            assert tag == "img"
            assert re.fullmatch(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+", attributes["src"] or "")
    count = [tag for tag, _ in tags.tags]
    assert (count.count("script"), count.count("style"), count.count("main"), count.count("title")) == (1, 1, 1, 1)
    return tags


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_others_wrote_is_text_wherever_it_stands(text: str) -> None:
    conversation, tools = everywhere(text)
    made = page(told(conversation, tools, system=text))
    made.encode("utf-8")
    checked(made)
    for sign in "\x00\x08\x1b\x7f\x9b\u202a\u202e\u2066":
        assert sign not in made


def test_text_survives_as_it_was_written() -> None:
    written = "a <b> & \"c\" 'd' </script> &amp; é 日本"
    tags = checked(page(told(say(Conversation("c", "t"), written))))
    assert written in tags.text


def test_a_reversed_text_shows_how_it_is_made() -> None:
    assert "[U+202E]txt.exe" in page(told(say(Conversation("c"), "\u202etxt.exe")))


def test_the_policy_allows_this_style_this_script_and_nothing_else() -> None:
    made = page(told(*trip_story()))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', made)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert set(rules) == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}
    assert [rules[name] for name in ("default-src", "img-src", "base-uri", "form-action")] == [
        "'none'", "data:", "'none'", "'none'",
    ]  # fmt: skip
    for tag in ("style", "script"):
        held = made.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(held.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert made.index("Content-Security-Policy") < made.index("<style>")
    assert "http://" not in made and "https://" not in made.replace("https://weather.example/tokyo", "")


def trip_story() -> tuple[Conversation, dict[str, Tool]]:
    conversation, _, tools = trip()
    return conversation, tools


def test_every_step_is_there_with_its_words() -> None:
    conversation, infos, tools = trip()
    one = story(conversation, infos, tools, system="Be brief.", costs={at: 0.002 for at in infos})
    tags = checked(page(one))
    text = "\n".join(tags.text)
    for step in one.steps:
        assert step.heading in text
        assert step.words in text
        assert all(fact.text in text for fact in step.facts)
    assert sum(tag == "section" for tag, _ in tags.tags) == len(one.steps) + 1
    assert '<th scope="col">City</th>' in page(one)


def test_what_was_left_out_is_not_in_the_file() -> None:
    conversation, infos, tools = trip()
    one = story(conversation, infos, tools, system="Instructions of the house", costs={at: 0.0021 for at in infos})
    whole, bare = page(one), page(one, Include(thinking=False, system=False, json=False, cost=False))
    for text in ("no weather data", "Instructions of the house", "&quot;location&quot;", "$0.0021", "$0.0084"):
        assert (text in whole, text in bare) == (True, False), text
    assert "Step 1 of 11" in bare


SECRET = "sk-canary-5f0e1d2c3b4a59687766"


def test_a_known_secret_is_nowhere_not_even_in_part() -> None:
    """Also where a sentence shortens the text that it stands in."""
    long = "x" * 60 + SECRET + "y" * 60
    conversation, tools = everywhere(long)
    conversation = append(
        conversation, reply("e3", ToolCall("3", "call", f'{{"header": "{long}", "{SECRET}": {{"a": "{long}"}}}}'))
    )
    clean = Redactor([SECRET]).text
    tools = {"t": Tool("t", "d" * 140 + SECRET)}
    tools = {clean(name): Tool(clean(tool.name), clean(tool.description)) for name, tool in tools.items()}
    made = page(told(cleaned(conversation, clean), tools, system=clean(long)), clean=clean)
    assert "sk-canary" not in made
    assert "[key hidden]" in made
    assert "sk-canary" in page(told(conversation, tools))


def test_cleaning_keeps_pictures_and_ids() -> None:
    conversation, _, _ = trip()
    same = cleaned(conversation, lambda text: text)
    assert same == conversation
    changed = cleaned(conversation, lambda text: text.replace("A", "B"))
    assert list(changed.nodes) == list(conversation.nodes)
    assert [p for n in changed.path() for p in n.message.parts if isinstance(p, Media)][0].data == picture()


def test_a_failure_names_no_server() -> None:
    conversation = say(Conversation("c"), "Hello, gateway.example")
    problem = Problem("connection", "https://gateway.example:8443/v1 refused (gateway.example)")
    failed = info("e1", state="failed", node_id=None, parent_id=conversation.head, problem=problem)
    made = page(told(conversation, infos={"e1": failed}), addresses=["https://user:pw@gateway.example:8443/v1/"])
    text = "\n".join(checked(made).text)
    assert "gateway.example" not in text.replace("Hello, gateway.example", "")
    assert "8443" not in text and "[address hidden] refused" in text


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_are_drawn_anew(form: str) -> None:
    data = picture(form)
    made = page(told(say(Conversation("c"), "", [Media(f"image/{form.lower()}", data, name="a.b")])))
    sources = [attributes["src"] or "" for tag, attributes in checked(made).tags if tag == "img"]
    assert len(sources) == 1 and data not in sources[0]


def test_what_a_picture_carries_beside_its_pixels_stays_behind() -> None:
    data = picture("JPEG", comment=b"taken at home", exif=b"Exif\0\0secret place")
    made = page(told(say(Conversation("c"), "", [Media("image/jpeg", data)])))
    sent = re.search(r"base64,([A-Za-z0-9+/=]+)", made)
    assert sent is not None
    assert b"home" not in base64.b64decode(sent[1]) and b"secret" not in base64.b64decode(sent[1])


@pytest.mark.parametrize(
    "media",
    [
        Media("image/svg+xml", base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>").decode()),
        Media("image/png", base64.b64encode(b"<svg onload='x()'/>").decode()),
        Media("image/png", base64.b64encode(b"\x89PNG\r\n\x1a\n<script>").decode()),
        Media("image/png", "not base64!"),
        Media("image/png", picture()[:200]),
        Media("text/html", picture()),
        Media("audio/wav", "AAAA", name="voice.wav"),
        Media("image/png", url="https://evil.example/pixel.png"),
        Media("image/png", url="data:image/png;base64,AAAA"),
    ],
)
def test_what_is_no_picture_is_named_only(media: Media) -> None:
    tags = checked(page(told(say(Conversation("c"), "", [media]))))
    assert not [tag for tag, _ in tags.tags if tag == "img"]
    assert media.media_type in "\n".join(tags.text)


def test_long_texts_are_cut_and_it_is_said() -> None:
    conversation, _ = everywhere("word " * 40_000)
    made = page(told(conversation))
    assert "These are the first 20,000 of 200,000 characters" in made
    assert len(made) < 400_000


def test_a_long_text_is_cut_at_the_end_of_a_line_and_can_be_seen_whole() -> None:
    log = "\n".join(f"line {number} of a log" for number in range(3_000))
    conversation = say(Conversation("c"), "Read it")
    conversation = append(conversation, reply("e1", ToolCall("1", "log", "{}"), ToolCall("2", "list", "{}")))
    whole = json.dumps([{"number": number} for number in range(400)])
    conversation = answer(conversation, [ToolResult("1", log), ToolResult("2", whole)])
    made = page(told(conversation))
    held = re.search(r'<pre class="said"[^>]*>(line 0 .*?)</pre>(.*)', made, re.S)
    assert held is not None and re.search(r"line \d+ of a log$", held[1])
    assert held[2].startswith('<button type="button" class="more controls">Show all lines</button><p class="aside">')
    assert f"These are the first {len(held[1]):,} of {len(log):,} characters" in made
    assert "As the program sees it (JSON, 1,202 lines)" in made
    assert "As the program sees it (JSON)" in made


def test_the_contents_lead_to_every_turn_and_call() -> None:
    conversation = say(Conversation("c"), f"Is it warm?\n{'really ' * 40}")
    conversation = append(conversation, reply("e1", ToolCall("1", "weather", '{"city": "Bern"}')))
    conversation = answer(conversation, [ToolResult("1", "no such city", is_error=True)])
    conversation = say(append(conversation, reply("e2", Text("No."))), "<b>And</b> now?")
    one = told(conversation, {"weather": Tool("weather")}, system="Be brief.")
    entries = re.findall(
        r'<li(?: class="([^"]+)")?><button type="button" value="(\d+)"[^>]*>(.*?)</button>', page(one), re.S
    )
    assert [(kind, int(at)) for kind, at, _ in entries] == [
        ("", 0), ("", 1), ("", 2), ("", 3), ("part", 4), ("part wrong", 5), ("", 7)
    ]  # fmt: skip
    said = [text for _, _, text in entries]
    assert said[3].startswith("<b>1</b> Is it warm?") and said[3].endswith("...") and len(said[3]) < 120
    assert "weather with city &quot;Bern&quot;" in said[4] and said[5] == "weather fails"
    assert said[6] == "<b>2</b> &lt;b&gt;And&lt;/b&gt; now?"
    without = page(one, Include(system=False))
    assert [int(at) for at in re.findall(r'<button type="button" value="(\d+)"', without)] == [0, 1, 2, 3, 4, 6]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and *soft* and `x*y*`", "<strong>bold</strong> and <em>soft</em> and <code>x*y*</code>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("[site](https://a.example/b)", 'site <span class="address">(https://a.example/b)</span>'),
        ("![map](https://a.example/m.png)", 'map <span class="address">(picture at https://a.example/m.png)</span>'),
        ("## Title", "<h4>Title</h4>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li><p>b</p><ul><li>c</li></ul></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
        ("```py\nx = 1\n```\ny", '<pre class="code" tabindex="0">x = 1</pre><p>y</p>'),
        ("```\nnever closed", '<pre class="code" tabindex="0">never closed</pre>'),
        (r"\*plain\*", "<p>*plain*</p>"),
        ("---", "<hr>"),
    ],
)
def test_answers_show_what_markdown_they_use(written: str, shown: str) -> None:
    made = page(told(append(say(Conversation("c"), "Hi"), reply("e1", Text(written)))))
    assert shown in made
    checked(made)


def test_what_a_person_wrote_is_shown_as_it_is() -> None:
    made = page(told(say(Conversation("c"), "**not bold**")))
    assert "**not bold**" in made


@pytest.mark.parametrize("name", ["8335dc7cc93f3a", "ebfc641749b7ce", "3832f2cb03eb95", "e3dc38d8ae9eaf"])
def test_a_recorded_conversation_becomes_a_page(shared: Path, name: str) -> None:
    conversation, infos, tools = recorded(shared / "recordings" / "openai-chat" / f"{name}.json")
    one = story(conversation, infos, tools)
    tags = checked(page(one))
    text = "\n".join(tags.text)
    assert [step.kind for step in one.steps].count("call") >= 2
    assert all(step.words in text for step in one.steps)


def test_an_empty_conversation_makes_a_page_too() -> None:
    assert "Nothing was said yet" in page(told(Conversation("c")))
