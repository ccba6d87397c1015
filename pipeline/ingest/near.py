"""Whether two headlines are nearly the same."""

import re
from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.clean import clean_column
from pipeline.letters import mend

SIMILAR: Final = 0.75
"""Jaccard similarity of trigrams from which two headlines are one: a word added or put elsewhere, an ending changed."""
_BETWEEN: Final = r"[^\p{L}\p{N}_]+"
# A headline with one of these goes through ``mend``: letters of two scripts side by side, marks that do not show.
_TO_MEND: Final = r"[a-z][\p{Cyrillic}]|[\p{Cyrillic}][a-z]|[\p{Mn}\p{Cf}\x{2010}\x{2011}ʼ’`ѐѝ]"
_MEANT: Final = re.compile(r"\d+|\b(?:не|ни|нет|без|против)\b")
"""What makes two headlines different however alike they are."""
_AKIN: Final = 0.6
"""Share of its letters in which a word begins as another form of it does: ставк-у, ставк-и; but Мин-ск, Мин-фин."""
_SMALL: Final = 2
"""Letters of words that may be others: «на» for «в»."""
_SLACK: Final = 0.8
"""How far the ratio of lengths may be below the similarity: letters may repeat, and take one byte or two."""


def is_near(one: bytes, other: bytes) -> bool:
    """Tell whether two headlines, as words, are nearly the same.

    Args:
        one: The words of a headline, in UTF-8.
        other: Those of another.

    Returns:
        Whether the trigrams are similar, the numbers and the negations the same, and no word another one.
    """
    shorter, longer = sorted((len(one), len(other)))
    if shorter < SIMILAR * longer * _SLACK:
        return False
    first, second = one.decode(), other.decode()
    left, right = _trigrams(first), _trigrams(second)
    common = len(left & right)
    alike = common >= SIMILAR * (len(left) + len(right) - common) and _meant(first) == _meant(second)
    return alike and not _is_another(first, second)


def _is_another(first: str, second: str) -> bool:
    """Tell whether a word of one stands in place of one of the other that is not akin: «поднял» of «снизил»."""
    left, right = (set(text.split()) for text in (first, second))
    fewer, more = sorted((left - right, right - left), key=len)
    return any(len(word) > _SMALL and not any(_are_akin(word, each) for each in more) for word in fewer)


def _are_akin(one: str, other: str) -> bool:
    stem = ceil(_AKIN * max(len(one), len(other)))
    return one[:stem] == other[:stem]


def _meant(text: str) -> list[str]:
    return sorted(_MEANT.findall(text))


@lru_cache(maxsize=1024)
def _trigrams(text: str) -> frozenset[str]:
    return frozenset(text[start : start + 3] for start in range(max(len(text) - 2, 1)))


def words_of(headlines: Sequence[str | None]) -> pa.Array:
    """Give what is compared: the cleaned headlines' words in small letters, ё as е, letters mended."""
    lower = pc.utf8_lower(clean_column(pa.array(headlines, pa.string())))
    broken = pc.match_substring_regex(lower, _TO_MEND)
    mended = pa.array([mend(text).lower() for text in lower.filter(broken).to_pylist()], pa.string())
    folded = pc.replace_substring(pc.replace_with_mask(lower, broken, mended), "ё", "е")
    words = pc.utf8_trim(pc.replace_substring_regex(folded, _BETWEEN, " "), " ")
    return pc.if_else(pc.equal(words, ""), folded, words)
