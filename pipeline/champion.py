"""Who is champion: a new model takes the place only if it is at least as good on the same held-out headlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import model, track
from pipeline.baselines import baselines
from pipeline.corrections import Corrections
from pipeline.errors import ModelError
from pipeline.evaluate import measure
from pipeline.lessons import changed, lessons_of
from pipeline.report import quality_table
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
    """

    replaced: bool
    why: str


def train_champion(
    paths: Sequence[Path], settings: Settings, folder: Path, corrections: Corrections | None = None
) -> Verdict:
    """Train a model, tell how right it is, let it take the champion's place if it may, and log all of it to MLflow.

    Args:
        paths: Labelled tables.
        settings: How to train.
        folder: Where the champion stands.
        corrections: What editors corrected, to learn from as well.

    Returns:
        Which model stands now.
    """
    stages = Stages()
    with track.run("train", settings):
        taught = lessons_of(corrections) if corrections else None
        trained = train(paths, settings, stages, taught)
        with stages("baselines"):
            beside = baselines(trained.corpus, settings)
        stages.console.print(quality_table({"rubrika": trained.held_out} | beside))
        changes = changed(trained, standing(folder)) if corrections else None
        verdict = promote(trained, folder)
        track.log_trained(trained, beside, stages)
        if changes:
            stages.console.print(str(changes), highlight=False)
            track.log_changes(changes)
        if verdict.replaced:
            track.log_folder(folder)
    stands = "the new model stands" if verdict.replaced else "the champion stays"
    stages.console.print(f"{folder}: {stands}: {verdict.why}", highlight=False)
    return verdict


def promote(trained: Trained, folder: Path) -> Verdict:
    """Save a trained model as champion if it is at least as good as the one there.

    Args:
        trained: The challenger.
        folder: Where the champion stands.

    Returns:
        The verdict.
    """
    verdict = _compare(trained, folder)
    if verdict.replaced:
        model.save(trained.model, folder)
    return verdict


def standing(folder: Path) -> Tagger | None:
    """Give the champion, if one stands there that can be used."""
    try:
        return Tagger.load(folder)
    except ModelError:
        return None


def _compare(trained: Trained, folder: Path) -> Verdict:
    if not folder.exists():
        return Verdict(True, "there was no champion")
    try:
        champion = Tagger.load(folder)
    except ModelError as error:
        return Verdict(True, f"the champion there cannot be used ({error})")
    settings, new = trained.model.settings, trained.held_out
    old = measure(champion, *trained.corpus.asked, settings.evaluate_resamples, settings.seed)
    figures = f"macro-F1 {new.macro_f1:.4f} against {old.macro_f1:.4f} on the same {new.rows:,} held-out headlines"
    better = new.macro_f1 >= old.macro_f1
    return Verdict(better, f"{figures}, {'at least as good' if better else 'not as good'}")
