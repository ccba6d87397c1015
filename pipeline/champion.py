"""One training from end to end: train, tell, log, and contend for the champion's place (``registry/evidence.py``)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline import model, track
from pipeline.assess.rightness import Draws
from pipeline.baselines import baselines
from pipeline.corrections import Corrections
from pipeline.errors import ModelError, StoreError
from pipeline.lessons import changed, lessons_of
from pipeline.registry import store
from pipeline.registry.evidence import AS_GOOD, NOT_AS_GOOD, Evidence, compare
from pipeline.registry.moves import alias_of, follow, held, move
from pipeline.registry.record import Record
from pipeline.registry.versions import find, record_verdict, version
from pipeline.report import evidence_table, quality_table
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.train import Trained, train


@dataclass(frozen=True)
class Verdict:
    """Which model stands now, and why.

    Attributes:
        replaced: Whether the new model took the place.
        why: For people.
        evidence: The comparison, if there was one.
    """

    replaced: bool
    why: str
    evidence: Evidence | None = None


def train_champion(
    paths: Sequence[Path], settings: Settings, folder: Path, corrections: Corrections | None = None
) -> Verdict:
    """Train a model, tell how right it is, log all of it, and let it take the champion's place if it may.

    Args:
        paths: Labelled tables.
        settings: How to train.
        folder: Where the champion stands.
        corrections: What editors corrected, to learn from as well.

    Returns:
        Which model stands now.
    """
    stages = Stages()
    with held(folder):
        pass  # a place that cannot be written is told before the work, not after it
    with track.run("train", asdict(settings)) as record:
        record.run.tags["data"] = json.dumps([str(path) for path in paths])
        taught = lessons_of(corrections) if corrections else None
        if corrections:
            record.run.tags["corrections"] = str(corrections.path)
        trained = train(paths, settings, stages, taught)
        with stages("baselines"):
            beside = baselines(trained.corpus, settings)
        stages.console.print(quality_table({"rubrika": trained.held_out} | beside))
        track.log_trained(trained, beside, stages)
        track.log_model(trained.model)
        if corrections:
            changes = changed(trained, standing(folder))
            stages.console.print(str(changes), highlight=False)
            track.log_changes(changes)
        track.finish(record)
        verdict = contend(trained, record, folder)
    if verdict.evidence:
        stages.console.print(evidence_table(verdict.evidence))
    stands = "the new model stands" if verdict.replaced else "the champion stays"
    stages.console.print(f"{folder}: {stands}: {verdict.why}", highlight=False)
    return verdict


def contend(trained: Trained, record: Record, folder: Path) -> Verdict:
    """Let a trained model take the champion's place, in the registry and in the folder, if the evidence allows it.

    Args:
        trained: The challenger.
        record: Its run, finished: registered, or waiting for the server.
        folder: Where the champion stands.

    Returns:
        The verdict.
    """
    with held(folder):
        if not record.version:
            return _alone(trained, record, folder)
        try:
            return _registered(trained, record.version, folder)
        except StoreError as error:
            remedy = f"`rubrika models promote {record.version}` decides it"
            return Verdict(False, f"version {record.version} is registered, but then: {error}; {remedy}")


def _registered(trained: Trained, number: int, folder: Path) -> Verdict:
    with store.reached() as client:
        while True:
            champion = follow(client, folder)
            verdict = judge(trained, folder)
            if find(client, alias_of(folder)) == champion:
                break  # else another machine moved it meanwhile: the evidence is about a model of the past
        record_verdict(client, number, AS_GOOD if verdict.replaced else NOT_AS_GOOD, verdict.why)
        if verdict.replaced:
            move(client, folder, version(client, str(number)), kind="promoted", why=verdict.why)
    return verdict


def _alone(trained: Trained, record: Record, folder: Path) -> Verdict:
    """Decide without the server, which learns of it when the run is delivered."""
    verdict = judge(trained, folder)
    if verdict.replaced:
        record.decide(folder, verdict.why)
        model.save(trained.model, folder)
    return verdict


def judge(trained: Trained, folder: Path) -> Verdict:
    """Compare a trained model with the one in a folder, on the headlines held out.

    Args:
        trained: The challenger.
        folder: Where the champion stands.

    Returns:
        Whether it may take the place.
    """
    if not folder.exists():
        return Verdict(True, "there was no champion")
    try:
        champion = Tagger.load(folder)
    except ModelError as error:
        return Verdict(True, f"the champion there cannot be used ({error})")
    corpus, settings = trained.corpus, trained.model.settings
    draws = Draws(settings.evaluate_resamples, settings.seed)
    evidence = compare(champion, Tagger(trained.model), corpus.frame[corpus.held_out], draws)
    return Verdict(not evidence.objections, str(evidence), evidence)


def standing(folder: Path) -> Tagger | None:
    """Give the champion, if one stands there that can be used."""
    try:
        return Tagger.load(folder)
    except ModelError:
        return None
