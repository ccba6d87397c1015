"""What people do with versions by hand: promote one, on evidence or on their word, and go back."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.assess.rightness import Draws
from pipeline.corpus import read_corpus
from pipeline.errors import RegistryError
from pipeline.registry import store
from pipeline.registry.evidence import Evidence, compare
from pipeline.registry.fetch import fetch_version
from pipeline.registry.moves import alias_of, follow, held, move
from pipeline.registry.versions import Move, Version, all_versions, history, version
from pipeline.tagger import Tagger


def promote(which: str, folder: Path, data: Sequence[Path], force: str | None) -> tuple[Version, Evidence | None]:
    """Put a version into the champion's place.

    Args:
        which: Its number, or an alias.
        folder: Where the champion stands.
        data: Labelled tables whose held-out headlines judge.
        force: Why no evidence is asked for; none: it is.

    Returns:
        The version, and the evidence if there was a champion and it was asked for.

    Raises:
        RegistryError: If the version stands there already, or is not as good.
    """
    with held(folder), store.reached() as client:
        champion = follow(client, folder)
        chosen = version(client, which)
        alias = alias_of(folder)
        if champion and champion.number == chosen.number:
            raise RegistryError(f"version {which}", f"the {alias} itself", "another version", "choose one")
        evidence = None
        if champion and not force:
            evidence = judge(folder, fetch_version(client, chosen), data)
            if evidence.objections:
                expected, remedy = f"a model as good as version {champion.number}", 'promote it by --force "why"'
                raise RegistryError(f"version {which}", str(evidence), expected, remedy)
        why = force or (str(evidence) if evidence else f"there was no {alias}")
        move(client, folder, chosen, kind="forced" if force else "promoted", why=why)
    return chosen, evidence


def rollback(folder: Path, why: str) -> Version:
    """Put the version before into the champion's place; again and again, back to the first.

    Args:
        folder: Where the champion stands.
        why: The reason.

    Returns:
        The version that stands now.

    Raises:
        RegistryError: If there was none before.
    """
    with held(folder), store.reached() as client:
        champion, alias = follow(client, folder), alias_of(folder)
        way = _way(history(all_versions(client), alias))
        if champion and way[-1:] == [champion.number]:
            way.pop()
        if not way:
            raise RegistryError(store.uri(), f"no earlier {alias}", "one to go back to", "promote a version instead")
        chosen = version(client, str(way[-1]))
        move(client, folder, chosen, kind="rolled back", why=why)
    return chosen


def judge(old: Path, new: Path, data: Sequence[Path]) -> Evidence:
    """Compare two models on the held-out headlines of labelled tables, as the newer one was to be judged.

    Args:
        old: The folder of one.
        new: The folder of the other.
        data: The tables.

    Returns:
        The evidence.
    """
    challenger = Tagger.load(new)
    settings = challenger.model.settings
    corpus = read_corpus(data, settings.split_held_out)
    draws = Draws(settings.evaluate_resamples, settings.seed)
    return compare(Tagger.load(old), challenger, corpus.frame[corpus.held_out], draws)


def _way(moves: Sequence[tuple[int, Move]]) -> list[int]:
    """Give the versions that led to the one that stands: a rollback takes back what came after."""
    way: list[int] = []
    for number, each in moves:
        if each.kind == "rolled back" and number in way:
            del way[len(way) - way[::-1].index(number) :]
        else:
            way.append(number)
    return way
