"""Chunks: headlines cut at white space and put together again."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.chunks import Chunks, split

HEADLINES = st.lists(
    st.none() | st.text() | st.text(st.sampled_from("абя -—«»\t\n\u00a0\u2009\u2028\u3000\x1c\x85\u200b")), max_size=8
)


def rejoined(chunks: Chunks) -> list[list[str]]:
    ends = zip(chunks.offsets[:-1], chunks.offsets[1:], strict=True)
    return [[chunks.distinct[code] for code in chunks.codes[begin:end]] for begin, end in ends]


@pytest.mark.parametrize(
    ("headline", "chunks"),
    [
        ("Курс рубля вырос", "Курс|рубля|вырос"),
        ("Курс\u00a0рубля\t вырос", "Курс|рубля|вырос"),
        ("«Курс» — 3,2 %", "«Курс»|—|3,2|%"),
        ("сло\u200bво", "сло\u200bво"),
    ],
)
def test_chunks(headline: str, chunks: str) -> None:
    assert rejoined(split(pa.array([headline]))) == [chunks.split("|")]


def test_each_distinct_chunk_stands_once_in_the_order_met() -> None:
    chunks = split(pa.array(["Суд отпустил мэра", "Мэра отпустил суд", "Суд отпустил мэра"]))
    assert chunks.distinct == ["Суд", "отпустил", "мэра", "Мэра", "суд"]
    assert chunks.codes.tolist() == [0, 1, 2, 3, 1, 4, 0, 1, 2]
    assert chunks.offsets.tolist() == [0, 3, 6, 9]


@given(HEADLINES)
@example([])
@example([None, "", "  Дожди  и грозы "])
def test_rejoined_chunks_are_the_headlines_with_single_spaces(headlines: list[str | None]) -> None:
    chunks = split(pa.array(headlines, pa.string()))
    joined = [" ".join(chunk for chunk in row if chunk) for row in rejoined(chunks)]
    assert joined == [" ".join((headline or "").split()) for headline in headlines]
    assert sorted(set(chunks.distinct)) == sorted(chunks.distinct)
    assert all(rejoined(chunks)), "every headline has a chunk, if an empty one"


@given(HEADLINES, st.integers(0, 8))
def test_cutting_a_part_of_an_array_gives_the_same_part(headlines: list[str | None], start: int) -> None:
    whole = pa.array(headlines, pa.string())
    assert rejoined(split(whole[start:])) == rejoined(split(whole))[start:]


@given(HEADLINES, HEADLINES)
def test_an_array_in_pieces_is_cut_as_one(one: list[str | None], other: list[str | None]) -> None:
    pieces = pa.chunked_array([pa.array(one, pa.string()), pa.array(other, pa.string())])
    whole = pa.array([*one, *other], pa.string())
    assert rejoined(split(pieces)) == rejoined(split(whole))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_kind_of_string_is_cut(kind: pa.DataType) -> None:
    assert rejoined(split(pa.array(["Снег растаял", None], kind))) == [["Снег", "растаял"], [""]]


@pytest.mark.parametrize("behind", [b"", b" ", b"\0", b"\xff", "а".encode()])
def test_the_bytes_behind_the_last_headline_do_not_matter(behind: bytes) -> None:
    text = "Снег ".encode()
    offsets = np.array([0, len(text)], np.int32)
    headlines = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(text + behind)])
    assert [chunk for chunk in split(headlines).distinct if chunk] == ["Снег"]


def test_a_dictionary_of_strings_is_cut() -> None:
    assert rejoined(split(pa.array(["Снег растаял"] * 2).dictionary_encode())) == [["Снег", "растаял"]] * 2
