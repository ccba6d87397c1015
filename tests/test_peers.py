"""Peers: workers are timed in turns, thresholds are Rubrika's way."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.cli import main
from pipeline.corpus import read_corpus
from pipeline.evaluate import quality
from pipeline.peers import bag, contest, fast
from pipeline.peers.search import Folds
from pipeline.peers.standing import Standing, markdown
from pipeline.settings import Settings

SETTINGS = Settings(split_folds=2, evaluate_resamples=20)


def test_workers_take_turns() -> None:
    calls: list[str] = []
    workers = {name: (lambda name=name: calls.append(name), 10) for name in ("one", "other")}
    rates = contest.pace(workers, rounds=3)
    assert calls == ["one", "other"] * 4
    assert all(rate > 0 for pair in rates.values() for rate in pair)


def test_textbook_learns_and_decides_in_cross_validation(small_corpus: Path) -> None:
    corpus = read_corpus([small_corpus], SETTINGS.split_held_out)
    (recipe,) = bag.recipes()
    folds = Folds(corpus, SETTINGS)
    assert 0.5 < folds.tried(recipe) < 0.95
    decision = folds.decision(recipe)
    assert ((decision.thresholds > 0) & (decision.thresholds < 1)).all()
    assert (decision.slopes > 0).all()
    assert (decision.left() > 0.4).all()
    learnt = recipe.fit(["Рубль упал", "Дроны сбиты", "Выборы прошли"], np.eye(3, dtype=bool)[[1, 2, 0]])
    assert learnt.margins(["Рубль", "Дроны", "Выборы"]).argmax(axis=1).tolist() == [1, 2, 0]
    assert learnt.size() > 0


@pytest.mark.parametrize("family", ["fastText, words", "fastText, subwords"])
def test_fasttext_learns(family: str) -> None:
    pytest.importorskip("fasttext", reason="the extra “bench” is not installed")
    recipe = next(recipe for recipe in fast.recipes() if recipe.family == family)
    lines = ["Рубль упал", "Дроны сбиты", "Выборы прошли", "Гроза в горах"] * 50
    tags = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 0]] * 50, dtype=bool)
    learnt = recipe.fit(lines, tags)
    assert ((learnt.margins(lines[:4]) > 0) == tags[:4]).all()
    assert learnt.size() > 0


def test_what_is_not_installed_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(contest, "NEEDED", ("json", "no_such_package"))
    assert main(["evaluate", "table.csv", "--peers"]) == 1
    assert capsys.readouterr().err == (
        "rubrika: --peers: found no package no_such_package; expected the extra bench; "
        "install it by: pip install 'rubrika[bench]'\n"
    )


def test_standings_are_told_the_best_first() -> None:
    truth = np.eye(3, dtype=bool)
    found = {
        name: Standing(quality(given, truth, 9, 0), 1234.5, 99.9, 5_000_000)
        for name, given in (("Rubrika", truth), ("peer", ~truth))
    }
    lines = markdown(found).splitlines()
    assert lines[2] == "Judged on 3 headlines:"
    assert lines[6] == "| Rubrika | 1.000 | 1.000–1.000 | 1.000 | 1.000 | 1.000 | 1,200 | 100 | 5.0 |"
    assert lines[7].startswith("| peer | 0.000 |")
