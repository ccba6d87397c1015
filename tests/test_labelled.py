"""Labelled tables: every bad row is named by its line."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.labelled import OPTIONAL, read_labelled, tagged


def write(text: str, name: str = "labelled.csv") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_table_is_read_with_the_columns_that_are_known() -> None:
    frame = read_labelled(write('Headline, TAGS ,url\n"Мост, суд",war politics,я.рф\n"Дождь\nи град",,\nСнег,war,\n'))
    assert list(frame.columns) == ["headline", "tags", "url", *OPTIONAL]
    assert list(frame["headline"]) == ["Мост, суд", "Дождь\nи град", "Снег"]
    assert list(frame.index) == [2, 3, 5], "the line on which each row begins"
    assert list(frame.iloc[0]) == ["Мост, суд", "war politics", "я.рф", "", "", "", ""]
    assert tagged(frame).tolist() == [[True, False, True], [False, False, False], [False, False, True]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_line_ends(mark: str, end: str) -> None:
    text = end.join(["\ufeffheadline,date,tags", "Мост открыт,2024-03,economy", "", "Суд идет,,politics", ""])
    frame = read_labelled(write(text.replace(",", mark)))
    assert frame[["headline", "date", "tags"]].to_numpy().tolist() == [
        ["Мост открыт", "2024-03", "economy"],
        ["Суд идет", "", "politics"],
    ]


@pytest.mark.parametrize("date", ["", "2024", "2024-03", "2024-12", "2024-03-09", "1999-10-31"])
def test_dates(date: str) -> None:
    assert list(read_labelled(write(f"headline,tags,date\nСнег,,{date}\n"))["date"]) == [date]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", r"found an empty file; expected a table with the columns", id="empty"),
        pytest.param("\n \n", r"found an empty file", id="blank"),
        pytest.param(
            "title,tags\nСнег,\n", r"line 1: found the columns title, tags without headline", id="no headline"
        ),
        pytest.param("headline\nСнег\n", r"line 1: found the columns headline without tags", id="no tags"),
        pytest.param(
            "headline;date\nСнег;\n", r"line 1: found the columns headline, date without tags", id="semicolons"
        ),
        pytest.param("headline,tags,Tags\nСнег,,\n", r"line 1: found two columns of one name", id="twice"),
        pytest.param("headline,tags\nСнег,war\nМост\n", r"line 3: found 1 cells; expected 2", id="short"),
        pytest.param(
            "headline,tags\nМост, суд,war\n", r"line 2: found 3 cells; expected 2, .*; quote cells", id="long"
        ),
        pytest.param(
            'headline,tags\n"Мост\nи суд",war\nСнег\n', r"line 4: found 1 cells", id="after a newline in a cell"
        ),
        pytest.param("headline,tags\n\nСнег\n", r"line 3: found 1 cells", id="after a blank line"),
        pytest.param("headline,tags\n ,war\n", r"line 2: found an empty headline", id="empty headline"),
        pytest.param("headline,tags\nСнег,weather\n", r"line 2: found unknown topic “weather”", id="unknown"),
        pytest.param("headline,tags\nСнег,other\n", r"line 2: found unknown topic “other”", id="other is no topic"),
        pytest.param("headline,tags\nСнег,War\n", r"line 2: found unknown topic “War”", id="case"),
        pytest.param('headline,tags\nСнег,"war,politics"\n', r"line 2: found unknown topic “war,politics”", id="comma"),
        pytest.param(
            "headline,tags\nСнег,war war\n", r"line 2: found a topic stands twice in “war war”", id="same tag twice"
        ),
        pytest.param(
            "headline,tags,date\nСнег,,03.2024\n", r"line 2: found the date “03.2024”; expected YYYY", id="date"
        ),
        pytest.param("headline,tags,date\nСнег,,2024-13\n", r"line 2: found the date “2024-13”", id="month"),
        pytest.param("headline,tags,date\nСнег,,2024-01-32\n", r"line 2: found the date “2024-01-32”", id="day"),
        pytest.param("headline,tags,date\nСнег,,2024-1\n", r"line 2: found the date “2024-1”", id="no zero"),
        pytest.param(
            'headline,tags\nСнег,\n"Мост,war\nСуд,\n', r"line 3: found a broken row .*; mend the quotes", id="open"
        ),
        pytest.param('headline,tags\n"Мост" и суд,war\n', r"line 2: found a broken row", id="text after a quote"),
        pytest.param('headline,"tags\nСнег,war\n', r"line 1: found a broken row", id="open in the header"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^labelled.csv.*{message}"):
        read_labelled(write(text))


TABLE = "a table with the columns headline and tags, and if known date, origin, theme, source"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", f": found an empty file; expected {TABLE}; give a file with rows"),
        ("headline,tags\n", f": found a header without rows; expected {TABLE}; give a file with rows"),
        (
            "Title;date\nСнег;\n",
            f", line 1: found the columns title, date without headline and tags; expected {TABLE}; "
            "name the columns in the first line",
        ),
        ("headline,tags,tags\nСнег,,\n", f", line 1: found two columns of one name; expected {TABLE}; rename one"),
        (
            "headline,tags\nМост, суд,war\n",
            ", line 2: found 3 cells; expected 2, as in the header; quote cells with commas",
        ),
        (
            "headline,tags\n ,war\n",
            ", line 2: found an empty headline; expected text; delete the row or write the headline",
        ),
        (
            "headline,tags\nСнег,снег\n",
            ", line 2: found unknown topic “снег”; expected none or some of politics, economy, war, each once, "
            "parted by spaces; mend the tags",
        ),
        (
            "headline,tags,date\nСнег,,вчера\n",
            ", line 2: found the date “вчера”; expected YYYY, YYYY-MM or YYYY-MM-DD; mend the date",
        ),
        (
            'headline,tags\nСнег,"war\n',
            ", line 2: found a broken row (unexpected end of data); expected quoted cells that end; mend the quotes",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(text: str, told: str) -> None:
    with pytest.raises(InputError, match=f"^labelled.csv{re.escape(told)}$"):
        read_labelled(write(text))


@pytest.mark.parametrize(
    "text",
    [
        "headline,tags,a;b\nМост,war,\n",
        "headline\ttags\ta;b,c\nМост\twar\t\n",
        "headline;tags;a\nМост;war;б,в\n",
    ],
)
def test_in_the_header_a_comma_parts_before_a_semicolon_and_a_tab_before_both(text: str) -> None:
    assert read_labelled(write(text))[["headline", "tags"]].to_numpy().tolist() == [["Мост", "war"]]


def test_the_first_of_two_bad_rows_is_named() -> None:
    with pytest.raises(InputError, match=r"line 3: found unknown topic “погода”"):
        read_labelled(write("headline,tags\nМост,war\nСнег,погода\nДождь,осадки\n"))


def test_what_is_no_text_is_refused() -> None:
    Path("labelled.csv").write_bytes("headline,tags\nСнег,\n".encode("cp1251"))
    with pytest.raises(InputError, match=r"^labelled.csv: found the byte 0xd1 at offset 14"):
        read_labelled(Path("labelled.csv"))


def test_no_headlines_carry_no_topics() -> None:
    none = tagged(pd.DataFrame({"tags": []}))
    assert (none.shape, none.dtype) == ((0, 3), np.dtype(bool))
