"""Drift: what is unlike is noticed and told apart from what is not, which raises no alarm."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from drifting import FOREIGN, UNLIKE, Row, corpus, halves, told, write

from pipeline.cli import main
from pipeline.drift import batch, signs
from pipeline.drift.compare import Drift
from pipeline.drift.signs import Counted, Figure, Sign
from pipeline.ingest import Options
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1

EXPECTED = {
    "another language": "unreadable",
    "one headline in ten in another language": "unreadable",
    "another decade": "war",
    "UTF-8 read as CP1251": "broken rows",
    "letters lost to question marks": "told apart (AUC)",
    "no politics": "politics",
    "no economy": "economy",
    "no war": "war",
}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return corpus()


@pytest.fixture(scope="module")
def dealt(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    reference, new = halves(rows, 0)
    return reference[:800], new


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_unlike_is_noticed(name: str, dealt: tuple[list[Row], list[Row]], tagger: Tagger) -> None:
    reference, new = dealt
    found = told(reference, UNLIKE[name](new)[:800], tagger)
    assert EXPECTED[name] in [sign.name for sign in found.alarms]


@pytest.mark.parametrize("seed", range(6))
def test_random_halves_raise_no_alarm(seed: int, rows: list[Row], tagger: Tagger) -> None:
    found = told(*halves(rows[seed::80], seed), tagger)
    assert [sign.name for sign in found.alarms] == []
    assert all(sign.chance is None or 0 < sign.chance <= 1 for sign in found.signs)


@pytest.mark.parametrize("copies", [(1, 1), (1, 3), (3, 1), (2, 2)])
@pytest.mark.parametrize("count", [1, 60, 800])
def test_a_batch_is_like_itself(
    count: int, copies: tuple[int, int], dealt: tuple[list[Row], list[Row]], tagger: Tagger
) -> None:
    rows = dealt[0][:count] * (60 // count or 1)
    assert told(rows * copies[0], rows * copies[1], tagger).alarms == []


@pytest.mark.parametrize(
    ("chances", "gap", "alarms"),
    [
        ((0.004, 0.9), 0.1, [0]),
        ((0.006, 0.9), 0.1, []),  # rare enough alone, and not as one of two
        ((0.006, None), 0.1, [0]),
        ((0.0, 0.0), 0.1, [0, 1]),
        ((0.0, 0.0), 0.01, []),  # no chance, and no matter
        ((None, None), 0.9, []),
    ],
)
def test_a_sign_is_rare_among_all_signs_and_large(
    chances: tuple[float | None, ...], gap: float, alarms: list[int]
) -> None:
    found = [
        Sign(str(place), Figure(0.5, 0, 1), Figure(0.5 - gap, 0, 1), chance, 0.05)
        for place, chance in enumerate(chances)
    ]
    assert [int(sign.name) for sign in Drift(found, 0.01, 0).alarms] == alarms


def test_figures_of_signs() -> None:
    tea = signs.share("milk first", Counted(3, 4), Counted(1, 4), 0.05)  # Fisher 1935
    assert tea.chance == pytest.approx(0.4857, abs=1e-4)
    assert signs.wilson(Counted(81, 263)) == pytest.approx((0.3080, 0.2553, 0.3662), abs=1e-4)  # Newcombe 1998
    same = signs.level("words", np.zeros(60), np.zeros(70), 0.05)
    assert (same.chance, same.large) == (1.0, False)
    assert signs.unknown([["курс", "рубль"], []], frozenset({"рубль"})).tolist() == [0.5, 1.0]


@pytest.mark.parametrize(
    ("tags", "labels"),
    [
        (["war", "economy politics", ""], [["war"], ["economy", "politics"], []]),
        ([["war"], [], None], [["war"], [], []]),
        (['["war"]', "[]", ""], [["war"], [], []]),
        (["спорт", "war", ""], None),
        (["", "", ""], None),
    ],
    ids=["as a labelled table", "lists", "lists as JSON", "of another site", "none"],
)
def test_tags_are_labels_if_all_of_them_are_ours(tags: list[Any], labels: list[list[str]] | None) -> None:
    carried = batch._labels(pa.table({"headline": list("абв"), "tags": tags}))
    found = None if carried is None else [[str(TOPICS[place]) for place in np.flatnonzero(row)] for row in carried]
    assert found == (labels and [sorted(row, key=[*map(str, TOPICS)].index) for row in labels])


def test_of_a_large_batch_some_are_drawn_the_same_ones_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MOST", 70)
    Path("many.csv").write_text("headline,n\n" + "".join(f"Рубль упал {n},{n}\n" for n in range(200)), "utf-8")
    drawn, again, others = (batch.read_batch("many.csv", Options(), seed) for seed in (1, 1, 2))
    assert (len(drawn), len(set(drawn.headlines)), drawn.counts.kept) == (70, 70, 200)
    assert drawn.headlines == again.headlines != others.headlines


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-02-29T10:00:00Z", "2024-02-29"),
        ("2024-02", "2024-02"),
        ("Mon, 03 Nov 2025 09:15:00 +0300", "2025-11-03"),
        ("вчера", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_day(cell: str | None, day: str) -> None:
    assert batch._day(cell) == day


def test_command_tells_draws_logs_and_exits(dealt: tuple[list[Row], list[Row]], model_folder: Path) -> None:
    reference, new = dealt
    write(Path("usual.csv"), reference[:200])
    write(Path("alike.csv"), new[:200])
    write(
        Path("<unlike>.csv"),
        [{"headline": text, "date": f"2026-11-{place % 9 + 1:02}"} for place, text in enumerate(FOREIGN)],
    )
    model = ["--model", str(model_folder), "--json", "drift.json", "--report", "drift.html"]
    assert main(["drift", "usual.csv", "alike.csv", *model]) == 0
    assert not json.loads(Path("drift.json").read_text())["drifted"]
    assert main(["drift", "usual.csv", "<unlike>.csv", *model]) == 1
    told_ = json.loads(Path("drift.json").read_text())
    alarms = {sign["name"] for sign in told_["signs"] if sign["alarm"]}
    assert {"unreadable", "new words", "told apart (AUC)"} <= alarms
    assert "Brier score" not in {sign["name"] for sign in told_["signs"]}  # no labels, no calibration
    assert [day["day"] for day in told_["days"]] == [f"2026-11-{day:02}" for day in range(1, 10)]
    html = Path("drift.html").read_text()
    assert "Unlike the reference" in html
    assert "&lt;unlike&gt;.csv" in html
    assert html.count("<svg") == len(told_["signs"]) + 4
    assert "http" not in html
    with sqlite3.connect("mlflow.db") as store:
        drifted = store.execute("select value from metrics where key = 'drifted'").fetchall()
    assert sorted(drifted) == [(0.0,), (1.0,)]


@pytest.mark.parametrize(
    ("content", "told_"),
    [("Рубль упал\n" * 49, "new.txt: found 49 headlines; expected 50 or more"), ("", "new.txt: found no text")],
)
def test_what_cannot_be_told_is_told(
    content: str, told_: str, model_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("new.txt").write_text(content, encoding="utf-8")
    Path("usual.txt").write_text("Рубль упал\n" * 50, encoding="utf-8")
    assert main(["drift", "usual.txt", "new.txt", "--model", str(model_folder)]) == 1
    assert capsys.readouterr().err.startswith(f"rubrika: {told_}")
