"""Works that are killed: what each leaves, and what must be true of it. ``kills.py`` kills them."""

import hashlib
import os
import shutil
import sqlite3
import time
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

from apart import apart
from newsroom import NEWS
from serving import paste, served

from pipeline import model
from pipeline.cli import main
from pipeline.corrections import Corrections
from pipeline.errors import InputError
from pipeline.watch import outbox
from pipeline.watch.record import Query
from pipeline.watch.store import Headlines

OLD, NEW, MIXTURE = "old", "new", "a mixture"
LEASE: Final = 0.2
"""Seconds for which a letter to a webhook belongs to a process that may be dead; for users it is half a minute."""
TRIES: Final = 40
"""Rounds in which a watch that was killed has all told."""
_SENT: Final = """
    SELECT headlines.headline FROM outbox JOIN headlines ON headlines.number = outbox.headline WHERE sent IS NOT NULL
"""
NEWS_ROOM: Final = [*NEWS, *(f"Дроны атаковали нефтебазу номер {n}" for n in range(20))]
"""What the feed holds."""


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
        return main(self.arguments)

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


class Import(Command):
    """Many corrections in one step; the output is their store."""

    def put_old(self) -> None:
        remove_base(self.output)
        Corrections(self.output).add("Рубль упал", old=None, new=(), model="", editor="before")

    def digest(self) -> str:
        return hashlib.sha256(repr(rows(self.output)).encode()).hexdigest()

    def again(self) -> bool:
        return super().again() and sound(self.output)


@dataclass
class Clicks(Work):
    """Corrections, one after the other, by the page of a server; each that was answered is acknowledged.

    Old is a store with those that were acknowledged, new is one with that one as well which was under way.

    Attributes:
        headlines: To correct.
        model: Of the server.
        answered: A file of a byte for each that was acknowledged.
    """

    headlines: list[str]
    model: Path
    answered: Path
    whole: list[tuple[object, ...]] = field(default_factory=list)

    def put_old(self) -> None:
        remove_base(self.output)
        Corrections(self.output).history()
        self.answered.write_bytes(b"")

    def act(self) -> int:
        try:
            return self._click()
        except InputError:  # at the start, as a command
            return 1

    def _click(self) -> int:
        with served(self.output.parent, self.model) as (client, _), self.answered.open("ab", buffering=0) as answered:
            sheet = paste(client, "\n".join(self.headlines))
            for place in range(len(self.headlines)):
                if client.post(f"{sheet}/tags", data={"change": f"{place}:war"}).status_code != 303:
                    return 1
                answered.write(b".")
        return 0

    def learn(self) -> float:
        seconds = super().learn()
        self.whole = rows(self.output)
        return seconds

    def state(self) -> str:
        kept, acknowledged = rows(self.output), self.answered.stat().st_size
        if kept != self.whole[: len(kept)] or not acknowledged <= len(kept) <= acknowledged + 1:
            return MIXTURE
        return OLD if len(kept) == acknowledged else NEW

    def again(self) -> bool:
        before = len(rows(self.output))
        row = Corrections(self.output).add("Рубль упал", old=None, new=(), model="", editor="after")
        return row.number == before + 1 == len(rows(self.output)) and sound(self.output)


