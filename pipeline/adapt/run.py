"""One adapting from end to end: find the teacher, train before and after, tell, save, and log all of it to MLflow."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from rich.table import Table

from pipeline import model, track
from pipeline.adapt.archive import Archive, read_archive
from pipeline.adapt.embed import embed
from pipeline.adapt.fit import Adapted, Engage, adapt
from pipeline.adapt.teacher import Encoded, Teacher, Written, read_scores
from pipeline.assess.markdown import laid
from pipeline.corpus import Corpus, read_corpus
from pipeline.evaluate import Quality, measure
from pipeline.labelled import read_labelled, tagged
from pipeline.learn import Flags
from pipeline.report import quality_table
from pipeline.settings import Settings
from pipeline.stages import Stages
from pipeline.tagger import Tagger
from pipeline.train import Trained
from pipeline.write import whole_file

E5: Final = "e5"
"""The name of the teacher that is a sentence encoder; any other names a file."""
VECTORS: Final = "e5.vectors"
"""The file that keeps what it worked out."""


def adapt_to(  # noqa: PLR0913 - what the command has
    archives: Sequence[str],
    settings: Settings,
    *,
    data: Sequence[Path],
    teacher: str,
    judge: Path | None,
    report: Path | None,
    model: Path,
) -> Adapted:
    """Train a model on labelled tables and an archive without tags, and tell what the archive brought.

    Args:
        archives: Files of headlines.
        settings: How to train.
        data: Labelled tables.
        teacher: Who scores the archive: ``E5``, or a file of scores.
        judge: A labelled table to measure on as well; nothing is learnt from it.
        report: A Markdown file to write what it brought to.
        model: Where to save the adapted model; the vectors of ``E5`` are kept beside it, in ``e5.vectors``.

    Returns:
        The model before and after.
    """
    stages, judged = Stages(), read_labelled(judge) if judge else None
    engage: Engage = (
        partial(_encoded, model.parent / VECTORS, stages, settings.seed)
        if teacher == E5
        else partial(_written, teacher)
    )
    with track.run("adapt", asdict(settings)):
        adapted = adapt(*_ingest(data, archives, judged, settings, stages), engage, settings, stages)
        rows = {"held out": (adapted.before.held_out, adapted.after.held_out)}
        if judge and judged is not None:
            rows[judge.name] = (_measure(adapted.before, judged), _measure(adapted.after, judged))
        _save(adapted, rows, model, stages)
    if report:
        with whole_file(report) as out:
            told = (
                f"# What an archive without tags teaches\n\nThe archive: {adapted.archive}.\n\n{laid(_gains(rows))}\n"
            )
            out.write(told.encode())
    return adapted


def _ingest(
    data: Sequence[Path], archives: Sequence[str], judged: pd.DataFrame | None, settings: Settings, stages: Stages
) -> tuple[Corpus, Archive]:
    with stages("ingest") as tell:
        corpus = read_corpus(data, settings.split_held_out)
        tell(f"{len(corpus.frame):,} headlines: {corpus.train.sum():,} train, {corpus.held_out.sum():,} held out")
        archive = read_archive(archives, [*corpus.asked[0], *([] if judged is None else judged["headline"])])
        tell(str(archive))
    return corpus, archive


def _measure(trained: Trained, judged: pd.DataFrame) -> Quality:
    settings = trained.model.settings
    draws = settings.evaluate_resamples, settings.seed
    return measure(Tagger(trained.model), judged["headline"], tagged(judged), *draws)


def _encoded(
    cache: Path, stages: Stages, seed: int, headlines: list[str], tags: Flags, archive: Archive
) -> tuple[Teacher, Archive]:
    cache.parent.mkdir(parents=True, exist_ok=True)
    vectors = embed([*headlines, *archive.headlines], cache, stages.console.print)
    return Encoded(vectors[: len(headlines)], tags, vectors[len(headlines) :], seed), archive


def _written(file: str, _headlines: list[str], _tags: Flags, archive: Archive) -> tuple[Teacher, Archive]:
    found, chances = read_scores(file, archive.headlines)
    return Written(chances), replace(archive, headlines=list(np.array(archive.headlines, object)[found]))


def _gains(measured: dict[str, tuple[Quality, Quality]]) -> Table:
    table = Table(box=None)
    table.add_column("macro-F1 on")
    for name in ("headlines", "before", "95 %", "after", "95 %", "points"):
        table.add_column(name, justify="right")
    for name, both in measured.items():
        cells = [cell for each in both for cell in (f"{each.macro_f1:.3f}", "{:.3f}–{:.3f}".format(*each.interval))]
        table.add_row(name, f"{both[0].rows:,}", *cells, f"{100 * (both[1].macro_f1 - both[0].macro_f1):+.1f}")
    return table


def _save(adapted: Adapted, measured: dict[str, tuple[Quality, Quality]], folder: Path, stages: Stages) -> None:
    for name, (before, after) in measured.items():
        stages.console.rule(name)
        stages.console.print(quality_table({"after": after, "before": before}))
    model.save(adapted.after.model, folder)
    track.log_trained(adapted.after, {"before": adapted.before.held_out}, stages)
    track.log_archive(adapted.archive)
    for before, after in list(measured.values())[1:]:
        track.log_quality(before, "judged_before")
        track.log_quality(after, "judged_after")
    track.log_folder(folder)
    gained = [
        f"{100 * (after.macro_f1 - before.macro_f1):+.1f} points on {name}"
        for name, (before, after) in measured.items()
    ]
    stages.console.print(f"{folder}: the adapted model stands, {', '.join(gained)}", highlight=False, soft_wrap=True)
