"""Behaviour as told in ``behaviour.csv``: what must not matter, what must push a score, and what must be known."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.tagger import Tagger
from pipeline.topics import Topic, parse_tags

with (Path(__file__).parent / "behaviour.csv").open(encoding="utf-8", newline="") as table:
    CASES = list(csv.DictReader(table))
MINIMUM = [(case["headline"], case["tags"]) for case in CASES if case["kind"] == "minimum"]
DIRECTION = [(case["headline"], case["changed"], case["tags"]) for case in CASES if case["kind"] == "direction"]

IRRELEVANT: dict[str, Callable[[str], str]] = {
    "first letter small": lambda headline: headline[0].lower() + headline[1:],
    "quotes": lambda headline: re.sub("[«»]", '"', headline),
    "other quotes": lambda headline: headline.replace("«", "“").replace("»", "”"),
    "е for ё": lambda headline: headline.replace("ё", "е"),
    "space at the ends": lambda headline: f" {headline} ",
    "no-break spaces": lambda headline: headline.replace(" ", "\u00a0"),
    "full stop": lambda headline: f"{headline}.",
    "soft hyphens": lambda headline: re.sub(r"(?<=[а-я]{3})(?=[а-я]{3})", "\u00ad", headline),
    "stress mark": lambda headline: re.sub("(?<=[аоуыэ])", "\u0301", headline, count=1),
    "ё in two signs": lambda headline: headline.replace("ё", "е\u0308"),
    "Latin look-alikes": lambda headline: re.sub("(?<=[а-я])[аеорсху](?=[а-я])", look_alike, headline, count=2),
    "Latin capital": lambda headline: re.sub("^[АВЕКМНОРСТХ]", look_alike, headline),
}


def look_alike(letter: re.Match[str]) -> str:
    return letter[0].translate(str.maketrans("аеорсхуАВЕКМНОРСТХ", "aeopcxyABEKMHOPCTX"))


@pytest.mark.parametrize("change", IRRELEVANT)
def test_what_a_reader_does_not_see_does_not_matter(tagger: Tagger, change: str) -> None:
    pairs = [(headline, changed) for headline, _ in MINIMUM if (changed := IRRELEVANT[change](headline)) != headline]
    assert len(pairs) >= 5
    before, after = (tagger.tag(side) for side in zip(*pairs, strict=True))
    moved = [
        two.headline
        for one, two in zip(before, after, strict=True)
        if one.tags != two.tags or two.scores != pytest.approx(one.scores, abs=0.02)
    ]
    assert moved == []


@pytest.mark.parametrize(("headline", "changed", "topic"), DIRECTION)
def test_a_word_of_the_trade_raises_its_topic(tagger: Tagger, headline: str, changed: str, topic: str) -> None:
    before, after = tagger.tag([headline, changed])
    assert after.scores[Topic(topic)] > before.scores[Topic(topic)]


@pytest.mark.parametrize(("headline", "tags"), MINIMUM)
def test_plain_headline_has_its_tags(tagger: Tagger, headline: str, tags: str) -> None:
    assert set(tagger.tag([headline])[0].tags) == set(parse_tags(tags))


def test_word_order_and_repeated_words_are_only_what_they_are(tagger: Tagger) -> None:
    for headline, _ in MINIMUM:
        one, turned = tagger.tag([headline, " ".join(reversed(headline.split()))])
        assert one.scores == pytest.approx(turned.scores)
