"""Where features stand in a vocabulary, for many words at a time and without a Python dictionary.

A word is known by its key (``spans.py``). An n-gram is a number in a positional system whose digits are the letters of
the vocabulary: the number says exactly which letters they are, as long as it stays under 2 ** 64. Where n-grams are
longer, it is taken modulo 2 ** 64, in an odd base. That no two features of a vocabulary have one number is checked.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import ModelError
from pipeline.spans import whole

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

_LONG: Final = 0x9E3779B97F4A7C15  # the base where letters do not fit: odd, its bits well mixed


class Known(NamedTuple):
    """Features of a vocabulary, found.

    Attributes:
        owners: Which of the texts has the feature; shape (n_found,).
        places: The feature's place in the vocabulary; shape (n_found,).
    """

    owners: Places
    places: Places


class Words:
    """A vocabulary of whole words.

    Args:
        features: Different words.
    """

    def __init__(self, features: pa.Array) -> None:
        self._index = _Index(whole(features).keys())

    def find(self, words: Sequence[str]) -> Known:
        """Find words in the vocabulary.

        Args:
            words: Any words.

        Returns:
            Those that are in it.
        """
        return self._index.find(whole(pa.array(words, pa.large_string())).keys(), np.arange(len(words)))


class Ngrams:
    """A vocabulary of character n-grams.

    Args:
        features: Different n-grams.
        shortest: Letters of the shortest n-gram.
        longest: Letters of the longest.
    """

    def __init__(self, features: pa.Array, shortest: int, longest: int) -> None:
        self._sizes = range(shortest, longest + 1)
        codes, lengths = _codes(features)
        letters = np.zeros(int(np.max(codes, initial=0)) + 2, np.bool_)
        letters[codes] = True
        self._digit = np.where(letters, np.cumsum(letters), letters.sum() + 1).astype(np.uint64)
        base = int(letters.sum()) + 2
        self._base = np.uint64(base if base**longest <= 1 << 64 else _LONG)
        digits, starts = self._digits(codes), np.cumsum(lengths) - lengths
        keys = np.zeros(len(features), np.uint64)
        for size in np.unique(lengths):
            alike = np.flatnonzero(lengths == size)
            key = keys[alike]
            for place in range(size):
                key = key * self._base + digits[starts[alike] + place]
            keys[alike] = key
        self._index = _Index(keys)

    def find(self, forms: Sequence[str]) -> Known:
        """Find the n-grams of words, with a space at either border.

        Args:
            forms: Any words.

        Returns:
            Those that are in the vocabulary, as often as they stand.
        """
        codes, lengths = _codes(pa.array([f" {form} " for form in forms], pa.large_string()))
        digits, ends = self._digits(codes), np.repeat(np.cumsum(lengths), lengths)
        owners, left = np.repeat(np.arange(len(forms)), lengths), ends - np.arange(len(codes))
        found, keys = [], np.zeros(len(codes), np.uint64)
        for size in range(1, self._sizes.stop):
            keys = keys[: len(keys) - 1] * self._base + digits[size - 1 :] if size > 1 else digits.copy()
            if size in self._sizes:
                whole_ = np.flatnonzero(left[: len(keys)] >= size)
                found.append(self._index.find(keys[whole_], owners[whole_]))
        return Known(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _digits(self, codes: Codes) -> Keys:
        """Give each letter's number from 1 on; the last for one that no feature has."""
        return np.asarray(self._digit[np.minimum(codes, len(self._digit) - 1)])


class _Index:
    """Numbers, sorted, and where they stood.

    Args:
        keys: Different numbers.

    Raises:
        ModelError: If two are equal: the vocabulary cannot be told apart.
    """

    def __init__(self, keys: Keys) -> None:
        self._order = np.argsort(keys, kind="stable")  # quick where they are sorted, as a saved model's n-grams are
        self._keys = keys[self._order]
        if (self._keys[1:] == self._keys[:-1]).any():
            raise ModelError("the vocabulary", "two features with one number", "different ones", "train anew")

    def find(self, keys: Keys, owners: Places) -> Known:
        """Give those of the keys that are there, with their owners, in any order."""
        if not len(self._keys):
            return Known(owners[:0], owners[:0])
        order = np.argsort(keys)  # so that each is looked for near the last: in the processor's cache
        keys, owners = keys[order], owners[order]
        places = np.searchsorted(self._keys, keys)
        known = np.flatnonzero(self._keys.take(places, mode="clip") == keys)
        return Known(owners[known], self._order[places[known]])


def _codes(texts: pa.Array) -> tuple[Codes, Places]:
    """Give the letters of all texts in turn, as code points, and how many each has."""
    spans = whole(texts)
    joined = spans.text[spans.begins[:1].sum() : spans.ends[-1:].sum()].tobytes().decode()
    return np.frombuffer(joined.encode("utf-32-le"), "<u4"), pc.utf8_length(texts).to_numpy().astype(np.int64)
