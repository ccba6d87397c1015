"""Headlines cut at white space without making a single Python string: where each chunk's bytes begin and end.

The fast twin of ``chunks.split``: NumPy looks at the bytes of the Arrow buffers, many at a time. A chunk is known by a
64-bit number made of its bytes, so that the rows of chunks met before are found without comparing texts.
"""

import secrets
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_WORD: Final = 8
_TAKEN: Final = 2 * _WORD
"""Bytes taken at a time for a key: two words, which hold most chunks."""
_SPACE: Final = 0x20
_NO_SPACES: Final = np.array([*range(0x09), *range(0x0E, 0x1C)], np.uint8)
"""Control characters that are no white space; the others below U+0020 are (``str.isspace``)."""
_SPACES: Final = np.array(
    sorted(
        int.from_bytes(chr(code).encode(), "little")
        for code in (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
    ),
    np.uint32,
)
"""White space of two and three bytes in UTF-8, as little-endian numbers, sorted."""
_TWO: Final = 0xC2  # the first byte of those of two bytes
_THREE: Final = 0xE1  # the first bytes of those of three are not below

_MASKS: Final = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
_MOST: Final = 64  # so that few sizes are beyond, which costs more than a look at a long table
_BOTH: Final = _MASKS.take(np.arange(_MOST)[:, None] - (0, _WORD), mode="clip").view(f"V{_TAKEN}").ravel()
"""By the size of a chunk, which bits of its first two words belong to it."""
_HALF: Final = np.uint64(32)
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed: 2 ** 64 by the golden ratio
_SECRET: Final = np.uint64(secrets.randbits(64))  # so that nobody can write two chunks that get one key


class Spans(NamedTuple):
    """Chunks as places in one text.

    Attributes:
        text: UTF-8, with at least 24 bytes behind the last chunk.
        begins: Where each chunk begins; shape (n_chunks,).
        ends: Where it ends; shape (n_chunks,).
        offsets: Where each headline's chunks begin among the chunks, and the end; shape (n_headlines + 1,).
    """

    text: Bytes
    begins: Places
    ends: Places
    offsets: Places

    def chunk(self, place: int) -> str:
        """Give one chunk as a string; bytes that are no UTF-8 become U+FFFD."""
        return self.text[self.begins[place] : self.ends[place]].tobytes().decode(errors="replace")

    def keys(self) -> Keys:
        """Give each chunk's key: never 0, equal for equal chunks.

        Different chunks get one key with a chance of 1 to 2 ** 64: below one in 30 million for a million chunks.

        Returns:
            Shape (n_chunks,).
        """
        pairs = np.ndarray(len(self.text) - _TAKEN + 1, _BOTH.dtype, self.text.data, strides=(1,))
        sizes = self.ends - self.begins
        keys = sizes.view(np.uint64) ^ _SECRET
        _mix(keys, pairs[self.begins], sizes)
        step, long = _TAKEN, np.flatnonzero(sizes > _TAKEN)
        while len(long):
            mixed = keys[long]
            _mix(mixed, pairs[self.begins[long] + step], sizes[long] - step)
            keys[long] = mixed
            step += _TAKEN
            long = long[sizes[long] > step]
        keys *= _FACTOR
        np.maximum(keys, 1, out=keys)
        return keys


def _mix(keys: Keys, pairs: npt.NDArray[np.void], sizes: Places) -> None:
    """Mix pairs of words into keys, in place, as far as they are within a size."""
    words = pairs.view("<u8")
    words &= _BOTH.take(sizes, mode="clip").view("<u8")
    for place in range(2):
        keys ^= words[place::2]
        keys *= _FACTOR
        keys ^= keys >> _HALF


def cut(headlines: pa.Array | pa.ChunkedArray) -> Spans:
    """Cut headlines at white space.

    Args:
        headlines: Strings of any Arrow type; a null counts as empty.

    Returns:
        The chunks; an empty headline has none.
    """
    text, offsets = _bytes(headlines, " ")
    space = text <= _SPACE
    _mend(text, space)
    edges = np.flatnonzero(space[1:] != space[:-1]) + 1
    begins, ends = np.ascontiguousarray(edges[0::2]), np.ascontiguousarray(edges[1::2])
    return Spans(text, begins, ends, np.searchsorted(begins, offsets))


def whole(chunks: pa.Array) -> Spans:
    """Take each string of an array as one chunk, of one headline."""
    text, offsets = _bytes(chunks, "")
    return Spans(text, offsets[:-1], offsets[1:], np.array([0, len(chunks)]))


def _bytes(headlines: pa.Array | pa.ChunkedArray, behind: str) -> tuple[Bytes, Places]:
    """Give the texts in one, a space before and several behind, and where each begins, and the end."""
    kind = pa.large_string()
    array = headlines.combine_chunks() if isinstance(headlines, pa.ChunkedArray) else headlines
    empty, after = pa.scalar("", kind), pa.scalar(behind, kind)
    texts = pc.binary_join_element_wise(array.cast(kind), empty, after, null_handling="replace", null_replacement="")
    offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, texts.offset * 8)
    first, size = int(offsets[0]), int(offsets[-1] - offsets[0])
    text = np.full(size + 1 + _TAKEN + _WORD, _SPACE, np.uint8)
    if size:
        text[1 : size + 1] = np.frombuffer(texts.buffers()[2], np.uint8, size, first)
    return text, offsets - first + 1


def _mend(text: Bytes, space: Flags) -> None:
    """Correct, in place, what a look at single bytes takes for white space."""
    if int(np.min(text)) < _SPACE:
        space &= ~np.isin(text, _NO_SPACES)
    at = np.flatnonzero((text == _TWO) | (text >= _THREE))
    chars = np.ndarray(len(text) - 3, "<u4", text.data, strides=(1,))[at]
    chars &= np.where(text[at] == _TWO, _MASKS[2], _MASKS[3]).astype(np.uint32)
    found = _SPACES.take(np.searchsorted(_SPACES, chars), mode="clip") == chars
    if found.any():
        for step, places in ((0, at[found]), (1, at[found]), (2, at[found & (chars > _MASKS[2])])):
            space[places + step] = True
