"""What is asked of a store, in SQL, and its answer, from rows."""

import sqlite3

from pipeline.answers import Tagged
from pipeline.topics import OTHER, TOPICS, parse_tags
from pipeline.watch.record import Item, Query, Seen
from pipeline.watch.search import matching


def selecting(query: Query) -> tuple[str, list[object]]:
    """Write a query in SQL.

    Args:
        query: What to look for.

    Returns:
        The statement and the values of its places; all of the text is ours.
    """
    topics = [query.topic] if query.topic else list(TOPICS)
    likely = " OR ".join(f"{topic} >= ?" for topic in topics)
    carried = "' ' || tags || ' ' LIKE ?"
    every: list[tuple[bool, str, list[object]]] = [
        (bool(query.words.strip()), "number IN (SELECT rowid FROM words WHERE words MATCH ?)", [matching(query.words)]),
        (query.topic is not None, carried, [f"% {query.topic} %"]),
        (query.at_least > 0, f"({likely})", [query.at_least] * len(topics)),
        (query.feed is not None, "feed = ?", [query.feed]),
        (query.before is not None, "number < ?", [query.before]),
        (query.after is not None, "number > ?", [query.after]),
    ]
    wanted = [(condition, values) for asked, condition, values in every if asked]
    where = " AND ".join(condition for condition, _ in wanted) or "TRUE"
    filled = [value for _, values in wanted for value in values]
    return f"SELECT * FROM headlines WHERE {where} ORDER BY number DESC LIMIT ?", [*filled, query.limit]  # noqa: S608


def seen_of(row: sqlite3.Row) -> Seen:
    """Give the headline that a row is of."""
    tags = parse_tags(row["tags"])
    scores = {topic: row[topic] for topic in TOPICS}
    tagged = Tagged(row["headline"], tags[0] if tags else OTHER, tags, bool(row["unsure"]), scores)
    item = Item(row["headline"], row["link"], row["published"], row["feed"])
    return Seen(row["number"], item, row["seen"], tagged, row["model"])
