"""What a watch speaks of: an item of a feed, a headline seen, who is to be told, and what can be asked for."""

import hashlib
from dataclasses import dataclass

from pipeline.answers import Tagged
from pipeline.ingest.near import words_of
from pipeline.topics import Topic


@dataclass(frozen=True)
class Item:
    """What a feed says of a headline.

    Attributes:
        headline: The text.
        link: Where the piece is; empty if the feed does not say.
        published: When, as the feed writes it; may be empty.
        feed: The address of the feed.
    """

    headline: str
    link: str
    published: str
    feed: str

    @property
    def key(self) -> str:
        """What the headline is known again by: its link, or the feed where there is none, and its words."""
        told = f"{self.link or self.feed}\n{words_of([self.headline])[0]}"
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Seen:
    """A headline in the store.

    Attributes:
        number: Its place in the store, from 1, rising with time.
        item: What the feed said.
        seen: When it was met (ISO 8601, UTC).
        tagged: What the model said.
        model: The model's version.
    """

    number: int
    item: Item
    seen: str
    tagged: Tagged
    model: str


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to look for; every condition given must hold.

    Attributes:
        words: Words that must all stand in the headline, in whatever form; the last may be begun only.
        topic: A topic that the headline carries.
        at_least: The least probability of that topic, or of some topic if none is given, 0 to 1.
        feed: The address of its feed.
        before: Only headlines of smaller numbers: the next page of a list.
        after: Only headlines of larger numbers: what is new since.
        limit: How many at most.
    """

    words: str = ""
    topic: Topic | None = None
    at_least: float = 0.0
    feed: str | None = None
    before: int | None = None
    after: int | None = None
    limit: int = 100


@dataclass(frozen=True)
class Hook:
    """Who is to be told of which headlines.

    Attributes:
        address: Where to post.
        topics: Of which topics; any if none is named.
        at_least: From which probability of such a topic on, 0 to 1.
    """

    address: str
    topics: tuple[Topic, ...] = ()
    at_least: float = 0.0

    def wants(self, tagged: Tagged) -> bool:
        """Tell whether a headline is one of these."""
        return any(
            tagged.scores[topic] >= self.at_least for topic in tagged.tags if not self.topics or topic in self.topics
        )
