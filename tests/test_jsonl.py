"""Lines of JSON made in Arrow are those that Python's json would write of every single row."""

import datetime
import json
import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.columns import AS_JSON, KIND, plain, table_of
from pipeline.jsonl import lines
from pipeline.plain import rows
from pipeline.tagger import Tagger

TEXT = st.text() | st.text(st.sampled_from('аё "\\\n\x00\x1f\x7f\u2028,'), max_size=8)
FLOAT = (
    st.floats()
    | st.floats(0, 1)
    | st.sampled_from([0.0, -0.0, 1.0, 1e-4, 9.99e-5, 1e15, 1e16, 0.1 + 0.2, 1e10 - 0.5, 1e10 + 0.5])
)
VALUES = {
    pa.string(): TEXT,
    pa.large_string(): TEXT,
    pa.bool_(): st.booleans(),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint8(): st.integers(0, 255),
    pa.float64(): FLOAT,
    pa.float32(): st.floats(width=32),
    pa.null(): st.none(),
    pa.date32(): st.dates(),
    pa.list_(pa.string()): st.lists(st.none() | TEXT, max_size=3) | st.lists(st.sampled_from("абв"), max_size=3),
    pa.list_(pa.int64()): st.lists(st.integers(0, 9), max_size=3),
    pa.list_(pa.float64()): st.lists(FLOAT, max_size=3),
    pa.list_(pa.struct([("а", pa.float64())])): st.lists(st.fixed_dictionaries({"а": FLOAT}), max_size=2),
    pa.struct([("а", pa.float64()), ("б", pa.string())]): st.fixed_dictionaries({"а": FLOAT, "б": st.none() | TEXT}),
    pa.dictionary(pa.int8(), pa.string()): st.sampled_from(["да", "нет"]),
}


def finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: finite(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@given(st.data(), st.sampled_from(list(VALUES)), TEXT)
def test_every_type_is_written_as_json_does(data: st.DataObject, kind: pa.DataType, name: str) -> None:
    values = data.draw(st.lists(st.none() | VALUES[kind], max_size=5))
    table = pa.table({"headline": ["Снег"] * len(values), name + "_": pa.array(values, kind)})
    expected = [json.dumps(finite(row), ensure_ascii=False, default=plain) + "\n" for row in table.to_pylist()]
    assert lines(table).to_pylist() == expected
    assert lines(table[1:]).to_pylist() == expected[1:]


@given(
    st.lists(st.dictionaries(st.sampled_from("абв"), st.none() | st.integers(0, 9) | TEXT | st.lists(TEXT, max_size=2)))
)
def test_json_goes_through_unchanged(own: list[dict[str, Any]]) -> None:
    own = [{"headline": "Снег", **row} for row in own]
    if own:
        assert [json.loads(line) for line in lines(table_of(own)).to_pylist()] == own
        assert [json.loads(line) for line in lines(table_of(own)).to_pylist()] == list(rows(table_of(own)))


def test_answers_are_lines(tagger: Tagger) -> None:
    tagged = tagger.tag_arrow(pa.table({"headline": ["Рубль упал", 'Сейм "выбрал"', "", "Дроны ночью"]}))
    expected = [json.dumps(row, ensure_ascii=False) + "\n" for row in tagged.to_pylist()]
    assert lines(tagged).to_pylist() == expected


def test_a_date_beyond_the_calendar_is_a_text() -> None:
    table = pa.table({"headline": ["Снег"], "at": pa.array([2**39], pa.timestamp("s"))})
    assert json.loads(lines(table).to_pylist()[0])["at"].startswith("19391")
    assert datetime.MAXYEAR < 19391


def test_a_stranger_s_why_is_a_column_like_others() -> None:
    line = lines(table_of([{"headline": "Снег", "why": {"а": 1}}])).to_pylist()[0]
    assert json.loads(line)["why"] == {"а": 1}


def test_what_is_no_number_is_null_however_deep() -> None:
    own = [{"а": [math.nan, 1.5]}, {"а": [-math.inf]}]
    (line,) = lines(pa.table({"headline": ["Снег"], "own": [own]})).to_pylist()
    assert json.loads(line)["own"] == [{"а": [None, 1.5]}, {"а": [None]}]


def test_what_a_stranger_only_says_to_be_json_is_a_text() -> None:
    field = pa.field("own", pa.string(), metadata={KIND: AS_JSON})
    table = pa.table([["Снег", "Дождь"], ["{", "[1]"]], schema=pa.schema([("headline", pa.string()), field]))
    assert [json.loads(line)["own"] for line in lines(table).to_pylist()] == ["{", [1]]


@pytest.mark.parametrize("rows_", [0, 3])
def test_a_slice_is_written_alone(rows_: int) -> None:
    assert len(lines(pa.table({"headline": ["а", "б", "в", "г"]})[1 : 1 + rows_])) == rows_
