"""curl commands: parameters from query and body, and no secret kept."""

from __future__ import annotations

import pytest

from callsmith.importing import Candidate, ImportProblem, read
from callsmith.importing.shell_words import split
from callsmith.types.codec import to_json


def one(text: str) -> Candidate:
    found = read(text)
    assert found.kind == "curl"
    return found.candidates[0]


def test_query_and_json_body_become_parameters_that_know_their_place() -> None:
    tool = one(
        """curl 'https://api.example.com/v1/items?limit=10&tag=a&tag=b' \\
          -H 'Content-Type: application/json' -d '{"name": "it'\\''s", "tags": ["x"]}'"""
    ).tool
    assert tool.name == "post_v1_items"
    assert tool.parameters == {
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "examples": [10]},
            "tag": {"type": "array", "items": {"type": "string"}},
            "name": {"type": "string", "examples": ["it's"]},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["limit", "tag", "name", "tags"],
    }
    http = tool.origin.http if tool.origin else None
    assert http is not None
    assert (http.method, http.url, http.content_type) == (
        "POST",
        "https://api.example.com/v1/items",
        "application/json",
    )
    assert [(one.property, one.place) for one in http.arguments] == [
        *(("limit", "query"), ("tag", "query")),
        *(("name", "body"), ("tags", "body")),
    ]


@pytest.mark.parametrize(
    ("command", "secret", "placeholder"),
    [
        ("curl x.io -H 'Authorization: Bearer hunter2hunter2'", "hunter2", "Bearer {{API_TOKEN}}"),
        ("curl x.io -H 'authorization: hunter2'", "hunter2", "{{AUTHORIZATION}}"),
        ("curl -u bob:hunter2 x.io", "hunter2", "Basic {{BASIC_CREDENTIALS}}"),
        ("curl https://bob:hunter2@x.io/a", "hunter2", "Basic {{BASIC_CREDENTIALS}}"),
        ("curl x.io -b 'sid=hunter2'", "hunter2", "{{COOKIE}}"),
        ("curl x.io -H 'X-Api-Key: hunter2'", "hunter2", "{{X_API_KEY}}"),
        ("curl 'x.io?api_key=hunter2&q=1'", "hunter2", "?api_key={{API_KEY}}"),
        ("curl x.io -d password=hunter2", "hunter2", "password"),
        ("""curl x.io --json '{"client_secret": "hunter2"}'""", "hunter2", "client_secret"),
        ("curl https://x.io/bot123456789:AAEhBOweik6ad9r_QXMENQjcrGb/send", "AAEhBO", "{{PATH_SECRET}}"),
        ("curl x.io -H 'X-Other: sk-abcdefghij1234567890'", "sk-abc", "{{X_OTHER}}"),
        ('curl x.io -H "Authorization: Bearer $MY_TOKEN"', "$MY", "Bearer {{MY_TOKEN}}"),
    ],
)
def test_no_secret_is_kept(command: str, secret: str, placeholder: str) -> None:
    found = one(command)
    kept = str(to_json(found.tool)) + str(found.changes) + found.title + found.id
    assert secret not in kept
    assert placeholder in kept


KEY = "sk-proj-abcdefgh12345678"


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ("curl https://hooks.slack.com/services/T00000000/B00000000/aBcDeFgHiJkLmNoPqRsTuVwX", "aBcDeF"),
        ("curl https://hooks.slack.com/services/T00000000/B00000000/abcdefghijkl", "abcdefgh"),
        ("curl https://discord.com/api/webhooks/123456/aBcDeFgHi-JkLmNoPqRsTuVwXyZ", "aBcDeF"),
        ("curl x.io/abcdefabcdefabcdefabcdefabcdefab/send", "abcdefabc"),
        (f"curl 'x.io/v;token={KEY}/a'", KEY),
        ("curl 'x.io/v;token=hunter2/a'", "hunter2"),
        ("curl x.io/ghp_abcdefghijklmnop", "ghp_"),
        ("curl x.io/key-AKIAIOSFODNN7EXAMPLE", "AKIA"),
        (f"curl 'x.io?{KEY}'", KEY),
        (f"curl 'x.io?{KEY}=1'", KEY),
        (f"curl 'x.io?u=https%3A%2F%2Fy.io%2F%3Fk%3D{KEY}'", KEY),
        (f"curl x.io -d {KEY}=1", KEY),
        (f"curl x.io -F {KEY}=1", KEY),
        (f"""curl x.io --json '{{"a": {{"{KEY}": 1}}}}'""", KEY),
        (f"""curl x.io --json '{{"{KEY}": 1}}'""", KEY),
        (f"""curl x.io --json '{{"text": "use {KEY}, please"}}'""", KEY),
        ("""curl x.io --json '{"passcode": "1234567", "pin": 4711}'""", "4711"),
        ("""curl x.io --json '{"passcode": "1234567", "pin": 4711}'""", "1234567"),
        ("curl x.io -F pin=4711", "4711"),
        ("curl x.io -d passcode=1234567", "1234567"),
        ("curl 'x.io?pin=4711'", "4711"),
        (f"curl x.io -H 'X-Data: a={KEY};b=c'", KEY),
        (f"""curl x.io -H 'X-Data: key="{KEY}"'""", KEY),
        ("curl x.io -H 'X-Data: a=1;password=hunter2'", "hunter2"),
        (f"curl x.io -H '{KEY}: 1'", KEY),
        (f"curl https://{KEY}/a", KEY),
        (f"curl -A {KEY} x.io", KEY),
        (f"curl -X {KEY} x.io", KEY.upper()),
        (f"curl x.io --json 1 -H 'Content-Type: application/json; key={KEY}'", KEY),
        ("curl x.io -H 'Authorization: hunter2 more'", "hunter2"),
        (f"curl 'x.io/a#{KEY}'", KEY),
    ],
)
def test_no_secret_is_kept_wherever_it_stands(command: str, secret: str) -> None:
    found = read(command)
    kept = str(to_json(found.candidates[0].tool)) + str(found.candidates) + str(found.problems) + found.label
    assert secret not in kept


