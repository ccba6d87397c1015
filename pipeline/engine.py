"""Where tagging is done: here, at once or by the piece, or on a cluster."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.errors import SettingsError
from pipeline.ingest import STDIN
from pipeline.ingest.record import Counts, Options
from pipeline.large import one_table
from pipeline.machine import bounded
from pipeline.predict import predict
from pipeline.tagger import Tagger
from pipeline.write import format_for


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command is asked for.

    Attributes:
        inputs: As ``ingest.read`` takes them; the standard input if there is none.
        model: The model's folder.
        options: How to read.
        min_precision: The precision wanted of every tag, 0 to 1, if any.
        out: Where to write; nothing means the standard output.
        kind: The format to write, if the ending of ``out`` does not say it.
        rejects: Where to write the rows that could not be used.
        why: Whether to tell the words that decided.
        resume: Whether to go on where a run stopped.
        master: The cluster.
    """

    inputs: tuple[str, ...]
    model: Path
    options: Options
    min_precision: float | None
    out: str | None
    kind: str | None
    rejects: Path | None
    why: bool
    resume: bool
    master: str | None


def local(asked: Asked) -> Counts:
    """Tag here: one large table by the piece in all processors, anything else at once.

    Args:
        asked: What to do.

    Returns:
        What became of the rows.

    Raises:
        SettingsError: If options are asked for that do not go together.
    """
    if asked.master:
        raise SettingsError("--master", asked.master, "--engine spark with it", "say so, or leave it out")
    out = None if asked.out is None else Path(asked.out)
    kind = asked.kind or (format_for(out, on_terminal=False) if out else None)
    whole = out is None or kind == "table" or asked.why
    with bounded(holds=asked.options.dedupe is not None):
        table = one_table(asked.inputs, asked.options, forced=asked.resume, allowed=not whole)
        if table is None or out is None or kind is None:
            inputs, tagger = asked.inputs or (STDIN,), Tagger.load(asked.model, asked.min_precision)
            return predict(inputs, tagger, asked.options, out=out, kind=kind, rejects=asked.rejects, why=asked.why)
        from pipeline.bulk import tag_table

        return tag_table(
            table,
            asked.model,
            out,
            kind=kind,
            min_precision=asked.min_precision,
            rejects=asked.rejects,
            resume=asked.resume,
        )


def spark(asked: Asked) -> Counts:
    """Tag on a cluster.

    Args:
        asked: What to do; one path or URI, and another that the result goes to.

    Returns:
        What became of the rows.

    Raises:
        SettingsError: If other inputs or options are asked for.
    """
    more = (asked.kind, asked.rejects, asked.why, asked.resume, asked.options.encoding, asked.options.dedupe)
    if len(asked.inputs) != 1 or asked.out is None or any(more):
        expected = "one path or URI, --out, and no more than --master, --column, --min-precision, --model and --strict"
        raise SettingsError("--engine spark", "other inputs or options", expected, "leave them out")
    from pipeline.spark import tag_files

    return tag_files(
        asked.inputs[0],
        asked.model,
        asked.out,
        master=asked.master,
        column=asked.options.column,
        min_precision=asked.min_precision,
    )


ENGINES: Final[dict[str, Callable[[Asked], Counts]]] = {"local": local, "spark": spark}
"""What ``--engine`` names."""
