"""One run, kept in a folder of its own as it comes to be, until the tracking server has it.

``run.json``  what ``Run`` says        ``files/``  pictures, reports, tables
``model/``    the model, for MLflow    ``lock``    held by the process that writes the run or sends it
"""

import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from pipeline.atomic import replace_file
from pipeline.errors import ModelError, StoreError
from pipeline.model import digest
from pipeline.registry.facts import Run
from pipeline.registry.lock import locked

WAITING: Final = Path("models/pending")
"""Where runs are kept until they are delivered."""

_RUN: Final = "run.json"
_LOCK: Final = "lock"


@dataclass
class Record:
    """A run and its folder.

    Attributes:
        folder: Where it is kept.
        run: What is known of it.
        version: The number that its model was registered as, once it is delivered; 0: none.
        trouble: Why it could not be delivered, if it was tried.
        finished: Whether it was tried, or will not be.
    """

    folder: Path
    run: Run
    version: int = 0
    trouble: StoreError | None = None
    finished: bool = False

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a record that another process has left."""
        return cls(folder, Run(**json.loads((folder / _RUN).read_text(encoding="utf-8"))))

    @property
    def model(self) -> Path:
        """The place of the MLflow model, if the run makes one."""
        return self.folder / "model"

    def add_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Add figures."""
        self.run.metrics += [(name, float(value), step) for name, value in metrics.items()]
        self.save()

    def file(self, name: str) -> Path:
        """Give the place of a file that goes with the run."""
        (self.folder / "files").mkdir(exist_ok=True)
        return self.folder / "files" / name

    def close(self, status: str, error: BaseException | None = None) -> None:
        """Note how the run ended."""
        self.run.ended, self.run.status = _now(), status
        if error is not None:
            self.run.tags["error"] = f"{type(error).__name__}: {error}"[:_LONGEST]
        self.save()

    def decide(self, folder: Path, why: str) -> None:
        """Note that the model takes the place of the one in a folder, as evidence gathered without the server says.

        Args:
            folder: Where the champion stands.
            why: The evidence.
        """
        try:
            beaten = digest(folder)
        except ModelError:
            beaten = ""
        self.run.decision = {"folder": str(folder.resolve()), "beaten": beaten, "digest": self.run.tags["digest"]}
        self.run.decision["why"] = why
        self.save()

    def save(self) -> None:
        """Write what is known, whole or not at all.

        Raises:
            StoreError: If it cannot be written.
        """
        try:
            with replace_file(self.folder / _RUN) as file:
                file.write((json.dumps(asdict(self.run), ensure_ascii=False, indent=1) + "\n").encode())
        except OSError as error:
            raise _unwritable(error) from error

    def forget(self) -> None:
        """Delete the record, which the server has now."""
        shutil.rmtree(self.folder)


@contextmanager
def recording(name: str, parent: str = "") -> Iterator[Record]:
    """Begin a record; its lock is held until the end of the block.

    Args:
        name: The run's name.
        parent: The ``id`` of the run that it belongs to.

    Yields:
        The record.

    Raises:
        StoreError: If nothing can be written here.
    """
    begun = _now()
    run = Run(f"{begun}-{secrets.token_hex(4)}", name, parent, begun)
    record = Record(WAITING / run.id, run)
    with ExitStack() as stack:
        try:
            record.folder.mkdir(parents=True)
            stack.enter_context(locked(record.folder / _LOCK, wait=True))
            record.save()
        except OSError as error:
            raise _unwritable(error) from error
        yield record


@contextmanager
def waiting() -> Iterator[list[Record]]:
    """Hold the records that no process works on, the oldest first; one whose process died is closed as KILLED.

    Yields:
        The records.
    """
    with ExitStack() as stack:
        held = [path.parent for path in sorted(WAITING.glob(f"*/{_RUN}")) if _held(path.parent, stack)]
        records = [Record.read(folder) for folder in held if (folder / _RUN).exists()]  # else it is just delivered
        for record in records:
            if not record.run.ended:
                record.close("KILLED")
        yield records


def ended() -> list[Run]:
    """Give the runs that have ended and are not delivered."""
    runs = [Record.read(path.parent).run for path in WAITING.glob(f"*/{_RUN}")]
    return [run for run in runs if run.ended]


def undelivered() -> set[str]:
    """Give the digests of the models that took a place while the server could not be reached."""
    return {run.decision["digest"] for run in ended() if run.decision}


def _held(folder: Path, stack: ExitStack) -> bool:
    """Lock a record until the stack ends; false if another process has it, or has just delivered it."""
    try:
        return stack.enter_context(locked(folder / _LOCK, wait=False))
    except FileNotFoundError:
        return False


def _unwritable(error: OSError) -> StoreError:
    found = f"a folder that cannot be written ({error.strerror})"
    return StoreError(WAITING, found, "a place to keep the run", "free it, or work in another folder")


def _now() -> int:
    return time.time_ns() // 1_000_000


_LONGEST: Final = 4000
