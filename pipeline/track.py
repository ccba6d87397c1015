"""Experiments, tracked: what a run says of itself is kept on disk, then delivered to MLflow (``registry/``)."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

import click

from pipeline import model
from pipeline.archive import Archive
from pipeline.assess.assessment import Ask, assess
from pipeline.assess.judged import Judged
from pipeline.assess.page import page
from pipeline.assess.rightness import Draws
from pipeline.errors import StoreError
from pipeline.evaluate import Quality
from pipeline.lessons import Changes
from pipeline.model import Model
from pipeline.registry import figures
from pipeline.registry.deliver import announce, deliver
from pipeline.registry.origin import origin, versions
from pipeline.registry.pack import pack
from pipeline.registry.record import Record, recording
from pipeline.report import confusion, curves
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.topics import OTHER
from pipeline.train import Trained

_OPEN: Final[ContextVar[tuple[Record, ...]]] = ContextVar("open runs", default=())


@contextmanager
def run(name: str, params: Mapping[str, object], *, nested: bool = False) -> Iterator[Record]:
    """Open a run; an error inside marks it failed.

    The run is delivered at the end. If the server cannot be used, it waits on disk for ``rubrika track push``.

    Args:
        name: The run's name.
        params: What it is done with, such as the settings of a training.
        nested: Whether it belongs to the run that is open.

    Yields:
        The run.
    """
    parent = _OPEN.get()[-1].run.id if nested else ""
    with recording(name, parent) as record:
        record.run.params = {name: str(value) for name, value in params.items()}
        record.run.tags = origin()
        record.save()
        announce(record)
        token = _OPEN.set((*_OPEN.get(), record))
        try:
            yield record
        except BaseException as error:
            record.close("FAILED" if isinstance(error, Exception) else "KILLED", error)
            raise
        finally:
            _OPEN.reset(token)
            finish(record)


def finish(record: Record) -> None:
    """Close a run, if it is not, and deliver it, or say where it waits.

    Args:
        record: The run; its ``version`` tells whether its model is registered.
    """
    if record.finished:
        return
    record.finished = True
    if not record.run.ended:
        record.close("FINISHED")
    try:
        if record.trouble is None:
            deliver(record)
            record.forget()
    except StoreError as error:
        record.trouble = error
    if record.trouble and not record.run.parent:
        click.echo(f"{record.trouble}\n{record.folder}: the run waits here; `rubrika track push` sends it", err=True)


def log_quality(measured: Quality, prefix: str) -> None:
    """Log how right a model is, overall and per topic.

    Args:
        measured: The figures.
        prefix: What they were measured on, such as ``held_out``.
    """
    _open().add_metrics(figures.of_quality(measured, prefix))


def log_trained(trained: Trained, beside: Mapping[str, Quality], stages: Stages) -> None:
    """Log what a training learnt from, how right the model is and where it errs, and what it cost.

    Args:
        trained: The model and its figures.
        beside: Other models' figures on the same held-out headlines, by name.
        stages: The times of its stages.
    """
    record = _open()
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
    record = _open()
    record.add_metrics({f"corrections_{name}": float(value) for name, value in changes.figures().items()})
    record.file("corrections.md").write_text(changes.markdown(), encoding="utf-8")
    record.run.tags["mlflow.note.content"] = str(changes)
    record.save()


def log_archive(archive: Archive) -> None:
    """Log the digest and the counts of an archive that a model was adapted to."""
    record, facts = _open(), archive.facts()
    record.run.tags["archive_sha256"] = str(facts.pop("sha256"))
    record.add_metrics({f"archive_{name}": float(str(value)) for name, value in facts.items()})


def log_folder(folder: Path) -> None:
    """Log a saved model, which becomes a version of the registered model.

    Args:
        folder: Where it stands.
    """
    record = _open()
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
    record, corpus = _open(), trained.model.card.corpus
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


def _open() -> Record:
    """Give the run that is open."""
    return _OPEN.get()[-1]