@pytest.mark.parametrize(
    "path", ["/v1/getUserInformationByAccountId", "/repos/a/b/hooks", "/2024-01-01/task-based-work"]
)
def test_words_are_no_secrets(path: str) -> None:
    assert one(f"curl https://x.io{path}").title.endswith(path)


def test_what_cannot_be_read_is_not_repeated() -> None:
    for address in (f"https://[{KEY}", f"https://[{KEY}]/a", f"https://x\u2100{KEY}/a"):
        with pytest.raises(ImportProblem) as told:
            read(f"curl {address}")
        assert KEY not in str(told.value)


@pytest.mark.parametrize(
    ("command", "method", "content_type"),
    [
        ("curl x.io", "GET", ""),
        ("curl -XDELETE x.io", "DELETE", ""),
        ("curl -G x.io -d q=1", "GET", ""),
        ("curl x.io -d q=1", "POST", "application/x-www-form-urlencoded"),
        ("curl -F file=@a.png -F n=1 x.io", "POST", "multipart/form-data"),
        ("curl -T big.bin x.io", "PUT", "application/octet-stream"),
        ("curl --json '{}' x.io", "POST", "application/json"),
        ("curl -sSLX PATCH --compressed --max-time 3 x.io", "PATCH", ""),
        ('curl ^"https://x.io/^" ^\r\n  --data-raw ^"^{^\\^"a^\\^":1^}^"', "POST", "application/json"),
    ],
)
def test_method_and_content_type(command: str, method: str, content_type: str) -> None:
    origin = one(command).tool.origin
    assert origin is not None and origin.http is not None
    assert (origin.http.method, origin.http.content_type) == (method, content_type)


def test_a_file_is_not_read_and_that_is_said() -> None:
    assert "/etc/passwd" in read("curl x.io -d @/etc/passwd").problems[0]


def test_words_are_split_as_a_shell_does() -> None:
    assert split(r"""a 'b c' "d \"e\" \x" $'f\n\x41\u00e9' g\ h i''j""") == [
        *("a", "b c", 'd "e" \\x', "f\nAé", "g h", "ij"),
    ]


@pytest.mark.parametrize("text", ["curl -X POST", "curl 'https://x.io", "curl http://[::1"])
def test_a_broken_command_is_told(text: str) -> None:
    with pytest.raises(ImportProblem):
        read(text)


@pytest.mark.parametrize(
    "options",
    [
        *("--tlspassword S3cr3t.io --tlsuser bob", "--proxy-header 'Proxy-Authorization: S3cr3t'", "--pass S3cr3t.io"),
        *(
            "--login-options AUTH=S3cr3t",
            "--sasl-authzid S3cr3t.io",
            "--proxy-pass S3cr3t.io",
            "--hostpubsha256 S3cr3t",
            "$OPTIONS",
        ),
        *("--variable key=S3cr3t.io", "--proxy-user bob:S3cr3t.io", "--some-new-option S3cr3t.io", "-U bob:S3cr3t.io"),
        *("-x http://bob:S3cr3t@proxy.io", "--preproxy socks5://S3cr3t", "--proxy http://S3cr3t", "--no-alpn -sSLk#"),
        *("--haproxy-clientip S3cr3t.io", "--ech S3cr3t.io", "S3cr3t.io", "bob"),
    ],
)
def test_the_value_of_an_option_is_never_the_address(options: str) -> None:
    for command in (f"curl {options} https://api.x.com/v", f"curl https://api.x.com/v {options}"):
        found = one(command)
        assert found.title == "GET https://api.x.com/v"
        assert "S3cr3t" not in str(to_json(found.tool)) + str(found.changes)


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("x.io/a", "http://x.io/a"),
        ("word localhost:80/a", "http://localhost:80/a"),
        ("server:8080", "http://server:8080"),
        ("'[::1]:80/a'", "http://[::1]:80/a"),
        ("$BASE/a", "http://{{BASE}}/a"),
        ("'https://x.io/a?u=http://y.io' y.io", "https://x.io/a"),
        ("--url x.io z.io", "http://x.io"),
        ("--expand-url 'https://x.io/a'", "https://x.io/a"),
    ],
)
def test_the_address_is_what_looks_like_one(words: str, url: str) -> None:
    assert one(f"curl {words}").title.endswith(f" {url}")
