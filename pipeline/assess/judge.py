"""Measuring a saved model on a labelled table: read, judge, print, write."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from pipeline.assess.assessment import Ask, Assessment, assess
from pipeline.assess.judged import Judged
from pipeline.assess.markdown import markdown
from pipeline.assess.page import page
from pipeline.assess.rightness import Draws
from pipeline.assess.terminal import printer, tables
from pipeline.corpus import Corpus, digest, read_corpus
from pipeline.labelled import read_labelled
from pipeline.model import Card
from pipeline.settings import Settings
from pipeline.tagger import Tagger
from pipeline.write import whole_file


def judge(  # noqa: PLR0913 - what the command has
    file: Path,
    model: str,
    *,
    held_out: bool,
    train: Path | None,
    by: Sequence[str],
    report: Path | None,
    json_out: Path | None,
) -> Assessment:
    """Measure a saved model on a labelled table, print the figures, and write them out if asked.

    Args:
        file: A labelled table.
        model: The model's folder.
        held_out: Whether to judge only the rows that a training on the table holds out.
        train: What the model learnt from, to tell near-duplicates apart; nothing if it is not at hand.
        by: Columns to slice by, beside the usual.
        report: A file to write, Markdown if it ends in ``.md``, or else HTML.
        json_out: A JSON file to write.

    Returns:
        The figures.
    """
    tagger = Tagger.load(model)
    settings, card = tagger.model.settings, tagger.model.card
    draws, talk = Draws(settings.evaluate_resamples, settings.seed), Console(stderr=True, highlight=False)
    learnt = file if held_out else train
    corpus = _learnt(learnt, settings, card, talk) if learnt else None
    frame = corpus.frame[corpus.held_out] if corpus and held_out else read_labelled(file)
    found = assess(Judged.of(tagger, frame), Ask(by, corpus.frame[corpus.train] if corpus else None), draws)
    title = f"{file.name}, rows held out" if held_out else file.name
    for warning in found.warnings:
        talk.print(f"warning: {warning}", soft_wrap=True)
    console = printer()
    for table in tables(found):
        console.print(table)
        console.print()
    if report:
        text = markdown(found, title) if report.suffix == ".md" else page(found, title, card, draws)
        _write(report, text)
    if json_out:
        told = plain(found, title, card)
        _write(json_out, json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return found


def plain(found: Assessment, title: str, card: Card) -> dict[str, Any]:
    """Give the figures, and what was measured on what, in plain values."""
    measured = {"name": card.name, "created": card.created, "corpus": card.corpus, "versions": card.versions}
    return {"table": title, "model": measured} | found.plain()


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text.encode())


def _learnt(train: Path, settings: Settings, card: Card, talk: Console) -> Corpus:
    """Give what the model learnt from, and say so if it may be something else."""
    corpus = read_corpus([train], settings.split_held_out)
    if digest(corpus.frame) != card.corpus.get("sha256"):
        told = f"warning: {train} is not what the model learnt from; near-duplicates are those of its own rows"
        talk.print(told, soft_wrap=True)
    return corpus
