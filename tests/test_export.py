"""The exported scikit-learn pipeline gives the model's own answers, and opens only to who trusts its types."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import skops.io
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from pipeline.cli import main
from pipeline.registry.export import trusted_beside
from pipeline.tagger import Tagger
from pipeline.topics import TOPICS
from pipeline.train import Trained

FOREIGN = ["The Fed raised rates again", "", "Курс рубля: что дальше?", "Урад падняў стаўку"]


@pytest.fixture(scope="module")
def exported(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exported") / "rubrika.skops"
    assert main(["export", "--sklearn", str(out), "--model", str(model_folder)]) == 0
    return out


@pytest.fixture(scope="module")
def pipe(exported: Path) -> Pipeline:
    trusted = trusted_beside(exported).read_text().split()
    assert trusted == ["pipeline.registry.sklearn_tfidf.ChunkTfidf", *trusted[1:]]
    assert all(name.startswith(("pipeline.", "sklearn.")) for name in trusted)
    return skops.io.load(exported, trusted=trusted)


def test_pipeline_gives_the_answers_of_the_model(pipe: Pipeline, tagger: Tagger, trained: Trained) -> None:
    headlines = [*trained.corpus.asked[0], *FOREIGN]
    texts = pa.array(headlines, pa.string())
    scores, readable = tagger.scores(texts)
    expected = tagger.decision.logits(tagger.margins(texts))
    rows = pipe[:-1].transform(headlines)
    log_odds = np.column_stack([each.estimator_.decision_function(rows) for each in pipe[-1].estimators_])
    assert np.abs((log_odds - expected)[readable]).max() < 1e-5
    assert np.abs(np.column_stack([each[:, 1] for each in pipe.predict_proba(headlines)]) - scores).max() < 1e-5
    given = np.array([[topic in tagged.tags for topic in TOPICS] for tagged in tagger.tag(headlines)])
    assert (pipe.predict(headlines) == given).all()


def test_pipeline_can_be_fitted_anew(pipe: Pipeline, trained: Trained) -> None:
    asked, tags = trained.corpus.asked
    fresh = clone(pipe).fit(asked, tags.astype(int))
    assert (fresh.predict(asked) == tags).mean() > 0.9


def test_file_is_refused_by_who_does_not_trust_it(exported: Path) -> None:
    with pytest.raises(skops.io.exceptions.UntrustedTypesFoundException, match="ChunkTfidf"):
        skops.io.load(exported)


def test_place_that_cannot_be_written_is_told(model_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--sklearn", "nowhere/rubrika.skops", "--model", str(model_folder)]) == 1
    assert capsys.readouterr().err.startswith("rubrika: nowhere/rubrika.skops: found a place that cannot be written")
