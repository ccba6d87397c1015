import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.audit import MODEL, audit, twins, wrong
from pipeline.cli import main
from pipeline.corpus import read_corpus
from pipeline.retold import resembling
from pipeline.settings import Settings

QUICK = Settings(split_folds=3)
PLANTED = 100
"""Of 2,000 rows: 5 %."""

Rows = list[dict[str, str]]


def table(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("headline", "tags"))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def rows(small_corpus: Path) -> Rows:
    with small_corpus.open(encoding="utf-8") as file:
        return [{name: row[name] for name in ("headline", "tags")} for row in csv.DictReader(file)][:2000]


def test_planted_label_errors_rank_at_the_top(rows: Rows, tmp_path: Path) -> None:
    lots = np.random.default_rng(5)
    planted = set(lots.choice(len(rows), PLANTED, replace=False).tolist())
    kinds = ["", "politics", "economy", "war"]
    flipped = [
        row | {"tags": str(lots.choice([tags for tags in kinds if tags != row["tags"]]))} if place in planted else row
        for place, row in enumerate(rows)
    ]
    doubts = [doubt for doubt in audit(table(tmp_path / "t.csv", flipped), QUICK, 2000, None) if doubt.by == MODEL]
    hits = [doubt.line - 2 in planted for doubt in doubts]
    recall, precision = sum(hits) / PLANTED, sum(hits) / len(hits)
    first, top = sum(hits[:PLANTED]) / PLANTED, sum(hits[: 2 * PLANTED]) / PLANTED
    told = f"recall {recall:.2f}, precision {precision:.2f}; in the first 100 {first:.2f}, in the first 200 {top:.2f}"
    assert recall > 0.65, told
    assert precision > 0.2, told  # drawn by lot, it would be 0.05
    assert top > 0.55, told  # drawn by lot, 0.1


def test_planted_twins_with_other_tags_are_listed(rows: Rows, tmp_path: Path) -> None:
    planted = [
        {"headline": row["headline"] + " сегодня", "tags": "" if row["tags"] else "war"}
        for row in rows[: len(rows) : 100]
        if len(row["headline"].split()) > 6
    ]
    corpus = read_corpus([table(tmp_path / "t.csv", rows + planted)], 0)
    listed = {(doubt.headline, doubt.suggested): doubt for doubt in twins(corpus)}
    wanted = {
        (twin["headline"], row["tags"])
        for twin in planted
        for row in rows
        if twin["headline"].startswith(row["headline"])
    }
    assert len(wanted) >= 10
    assert wanted <= listed.keys()
    assert all(listed[pair].by.startswith("line ") and listed[pair].score >= 0.5 for pair in wanted)


def test_twins_with_the_same_tags_in_another_order_are_not_listed(rows: Rows, tmp_path: Path) -> None:
    pair = [{"headline": "Гратон подорожал вдвое из-за войны", "tags": tags} for tags in ("war economy", "economy war")]
    corpus = read_corpus([table(tmp_path / "t.csv", rows + pair)], 0)
    assert not [doubt for doubt in twins(corpus) if "Гратон" in doubt.headline]


SUSPECT = {
    # given, score, wrong; the mean score is 0.8 where given (0.9, 0.9, 0.6) and 0.2 where not (0.1, 0.1, 0.4)
    "given and likely": (True, 0.9, False),
    "given and unlikely": (True, 0.15, True),
    "not given and unlikely": (False, 0.1, False),
    "not given and likely": (False, 0.85, True),
    "not given, even": (False, 0.5, False),
}


@pytest.mark.parametrize(("given", "score", "suspect"), SUSPECT.values(), ids=SUSPECT)
def test_a_tag_is_suspect_where_the_opposite_is_as_likely_as_usual(given: bool, score: float, suspect: bool) -> None:
    tagged = np.array([[True]] * 30 + [[False]] * 30 + [[given]])
    scores = np.array([[0.8]] * 30 + [[0.2]] * 30 + [[score]])
    assert wrong(tagged, scores)[-1, 0] == suspect


def test_a_csv_says_where_what_and_who(rows: Rows, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "doubts.csv"
    assert main(["audit", str(table(tmp_path / "t.csv", rows[:600])), "--out", str(out), "--most", "3"]) == 0
    with out.open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == ["score", "line", "headline", "tags", "suggested", "by"]
    assert [row["by"] for row in written[:3]] == [MODEL] * 3
    for row in written:
        assert row["headline"] == rows[int(row["line"]) - 2]["headline"]
        assert row["tags"] == rows[int(row["line"]) - 2]["tags"]
        assert set(row["tags"].split()) != set(row["suggested"].split())
    assert not capsys.readouterr().out


EQUAL = [{"headline": "ЦБ сохранил ставку", "tags": tags} for tags in ("", "politics economy war")]
WRONG = {
    "one row": (
        lambda rows: rows[:1],
        r"found 1 of 1 training headlines tagged politics; expected at least 10 with it and 10 without",
    ),
    "equal rows": (lambda _: EQUAL * 5000, r"found at most 1 that are no near-duplicates; expected 5 or more"),
    "no war": (
        lambda rows: [row | {"tags": row["tags"].replace("war", "").strip()} for row in rows[:300]],
        r"found 0 of 300 training headlines tagged war; expected at least 10 with it",
    ),
    "war in one event": (
        lambda rows: (
            [row | {"tags": row["tags"].replace("war", "").strip()} for row in rows[:300]]
            + [{"headline": "Дрон сбит ночью над заводом в городе Гратон", "tags": "war"}] * 12
        ),
        r"found war only, or all but only, in near-duplicates",
    ),
}


@pytest.mark.parametrize(("change", "told"), WRONG.values(), ids=WRONG)
def test_a_table_that_teaches_nothing_is_told_in_one_line(
    change: Any, told: str, rows: Rows, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(table(tmp_path / "t.csv", change(rows)))]) == 1
    assert re.search(told, capsys.readouterr().err.splitlines()[-1])


RESEMBLING = [
    ("Центробанк сохранил ключевую ставку на прежнем уровне", True),  # the same
    ("Центробанк вновь сохранил ключевую ставку на прежнем уровне", True),
    ("На прежнем уровне сохранил ставку Центробанк", True),
    ("Центробанк поднял ставку по вкладам до рекорда", False),
    (
        "Центробанк сохранил на прежнем уровне прогноз роста вкладов граждан, а цен и пошлин повысил",
        False,
    ),  # 5 lemmas of 16
    ("В зоопарке родился жираф", False),
]


@pytest.mark.parametrize(("headline", "resembles"), RESEMBLING, ids=[headline for headline, _ in RESEMBLING])
def test_what_resembles_others(headline: str, resembles: bool) -> None:
    others = ["Центробанк сохранил ключевую ставку на прежнем уровне"] * 10_000
    assert resembling(["Дождь", headline], others) == [False, resembles]
