"""``python -m callsmith export`` and ``import``: conversations out of a database and into it.

Exit code 0: all was taken; 1: a part was not, which is said with its place; 2: a file or the database cannot be used.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import click

if TYPE_CHECKING:
    from callsmith.store import Store

FORMATS = ("json", "jsonl", "csv", "parquet")
_DATABASE = click.option("--database", metavar="URL", help="The database. Left out: the one the page uses.")


@click.command("export")
@click.argument("out", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Left out: as the name of OUT ends, else json.")
@click.option("--conversation", "ids", multiple=True, metavar="ID", help="Only this one; may be given several times.")
@_DATABASE
def export(out: Path, kind: str | None, ids: tuple[str, ...], database: str | None) -> None:
    """Write conversations to the file OUT (- is standard output).

    json: everything about them, to be imported again. jsonl: their exchanges in the recordings format. csv and
    parquet: one row for each call.
    """
    kind = kind or (out.suffix[1:] if out.suffix[1:] in FORMATS else "json")
    with _opened(database) as store:
        missing = [one for one in ids if store.stamp(one) is None]
        if missing:
            _fail(f"There is no conversation {', '.join(missing)} in this database.", 1)
        try:
            if str(out) == "-":
                _write(store, sys.stdout.buffer, kind, ids or None)
                return
            # A file that is there stays until the new one is whole.
            part = out.with_name(f"{out.name}.part")
            try:
                with part.open("wb") as file:
                    _write(store, file, kind, ids or None)
                part.replace(out)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            _fail(f"{out} cannot be written: {error.strerror or error}")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_DATABASE
def import_(files: tuple[Path, ...], database: str | None) -> None:
    """Take conversations from FILES: a record that was exported, or recorded exchanges (JSON or JSON lines)."""
    from callsmith.record.take import take

    worst = 0
    with _opened(database) as store:
        for path in files:
            try:
                with path.open("rb") as file:
                    report = take(store, file)
            except OSError as error:
                click.echo(f"{path} cannot be read: {error.strerror or error}", err=True)
                worst = 2
                continue
            first, *others = report.lines()
            click.echo(_safe(f"{path}: {first}"))
            for line in others:
                click.echo(_safe(f"  {line}"))
            worst = max(worst, 1 if report.skipped else 0)
    sys.exit(worst)


def _write(store: Store, out: BinaryIO, kind: str, ids: tuple[str, ...] | None) -> None:
    if kind in ("json", "jsonl"):
        from callsmith.record import document, lines

        pieces = document.export(store, ids) if kind == "json" else lines.export(store, ids)
    else:
        from callsmith.record.calls import rows
        from callsmith.record.frame import to_csv, to_parquet
        from callsmith.record.pricing import price

        found = rows(store, ids, price(store))
        if kind == "parquet":
            to_parquet(found, out)
            return
        pieces = to_csv(found)
    for piece in pieces:
        out.write(piece)


@contextmanager
def _opened(database: str | None) -> Iterator[Store]:
    from callsmith import settings
    from callsmith.store import Store, StoreError

    try:
        store = Store(database or settings.load().database_url)
    except StoreError as error:
        _fail(str(error))
    try:
        yield store
    finally:
        store.close()


def _fail(message: str, code: int = 2) -> NoReturn:
    click.echo(_safe(f"Error: {message}"), err=True)
    sys.exit(code)


def _safe(text: str) -> str:
    """A terminal takes no control characters and no lone surrogates from a file."""
    shown = "".join(char if char.isprintable() else "�" for char in text)
    encoding = sys.stdout.encoding or "utf-8"
    return shown.encode(encoding, "replace").decode(encoding)
