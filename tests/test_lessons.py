"""Corrections as lessons: learnt from with a weight, never judging, and what they changed is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import model
from pipeline.cli import main
from pipeline.corpus import Corpus, read_corpus, weights
from pipeline.corrections import Corrections
from pipeline.labelled import CORRECTED, read_labelled
from pipeline.learn import Labels, learn
from pipeline.lessons import Changes, changed, lessons_of
from pipeline.settings import Settings
from pipeline.split import Side, deal
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import Topic
from pipeline.train import Trained, analyse

WAR, NOTHING = (Topic.WAR,), ()
SETTINGS = Settings(split_folds=2, evaluate_resamples=20, split_held_out=0.2)


@pytest.fixture
def table(small_corpus: Path, tmp_path: Path) -> Path:
    lines = small_corpus.read_text(encoding="utf-8").splitlines(keepends=True)[:801]
    (tmp_path / "rows.csv").write_text("".join(lines), encoding="utf-8")
    return tmp_path / "rows.csv"


def corrected(headlines: list[str], tags: tuple[Topic, ...]) -> Corrections:
    store = Corrections(Path("corrections.db"))
    for headline in headlines:
        store.add(headline, old=None, new=tags, model="", editor="а")
    return store


def rows_of(corpus: Corpus, origin: bool) -> pd.DataFrame:
    return corpus.frame[(corpus.frame["origin"] == CORRECTED) == origin]


def test_corrections_never_judge_and_never_train_beside_a_twin_that_does(table: Path) -> None:
    plain = read_corpus([table], 0.2)
    judging, training = (list(plain.frame["headline"][side])[:40] for side in (plain.held_out, plain.train))
    own = [f"Придуманный заголовок про {word}" for word in ("рельсы", "клюкву", "шахматы", "метель", "якорь")]
    corpus = read_corpus([table], 0.2, lessons_of(corrected([*judging, *own, *training], WAR)))
    new = (corpus.frame["origin"] == CORRECTED).to_numpy()
    assert new.sum() == 85
    assert not (corpus.held_out & new).any()
    assert corpus.frame["headline"][corpus.train & new].isin([*own, *training]).all()
    assert set(own) | set(training) == set(corpus.frame["headline"][corpus.train & new])
    assert (corpus.held_out[~new] == plain.held_out).all(), "who judges does not change"


def test_a_correction_stands_in_for_the_row_that_says_the_same(table: Path) -> None:
    plain = read_corpus([table], 0.2)
    wrong = plain.frame[plain.train].iloc[0]["headline"]
    corpus = read_corpus([table], 0.2, lessons_of(corrected([f"  {wrong.replace(' ', '  ')} "], NOTHING)))
    (trained,) = np.flatnonzero(corpus.train & (corpus.frame["headline"] == wrong).to_numpy())
    assert corpus.frame.iloc[trained]["origin"] == CORRECTED
    assert corpus.train.sum() == plain.train.sum()


def test_twins_among_corrections_stay_together() -> None:
    told = [f"Рабочие завода номер {n} вышли на забастовку из-за долгов" for n in range(50)]
    assert set(deal(told, [""] * 50, 0.5, teaching=50).sides) == {Side.TRAIN}
    assert Side.TRAIN not in deal([told[0], *told], [""] * 51, 0.999, teaching=50).sides


def test_the_weight_is_of_corrected_rows_only(table: Path) -> None:
    frame = read_labelled(table).iloc[:3].assign(origin=["retold", CORRECTED, "written"], tags="war")
    assert weights(frame, written=1.5, corrected=4.0, second=0.7)[:, 0].tolist() == [1.0, 4.0, 1.5]


def test_a_heavier_correction_moves_the_model_further(table: Path) -> None:
    headline = "Ставка рефинансирования осталась прежней"
    lessons = lessons_of(corrected([headline], WAR))
    corpus, scores = read_corpus([table], 0.2, lessons), []
    counts = analyse(list(corpus.frame["headline"]), SETTINGS, Stages())
    for weight in (0.01, 1.0, 20.0):
        settings = replace(SETTINGS, corrections_weight=weight)
        learnt = learn(counts[corpus.train], Labels.of(corpus, settings), settings)
        scores.append(float(learnt.margins(counts[np.array([len(corpus.frame) - 1])])[0, 2]))
    assert scores[0] < scores[1] < scores[2]


def test_what_changed_is_told(trained: Trained) -> None:
    frame = trained.corpus.frame.copy()
    places = np.flatnonzero(trained.corpus.train)[:5]
    frame["origin"] = np.where(np.isin(np.arange(len(frame)), places), CORRECTED, frame["origin"])
    corpus = replace(trained.corpus, frame=frame)
    found = changed(replace(trained, corpus=corpus), None)
    assert list(found.frame["headline"]) == list(frame["headline"].iloc[places])
    assert "before" not in str(found)
    assert found.figures()["held_out_macro_f1_after"] == trained.held_out.macro_f1
    again = changed(replace(trained, corpus=corpus), Tagger(trained.model))
    assert again.figures()["right_before"] == again.figures()["right_after"] >= 4
    assert again.held_out == (trained.held_out.macro_f1, trained.held_out.macro_f1)


def test_changes_count_what_is_right_whatever_the_order_of_tags() -> None:
    frame = pd.DataFrame({"headline": ["а|б", "в"], "tags": ["war politics", ""], "learnt": [True, False]})
    told = Changes(frame.assign(before=["war", "economy"], after=["politics war", ""]), (0.8, 0.81))
    assert str(told) == (
        "corrections: 2 (1 not learnt from: they resemble held-out headlines); the old model gets 0 of 2 right, "
        "the new one 2 of 2; held-out macro-F1 0.8000 before, 0.8100 after"
    )
    assert told.markdown().splitlines()[4:] == [
        "| а\\|б | war politics | war | politics war | – |",
        "| в | other | economy | other | resembles a held-out headline |",
    ]


@pytest.mark.filterwarnings("ignore:The ``noload`` loader")  # MLflow's own, of SQLAlchemy 2.1
def test_train_takes_corrections_in_and_says_what_they_changed(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlflow import MlflowClient

    quick = ["--set", "split_folds=2", "--set", "evaluate_resamples=20", "--set", "tfidf_ngram_max=0"]
    assert main(["train", "--data", str(table), "--model", "champion", *quick]) == 0
    assert "corrections" not in capsys.readouterr().err
    (tmp_path / "data").mkdir()
    corrected(["Жирафа назвали Ставкой"], NOTHING).path.rename("data/corrections.db")
    assert main(["train", "--data", str(table), "--model", "champion", *quick]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "corrections: 1; the old model gets " in said
    assert model.load(tmp_path / "champion").card.corpus["corrected"] in (0, 1)
    client = MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("rubrika")
    assert experiment is not None
    run, *_ = client.search_runs([experiment.experiment_id])
    assert run.data.metrics["corrections_standing"] == run.data.metrics["corrections_right_after"] == 1
    assert run.data.tags["mlflow.note.content"].startswith("corrections: 1; ")
    assert "corrections.md" in [each.path for each in client.list_artifacts(run.info.run_id)]


def test_a_store_that_is_named_must_be_there(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--data", str(table), "--corrections", "none.db"]) == 1
    assert capsys.readouterr().err.startswith("rubrika: none.db: found no such file; expected a store of corrections; ")
