"""Measuring a saved model on a labelled table: read, judge, print, write."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from pipeline.assess.assessment import Ask, Assessment, assess
from pipeline.assess.judged import Judged
from pipeline.assess.page import page
from pipeline.assess.rightness import Draws
from pipeline.assess.terminal import printer, tables
from pipeline.corpus import digest, read_corpus, read_labelled
from pipeline.model import Card
from pipeline.settings import Settings
from pipeline.tagger import Tagger
from pipeline.write import whole_file


def judge(
    file: Path, model: str, *, train: Path | None, by: Sequence[str], report: Path | None, json_out: Path | None
) -> Assessment:
    """Measure a saved model on a labelled table, print the figures, and write them out if asked.

    Args:
        file: A labelled table.
        model: The model's folder.
        train: What the model learnt from, to tell near-duplicates apart; nothing if it is not at hand.
        by: Columns to slice by, beside the usual.
        report: An HTML file to write.
        json_out: A JSON file to write.

    Returns:
        The figures.
    """
    tagger, frame = Tagger.load(model), read_labelled(file)
    settings, card = tagger.model.settings, tagger.model.card
    draws, talk = Draws(settings.evaluate_resamples, settings.seed), Console(stderr=True, highlight=False)
    found = assess(Judged.of(tagger, frame), Ask(by, _seen(train, settings, card, talk)), draws)
    for warning in found.warnings:
        talk.print(f"warning: {warning}", soft_wrap=True)
    console = printer()
    for table in tables(found):
        console.print(table)
        console.print()
    if report:
        _write(report, page(found, file.name, card, draws))
    if json_out:
        told = plain(found, file.name, card)
        _write(json_out, json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return found


def plain(found: Assessment, title: str, card: Card) -> dict[str, Any]:
    """Give the figures, and what was measured on what, in plain values."""
    measured = {"name": card.name, "created": card.created, "corpus": card.corpus, "versions": card.versions}
    return {"table": title, "model": measured} | found.plain()


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text.encode())


def _seen(train: Path | None, settings: Settings, card: Card, talk: Console) -> pd.DataFrame | None:
    """Give the training rows of the model, and say so if they may be others."""
    if train is None:
        return None
    corpus = read_corpus([train], settings.split_held_out)
    if digest(corpus.frame) != card.corpus.get("sha256"):
        told = f"warning: {train} is not what the model learnt from; near-duplicates are those of its own rows"
        talk.print(told, soft_wrap=True)
    return corpus.frame[corpus.train]
