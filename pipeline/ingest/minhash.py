"""MinHash in NumPy: keys that texts of like letters share, and a hash table of numbers, both for many texts at once."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Signatures = npt.NDArray[np.uint16]

_NONE: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_SLOTS: Final = 1 << 12
# The constants of SplitMix64 (Steele, Lea and Flood, 2014).
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)


def keys_of(texts: Sequence[bytes], bands: int, rows: int) -> tuple[list[Keys], Signatures]:
    """Give the keys of texts, by one-permutation MinHash over their letter trigrams.

    Each trigram falls into one of ``bands * rows`` bins; the smallest hash of a bin stands for it, and an empty bin
    takes that of the bin before. A key is made of ``rows`` bins.

    Args:
        texts: In UTF-8, none empty.
        bands: Keys of a text.
        rows: Hashes in a key.

    Returns:
        For each band, one key a text, never 0; and the bins, shape (n_texts, bands * rows): the share in which those of
        two texts agree is near their Jaccard similarity.
    """
    hashes, owners = _trigrams(texts)
    bins = bands * rows
    flat = np.full(len(texts) * bins, _NONE)
    np.minimum.at(flat, owners * bins + (hashes % np.uint64(bins)).astype(np.int64), hashes)
    least = flat.reshape(len(texts), bins)
    while (empty := least == _NONE).any():
        least = np.where(empty, np.roll(least, 1, axis=1), least)
    keys = [_together(least[:, band * rows : (band + 1) * rows], band) for band in range(bands)]
    return keys, (least >> np.uint64(40)).astype(np.uint16)


def _trigrams(texts: Sequence[bytes]) -> tuple[Keys, Numbers]:
    """Hash the trigrams of texts, each with a space at its end and its beginning; give the text that each is of."""
    letters = np.frombuffer(f" {'  '.join(text.decode() for text in texts)} ".encode("utf-32-le"), np.uint32)
    lengths = np.array([len(text.decode()) + 2 for text in texts], np.int64)
    owners = np.repeat(np.arange(len(texts)), lengths)
    wide = letters.astype(np.uint64)
    hashes = _mix((wide[:-2] << np.uint64(42)) ^ (wide[1:-1] << np.uint64(21)) ^ wide[2:])
    own = owners[:-2] == owners[2:]
    return hashes[own], owners[:-2][own]


def _together(hashes: Keys, band: int) -> Keys:
    key = np.full(len(hashes), np.uint64(band + 1))
    for column in hashes.T:
        key = _mix(key * _GOLDEN ^ column)
    return np.maximum(key, np.uint64(1))


def _mix(numbers: Keys) -> Keys:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _SECOND
    return np.asarray(numbers ^ (numbers >> np.uint64(31)))


class Table:
    """A hash table from keys to numbers, asked for thousands at once; 12 bytes a slot, half of the slots used."""

    def __init__(self) -> None:
        self._keys = np.zeros(_SLOTS, np.uint64)
        self._values = np.zeros(_SLOTS, np.int32)
        self._filled = 0

    def get(self, keys: Keys) -> Numbers:
        """Give the numbers of keys, -1 where there is none."""
        slots = self._find(keys)
        return np.where(self._keys[slots] == keys, self._values[slots], -1).astype(np.int64)

    def put(self, keys: Keys, values: Numbers) -> None:
        """Keep a number for each key that has none yet; of equal keys the first one's."""
        keys, first = np.unique(keys, return_index=True)
        values = values[first]
        while 2 * (self._filled + len(keys)) > len(self._keys):
            self._grow()
        while len(keys):
            slots = self._find(keys)
            free = self._keys[slots] == 0
            keys, values, slots = keys[free], values[free], slots[free]
            self._keys[slots] = keys  # of several that want one slot the last one gets it, the others look on
            won = self._keys[slots] == keys
            self._values[slots[won]] = values[won]
            self._filled += int(won.sum())
            keys, values = keys[~won], values[~won]

    def _find(self, keys: Keys) -> Numbers:
        """Give the slots in which keys are, or in which they would be put."""
        mask = np.uint64(len(self._keys) - 1)
        slots = (keys & mask).astype(np.int64)
        todo = np.arange(len(keys))
        while len(todo):
            held = self._keys[slots[todo]]
            todo = todo[(held != 0) & (held != keys[todo])]
            slots[todo] = (slots[todo] + 1) & int(mask)
        return slots

    def _grow(self) -> None:
        used = self._keys != 0
        keys, values = self._keys[used], self._values[used].astype(np.int64)
        self._keys = np.zeros(2 * len(self._keys), np.uint64)
        self._values = np.zeros(len(self._keys), np.int32)
        self._filled = 0
        self.put(keys, values)
