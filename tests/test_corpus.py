"""The corpus: nothing is trained that cannot be learnt, and what was corrected never judges."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.corpus import FEWEST, digest, read_corpus, weights
from pipeline.errors import InputError
from pipeline.labelled import CORRECTED, read_labelled, tagged

NO_HOLD_OUT = 1e-9


def write(text: str, name: str = "labelled.csv") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def rows(**tags: int) -> str:
    """A table of unlike headlines, so many for each tag (``_`` for a space)."""
    cells = [tag.replace("_", " ") for tag, many in tags.items() for _ in range(many)]
    return "headline,tags\n" + "".join(f"Сводка {number},{tag}\n" for number, tag in enumerate(cells))


def test_tables_are_read_one_after_the_other() -> None:
    one = write(rows(politics=20, economy=20, war_politics=20), "one.csv")
    two = write("date;tags;headline;theme\n2024-03;war;Мост взорван;мосты\n", "two.csv")
    corpus = read_corpus([one, two], 0.2)
    assert list(corpus.frame["headline"]) == [*(f"Сводка {number}" for number in range(60)), "Мост взорван"]
    assert list(corpus.frame["theme"]) == [""] * 60 + ["мосты"]
    assert corpus.tagged[[0, 20, 40, 60]].astype(int).tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 0, 1]]
    assert not (corpus.train & corpus.held_out).any()
    assert 0 < corpus.held_out.sum() < corpus.train.sum()
    assert corpus.groups.shape == corpus.train.shape == (61,)


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ({"politics": 50, "economy": 50, "": 50}, "0 of 150 training headlines tagged war"),
        ({"politics": 50, "economy": 50, "war": FEWEST - 1}, "9 of 109 training headlines tagged war"),
        ({"war_politics": 50, "war_economy": 50, "": FEWEST - 1}, "100 of 109 training headlines tagged war"),
        ({"politics": 50}, "50 of 50 training headlines tagged politics"),
    ],
)
def test_a_corpus_without_enough_of_a_topic_is_refused(tags: dict[str, int], found: str) -> None:
    with pytest.raises(
        InputError,
        match=f"^labelled.csv: found {found}; expected at least 10 with it and 10 without it; "
        "add rows, or check the column tags$",
    ):
        read_corpus([write(rows(**tags))], NO_HOLD_OUT)


@pytest.mark.parametrize(
    "tags", [{"politics": 50, "economy": 50, "war": FEWEST}, {"war_politics": 50, "war_economy": 50, "": FEWEST}]
)
def test_a_corpus_with_just_enough_is_read(tags: dict[str, int]) -> None:
    corpus = read_corpus([write(rows(**tags))], NO_HOLD_OUT)
    assert corpus.train.all()
    assert np.array_equal(corpus.tagged, tagged(corpus.frame))


def test_equal_rows_have_one_digest_in_whatever_file() -> None:
    one = read_labelled(write("headline,tags\nМост,war\nСнег,\n"))
    two = read_labelled(write("date\ttags\theadline\r\n2024\twar\tМост\r\n\r\n\t\tСнег\r\n", "other.tsv"))
    assert digest(one) == digest(two)
    assert len(digest(one)) == 64


@pytest.mark.parametrize("other", ["Мост,\nСнег,\n", "Снег,\nМост,war\n", "Мост,war\n", "Мост!,war\nСнег,\n"])
def test_other_rows_have_another_digest(other: str) -> None:
    one = read_labelled(write("headline,tags\nМост,war\nСнег,\n"))
    assert digest(one) != digest(read_labelled(write(f"headline,tags\n{other}", "other.csv")))


def test_corrections_stand_in_for_training_rows_of_the_same_words_and_never_judge() -> None:
    path = write(rows(politics=40, economy=40, war=40))
    plain = read_corpus([path], 0.3)
    judging, training = (str(plain.frame["headline"][side].iloc[3]) for side in (plain.held_out, plain.train))
    said = [f" {training.replace(' ', '  ')} ", judging, "Снег растаял", "Снег  растаял"]
    lessons = pd.DataFrame({"headline": said, "tags": "war", "origin": CORRECTED})
    corpus = read_corpus([path], 0.3, lessons)
    assert corpus.train[120:].tolist() == [True, False, True, True]
    assert not corpus.held_out[120:].any()
    changed = np.flatnonzero(corpus.train[:120] != plain.train)
    assert [corpus.frame["headline"].iloc[place] for place in changed] == [training]
    assert corpus.held_out[:120].tolist() == plain.held_out.tolist()
    assert corpus.frame["date"].iloc[120] == ""


def test_several_tables_are_named_together() -> None:
    paths = [write(rows(politics=20), "one.csv"), write(rows(economy=20), "two.csv")]
    with pytest.raises(InputError, match=r"^one\.csv and two\.csv: found 0 of 40 training headlines tagged war"):
        read_corpus(paths, NO_HOLD_OUT)


def test_weights_of_headlines() -> None:
    frame = pd.DataFrame(
        [("", "retold"), ("war", "written"), ("war politics", "hard"), ("economy war", CORRECTED)],
        columns=["tags", "origin"],
    )
    assert weights(frame, written=3, corrected=5, second=0.5).tolist() == [
        [1, 1, 1],
        [3, 3, 3],
        [1.5, 3, 3],
        [5, 5, 2.5],
    ]


def test_a_corpus_asks_what_judges() -> None:
    corpus = read_corpus([write(rows(politics=20, economy=20, war=20))], 0.4)
    headlines, truth = corpus.asked
    assert headlines == list(corpus.frame["headline"][corpus.held_out])
    assert truth.tolist() == corpus.tagged[corpus.held_out].tolist()
