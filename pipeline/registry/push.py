"""Runs that waited for the server: delivered once, in their order, with what was decided meanwhile."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.registry import store
from pipeline.registry.deliver import deliver
from pipeline.registry.evidence import AS_GOOD
from pipeline.registry.moves import alias_of, follow, held, move
from pipeline.registry.record import Record, waiting
from pipeline.registry.versions import find, record_verdict, version


def push() -> Iterator[str]:
    """Deliver the runs that wait, the oldest first.

    Yields:
        What became of each, for people.

    Raises:
        StoreError: If the server cannot be reached; what is not delivered still waits.
    """
    with waiting() as records:
        for record in records:
            number = deliver(record)
            what = f"run {record.run.run_id}" + (f", version {number}" if number else "")
            told = _settle(record, number) if record.run.decision else ""
            record.forget()
            yield f"{record.folder.name} ({record.run.name}): {what}{told}"
        for folder in dict.fromkeys(record.run.decision["folder"] for record in records if record.run.decision):
            with held(Path(folder)), store.reached() as client:
                follow(client, Path(folder))


def _settle(record: Record, number: int) -> str:
    """Move the alias as was decided, unless somebody has moved it since."""
    decision, folder = record.run.decision, Path(record.run.decision["folder"])
    alias = alias_of(folder)
    with held(folder), store.reached() as client:
        standing = find(client, alias)
        if standing and standing.digest not in (decision["beaten"], decision["digest"]):
            why = f"better than a model that is no longer {alias}; version {standing.number} is"
            record_verdict(client, number, "undecided", why)
            return f": {why}; `rubrika models promote {number}` compares them"
        record_verdict(client, number, AS_GOOD, decision["why"])
        if standing is None or standing.digest != decision["digest"]:
            move(client, folder, version(client, str(number)), kind="promoted", why=decision["why"])
        return f", {alias}"
