"""Rows of CSV made in Arrow are those that Python's csv would write, one by one, of every value."""

import csv
import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from test_jsonl import TEXT, VALUES

from pipeline.answers import answers
from pipeline.cells import lines
from pipeline.ingest.columns import table_of
from pipeline.plain import cell, inert
from pipeline.tagger import Tagger

CELL = TEXT | st.text(st.sampled_from('=+-@;,"\n\r\t 1＝а'), max_size=6)


def written(rows: list[list[Any]]) -> list[str]:
    made = []
    for row in rows:
        file = io.StringIO(newline="")
        csv.writer(file).writerow(row)
        made.append(file.getvalue())
    return made


@given(st.data(), st.sampled_from([*VALUES, pa.utf8()]))
def test_every_type_is_written_as_csv_does(data: st.DataObject, kind: pa.DataType) -> None:
    values = data.draw(st.lists(st.none() | (CELL if kind == pa.utf8() else VALUES[kind]), max_size=5))
    table = pa.table({"headline": ["Снег"] * len(values), "n": pa.array(values, kind)})
    expected = written([["Снег", inert(cell(value))] for value in table["n"].to_pylist()])
    assert lines(table).to_pylist() == expected
    assert lines(table[1:]).to_pylist() == expected[1:]


@given(st.lists(st.lists(st.floats(0, 1) | st.integers(0, 20_000).map(lambda n: n / 20_000), min_size=3, max_size=3)))
def test_scores_are_rounded_as_python_does(tagger: Tagger, scores: list[list[float]]) -> None:
    given_ = np.array(scores, np.float64).reshape(len(scores), 3)
    tagged = answers(tagger.decision, given_, np.ones(len(scores), bool))
    expected = written(
        [
            [row["topic"], " ".join(row["tags"]), row["unsure"], " ".join(row["iptc"])]
            + [round(score, 4) for score in row["scores"].values()]
            for row in tagged.to_pylist()
        ]
    )
    assert lines(tagged).to_pylist() == expected


@given(
    st.lists(st.dictionaries(st.sampled_from("аб"), st.none() | st.integers(0, 9) | CELL | st.lists(CELL, max_size=2)))
)
def test_json_is_written_as_what_it_says(own: list[dict[str, Any]]) -> None:
    rows = [{"headline": "Снег", "а": 1, "б": [json.dumps(1)], **row} for row in own]
    if rows:
        expected = written([[inert(cell(row[name])) for name in ("headline", "а", "б")] for row in rows])
        assert lines(table_of(rows)).to_pylist() == expected
