"""Spans: the fast cut is the slow cut, whatever the text, and a chunk's key is the chunk's alone."""

import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.spans import Spans, cut, whole

SPACES = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace())
NEAR = "\0\x08\x0e\x1b\u0084\u00a1\u00c2\u167f\u1681\u180e\u1fff\u200b\u2027\u202a\u2030\u205e\u2060\u2fff\u3001\ufeff"
HEADLINES = st.lists(
    st.none() | st.text() | st.text(st.sampled_from("абя -—«»😀" + SPACES + NEAR), max_size=40), max_size=8
)


def rejoined(spans: Spans) -> list[list[str]]:
    ends = zip(spans.offsets[:-1], spans.offsets[1:], strict=True)
    return [[spans.chunk(place) for place in range(begin, end)] for begin, end in ends]


@given(HEADLINES)
@example([None, "", "  Дожди  и грозы "])
@example(["а" + space + "б" for space in SPACES])
@example(["а" + char + "б" for char in NEAR])
def test_chunks_are_those_of_pythons_split(headlines: list[str | None]) -> None:
    assert rejoined(cut(pa.array(headlines, pa.string()))) == [(headline or "").split() for headline in headlines]


@given(HEADLINES, st.integers(0, 8))
def test_cutting_a_part_of_an_array_gives_the_same_part(headlines: list[str | None], start: int) -> None:
    array = pa.array(headlines, pa.string())
    assert rejoined(cut(array[start:])) == rejoined(cut(array))[start:]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_kind_of_string_is_cut(kind: pa.DataType) -> None:
    assert rejoined(cut(pa.array(["Снег растаял", None], kind))) == [["Снег", "растаял"], []]
    pieces = pa.chunked_array([pa.array(["Снег", None], kind), pa.array([" растаял"], kind)])
    assert rejoined(cut(pieces)) == [["Снег"], [], ["растаял"]]


def test_text_under_a_null_counts_for_nothing() -> None:
    offsets, text = np.array([0, 4, 12], np.int32), "ДаСнег".encode()
    hidden = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\2"), pa.py_buffer(offsets), pa.py_buffer(text)])
    assert hidden.to_pylist() == [None, "Снег"]
    assert rejoined(cut(hidden)) == [[], ["Снег"]]


def test_bytes_that_are_no_utf8_stop_nothing() -> None:
    offsets = np.array([0, 3], np.int32)
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(b"a \xe2")])
    assert rejoined(cut(broken)) == [["a", "\ufffd"]]


@given(st.lists(st.text(st.sampled_from("аб\0c"), max_size=60)))
@example(["а" * size for size in range(40)])
@example(["\0" * size for size in range(40)])
@example([("а" * 24)[:place] + "б" + ("а" * 24)[place:] for place in range(24)])
def test_equal_chunks_and_only_they_have_equal_keys(chunks: list[str]) -> None:
    spans = whole(pa.array(chunks, pa.string()))
    keys = spans.keys().tolist()
    assert rejoined(spans) == [chunks]
    assert [keys.index(key) for key in keys] == [chunks.index(chunk) for chunk in chunks]
    assert 0 not in keys


@given(st.lists(st.text(st.sampled_from("абв"), min_size=1, max_size=30), min_size=1))
def test_a_key_does_not_depend_on_what_stands_around(chunks: list[str]) -> None:
    alone = [int(whole(pa.array([chunk])).keys()[0]) for chunk in chunks]
    assert cut(pa.array([" ".join(chunks)])).keys().tolist() == alone
