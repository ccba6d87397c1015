"""Headlines met before: the same words, or nearly the same, wherever they stood.

Near ones are found by MinHash and locality-sensitive hashing: each headline is looked up under keys that headlines of
like words share, so that the time grows with the headlines and not with their pairs. What shares a key is compared, and
counts as a copy only if the Jaccard similarity of the letter trigrams is high enough and the numbers and the negations
are the same: «ставка 15%» and «ставка 16%» are two pieces of news.

100,000 unlike headlines take 2 s, a third of it for their keys. rensa makes the signatures alone four times as fast,
which would save a sixth; the tables, which tell the first of all that share a key, would stay as they are.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.ingest.minhash import Keys, Numbers, Signatures, Table, keys_of
from pipeline.ingest.near import SIMILAR, is_near, words_of

_BANDS: Final = 10
_ROWS: Final = 4
"""Keys, and hashes in each: a pair that is 0.75 similar is met with probability 0.98, one that is 0.3 with 0.08."""
_DOUBT: Final = 0.2
"""How far the similarity that the signatures show may be below the true one: three standard deviations of 40 hashes."""


class Copy(NamedTuple):
    """Where a headline was met first, and whether it was the same (``duplicate``) or nearly (``near duplicate``)."""

    kind: str
    file: str
    line: int
    number: int
    """Of the headline met first, among all that are no copies, from 0 in their order."""


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
        self._asked: Signatures = np.zeros((0, _BANDS * _ROWS), np.uint16)
        self._signatures: Signatures = np.zeros((1024, _BANDS * _ROWS), np.uint16)  # by number

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
        words: list[bytes] = words_of([headlines[place] for place in asked]).cast(pa.binary()).to_pylist()
        alike = self._alike(words) if self._tables and asked else None
        found, new = np.zeros(len(asked), np.int64), list[int]()
        for row, (place, text) in enumerate(zip(asked, words, strict=True)):
            number = self._first.get(text)
            kind = "duplicate"
            if number is None and alike is not None:
                number = self._nearest(text, alike[row], found)
                kind = "near duplicate"
            found[row] = self._remember(text, lines[place]) if number is None else number
            if number is None:
                new.append(row)
            else:
                yield place, Copy(kind, *self._place(number), number)
        if alike is not None:
            while len(self._signatures) < len(self._texts):
                self._signatures = np.concatenate([self._signatures, np.zeros_like(self._signatures)])
            self._signatures[found[new]] = self._asked[new]
            for table, keys in zip(self._tables, self._keys, strict=True):
                table.put(keys, found)

    def _alike(self, words: Sequence[bytes]) -> Numbers:
        """Give for each headline the numbers of those it shares keys with.

        A number from 0 is a headline of an earlier call; -2 - row one of this call; -1 none. Shape (n, 2 * _BANDS).
        """
        self._keys, self._asked = keys_of(words, _BANDS, _ROWS)
        row, columns = np.arange(len(words)), []
        for table, keys in zip(self._tables, self._keys, strict=True):
            _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
            earlier, known = first[inverse], table.get(keys)
            self._drop(known, known >= 0, self._signatures[np.maximum(known, 0)])
            within = np.where(earlier < row, -2 - earlier, -1)
            self._drop(within, within < -1, self._asked[earlier])
            columns += [known, within]
        return np.column_stack(columns)

    def _drop(self, numbers: Numbers, real: npt.NDArray[np.bool_], others: Signatures) -> None:
        """Put -1 in place of those whose signatures already show that they are not alike."""
        agree = (self._asked == others).mean(axis=1)
        numbers[~real | (agree < SIMILAR - _DOUBT)] = -1

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
