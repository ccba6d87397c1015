"""Experiments in MLflow: the only place that imports it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from pipeline.archive import Archive
from pipeline.evaluate import Quality
from pipeline.lessons import Changes
from pipeline.report import confusion, main_topics
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import parse_tags
from pipeline.train import Trained

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from mlflow import ActiveRun

EXPERIMENT: Final = "rubrika"
_DEFAULT_URI: Final = "sqlite:///mlflow.db"


@contextmanager
def run(name: str, settings: Settings, *, nested: bool = False) -> Iterator["ActiveRun"]:
    """Open an MLflow run with the settings as parameters; an error inside marks it failed.

    Args:
        name: The run's name.
        settings: How it trains.
        nested: Whether it belongs to the run that is open.

    Yields:
        The run.
    """
    mlflow = _mlflow()
    with mlflow.start_run(run_name=name, nested=nested) as opened:
        mlflow.log_params(asdict(settings))
        yield opened


def log_quality(measured: Quality, prefix: str) -> None:
    """Log how right a model is, overall and per topic.

    Args:
        measured: The figures.
        prefix: What they were measured on, such as ``held_out``.
    """
    metrics = {"macro_f1": measured.macro_f1, "exact": measured.exact}
    metrics |= {"macro_f1_low": measured.interval[0], "macro_f1_high": measured.interval[1]}
    for topic, found in measured.topics.items():
        metrics |= {f"{name}_{topic}": value for name, value in asdict(found).items()}
    _mlflow().log_metrics({f"{prefix}_{name}": value for name, value in metrics.items()})


def log_trained(trained: Trained, beside: Mapping[str, Quality], stages: Stages) -> None:
    """Log what a training learnt from, how right the model is, and how long it took.

    Args:
        trained: The model and its figures.
        beside: Other models' figures on the same held-out headlines, by name.
        stages: The times of its stages.
    """
    mlflow = _mlflow()
    log_data(trained)
    log_quality(trained.validated, "validated")
    log_quality(trained.held_out, "held_out")
    for name, other in beside.items():
        log_quality(other, f"held_out_{name.replace(' ', '_')}")
    mlflow.log_metrics({f"seconds_{stage}": seconds for stage, seconds in stages.seconds.items()})
    mlflow.log_figure(_confusion(trained), "confusion.png")
    mlflow.log_text(_report(trained), "report.html")


def log_changes(changes: Changes) -> None:
    """Log what corrections changed: figures, a page of all of them, and the run's description in MLflow."""
    mlflow = _mlflow()
    mlflow.log_metrics({f"corrections_{name}": float(value) for name, value in changes.figures().items()})
    mlflow.log_text(changes.markdown(), "corrections.md")
    mlflow.set_tag("mlflow.note.content", str(changes))


def log_archive(archive: Archive) -> None:
    """Log the digest and the counts of an archive that a model was adapted to."""
    mlflow, facts = _mlflow(), archive.facts()
    mlflow.set_tag("archive_sha256", facts.pop("sha256"))
    mlflow.log_metrics({f"archive_{name}": value for name, value in facts.items()})


def log_folder(folder: Path) -> None:
    """Log a saved model as it is.

    Args:
        folder: Where it stands.
    """
    _mlflow().log_artifacts(str(folder), "model")


def log_drift(compared: Mapping[str, str], figures: Mapping[str, float], page: str) -> None:
    """Log a comparison of two batches as a run of its own.

    Args:
        compared: What was compared with what.
        figures: What was found.
        page: The same as HTML.
    """
    mlflow = _mlflow()
    with mlflow.start_run(run_name="drift"):
        mlflow.log_params(compared)
        mlflow.log_metrics(figures)
        mlflow.log_text(page, "drift.html")


def log_data(trained: Trained) -> None:
    """Log the training headlines as a data set with its digest."""
    mlflow = _mlflow()
    frame = trained.corpus.frame[["headline", "tags"]]
    digest = trained.model.card.corpus["sha256"]
    data = mlflow.data.from_pandas(frame, name="headlines", targets="tags", digest=digest[:36])
    mlflow.log_input(data, context="training")
    mlflow.set_tag("corpus_sha256", digest)


def _confusion(trained: Trained) -> "Figure":
    held_out = trained.corpus.frame[trained.corpus.held_out]
    tagger = Tagger(trained.model)
    scores, _ = tagger.scores(pa.array(held_out["headline"], pa.string()))
    truth = [str(tags[0]) if (tags := parse_tags(text)) else "other" for text in held_out["tags"]]
    return confusion(truth, main_topics(tagger.decision.given(scores), scores))


def _report(trained: Trained) -> str:
    """Write the page of figures on the headlines held out."""
    from pipeline.assess.assessment import Ask, assess
    from pipeline.assess.judged import Judged
    from pipeline.assess.page import page
    from pipeline.assess.rightness import Draws

    corpus, settings = trained.corpus, trained.model.settings
    draws = Draws(settings.evaluate_resamples, settings.seed)
    judged = Judged.of(Tagger(trained.model), corpus.frame[corpus.held_out])
    return page(assess(judged, Ask(), draws), "headlines held out", trained.model.card, draws)


def _mlflow() -> ModuleType:
    """Import MLflow with its telemetry off, and choose where it writes."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    import mlflow  # 1.7 s, and the settings above must come first

    if not os.environ.get("MLFLOW_TRACKING_URI"):
        mlflow.set_tracking_uri(_DEFAULT_URI)
    mlflow.set_experiment(EXPERIMENT)
    return mlflow
