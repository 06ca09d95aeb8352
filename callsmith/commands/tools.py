"""``python -m callsmith tools ...``: what the Tools page does, from the shell, on any file that holds tools.

Every command reads JSON, JSON lines, YAML or Python, also gzipped, in every shape that an import takes (docs/tools.md).
Exit code 0: nothing to complain about; 1: a tool differs, is refused or has an error; 2: a file cannot be read. Such
a file is said on standard error, and the others are read all the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from callsmith.importing import Candidate

FORMATS = ("openai-chat", "openai-responses", "anthropic", "gemini", "mcp")
_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a tool.")


@click.group()
def tools() -> None:
    """Tool definitions in files: check, convert, import, export."""


@tools.command()
@_FILES
def roundtrip(files: tuple[Path, ...]) -> None:
    """Open every tool in the form, save it, and compare: a line for each that differs, then the counts."""
    from callsmith.schema.errors import SchemaError
    from callsmith.schema.roundtrip import check
    from callsmith.schema.text import same

    counts = {"tools": 0, "identical": 0, "different": 0, "refused": 0}
    found = _Candidates(files)
    for path, candidate in found:
        counts["tools"] += 1
        schemas: list[Any] = []
        for one in (candidate.source, candidate.tool.parameters, candidate.tool.output_schema):
            if one is not None and not any(same(one, other) for other in schemas):
                schemas.append(one)
        try:
            if candidate.refused:
                raise SchemaError("", candidate.refused)
            results = [check(schema) for schema in schemas]
        except SchemaError as error:
            counts["refused"] += 1
            where = f"{error.path}: " if error.path else ""
            click.echo(_safe(f"{path}: {candidate.tool.name}: {where}{error.message}"), err=True)
            continue
        different = next((result for result in results if not result.identical), None)
        counts["identical" if different is None else "different"] += 1
        if different is not None:
            _print({"name": candidate.tool.name, "file": str(path), "path": different.path, "reason": different.reason})
    counts["tools"] += found.unread
    counts["refused"] += found.unread
    _print(counts)
    found.leave(bool(counts["different"]))


@tools.command()
@_FILES
@_JSON
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    """What is wrong or risky about each tool. Exit code 1 where there is an error."""
    from callsmith.schema.lint import lint_set

    read = _Candidates(files)
    candidates = list(read)
    usable = [candidate.tool for _, candidate in candidates if not candidate.refused]
    found = iter(lint_set(usable))
    failed = False
    for path, candidate in candidates:
        name = candidate.tool.name
        if candidate.refused:
            failed = True
            row: dict[str, Any] = {"name": name, "findings": [_refusal(candidate)]}
        else:
            findings = next(found)
            failed = failed or any(one.severity == "error" for one in findings)
            shown = [{key: getattr(one, key) for key in ("severity", "path", "rule", "message")} for one in findings]
            row = {"name": name, "findings": shown}
        if as_json:
            _print(row)
        else:
            _heading(path, name, len(row["findings"]))
            for one in row["findings"]:
                click.echo(f"  {one['severity']:<8}{one['path'] or '/'}: {one['message']} [{one['rule']}]")
    read.leave(failed)


@tools.command()
@_FILES
@click.option("--to", "wire", required=True, type=click.Choice(FORMATS), help="The format to convert to.")
@click.option("--strict", is_flag=True, help="Make the schema fit strict mode first.")
@_JSON
def convert(files: tuple[Path, ...], wire: str, strict: bool, as_json: bool) -> None:
    """Each tool as a format sends it, and what each vendor makes of every keyword. Exit code 1 where one is refused."""
    failed, found = False, _Candidates(files)
    for path, candidate in found:
        row = _converted(candidate, wire, strict) if not candidate.refused else _not_converted(candidate)
        failed = failed or row["tool"] is None
        if as_json:
            _print(row)
            continue
        _heading(path, row["name"], len(row["changes"]))
        if row["tool"] is None:
            click.echo(f"  refused: {row['refused']}")
        for change in row["changes"]:
            click.echo(f"  changed {change['path'] or '/'}: {change['message']}")
        for one in row["verdicts"]:
            if one["verdict"] != "kept":
                click.echo(f"  {one['verdict']:<10}{one['vendor']} {one['path'] or '/'}: {one['reason']}")
        if row["tool"] is not None:
            click.echo(json.dumps(row["tool"], ensure_ascii=False, indent=2))
    found.leave(failed)


@tools.command("import")
@_FILES
@_JSON
def import_(files: tuple[Path, ...], as_json: bool) -> None:
    """Read tools in any known shape: each as Callsmith keeps it, with what was changed on the way."""
    from callsmith.schema.tool_document import document_of
    from callsmith.types.codec import to_json

    failed, found = False, _Candidates(files)
    for path, candidate in found:
        failed = failed or bool(candidate.refused)
        changes = [{"path": change.path, "message": change.message} for change in candidate.changes]
        if as_json:
            row: dict[str, Any] = {"name": candidate.tool.name, "tool": None, "changes": changes}
            if candidate.refused:
                row["refused"] = candidate.refused
            else:
                row["tool"] = document_of(candidate.tool)
                row["origin"] = to_json(candidate.tool.origin)
            _print(row)
            continue
        _heading(path, candidate.tool.name, len(changes))
        if candidate.refused:
            click.echo(f"  refused: {candidate.refused}")
        for change in changes:
            click.echo(f"  changed {change['path'] or '/'}: {change['message']}")
    found.leave(failed)


@tools.command()
@_FILES
@click.option("--to", "target", required=True, help="The shape or language: see the message for a wrong one.")
@_JSON
def export(files: tuple[Path, ...], target: str, as_json: bool) -> None:
    """Each tool in another shape or language: the text alone, or with its notes as JSON."""
    from callsmith.exporting import TARGETS, export_all
    from callsmith.exporting import export as one_exported

    if target not in TARGETS:
        raise click.BadParameter(f"{target!r} is none of {', '.join(TARGETS)}", param_hint="--to")
    found = _Candidates(files)
    candidates = list(found)
    usable = [candidate.tool for _, candidate in candidates if not candidate.refused]
    if as_json:
        for _, candidate in candidates:
            row: dict[str, Any] = {"name": candidate.tool.name, "text": None, "notes": []}
            if candidate.refused:
                row["refused"] = candidate.refused
            else:
                made = one_exported(candidate.tool, target)
                row.update(text=made.text, notes=list(made.notes), filename=made.filename)
            _print(row)
    elif usable:
        made = export_all(usable, target)
        click.echo(_safe(made.text))
        for note in made.notes:
            click.echo(note, err=True)
    found.leave(len(usable) < len(candidates))


@tools.command()
@_FILES
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same sample.")
@_JSON
def sample(files: tuple[Path, ...], seed: int, as_json: bool) -> None:
    """Arguments that fit each tool's schema. Exit code 1 where there are none to be found."""
    from callsmith.calls import schema_of
    from callsmith.schema.sample import CannotSample
    from callsmith.schema.sample import sample as made

    failed, found = False, _Candidates(files)
    for path, candidate in found:
        name = candidate.tool.name
        row: dict[str, Any] = {"name": name, "arguments": None}
        try:
            if candidate.refused:
                raise CannotSample(candidate.refused)
            row["arguments"] = made(schema_of(candidate.tool), seed)
        except CannotSample as error:
            failed = True
            row["refused"] = error.reason
        if as_json:
            _print(row)
        elif "refused" in row:
            click.echo(f"{path}: {name}: {row['refused']}", err=True)
        else:
            click.echo(f"{name} {_safe(json.dumps(row['arguments'], ensure_ascii=False))}")
    found.leave(failed)


