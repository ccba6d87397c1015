"""What Arrow lets through untouched is what a look at every single headline would leave as it is."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.ingest import Counts, Options, keep
from pipeline.ingest.keep import Keeper
from pipeline.ingest.record import Record
from pipeline.labelled import read_labelled

GARBLED = [
    text.encode(right).decode(wrong, "replace")
    for text in ("Нацбанк поднял ставку", "Ёж вышел из ТУМАНА")
    for right in ("utf-8", "cp1251", "koi8-r")
    for wrong in ("cp1251", "latin-1", "cp1252", "koi8-r", "cp866")
]
SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]
LETTERS = st.text(st.sampled_from("аЯя ёЁa\t\n\0\x1c\x85\xa0\u2028\u3000«’—РСÐÑ╨╤пя°√À-ÿ¤"), max_size=12) | st.text()
HEADLINES = (
    LETTERS | st.sampled_from(GARBLED) | st.sampled_from(["ы" * 10_000, "ы" * 10_001, "y" * 10_001, " " * 10_002])
)


def kept(values: list[object], as_table: bool, all_doubtful: bool) -> tuple[list[object], Counts]:
    counts = Counts()
    items = [pa.table({"headline": pa.array(values, pa.string())})] if as_table else []
    records = [Record(line, {"headline": value}) for line, value in enumerate(values, start=1)]
    with pytest.MonkeyPatch.context() as patch:
        if all_doubtful:
            patch.setattr(keep, "_DOUBTFUL", "")  # stands in every text
        tables = Keeper(counts, Options()).keep(("file", item) for item in items or records)
        return [headline for table in tables for headline in table["headline"].to_pylist()], counts


@given(st.lists(st.none() | HEADLINES, max_size=6), st.booleans())
@example(GARBLED, True)
@example([f"{space}Снег" for space in SPACES] + [f"Снег{space}" for space in SPACES], True)
def test_arrow_and_python_keep_the_same(values: list[object], as_table: bool) -> None:
    quick, counts = kept(values, as_table, all_doubtful=False)
    slow, expected = kept(values, as_table=False, all_doubtful=True)
    assert quick == slow
    assert counts == expected


@given(
    st.lists(st.none() | st.integers() | st.binary() | st.sampled_from(["Снег", "\ud83d Снег", "М\udce3"]), max_size=6)
)
def test_values_of_any_kind_are_kept_or_rejected(values: list[object]) -> None:
    headlines, counts = kept(values, as_table=False, all_doubtful=False)
    texts = [value for value in values if isinstance(value, str)]
    assert [headline and "\ud83d" not in str(headline) for headline in headlines] == [True] * len(texts)
    assert counts.read == counts.kept + counts.empty + counts.rejected == len(values)


def test_few_headlines_of_the_corpus_need_a_look() -> None:
    headlines = pa.array(read_labelled(Path(__file__).parent.parent / "data/headlines.csv")["headline"], pa.string())
    assert pc.sum(pc.match_substring_regex(headlines, keep._DOUBTFUL)).as_py() < 0.01 * len(headlines)


@pytest.mark.parametrize(("letters", "rows"), [(10, [65_536, 10_000]), (1 << 20, [32, 32, 5])])
def test_tables_have_as_many_rows_as_have_room(letters: int, rows: list[int]) -> None:
    values = {"headline": "Мост открыт", "text": "ы" * letters}
    records = (("file", Record(line, values)) for line in range(1, sum(rows) + 1))
    assert [table.num_rows for table in Keeper(Counts(), Options()).keep(records)] == rows
