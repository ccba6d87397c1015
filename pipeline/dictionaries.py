"""The dictionaries of pymorphy3 (Korobov 2015, https://doi.org/10.1007/978-3-319-26123-2_31), opened when asked.

The Ukrainian one can be done without: its words then go to their Russian kin by their spelling alone.
"""

import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer
    from pymorphy3.dawg import WordsDawg

REMEMBERED: Final = 1 << 15
"""Words that each memory keeps; a stream of ever-new words must not fill it."""

NORMAL_FORM: Final = 2  # in a parse of pymorphy3


@cache
def dictionary(code: str) -> "MorphAnalyzer":
    """Open a dictionary.

    Args:
        code: ``ru`` or ``uk``.

    Returns:
        The analyser, one for the life of the process; its parses are plain tuples.
    """
    from pymorphy3 import MorphAnalyzer  # 0.1 s: only when a word is new

    return MorphAnalyzer(lang=code, result_type=None)


def is_known(code: str, *forms: str) -> bool:
    """Tell whether a dictionary has a word, or one of several; a Russian one may be written with е for ё.

    >>> is_known("ru", "елка"), is_known("uk", "елка"), is_known("uk", "елка", "ялинка")
    (True, False, True)

    Args:
        code: ``ru`` or ``uk``.
        *forms: Words in lower case.

    Returns:
        Whether pymorphy3's ``word_is_known`` says so of one; false of every word if the dictionary is not installed.
    """
    words, replaced = _words(code)
    for form in forms:  # noqa: SIM110 (any() takes nearly twice as long)
        # That looks at each letter for one that may stand there instead, and takes five times as long.
        if form in words or (replaced.search(form) and dictionary(code).word_is_known(form)):
            return True
    return False


@cache
def _words(code: str) -> tuple["WordsDawg | frozenset[str]", re.Pattern[str]]:
    """Give all words of a dictionary, and a pattern of the letters that others may be written as."""
    if not find_spec(f"pymorphy3_dicts_{code}"):
        return frozenset(), re.compile("(?!)")  # matches nothing
    analyser = dictionary(code)
    return analyser.dictionary.words, re.compile("|".join(letter.decode() for letter in analyser.char_substitutes))


def lemma_in(code: str, form: str) -> str:
    """Give the likeliest dictionary form of a word.

    >>> lemma_in("ru", "ёлками"), lemma_in("uk", "виборах")
    ('ёлка', 'вибори')

    Args:
        code: ``ru`` or ``uk``.
        form: A word in lower case.

    Returns:
        Its dictionary form, ё as the dictionary writes it.
    """
    return str(dictionary(code).parse(form)[0][NORMAL_FORM])