class _Candidates:
    """Every tool of the files. What cannot be read or holds no tool is said and counted, as is what was left out."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self.unread = 0
        self._files = files

    def __iter__(self) -> Iterator[tuple[Path, Candidate]]:
        from callsmith.importing import ImportProblem, each

        for path in self._files:
            left_out: list[str] = []
            try:
                for candidate in each(path.read_bytes(), path.name, left_out):
                    yield path, candidate
            except ImportProblem as problem:
                self._fail(path, str(problem))
            except OSError as error:
                self._fail(path, error.strerror or str(error))
            for one in left_out:
                click.echo(_safe(f"{path}: {one}"), err=True)

    def leave(self, failed: bool) -> NoReturn:
        """End the command with its exit code."""
        sys.exit(2 if self.unread else int(failed))

    def _fail(self, path: Path, message: str) -> None:
        self.unread += 1
        click.echo(_safe(f"Error: {path}: {message}"), err=True)


def _converted(candidate: Candidate, wire: str, strict: bool) -> dict[str, Any]:
    """As one row: what was changed on the way in, what strict mode wanted changed, and what the format did."""
    from callsmith.schema.strict import convert as made_strict
    from callsmith.vendors import convert as made_for

    tool, changes, refused = candidate.tool, list(candidate.changes), ""
    if strict and tool.type == "function":
        closed = made_strict(tool.parameters or {"type": "object", "properties": {}})
        changes += [replace(change, path=f"/parameters{change.path}") for change in closed.changes]
        refused = "; ".join(f"{change.path or 'the top'}: {change.message}" for change in closed.refused)
        tool = tool if closed.schema is None else replace(tool, parameters=closed.schema)
    made = made_for(tool, wire, strict=strict)
    refused = refused or made.refused
    row: dict[str, Any] = {"name": tool.name, "tool": None if refused else made.tool}
    if refused:
        row["refused"] = refused
    of_tool = ("/name",) if tool.type == "function" else ("/name", "/type")
    for change in made.changes:
        changes.append(change if change.path in of_tool else replace(change, path=f"/parameters{change.path}"))
    row["changes"] = [{"path": change.path, "message": change.message} for change in changes]
    keys = ("path", "keyword", "vendor", "verdict", "reason", "source", "verified")
    row["verdicts"] = [{key: getattr(verdict, key) for key in keys} for verdict in made.verdicts]
    return row


def _not_converted(candidate: Candidate) -> dict[str, Any]:
    return {"name": candidate.tool.name, "tool": None, "refused": candidate.refused, "changes": [], "verdicts": []}


def _refusal(candidate: Candidate) -> dict[str, Any]:
    return {"severity": "error", "path": "", "rule": "refused", "message": candidate.refused}


def _heading(path: Path, name: str, found: int) -> None:
    click.echo(f"{path}: {name}" + (f" ({found})" if found else ""))


def _print(row: dict[str, Any]) -> None:
    click.echo(_safe(json.dumps(row, ensure_ascii=False)))


def _safe(line: str) -> str:
    """A lone surrogate has no UTF-8."""
    return line.encode("utf-8", "replace").decode()