@dataclass
class Promotion(Work):
    """The move of a champion: its alias in the registry, the record of the move, and the folder.

    Attributes:
        models: The folders of versions 1, which stands, and 2, which is promoted.
        registry: MLflow’s store, as it is before.
    """

    models: tuple[Path, Path]
    registry: Path

    @property
    def place(self) -> Path:
        return self.output.parent.parent

    @property
    def base(self) -> Path:
        """MLflow’s store."""
        return self.place / "mlflow.db"

    def prepare(self) -> None:
        """Register both models: each stands in the folder and is known to nobody."""
        for folder in self.models:
            shutil.rmtree(self.output, ignore_errors=True)
            shutil.copytree(folder, self.output)
            if apart(self.look)[1]:
                raise RuntimeError("the models cannot be registered")
        shutil.copy(self.base, self.registry)

    def put_old(self) -> None:
        for left in (self.output.parent, self.place / "cache"):
            shutil.rmtree(left, ignore_errors=True)
        shutil.copytree(self.models[0], self.output)
        remove_base(self.base)
        shutil.copy(self.registry, self.base)

    def act(self) -> int:
        return self._command("promote", "2", "--force", "why not")

    def look(self) -> int:
        """List the versions."""
        return self._command("list")

    def _command(self, *arguments: str) -> int:
        os.environ |= {"MLFLOW_TRACKING_URI": f"sqlite:///{self.base}", "XDG_CACHE_HOME": str(self.place / "cache")}
        return main(("models", *arguments, "--model", str(self.output)))

    def stands(self) -> int:
        """Give which version’s model is in the folder, from 1; 0 if it is neither’s."""
        digests = [model.digest(folder) for folder in self.models]
        model.load(self.output)
        return digests.index(model.digest(self.output)) + 1

    def told(self) -> tuple[int, int]:
        """Give which version has the alias, and how many moves are recorded."""
        with closing(sqlite3.connect(self.base)) as base:
            ((alias,),) = base.execute("select version from registered_model_aliases where alias = 'champion'")
            ((moves,),) = base.execute("select count(*) from model_version_tags where key like 'move %'")
        return int(alias), int(moves)

    def state(self) -> str:
        alias, _ = self.told()
        if self.stands() > alias or not sound(self.base):  # the alias comes first
            return MIXTURE
        return OLD if alias == 1 else NEW

    def again(self) -> bool:
        listed = apart(self.look)[1]
        alias, moves = self.told()
        if listed or self.stands() != alias or moves != alias:
            return False
        return (alias == 2 or apart(self.act)[1] == 0) and self.told() == (2, 2) and self.stands() == 2


@dataclass
class Watching(Work):
    """A round of a watch: what is new is kept and told to a webhook.

    Old is a store without the headlines, new is one with all of them and all letters about them.

    Attributes:
        room: The address of the newsroom.
        model: That tags.
        posted: A file in which the webhook writes a line for each letter, before it says that it has it.
    """

    room: str
    model: Path
    posted: Path
    wanted: set[str] = field(default_factory=set)

    def put_old(self) -> None:
        remove_base(self.output)
        self.posted.write_bytes(b"")

    def act(self) -> int:
        outbox.LEASE = LEASE  # type: ignore[misc]
        feeds = self.posted.with_name("feeds.txt")
        feeds.write_text(f"{self.room}/feed\n", encoding="utf-8")
        where = ("--store", str(self.output), "--webhook", f"{self.room}/hook", "--model", str(self.model))
        return main(("watch", str(feeds), "--once", "--every", "0.001", "--allow-private", *where))

    def learn(self) -> float:
        seconds = super().learn()
        self.wanted = set(self.told())
        return seconds

    def told(self) -> dict[str, list[str]]:
        """Give the keys by which the webhook was told of each headline."""
        told: dict[str, list[str]] = {}
        for line in self.posted.read_text(encoding="utf-8").splitlines():
            key, headline = line.split("\t")
            told.setdefault(headline, []).append(key)
        return told

    def state(self) -> str:
        if not self.output.exists():
            return OLD
        with Headlines(self.output).opened() as base:
            ((kept, letters),) = base.execute("select (select count(*) from headlines), (select count(*) from outbox)")
            sent = {headline for (headline,) in base.execute(_SENT)}
        whole = {(0, 0): OLD, (len(NEWS_ROOM), len(self.wanted)): NEW}
        return whole.get((kept, letters), MIXTURE) if sent <= set(self.told()) else MIXTURE

    def again(self) -> bool:
        store = Headlines(self.output)
        for _ in range(TRIES):
            if apart(self.act)[1]:
                return False
            if not outbox.waiting(store)[0]:
                break
            time.sleep(LEASE / 2)
        kept = Counter(seen.item.headline for seen in store.find(Query(limit=-1)))
        told = self.told()
        once = all(len(set(keys)) == 1 and len(keys) <= 2 for keys in told.values())
        return kept == Counter(NEWS_ROOM) and set(told) == self.wanted and once and sound(self.output)


def remove_base(path: Path) -> None:
    """Remove a SQLite file, and what a killed process may have left beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def rows(store: Path) -> list[tuple[object, ...]]:
    """Give the rows of a store of corrections, without their times."""
    history = Corrections(store).history() if store.exists() else []
    return [(row.number, row.headline, row.old, row.new, row.model, row.editor, row.undoes) for row in history]


def sound(store: Path) -> bool:
    """Tell whether a SQLite file is whole."""
    with closing(sqlite3.connect(store)) as base:
        return base.execute("pragma integrity_check").fetchall() == [("ok",)]
