"""What is to be told to webhooks: letters in the store, each told at least once, whatever kills the process.

A letter is leased before it is posted, so that two watches do not post it both; it is marked when the other side has
said 2xx. Between these two a kill makes it be posted again, with the same idempotency key, by which the other side can
know it.
"""

import random
from dataclasses import dataclass
from typing import Final

from pipeline.database import transaction
from pipeline.watch.query import seen_of
from pipeline.watch.record import Seen
from pipeline.watch.store import Headlines

LEASE: Final = 30.0
"""Seconds for which a letter belongs to who took it; twice as long as a post may take."""
_FIRST: Final = 10.0
_LONGEST: Final = 6 * 60 * 60.0
"""Seconds until a letter that failed is tried again: doubled each time, between these."""
_MOST_DOUBLED: Final = 12
_TAKE: Final = """
    SELECT outbox.number AS letter, outbox.failures, outbox.hook, headlines.*
    FROM outbox JOIN headlines ON headlines.number = outbox.headline
    WHERE sent IS NULL AND due <= ? ORDER BY outbox.number LIMIT 1
"""


@dataclass(frozen=True)
class Letter:
    """What is to be told to whom.

    Attributes:
        number: Its place in the outbox.
        hook: The address to post to.
        failures: How often it was tried in vain.
        seen: The headline.
    """

    number: int
    hook: str
    failures: int
    seen: Seen

    @property
    def key(self) -> str:
        """The same for each try, and for no other headline."""
        return self.seen.item.key[:32]


def take(store: Headlines, now: float) -> Letter | None:
    """Lease the first letter that is due.

    Args:
        store: Where the outbox is.
        now: The time; seconds since 1970.

    Returns:
        The letter, or None if none is due.
    """
    with store.opened() as connection, transaction(connection):
        row = connection.execute(_TAKE, (now,)).fetchone()
        if row is None:
            return None
        connection.execute("UPDATE outbox SET due = ? WHERE number = ?", (now + LEASE, row["letter"]))
        return Letter(row["letter"], row["hook"], row["failures"], seen_of(row))


def told(store: Headlines, letter: Letter, time: str) -> None:
    """Mark a letter as told.

    Args:
        store: Where the outbox is.
        letter: Which.
        time: When (ISO 8601, UTC).
    """
    with store.opened() as connection:
        connection.execute("UPDATE outbox SET sent = ? WHERE number = ?", (time, letter.number))


def delay(store: Headlines, letter: Letter, now: float) -> None:
    """Put off a letter that could not be told, and all others to the same webhook with it.

    Args:
        store: Where the outbox is.
        letter: Which.
        now: The time; seconds since 1970.
    """
    doubled = min(_FIRST * 2.0 ** min(letter.failures, _MOST_DOUBLED), _LONGEST)
    until = now + doubled * random.uniform(0.5, 1)  # noqa: S311 - no secret
    with store.opened() as connection, transaction(connection):
        connection.execute("UPDATE outbox SET failures = failures + 1 WHERE number = ?", (letter.number,))
        later = "UPDATE outbox SET due = max(due, ?) WHERE hook = ? AND sent IS NULL"
        connection.execute(later, (until, letter.hook))


def waiting(store: Headlines) -> tuple[int, float | None]:
    """Give how many letters wait, and when the first is due; seconds since 1970, None if there is none."""
    with store.opened() as connection:
        row = connection.execute("SELECT count(*), min(due) FROM outbox WHERE sent IS NULL").fetchone()
    return int(row[0]), row[1]
