"""A run from its beginning to its end: on disk first, then on the tracking server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import click

from pipeline.errors import StoreError
from pipeline.registry.deliver import announce, deliver
from pipeline.registry.origin import origin
from pipeline.registry.record import Record, recording

_OPEN: Final[ContextVar[tuple[Record, ...]]] = ContextVar("open runs", default=())


@contextmanager
def run(name: str, params: Mapping[str, object], *, nested: bool = False) -> Iterator[Record]:
    """Open a run; an error inside marks it failed.

    The run is delivered at the end. If the server cannot be used, it waits on disk for ``rubrika track push``.

    Args:
        name: The run's name.
        params: What it is done with, such as the settings of a training.
        nested: Whether it belongs to the run that is open.

    Yields:
        The run.
    """
    parent = _OPEN.get()[-1].run.id if nested else ""
    with recording(name, parent) as record:
        record.run.params = {name: str(value) for name, value in params.items()}
        record.run.tags = origin()
        record.save()
        announce(record)
        token = _OPEN.set((*_OPEN.get(), record))
        try:
            yield record
        except BaseException as error:
            record.close("FAILED" if isinstance(error, Exception) else "KILLED", error)
            raise
        finally:
            _OPEN.reset(token)
            finish(record)


def finish(record: Record) -> None:
    """Close a run, if it is not, and deliver it, or say where it waits; of one that failed, why it did is enough.

    Args:
        record: The run; its ``version`` tells whether its model is registered.
    """
    if record.finished:
        return
    record.finished = True
    if not record.run.ended:
        record.close("FINISHED")
    try:
        if record.trouble is None:
            deliver(record)
            record.forget()
    except StoreError as error:
        record.trouble = error
    if record.trouble and record.run.status == "FINISHED" and not record.run.parent:
        click.echo(f"{record.trouble}\n{record.folder}: the run waits here; `rubrika track push` sends it", err=True)


def open_run() -> Record:
    """Give the run that is open."""
    return _OPEN.get()[-1]
