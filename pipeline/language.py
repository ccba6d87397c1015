"""The language of a headline: Russian, Belarusian, Ukrainian, or another one that cannot be read here.

Each word votes for every language that it may belong to: by its letters and by ``languages.tsv``, then by the Russian
and the Ukrainian dictionary. The votes of a chunk are one number, and those of a headline their sum, so that the
language of a million headlines costs a sum and no loop.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.chunks import split
from pipeline.dictionaries import REMEMBERED, is_known
from pipeline.kin import kin
from pipeline.letters import mend

Votes = npt.NDArray[np.int64]

CODES: Final = ("ru", "be", "uk", "other")
"""The languages by their ISO 639-1 codes; of two that a headline may be in, the one that stands first here."""
OTHER: Final = len(CODES) - 1
_FOREIGN: Final = (CODES[OTHER],)

_BITS: Final = 15
"""Room for each language's votes in the one number that keeps them all."""
_WORD: Final = re.compile(r"(?<![\w-])[^\W\d_]+(?:['-][^\W\d_]+)*")
_CYRILLIC: Final = re.compile("[а-яёґєіїў'-]+")
# Votes of a word; of one that the table names; of one with a letter or a spelling of no language here; of one in Latin
# letters, which any language borrows; of one that might be spelled so, but is only in another language's dictionary.
_PLAIN, _NAMED, _STRANGE, _LATIN, _DOUBTED = 2, 4, 8, 1, 1

TELLING: Final = 5
"""Letters of a word too long to look by chance like a Russian one that is misspelled."""


class _Table(NamedTuple):
    """What ``languages.tsv`` says.

    Attributes:
        words: The languages of words.
        strange: For each language that can be read, the parts of words that it does not have.
    """

    words: Mapping[str, tuple[str, ...]]
    strange: tuple[tuple[str, re.Pattern[str]], ...]


def languages(headlines: Sequence[str]) -> list[str]:
    """Give the language of each headline.

    >>> languages(["Снег в мае", "Снег у траўні", "Сніг у травні", "Snow in May"])
    ['ru', 'be', 'uk', 'other']

    Args:
        headlines: Raw headlines.

    Returns:
        ``ru``, ``be``, ``uk`` or ``other`` for each, in order.
    """
    if not headlines:
        return []
    chunks = split(pa.array(headlines, pa.string()))
    rows = np.array([votes(chunk) for chunk in chunks.distinct], np.int64)
    elected = elect(np.add.reduceat(rows[chunks.codes], chunks.offsets[:-1]))
    return [CODES[place] for place in elected]


def elect(votes_: Votes) -> npt.NDArray[np.intp]:
    """Give the language that has most votes.

    Args:
        votes_: Sums of ``votes``; shape (n_headlines,).

    Returns:
        Places in ``CODES``, that of ``other`` where nothing was voted; shape (n_headlines,).
    """
    ballot = np.stack([votes_ >> _BITS * place & (1 << _BITS) - 1 for place in range(len(CODES))])
    ballot[0] += ballot[0] > 0  # one name that only the Ukrainian dictionary knows makes no Ukrainian headline
    return np.where(votes_ == 0, OTHER, ballot.argmax(axis=0))


def readable(ballots_: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Give whether headlines are in one of the languages that can be read.

    Args:
        ballots_: Sums of ``ballots``; shape (n_headlines, 2).

    Returns:
        Shape (n_headlines,).
    """
    return np.asarray((ballots_[:, 0] > 0) & (ballots_[:, 0] + 1 >= ballots_[:, 1]))  # one more, as in elect


def ballots(chunk: str) -> tuple[int, int]:
    """Give a chunk's votes for the likeliest of the languages that can be read, and for another one."""
    return _ballots(votes(chunk))


@lru_cache(maxsize=REMEMBERED)
def _ballots(packed: int) -> tuple[int, int]:
    each = [packed >> _BITS * place & (1 << _BITS) - 1 for place in range(len(CODES))]
    return max(each[:OTHER]), each[OTHER]


def votes(chunk: str) -> int:
    """Give the votes of a chunk's words, packed into one number such that sums of numbers are sums of votes."""
    return sum(map(_votes, _WORD.findall(mend(chunk).lower())))


@lru_cache(maxsize=REMEMBERED)
def _votes(word: str) -> int:
    known = of_word(word)
    if known == _FOREIGN:
        weight = _LATIN if any("a" <= letter <= "z" for letter in word) else _STRANGE
    else:
        weight = _NAMED if word in _table().words else _PLAIN
    return _packed(spelled(word), known, weight)


@lru_cache(maxsize=REMEMBERED)
def _packed(possible: tuple[str, ...], known: tuple[str, ...], weight: int) -> int:
    return sum((weight if code in known else _DOUBTED) << _BITS * CODES.index(code) for code in possible)


@lru_cache(maxsize=REMEMBERED)
def of_word(word: str) -> tuple[str, ...]:
    """Give the languages that a word may belong to.

    >>> of_word("выборы"), of_word("вибори"), of_word("снег"), of_word("snow")
    (('ru', 'be'), ('uk',), ('ru', 'be'), ('other',))

    Args:
        word: A word in lower case.

    Returns:
        Codes in the order of ``CODES``; at least one.
    """
    possible = spelled(word)
    if word in _table().words or len(possible) == 1:
        return possible
    doubted = _doubted(word, possible)
    return tuple(code for code in possible if code not in doubted) if doubted else possible


def _doubted(word: str, possible: tuple[str, ...]) -> set[str]:
    """Give the languages that the dictionaries speak against: they know the word as another one's."""
    russian = "ru" in possible and is_known("ru", word)
    ukrainian = "uk" in possible and is_known("uk", word)
    if russian == ukrainian:
        belarusian = not russian and "be" in possible and len(word) >= TELLING and kin(word, "be") is not None
        return {"ru", "uk"} if belarusian else set()
    return {"uk"} if russian else {"ru", "be"}


def forget_languages() -> None:
    """Forget which languages words belong to; what the sums of votes mean stays."""
    for memory in (_votes, of_word, spelled):
        memory.cache_clear()


@lru_cache(maxsize=REMEMBERED)
def spelled(word: str) -> tuple[str, ...]:
    """Give the languages whose spelling a word keeps to."""
    words, strange = _table()
    if word in words:
        return words[word]
    possible = [code for code, parts in strange if not parts.search(word)] if _CYRILLIC.fullmatch(word) else []
    return tuple(possible) or _FOREIGN


@cache
def _table() -> _Table:
    """Read ``languages.tsv``: words, and parts of words between hyphens, with the languages that have them."""
    text = files("pipeline").joinpath("languages.tsv").read_text(encoding="utf-8")
    rows = [(word, codes.split()) for word, codes, _ in (line.split("\t") for line in text.splitlines()[1:])]
    words = {word: tuple(code for code in CODES if code in codes) for word, codes in rows if "-" not in word}
    parts = [(_regex(part), codes) for part, codes in rows if "-" in part]
    strange = {code: "|".join(part for part, codes in parts if code not in codes) for code in CODES[:OTHER]}
    return _Table(words, tuple((code, re.compile(each)) for code, each in strange.items()))


def _regex(part: str) -> str:
    return part.removeprefix("-").removesuffix("-") + ("" if part.endswith("-") else r"\b")
