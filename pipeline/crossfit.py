"""Cross-fitting: margins of headlines that the model behind them has not seen, fold by fold."""

from collections.abc import Callable
from pickle import PicklingError

import numpy as np
from joblib import Parallel, delayed
from rich.console import Console
from rich.progress import track as progress
from sklearn.model_selection import GroupKFold

from pipeline.corpus import Corpus
from pipeline.errors import InputError, if_for_room
from pipeline.learn import Floats, Places
from pipeline.settings import Settings
from pipeline.topics import TOPICS

Unseen = Callable[[Places, Places], Floats]
"""Learns from the training headlines at some places and gives the margins of those at others."""


def cross_fit(corpus: Corpus, settings: Settings, unseen: Unseen) -> Floats:
    """Give each training headline the margins of a model that has seen neither it nor its retellings.

    Args:
        corpus: The training headlines' tags and groups.
        settings: How many folds.
        unseen: Learns from the headlines of the other folds and gives the margins of one fold's.

    Returns:
        Shape (n_training, n_topics).

    Raises:
        InputError: If the retellings of one event are so many that a fold would leave nothing to learn a topic from.
        RoomError: If there is no room for what is handed to the processes.
    """
    folds = _folds(corpus, settings)
    margins = np.zeros((int(corpus.train.sum()), len(TOPICS)))
    # In processes: liblinear draws its lots from one well for all threads, and equal trainings must give equal bytes.
    answers = Parallel(n_jobs=-1, return_as="generator")(delayed(unseen)(*fold) for fold in folds)
    console = Console(stderr=True)
    told = progress(answers, "calibrate", len(folds), console=console, transient=True, disable=not console.is_terminal)
    try:
        for (_, asked), answer in zip(folds, told, strict=True):
            margins[asked] = answer
    except PicklingError as error:  # joblib hands large arrays to its processes as files
        if_for_room(str(error.__cause__))
        raise
    return margins


def _folds(corpus: Corpus, settings: Settings) -> list[tuple[Places, Places]]:
    """Cut the training headlines into folds, the retellings of one event together."""
    tagged, groups = corpus.tagged[corpus.train], corpus.groups[corpus.train]
    where, events = "the training headlines", len(np.unique(groups))
    if events < settings.split_folds:
        found, expected = f"at most {events} that are no near-duplicates", f"{settings.split_folds} or more"
        raise InputError(where, found, expected, "add rows that tell other events")
    deal = GroupKFold(settings.split_folds, shuffle=True, random_state=settings.seed)
    folds = list(deal.split(tagged, groups=groups))
    for topic, column in zip(TOPICS, tagged.T, strict=True):
        if any(column[seen].all() or not column[seen].any() for seen, _ in folds):
            found = f"{topic} only, or all but only, in near-duplicates of each other"
            raise InputError(where, found, "each topic in some events and not in others", "add rows of other events")
    return folds
