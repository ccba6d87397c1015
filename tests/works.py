"""Works that are killed: what each leaves, and what must be true of it. ``kills.py`` kills them."""

import hashlib
import io
import shutil
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing, redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from apart import CRASHED, apart

from pipeline.cli import main

OLD, NEW, MIXTURE = "old", "new", "a mixture"


@dataclass
class Work(ABC):
    """Something that is killed, or cannot write.

    Attributes:
        name: What it is.
        output: What it leaves, a file or a folder.
    """

    name: str
    output: Path
    each: ClassVar[bool] = True
    """Whether it is worked on after every kill, and not after the last one only."""

    @property
    def place(self) -> Path:
        """The folder in which all is written."""
        return self.output.parent

    @abstractmethod
    def put_old(self) -> None:
        """Put the old state in place."""

    @abstractmethod
    def act(self) -> int:
        """Work, and give the exit status."""

    def learn(self) -> float:
        """Do it as it should be done, see what comes of it, and give the seconds."""
        self.put_old()
        seconds, status = apart(self.act)
        if status:
            raise RuntimeError(f"{self.name} does not work: {status}")
        return seconds

    @abstractmethod
    def state(self) -> str:
        """Say in which state all is: ``OLD``, ``NEW``, or ``MIXTURE`` if it is wrong."""

    @abstractmethod
    def again(self) -> bool:
        """Work on from where it was ended, and say whether all is then as it should be."""

    def litter(self) -> list[str]:
        """Give what stands beside the output and is neither it nor the lock of whoever moves a champion."""
        known = (self.output.name, f".{self.output.name}.lock")
        return [path.name for path in self.output.parent.iterdir() if path.name not in known]


@dataclass
class Command(Work):
    """A command that replaces a file or a folder.

    Attributes:
        arguments: Of the command line.
        old: A folder that stands there before; a file of few bytes if None.
    """

    arguments: tuple[str, ...]
    old: Path | None = None
    known: dict[str, str] = field(default_factory=dict)
    each: ClassVar[bool] = False  # takes as long as what was killed

    def put_old(self) -> None:
        if self.output.is_dir():
            shutil.rmtree(self.output)
        if self.old:
            shutil.copytree(self.old, self.output)
        else:
            self.output.write_bytes(b"old\n")

    def act(self) -> int:
        with redirect_stderr(io.StringIO()) as told:
            status = main(self.arguments)
        said = told.getvalue()
        failures = [line for line in said.splitlines() if line.startswith("rubrika: ")]
        return status if len(failures) == status and "Traceback" not in said else CRASHED

    def learn(self) -> float:
        self.put_old()
        old = self.digest()
        seconds = super().learn()
        self.known = {self.digest(): NEW, old: OLD}
        if len(self.known) == 1:
            raise RuntimeError(f"{self.name} leaves what stood there: a kill would show nothing")
        return seconds

    def digest(self) -> str:
        """Give a digest of the file, or of the files in the folder."""
        files = sorted(self.output.iterdir()) if self.output.is_dir() else [self.output]
        sha = hashlib.sha256()
        for path in files:
            sha.update(path.name.encode() + b"\0" + (path.read_bytes() if path.exists() else b""))
        return sha.hexdigest()

    def state(self) -> str:
        return self.known.get(self.digest(), MIXTURE)

    def again(self) -> bool:
        return apart(self.act)[1] == 0 and self.state() == NEW


def remove_base(path: Path) -> None:
    """Remove a SQLite file, and what a killed process may have left beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def sound(store: Path) -> bool:
    """Tell whether a SQLite file is whole."""
    with closing(sqlite3.connect(store)) as base:
        return base.execute("pragma integrity_check").fetchall() == [("ok",)]
