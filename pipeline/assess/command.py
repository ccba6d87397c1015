"""What ``rubrika evaluate`` does: measure a model, its peers, or its recipe on other shares of the rows."""

from pathlib import Path
from typing import Any

import click


def evaluate(
    file: Path,
    usual: Path,
    *,
    train: Path | None,
    peers: bool,
    cache: Path | None,
    protocols: bool,
    **wanted: Any,  # noqa: ANN401 (passed on as they are)
) -> None:
    """Measure what is wanted on a labelled table.

    Args:
        file: The table.
        usual: What a model learns from unless told otherwise.
        train: What the model learnt from; nothing means ``usual`` if it is there.
        peers: Whether to measure the peers instead.
        cache: The folder that keeps the peers' embeddings.
        protocols: Whether to train anew on other shares of the rows instead.
        **wanted: What ``judge`` takes.

    Raises:
        click.UsageError: If the options do not go together.
    """
    if peers and protocols:
        raise click.UsageError("--peers and --protocols do not go together; give one")
    if cache and not peers:
        raise click.UsageError("--cache goes with --peers")
    if peers:
        from pipeline.peers.contest import contest

        contest(file, train or usual, cache)
    elif protocols:
        from pipeline.assess.protocols import protocols as work

        work(file)
    else:
        from pipeline.assess.judge import judge

        judge(file, train=train or (usual if usual.exists() else None), **wanted)
