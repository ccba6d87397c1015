"""Why: the words of a headline, as written, with what each adds to the log-odds of a topic."""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa

from pipeline.tagger import Tagger
from pipeline.topics import TOPICS, Topic

INTERCEPT: Final = "(intercept)"
"""What a topic's log-odds are before any word; the last share of every list."""

Why = dict[Topic, list[tuple[str, float]]]

WHY: Final = pa.struct(
    [(topic.value, pa.list_(pa.struct([("word", pa.string()), ("share", pa.float64())]))) for topic in TOPICS]
)

_EDGES: Final = re.compile(r"^\W+|\W+$")


def explain(tagger: Tagger, headline: str) -> Why:
    """Give what each word of a headline adds to each topic.

    Args:
        tagger: A model at work.
        headline: A raw headline.

    Returns:
        By topic, the words as written, the weightiest first, with their shares, and the intercept at the end. The
        shares of a topic add up to the log-odds of its score.
    """
    chunks, shares = tagger.shares(headline)
    words = [_EDGES.sub("", chunk) or chunk for chunk in chunks]
    before = tagger.decision.logits(np.array(tagger.model.card.intercepts))
    why: Why = {}
    for topic, column, slope, intercept in zip(TOPICS, shares.T, tagger.decision.slopes, before, strict=True):
        told = [(word, float(share * slope)) for word, share in zip(words, column, strict=True) if share]
        why[topic] = [*sorted(told, key=lambda item: -abs(item[1])), (INTERCEPT, float(intercept))]
    return why


def with_why(tagger: Tagger, table: pa.Table, seen: pa.Array | None = None) -> pa.Table:
    """Add a column ``why`` to a tagged table, for the topics given (for all of them where none is).

    Args:
        tagger: The model that tagged it.
        table: A table that it tagged.
        seen: What it looked at instead of the column ``headline``.

    Returns:
        The table with one column more.
    """
    rows = zip((table["headline"] if seen is None else seen).to_pylist(), table["tags"].to_pylist(), strict=True)
    why = [_for_topics(explain(tagger, headline or ""), tags or TOPICS) for headline, tags in rows]
    return table.append_column("why", pa.array(why, WHY))


def _for_topics(why: Why, topics: Iterable[str]) -> dict[str, list[dict[str, object]]]:
    return {topic: [{"word": word, "share": share} for word, share in why[Topic(topic)]] for topic in topics}


def strongest(tagger: Tagger, topic: Topic, count: int) -> list[tuple[str, float]]:
    """Give the lemmas that speak most for a topic.

    Args:
        tagger: A model at work.
        topic: The topic.
        count: How many.

    Returns:
        Lemmas with what one of them adds to the topic's log-odds where no other word stands beside it.
    """
    table = tagger.model.features
    words = table.filter(pa.compute.equal(table["block"], "word"))
    weights = words[topic].to_numpy() * tagger.decision.slopes[TOPICS.index(topic)]
    return [(words["feature"][int(place)].as_py(), float(weights[place])) for place in np.argsort(-weights)[:count]]
