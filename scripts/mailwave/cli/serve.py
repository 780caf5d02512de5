"""`mailwave serve`: the pages for users, for local administrators and for operators."""

from __future__ import annotations

from typing import Annotated

import typer

from mailwave.cli.context import Environment, err, settings

app = typer.Typer(help="Serve the pages: for users, local administrators and operators (docs/pages.md).")


@app.callback(invoke_without_command=True)
def serve(
    environment: Environment,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on")] = 8080,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", help="How browsers reach the pages: a proxy there ends TLS. Else this machine alone does"
        ),
    ] = None,
) -> None:
    """Serve the pages of an environment on this machine's loopback, until stopped by Ctrl-C."""
    from mailwave.web import serving

    found = settings(environment)
    address = url or f"http://{serving.HOST}:{port}"
    err.print(f"serving {environment} at {address}", markup=False)
    serving.serve(found, address, port)
