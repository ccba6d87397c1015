"""``rubrika serve``: the page and the API."""

from pathlib import Path

import click

from pipeline.commands.options import CORRECTIONS, file_path, model_option

_SHORTEST = 16


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Another than this machine's own wants a token.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: one that is free.")
@click.option("--token", envvar="RUBRIKA_TOKEN", show_envvar=True, help="What who asks must show.")
@click.option("--corrections", type=file_path, default=CORRECTIONS, show_default=True, help="Where they are kept.")
@click.option("--store", type=file_path, help="Show what `rubrika watch` keeps here.")
@click.option("--rate", default=50.0, show_default=True, type=click.FloatRange(0), help="Requests a second; 0: any.")
@click.option("--allow-private", is_flag=True, help="Let addresses lead into the own network.")
@click.option(
    "--log",
    type=click.Choice(["quiet", "requests", "headlines"]),
    default="quiet",
    show_default=True,
    help="What is told.",
)
@model_option
def serve(  # noqa: PLR0913, PLR0917 (click gives each by name)
    host: str,
    port: int,
    token: str | None,
    corrections: Path,
    store: Path | None,
    rate: float,
    allow_private: bool,
    log: str,
    model: str,
) -> None:
    """Serve a page and an API: tag, explain, correct, download."""
    from pipeline.serve.desk import Serving
    from pipeline.serve.guard import is_loopback
    from pipeline.serve.run import serve as work

    if not token and not is_loopback(host):
        raise click.UsageError(f"--host {host} lets others in: set a token in RUBRIKA_TOKEN (openssl rand -hex 16)")
    if token and len(token) < _SHORTEST:
        raise click.UsageError(f"found a token of {len(token)} letters; expected {_SHORTEST} or more")
    serving = Serving(
        model=Path(model),
        corrections=corrections,
        watched=store,
        token=token,
        rate=rate,
        allow_private=allow_private,
        log=log,
    )
    work(serving, host, port)
