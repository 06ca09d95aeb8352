"""``python -m callsmith``: what Callsmith does without a browser. Each command imports its part only when it runs."""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Callsmith: a playground for LLM tool calling."""


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
