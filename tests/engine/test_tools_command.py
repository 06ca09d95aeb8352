"""``python -m callsmith tools``: the same as the page, on any file, with exit codes a script can go by."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from callsmith.cli import main
from callsmith.schema import roundtrip as roundtripping
from callsmith.schema.validate import violations

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a place",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "minLength": 2}, "days": {"type": "integer", "default": 3}},
            "required": ["city"],
        },
    },
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["tools", *map(str, arguments)], catch_exceptions=False)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def weather(tmp_path: Path) -> Path:
    path = tmp_path / "weather.json"
    path.write_text(json.dumps(WEATHER))
    return path


def test_roundtrip_counts(weather: Path, tmp_path: Path) -> None:
    lines = tmp_path / "more.jsonl.gz"
    broken = '{"name": "twice", "inputSchema": {"type": "object", "type": "string"}}'
    lines.write_bytes(gzip.compress((json.dumps(WEATHER) + "\n" + broken + "\n").encode()))
    result = run("roundtrip", weather, lines)
    assert result.exit_code == 0
    assert rows(result) == [{"tools": 3, "identical": 2, "different": 0, "refused": 1}]
    assert "twice" in result.stderr


def test_roundtrip_tells_what_differs(weather: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    different = roundtripping.Roundtrip(False, "/properties/city", "minLength is gone")
    monkeypatch.setattr(roundtripping, "check", lambda schema: different)
    result = run("roundtrip", weather)
    assert result.exit_code == 1
    first, last = rows(result)
    assert (first["name"], first["path"], first["reason"]) == ("get_weather", "/properties/city", "minLength is gone")
    assert last == {"tools": 1, "identical": 0, "different": 1, "refused": 0}


def test_lint(weather: Path, tmp_path: Path) -> None:
    result = run("lint", weather, "--json")
    assert result.exit_code == 0
    [row] = rows(result)
    assert row["name"] == "get_weather"
    assert all(finding.keys() == {"severity", "path", "rule", "message"} for finding in row["findings"])
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps({"name": "x", "parameters": {"type": "object", "required": ["gone"], "properties": {}}}))
    result = run("lint", bad)
    assert result.exit_code == 1
    assert "gone" in result.stdout


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "anthropic", "gemini", "mcp"])
def test_convert(weather: Path, wire: str) -> None:
    [row] = rows(run("convert", weather, "--to", wire, "--json"))
    assert row["tool"] is not None
    assert "get_weather" in json.dumps(row["tool"])
    judged = {(verdict["vendor"], verdict["path"]) for verdict in row["verdicts"]}
    for vendor in {verdict["vendor"] for verdict in row["verdicts"]}:
        assert (vendor, "/properties/city/minLength") in judged
        assert (vendor, "/required") in judged


def test_convert_to_strict(weather: Path) -> None:
    [row] = rows(run("convert", weather, "--to", "openai-chat", "--strict", "--json"))
    function = row["tool"]["function"]
    assert function["strict"] is True
    assert function["parameters"]["additionalProperties"] is False
    assert function["parameters"]["required"] == ["city", "days"]
    assert row["changes"]
    assert not [verdict for verdict in row["verdicts"] if verdict["verdict"] == "refused"]


def test_what_cannot_be_strict_is_said(tmp_path: Path) -> None:
    path = tmp_path / "map.json"
    free = {"type": "object", "properties": {"sizes": {"type": "object", "additionalProperties": {"type": "integer"}}}}
    path.write_text(json.dumps({"name": "order", "description": "x", "parameters": free}))
    result = run("convert", path, "--to", "openai-chat", "--strict", "--json")
    assert result.exit_code == 1
    [row] = rows(result)
    assert row["tool"] is None
    assert "/properties/sizes" in row["refused"]


def test_import(tmp_path: Path) -> None:
    path = tmp_path / "functions.py"
    path.write_text('def find(city: str, days: int = 3) -> str:\n    """Find a place"""\n')
    [row] = rows(run("import", path, "--json"))
    assert row["tool"]["name"] == "find"
    assert row["tool"]["parameters"]["required"] == ["city"]
    assert row["origin"]["kind"] == "python"


def test_export(weather: Path) -> None:
    made = run("export", weather, "--to", "python")
    assert made.exit_code == 0
    compile(made.stdout, "exported", "exec")
    assert "def get_weather" in made.stdout
    wrong = run("export", weather, "--to", "cobol")
    assert wrong.exit_code == 2
    assert "pydantic" in wrong.stderr


def test_sample(weather: Path) -> None:
    [row] = rows(run("sample", weather, "--seed", "7", "--json"))
    assert violations(WEATHER["function"]["parameters"], row["arguments"]) == ()  # type: ignore[index]
    assert rows(run("sample", weather, "--seed", "7", "--json")) == [row]


def test_what_holds_no_tools(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk")
    result = run("lint", path)
    assert result.exit_code == 2
    assert "notes.txt" in result.stderr
    assert run("lint", tmp_path / "missing.json").exit_code == 2


@pytest.mark.parametrize(
    ("command", "lines"),
    [(("roundtrip",), 1), (("lint", "--json"), 2), (("import", "--json"), 2), (("sample", "--json"), 2)]
    + [(("convert", "--to", "mcp", "--json"), 2), (("export", "--to", "json", "--json"), 2)],
)
def test_a_bad_file_does_not_end_the_run(weather: Path, tmp_path: Path, command: tuple[str, ...], lines: int) -> None:
    broken = tmp_path / "nan.json"
    broken.write_text('{"name": "x", "parameters": {"maximum": NaN}}')
    missing = tmp_path / "missing.json"
    result = run(*command, weather, broken, missing, tmp_path, weather)
    assert result.exit_code == 2
    assert len(rows(result)) == lines
    for bad in (broken, missing, tmp_path):
        assert f"Error: {bad}: " in result.stderr
    if command == ("roundtrip",):
        assert rows(result) == [{"tools": 5, "identical": 2, "different": 0, "refused": 3}]


def test_what_an_import_leaves_out_is_said(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    own = {"type": "function", "name": "find", "parameters": {"type": "object", "properties": {}}}
    hosted = [{"type": "web_search"}, {"type": "mcp", "server_label": "x", "server_url": "https://example.com/mcp"}]
    path.write_text(json.dumps({"model": "m", "input": "Hello", "tools": [own, *hosted]}))
    result = run("import", path, "--json")
    assert result.exit_code == 0
    assert [row["name"] for row in rows(result)] == ["find"]
    assert "web_search" in result.stderr and "mcp" in result.stderr


def test_a_refusal_is_said_without_ado(tmp_path: Path) -> None:
    path = tmp_path / "two.jsonl"
    path.write_text(json.dumps(WEATHER) + '\n{"name": "x", "parameters": {"maximum": NaN}}\n')
    result = run("roundtrip", path)
    assert rows(result) == [{"tools": 2, "identical": 1, "different": 0, "refused": 1}]
    assert "NaN" in result.stderr
    assert "The schema" not in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("file", ["mcp-tools-dev.jsonl.gz", "bfcl-dev.jsonl.gz", "openapi/box.json"])
def test_everything_real_goes_through(shared: Path, file: str) -> None:
    path = shared / "schemas" / file
    *different, counts = rows(run("roundtrip", path))
    assert different == []
    assert counts["tools"] == counts["identical"]
    for command in (("lint",), ("sample",), ("import",), *(("convert", "--to", to) for to in ("anthropic", "gemini"))):
        found = rows(run(*command, path, "--json"))
        assert len(found) == counts["tools"]
