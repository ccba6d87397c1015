"""Headlines met before: the same words, or nearly the same, wherever they stood.

Near ones are found by MinHash and locality-sensitive hashing: each headline is looked up under keys that headlines of like
words share, so that the time grows with the headlines and not with their pairs. What shares a key is compared, and counts as a copy only if the Jaccard similarity of the letter trigrams is high enough and the numbers and
the negations are the same: «ставка 15%» and «ставка 16%» are two pieces of news.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.ingest.clean import clean
from pipeline.ingest.minhash import Keys, Table, keys_of
from pipeline.letters import fold_yo, mend

Numbers = npt.NDArray[np.int64]

SIMILAR: Final = 0.75
"""Jaccard similarity of trigrams from which two headlines are one: a word added or put elsewhere, an ending changed."""
_BANDS: Final = 8
_ROWS: Final = 3
"""Keys, and hashes in each: a pair that is 0.75 similar is met with probability 0.98, one that is 0.4 with 0.41."""
_WORD: Final = re.compile(r"\w+")
_MEANT: Final = re.compile(r"\d+|\b(?:не|ни|нет|без|против)\b")
"""What makes two headlines different however alike they are."""


class Copy(NamedTuple):
    """Where a headline was met first, and whether it was the same (``duplicate``) or nearly (``near duplicate``)."""

    kind: str
    file: str
    line: int


class Duplicates:
    """The headlines met so far.

    Args:
        near: Whether nearly the same counts as the same.
    """

    def __init__(self, near: bool) -> None:
        self._first: dict[bytes, int] = {}  # words of a headline, and its number
        self._texts: list[bytes] = []  # by number, as words
        self._files: list[str] = []
        self._places = np.zeros(1024, np.int64)  # by number: which file, and which line
        self._tables = [Table() for _ in range(_BANDS)] if near else []
        self._keys: Sequence[Keys] = ()

    def find(self, headlines: Sequence[str | None], lines: Sequence[int], file: str) -> Iterator[tuple[int, Copy]]:
        """Find copies of headlines met before, in earlier calls or earlier in this one, and remember the others.

        Args:
            headlines: Headlines of one file; None is passed over.
            lines: Where each stands.
            file: The file.

        Yields:
            The place of a copy, and what it is a copy of.
        """
        if not self._files or self._files[-1] != file:
            self._files.append(file)
        asked = [place for place, headline in enumerate(headlines) if headline is not None]
        words = [_words(headlines[place] or "") for place in asked]
        alike = self._alike(words) if self._tables and asked else None
        found = np.zeros(len(asked), np.int64)
        for row, (place, text) in enumerate(zip(asked, words, strict=True)):
            number = self._first.get(text)
            kind = "duplicate"
            if number is None and alike is not None:
                number = self._nearest(text, alike[row], found)
                kind = "near duplicate"
            found[row] = self._remember(text, lines[place]) if number is None else number
            if number is not None:
                yield place, Copy(kind, *self._place(number))
        if alike is not None:
            for table, keys in zip(self._tables, self._keys, strict=True):
                table.put(keys, found)

    def _alike(self, words: Sequence[bytes]) -> Numbers:
        """Give for each headline the numbers of those it shares keys with.

        A number from 0 is a headline of an earlier call; -2 - row one of this call; -1 none. Shape (n, _BANDS).
        """
        self._keys = keys_of(words, _BANDS, _ROWS)
        columns = []
        for table, keys in zip(self._tables, self._keys, strict=True):
            _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
            earlier, row = first[inverse], np.arange(len(keys))
            within = np.where(earlier < row, -2 - earlier, -1)
            known = table.get(keys)
            columns.append(np.where(known >= 0, known, within))
        return np.column_stack(columns)

    def _nearest(self, text: bytes, alike: Numbers, found: Numbers) -> int | None:
        numbers = {int(found[-2 - place] if place < -1 else place) for place in alike.tolist() if place != -1}
        return next((number for number in sorted(numbers) if is_near(text, self._texts[number])), None)

    def _remember(self, text: bytes, line: int) -> int:
        number = len(self._texts)
        if number == len(self._places):
            self._places = np.concatenate([self._places, np.zeros_like(self._places)])
        self._places[number] = (len(self._files) - 1) << 40 | line
        self._texts.append(text)
        self._first[text] = number
        return number

    def _place(self, number: int) -> tuple[str, int]:
        file, line = divmod(int(self._places[number]), 1 << 40)
        return self._files[file], line


def is_near(one: bytes, other: bytes) -> bool:
    """Tell whether two headlines, as words, are nearly the same.

    Args:
        one: The words of a headline, in UTF-8.
        other: Those of another.

    Returns:
        Whether the trigrams are similar, and the numbers and the negations the same.
    """
    first, second = one.decode(), other.decode()
    if sorted(_MEANT.findall(first)) != sorted(_MEANT.findall(second)):
        return False
    left, right = _trigrams(first), _trigrams(second)
    common = len(left & right)
    return common >= SIMILAR * (len(left) + len(right) - common)


def _trigrams(text: str) -> set[str]:
    return {text[start : start + 3] for start in range(max(len(text) - 2, 1))}


def _words(headline: str) -> bytes:
    """Give what is compared: the cleaned headline's words in small letters, ё as е, look-alike letters mended."""
    text = fold_yo(mend(clean(headline))).lower()
    return " ".join(_WORD.findall(text)).encode() or headline.encode()


