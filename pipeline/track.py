"""Experiments, tracked: what a run says of itself is kept on disk, then delivered to MLflow (``registry/``)."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline import model
from pipeline.adapt.archive import Archive
from pipeline.assess.assessment import Ask, assess
from pipeline.assess.judged import Judged
from pipeline.assess.page import page
from pipeline.assess.rightness import Draws
from pipeline.evaluate import Quality
from pipeline.lessons import Changes
from pipeline.model import Model
from pipeline.registry import figures
from pipeline.registry.origin import versions
from pipeline.registry.pack import pack
from pipeline.registry.record import Record
from pipeline.registry.running import finish, open_run, run
from pipeline.report import confusion, curves
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import OTHER
from pipeline.train import Trained

__all__ = ["finish", "run"]


def log_quality(measured: Quality, prefix: str) -> None:
    """Log how right a model is, overall and per topic.

    Args:
        measured: The figures.
        prefix: What they were measured on, such as ``held_out``.
    """
    open_run().add_metrics(figures.of_quality(measured, prefix))


def log_trained(trained: Trained, beside: Mapping[str, Quality], stages: Stages) -> None:
    """Log what a training learnt from, how right the model is and where it errs, and what it cost.

    Args:
        trained: The model and its figures.
        beside: Other models' figures on the same held-out headlines, by name.
        stages: The times of its stages.
    """
    record = open_run()
    log_data(trained)
    log_quality(trained.validated, "validated")
    log_quality(trained.held_out, "held_out")
    for name, other in beside.items():
        log_quality(other, f"held_out_{name.replace(' ', '_')}")
    record.add_metrics({f"seconds_{stage}": seconds for stage, seconds in stages.seconds.items()})
    record.add_metrics({f"megabytes_{stage}": peak for stage, peak in stages.megabytes.items()})
    _log_errors(record, trained)


def log_changes(changes: Changes) -> None:
    """Log what corrections changed: figures, a page of all of them, and the run's description in MLflow."""
    record = open_run()
    record.add_metrics({f"corrections_{name}": float(value) for name, value in changes.figures().items()})
    record.file("corrections.md").write_text(changes.markdown(), encoding="utf-8")
    record.run.tags["mlflow.note.content"] = str(changes)
    record.save()


def log_archive(archive: Archive) -> None:
    """Log the digest and the counts of an archive that a model was adapted to."""
    record, facts = open_run(), archive.facts()
    record.run.tags["archive_sha256"] = str(facts.pop("sha256"))
    record.add_metrics({f"archive_{name}": float(str(value)) for name, value in facts.items()})


def log_folder(folder: Path) -> None:
    """Log a saved model, which becomes a version of the registered model.

    Args:
        folder: Where it stands.
    """
    record = open_run()
    record.run.tags["digest"] = model.digest(folder)
    record.run.tags["versions"] = versions(model.load(folder).card.versions)
    pack(folder, record.folder / "model")
    record.save()


def log_model(made: Model) -> None:
    """Log a model that is not saved yet, in the same way."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / made.card.name
        model.save(made, folder)
        log_folder(folder)


def log_drift(compared: Mapping[str, str], figures: Mapping[str, float], page: str) -> None:
    """Log a comparison of two batches as a run of its own.

    Args:
        compared: What was compared with what.
        figures: What was found.
        page: The same as HTML.
    """
    with run("drift", compared) as record:
        record.add_metrics(figures)
        record.file("drift.html").write_text(page, encoding="utf-8")


def log_data(trained: Trained) -> None:
    """Log the training headlines as a data set with its digest."""
    record, corpus = open_run(), trained.model.card.corpus
    digest = str(corpus["sha256"])
    record.run.tags["corpus_sha256"] = digest
    source = {"source_type": "local", "source": json.dumps({"sha256": digest})}
    record.run.data = [{"name": "headlines", "digest": digest[:36], "profile": json.dumps(corpus)} | source]
    record.save()


def _log_errors(record: Record, trained: Trained) -> None:
    """Log where the model errs on the headlines held out: figures, curves, pictures, tables and the page of them."""
    corpus, settings = trained.corpus, trained.model.settings
    judged = Judged.of(Tagger(trained.model), corpus.frame[corpus.held_out])
    draws = Draws(settings.evaluate_resamples, settings.seed)
    found = assess(judged, Ask(), draws)
    record.run.metrics += list(figures.curves(found))
    record.add_metrics(figures.of_assessment(found))
    mains = ([tags[0] if tags else OTHER for tags in side] for side in (judged.true_tags, judged.given_tags))
    confusion(*mains).savefig(record.file("confusion.png"))
    curves(found).savefig(record.file("curves.png"))
    title = "headlines held out"
    record.file("report.html").write_text(page(found, title, trained.model.card, draws), encoding="utf-8")
    record.file("worst.json").write_text(figures.mistakes(found), encoding="utf-8")
    record.run.tags["mlflow.loggedArtifacts"] = json.dumps([{"path": "worst.json", "type": "table"}])
    record.save()
