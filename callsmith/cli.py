"""``python -m callsmith``: what Callsmith does without a browser. Each command imports its part only when it runs."""

from __future__ import annotations

from pathlib import Path

import click

from callsmith.commands.record import export, import_
from callsmith.commands.run import run
from callsmith.commands.tools import tools


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Callsmith: a playground for LLM tool calling."""


main.add_command(tools)
main.add_command(run)
main.add_command(export)
main.add_command(import_)


@main.command("demo-server")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
def demo_server(host: str, port: int) -> None:
    """Serve the demo model (scripted, not an LLM) to any client."""
    from callsmith.demo.server import DemoServer

    try:
        server = DemoServer(host, port)
    except OSError as error:
        raise click.ClickException(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another with --port."
        ) from error
    click.echo(f"Demo model (scripted, not an LLM) at {server.base_url} (no API key needed). Ctrl+C stops it.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        server.server_close()


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--slices", type=int, metavar="SEED", help="Cut the recorded bytes at random; the output stays the same.")
@click.option("--continue", "carry_on", is_flag=True, help="Print instead the next request as Callsmith builds it.")
def replay(paths: tuple[Path, ...], slices: int | None, carry_on: bool) -> None:
    """Read recorded exchanges again: one JSON object a line (docs/replay.md). PATHS are files or folders."""
    import json
    import random

    from callsmith.continuation import continued
    from callsmith.replay import recordings
    from callsmith.replay import replay as read

    rng = None if slices is None else random.Random(slices)
    try:
        found = recordings(paths)
        for row in continued(found) if carry_on else (read(exchange, rng) for exchange in found):
            click.echo(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
