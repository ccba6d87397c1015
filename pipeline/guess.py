"""What pymorphy3 takes an unknown Russian word for, without working out what else it could be.

pymorphy3 looks for a known word behind some beginning; then it guesses by the longest ending, of five letters at most,
that its dictionary has words with, and gives every reading of it. Only the likeliest is wanted here, and it is the same
for all words with that ending. A name, a coinage or a slip is most of what is new in a stream of headlines, so this
decides how fast new words are read.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pipeline.dictionaries import NORMAL_FORM, REMEMBERED, dictionary, is_known

if TYPE_CHECKING:
    from pymorphy3.dawg import PredictionSuffixesDAWG
    from pymorphy3.units import KnownPrefixAnalyzer, UnknownPrefixAnalyzer

_LONGEST: Final = 5
"""Letters of the longest ending that the dictionary was asked to keep (its ``max_suffix_length``), and of the longest
beginning that is tried."""
_SHORTEST: Final = 3
"""Letters of the shortest word that may stand behind a beginning."""
# All else is left to pymorphy3: hyphens, short words, the beginnings of its paradigms, and words with ё, whose readings
# its corpus may have counted.
_GUESSED: Final = re.compile("(?!по|наи)[а-я]{4,}")


class _Reading(NamedTuple):
    """How words with an ending are inflected.

    Attributes:
        ending: The ending with its ё.
        paradigm: The paradigm's number in the dictionary.
        place: The form's place in it.
    """

    ending: str
    paradigm: int
    place: int


def guess(form: str) -> str | None:
    """Give the dictionary form that pymorphy3 would guess first.

    >>> guess("маркетплейсах"), guess("елками")
    ('маркетплейс', None)

    Args:
        form: A word in lower case.

    Returns:
        The lemma; nothing for a word of the dictionary, and for one that pymorphy3 must look at itself.
    """
    if not _GUESSED.fullmatch(form) or is_known("ru", form):
        return None
    return _by_beginning(form) or _by_ending(form)


def _by_beginning(form: str) -> str | None:
    """Guess that a word is a known one with something before it, as pymorphy3 tries before endings."""
    known, unknown = _beginnings()
    found = known.parse(form, form, set())
    # The search behind any beginning is slow, and in vain for most words: no rest of them is a word.
    rests = [form[size:] for size in range(1, min(_LONGEST, len(form) - _SHORTEST) + 1)]
    if not found and is_known("ru", *rests):
        found = unknown.parse(form, form, set())
    return str(found[0][NORMAL_FORM]) if found else None  # the first: pymorphy3 knows no odds of a new word


def _by_ending(form: str) -> str:
    endings = _endings()
    for size in range(_LONGEST, 0, -1):
        ending = form[-size:]
        if (ending in endings or "е" in ending) and (reading := _reading(ending)):  # е may stand for ё
            whole = form[:-size] + reading.ending
            return str(dictionary("ru").dictionary.build_normal_form(reading.paradigm, reading.place, whole))
    return form


@lru_cache(maxsize=REMEMBERED)
def _reading(ending: str) -> _Reading | None:
    """Give how most words with an ending are inflected; nothing if no word of an open class has it."""
    russian = dictionary("ru")
    found = [
        (count, _Reading(written, paradigm, place))
        for written, readings in _endings().similar_items(ending, russian.char_substitutes)
        for count, paradigm, place in readings
        if russian.dictionary.build_tag_info(paradigm, place).is_productive()
    ]
    return max(found, key=lambda reading: reading[0])[1] if found else None


@cache
def _endings() -> "PredictionSuffixesDAWG":
    """Give the endings of words, those of paradigms without a prefix."""
    return dictionary("ru").dictionary.prediction_suffixes_dawgs[0]


@cache
def _beginnings() -> tuple["KnownPrefixAnalyzer", "UnknownPrefixAnalyzer"]:
    """Give what looks for a known word behind a known, and behind any beginning."""
    from pymorphy3.lang.ru import KNOWN_PREFIXES
    from pymorphy3.units import KnownPrefixAnalyzer, UnknownPrefixAnalyzer

    units = KnownPrefixAnalyzer(KNOWN_PREFIXES), UnknownPrefixAnalyzer()
    for unit in units:
        unit.init(dictionary("ru"))
    return units
