"""Works that keep rows in a store, corrections and watched headlines: see ``works.py``."""

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from apart import CRASHED, apart
from newsroom import NEWS
from serving import paste, served
from works import MIXTURE, NEW, OLD, Command, Work, remove_base, sound

from pipeline.cli import main
from pipeline.corrections import Corrections
from pipeline.errors import StoreError
from pipeline.watch import outbox
from pipeline.watch.record import Query
from pipeline.watch.store import Headlines

LEASE: Final = 0.2
"""Seconds for which a letter to a webhook belongs to a process that may be dead; for users it is half a minute."""
TRIES: Final = 40
"""Rounds in which a watch that was killed has all told."""
_SENT: Final = """
    SELECT headlines.headline FROM outbox JOIN headlines ON headlines.number = outbox.headline WHERE sent IS NOT NULL
"""
NEWS_ROOM: Final = [*NEWS, *(f"Дроны атаковали нефтебазу номер {n}" for n in range(20))]
"""What the feed holds."""


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
        except StoreError:  # at the start, as a command
            return 1

    def _click(self) -> int:
        with served(self.output.parent, self.model) as (client, _), self.answered.open("ab", buffering=0) as answered:
            sheet = paste(client, "\n".join(self.headlines))
            for place in range(len(self.headlines)):
                answer = client.post(f"{sheet}/tags", data={"change": f"{place}:war"})
                if answer.status_code != 303:
                    return 1 if answer.status_code == 503 else CRASHED
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


def rows(store: Path) -> list[tuple[object, ...]]:
    """Give the rows of a store of corrections, without their times."""
    history = Corrections(store).history() if store.exists() else []
    return [(row.number, row.headline, row.old, row.new, row.model, row.editor, row.undoes) for row in history]
