"""Regular expressions: every one is found, and the time of each grows as the text does."""

import re

import pytest
from regexes import Use, uses, worst

USES = uses()


def test_all_are_found() -> None:
    found = {use.where for use in USES}
    assert len(found) > 40
    assert {"lemmatize._WORD", "ingest.clean._STEPS", "ingest.record.sub", "language._table"} <= found
    assert ("fullmatch", "ingest.page._ITEM") in {(use.method, use.where) for use in USES}


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"\s+$", "search"),
        (r"(?=\w*[A-Z])(?=\w*[а-я])\w+", "sub"),
        (r"\s*(\d+)\.\s+(\S.*?)\s*", "fullmatch"),
        (r"(?:\s+#\w+)+$", "search"),
    ],
)
def test_one_that_is_not_linear_is_seen(pattern: str, method: str) -> None:
    assert not worst(Use("", re.compile(pattern), method)).linear


@pytest.mark.parametrize("use", [use for use in USES if use.where.startswith(("ingest", "letters"))][::6], ids=str)
def test_time_grows_as_the_text_does(use: Use) -> None:
    assert worst(use).linear
