"""Parquet files put together without reading a page: the rows, types and footers of all of them, for any reader."""

import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.compact import Struct, read, write
from pipeline.rowgroups import concatenate
from pipeline.write import put

SCHEMA = pa.schema(
    [
        pa.field("headline", pa.string(), metadata={"a": "б"}),
        ("number", pa.int64()),
        ("tags", pa.list_(pa.string())),
        ("scores", pa.struct([("war", pa.float64()), ("sure", pa.bool_())])),
        ("read", pa.timestamp("us", "Europe/Minsk")),
        ("none", pa.null()),
    ]
)
TEXTS = st.none() | st.text(max_size=5)
ROWS = st.fixed_dictionaries(
    {
        "headline": TEXTS,
        "number": st.none() | st.integers(-(1 << 63), (1 << 63) - 1),
        "tags": st.none() | st.lists(TEXTS, max_size=3),
        "scores": st.none() | st.fixed_dictionaries({"war": st.floats(allow_nan=False), "sure": st.booleans()}),
        "read": st.none() | st.integers(0, 1 << 50),
        "none": st.none(),
    }
)
OPTIONS: dict[str, dict[str, Any]] = {
    "as we write": {"ours": True},
    "as Arrow writes": {},
    "with pages' places": {"write_page_index": True},
    "without dictionaries": {"use_dictionary": False, "compression": "none"},
    "for others": {"store_schema": False, "data_page_version": "2.0", "write_page_checksum": True},
}


def save(table: pa.Table, path: Path, size: int, *, ours: bool = False, **options: Any) -> None:
    if ours:
        with path.open("wb") as file:
            put((table[begin : begin + size] for begin in range(0, max(len(table), 1), size)), "parquet", file)
    else:
        pq.write_table(table, path, row_group_size=size, **options)


def footer(path: Path) -> bytes:
    data = path.read_bytes()
    return data[-8 - int.from_bytes(data[-8:-4], "little") : -8]


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@given(st.lists(st.lists(ROWS, max_size=5), min_size=1, max_size=4), st.integers(1, 3))
@example([[{"headline": "Снег"}] * 5] * 8, 1)  # a list of more than 15 row groups
def test_what_is_put_together_is_all_of_it(options: dict[str, Any], parts: list[list[Any]], size: int) -> None:
    tables = [pa.Table.from_pylist(rows, SCHEMA) for rows in parts]
    for place, table in enumerate(tables):
        save(table, Path(f"{place}.parquet"), size, **options)
    with Path("whole.parquet").open("wb") as file:
        concatenate([Path(f"{place}.parquet") for place in range(len(tables))], file)
    whole = pq.ParquetFile("whole.parquet")
    expected = pa.concat_tables(tables)
    assert whole.read().cast(SCHEMA).equals(expected)
    assert whole.schema_arrow.equals(pq.read_schema("0.parquet"), check_metadata=True)
    assert whole.metadata.num_rows == len(expected)
    assert whole.num_row_groups == sum(
        pq.ParquetFile(f"{place}.parquet").num_row_groups for place in range(len(tables))
    )
    for group in range(whole.num_row_groups):
        whole.read_row_group(group)
        assert not whole.metadata.row_group(group).column(0).has_offset_index  # it tells where pages were


def number(path: Path) -> None:
    """Number the row groups of a file from 0, as some writers do."""
    told = footer(path)
    struct = read(io.BytesIO(told))
    for place, group in enumerate(struct[4][1][1]):
        group[7] = 4, place
    changed = write(struct)
    path.write_bytes(path.read_bytes()[: -8 - len(told)] + changed + len(changed).to_bytes(4, "little") + b"PAR1")
    assert pq.ParquetFile(path).num_row_groups == len(struct[4][1][1])


def test_nothing_is_put_together_of_nothing() -> None:
    with pytest.raises(ValueError, match="no files to put together"):
        concatenate([], io.BytesIO())


def test_row_groups_tell_where_they_stand_and_nothing_is_between() -> None:
    """A cluster gives a row group to the machine whose share of the file it begins in."""
    for place in range(3):
        pq.write_table(pa.table({"headline": ["Снег", "Снег"], "n": [place, 1]}), f"{place}.parquet", row_group_size=1)
        number(Path(f"{place}.parquet"))
    with Path("whole.parquet").open("wb") as file:
        concatenate([Path(f"{place}.parquet") for place in range(3)], file)
    at = 4
    for group in read(io.BytesIO(footer(Path("whole.parquet"))))[4][1][1]:
        begins = [
            min(field[1] for number, field in column[3][1].items() if number in (9, 11)) for column in group[1][1][1]
        ]
        assert group[5][1] == begins[0] == at
        assert 7 not in group
        at += group[6][1]
    assert Path("whole.parquet").stat().st_size == at + len(footer(Path("whole.parquet"))) + 8


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("rows", [0, 1, 100])
def test_a_footer_is_read_and_written_byte_by_byte(options: dict[str, Any], rows: int) -> None:
    table = pa.Table.from_pylist([{"headline": "Снег", "tags": ["war"], "number": -1}] * rows, SCHEMA)
    save(table, Path("in.parquet"), 3, **options)
    data = footer(Path("in.parquet"))
    assert write(read(io.BytesIO(data))) == data


@pytest.mark.parametrize(
    ("struct", "data"),
    [
        ({}, b"\x00"),
        ({1: (1, None), 2: (2, None)}, b"\x11\x12\x00"),
        ({5: (6, -1), 21: (6, 1 << 40)}, b"\x56\x01\x06\x2a\x80\x80\x80\x80\x80\x40\x00"),
        ({3: (8, b"ab"), 4: (3, b"\x07")}, b"\x38\x02ab\x13\x07\x00"),
        ({1: (9, (5, [0, -2, 64]))}, b"\x19\x35\x00\x03\x80\x01\x00"),
        ({1: (9, (12, [{1: (1, None)}, {}]))}, b"\x19\x2c\x11\x00\x00\x00"),
    ],
)
def test_the_protocol_is_thrifts(struct: Struct, data: bytes) -> None:
    """Written by hand after its specification."""
    assert write(struct) == data
    assert read(io.BytesIO(data)) == struct


@pytest.mark.parametrize(("kind", "data"), [(11, b"\x1b\x00\x00"), (1, b"\x19\x11\x01\x00")])
def test_a_type_that_no_footer_has_is_told(kind: int, data: bytes) -> None:
    with pytest.raises(ValueError, match=f"a value of type {kind} in a footer"):
        read(io.BytesIO(data))
