"""Which feeds are watched, and when each is due; kept in the store, so that a restart asks no one too early."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.errors import BusyError, InputError, RubrikaError
from pipeline.ingest import public
from pipeline.ingest.text import decode, lines_of
from pipeline.watch.store import Headlines

LONGEST: Final = 24 * 60 * 60.0
"""Seconds: a feed that fails is asked once a day at least."""
_MOST_DOUBLED: Final = 16


@dataclass(frozen=True)
class Feed:
    """A feed.

    Attributes:
        address: Where it is.
        due: When it may be asked next; seconds since 1970.
        failures: How often in a row it failed.
        told: What became of it last.
    """

    address: str
    due: float = 0.0
    failures: int = 0
    told: str = ""

    @property
    def host(self) -> str:
        """Whose server it is on."""
        return public.url_of(self.address, self.address).netloc.decode()

    def answered(self, now: float, every: float, told: str) -> "Feed":
        """Give the feed after an answer: due again after the interval, or up to a fifth earlier (jitter)."""
        return Feed(self.address, now + every * random.uniform(0.8, 1), 0, told)  # noqa: S311 - no secret

    def failed(self, now: float, every: float, error: RubrikaError) -> "Feed":
        """Give the feed after a failure: each in a row doubles the wait, which jitter shortens by up to a half.

        Args:
            now: The time; seconds since 1970.
            every: Seconds between two questions when all is well.
            error: What happened; a busy server's wish is kept.

        Returns:
            The feed, due later.
        """
        doubled = every * 2.0 ** min(self.failures + 1, _MOST_DOUBLED)
        wait = min(doubled, LONGEST) * random.uniform(0.5, 1)  # noqa: S311
        wish = min(error.seconds, LONGEST) if isinstance(error, BusyError) else 0.0
        return Feed(self.address, now + max(wait, wish), self.failures + 1, str(error))


def read_feeds(path: Path) -> list[str]:
    """Read the list of feeds.

    Args:
        path: A text file: an address a line; empty lines and what follows ``#`` after a space or at the beginning say
            nothing.

    Returns:
        The addresses, each once.

    Raises:
        InputError: If there is none, or a line is no address.
    """
    addresses: dict[str, None] = {}
    for number, line in enumerate(lines_of(decode(path)), start=1):
        address = f" {line}".split(" #", maxsplit=1)[0].strip()
        if address:
            public.url_of(address, f"{path}, line {number}")
            addresses[address] = None
    if not addresses:
        raise InputError(path, "no address", "a feed's address a line", "add one")
    return list(addresses)


def due(store: Headlines, addresses: Iterable[str], now: float) -> list[Feed]:
    """Give the feeds that may be asked now.

    Args:
        store: Where it is kept when each may be.
        addresses: The feeds that are watched.
        now: The time; seconds since 1970.

    Returns:
        The feeds in the order given.
    """
    every = (known_feed(store, address) for address in addresses)
    return [feed for feed in every if not now < feed.due <= now + 2 * LONGEST]  # later is a clock that was wrong


def known_feed(store: Headlines, address: str) -> Feed:
    """Give a feed with what is known of it."""
    with store.opened() as connection:
        row = connection.execute("SELECT * FROM feeds WHERE address = ?", (address,)).fetchone()
    return Feed(row["address"], row["due"], row["failures"], row["told"]) if row else Feed(address)


def keep_feed(store: Headlines, feed: Feed) -> None:
    """Keep when a feed is due."""
    values = (feed.address, feed.due, feed.failures, feed.told)
    with store.opened() as connection:
        connection.execute("INSERT OR REPLACE INTO feeds (address, due, failures, told) VALUES (?, ?, ?, ?)", values)


def next_due(store: Headlines, addresses: Iterable[str]) -> float:
    """Give when the first of the feeds is due; seconds since 1970."""
    return min(known_feed(store, address).due for address in addresses)
