"""Telling webhooks: a POST of JSON a headline, with an idempotency key."""

import time
from typing import Any, Final

import httpx

from pipeline.corrections import now as stamp
from pipeline.ingest.robots import AGENT
from pipeline.watch.outbox import Letter, delay, take, told
from pipeline.watch.record import Seen
from pipeline.watch.store import Headlines

_PATIENCE: Final = 5.0
"""Seconds to connect, to send and to be answered, each; three of them are half of a lease."""


def post_due(store: Headlines) -> tuple[int, int]:
    """Post all letters that are due.

    Args:
        store: Where the outbox is.

    Returns:
        How many were told, and how many could not be.
    """
    done = failed = 0
    with httpx.Client(timeout=_PATIENCE, trust_env=False, follow_redirects=False) as client:
        while letter := take(store, time.time()):
            if _posted(client, letter):
                told(store, letter, stamp())
                done += 1
            else:
                delay(store, letter, time.time())
                failed += 1
    return done, failed


def body(seen: Seen) -> dict[str, Any]:
    """Give what is posted of a headline: the keys of a JSONL line of ``rubrika predict``, and where it is from."""
    tagged = seen.tagged
    return {
        "headline": tagged.headline,
        "topic": tagged.topic,
        "tags": list(tagged.tags),
        "unsure": tagged.unsure,
        "scores": dict(tagged.scores),
        "iptc": list(tagged.iptc),
        "link": seen.item.link,
        "published": seen.item.published,
        "feed": seen.item.feed,
        "seen": seen.seen,
        "model": seen.model,
    }


def _posted(client: httpx.Client, letter: Letter) -> bool:
    headers = {"User-Agent": AGENT, "Idempotency-Key": f'"{letter.key}"'}
    try:
        return client.post(letter.hook, json=body(letter.seen), headers=headers).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
