"""Asking feeds politely: a host one question at a time with pauses, as its robots.txt allows, and only if changed."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Final
from urllib.parse import urljoin

from pipeline.errors import RubrikaError, memory_wanted
from pipeline.ingest.fetch import fetch
from pipeline.ingest.keep import Keeper
from pipeline.ingest.reader import batches
from pipeline.ingest.record import COLUMN, Counts, Options
from pipeline.ingest.robots import Rules
from pipeline.ingest.source import Source
from pipeline.watch.feeds import Feed
from pipeline.watch.record import Item

PAUSE: Final = 2.0
"""Seconds between two questions to a host."""
_HOSTS: Final = 8
"""Hosts that are asked at a time."""

Answer = tuple[Feed, list[Item] | RubrikaError]


def poll(feeds: Sequence[Feed], allow_private: bool, rules: Rules) -> Iterator[Answer]:
    """Ask feeds.

    Args:
        feeds: Which.
        allow_private: Whether they may lead into the own network.
        rules: What hosts let programs read, as far as it is known.

    Yields:
        Each feed with its items or what went wrong, a host at a time.
    """
    hosts: dict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        hosts[feed.host].append(feed)
    with ThreadPoolExecutor(_HOSTS) as threads:
        asked = [threads.submit(_host, host, allow_private, rules) for host in hosts.values()]
        for done in as_completed(asked):
            yield from done.result()


def _host(feeds: Sequence[Feed], allow_private: bool, rules: Rules) -> list[Answer]:
    answers: list[Answer] = []
    for feed in feeds:
        time.sleep(PAUSE if answers else 0)
        answers.append((feed, _asked(feed.address, allow_private, rules)))
    return answers


def _asked(address: str, allow_private: bool, rules: Rules) -> list[Item] | RubrikaError:
    try:
        with memory_wanted():
            return items(address, allow_private, rules)
    except RubrikaError as error:
        return error


def items(address: str, allow_private: bool, rules: Rules) -> list[Item]:
    """Ask a feed.

    Args:
        address: Of a feed in any format that is read, or of a page with headlines.
        allow_private: Whether it may lead into the own network.
        rules: What hosts let programs read, as far as it is known.

    Returns:
        Its items, in its order.

    Raises:
        RubrikaError: If it cannot be fetched, or there is nothing to read.
    """
    page = fetch(address, allow_private, rules)
    source = Source(address, lambda: page.body, charset=page.charset)
    options = Options()
    rows = (row for table in Keeper(Counts(), options).keep(batches(source, options)) for row in table.to_pylist())
    return [
        Item(row[COLUMN], _link(address, row.get("link")), str(row.get("published") or ""), address) for row in rows
    ]


def _link(address: str, link: object) -> str:
    try:
        return urljoin(address, str(link)) if link else ""
    except ValueError:  # a bracket without its pair
        return ""
