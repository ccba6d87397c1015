"""The dictionaries of pymorphy3 (Korobov 2015, https://doi.org/10.1007/978-3-319-26123-2_31), opened when asked."""

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

REMEMBERED: Final = 1 << 18
"""Words that each memory keeps; a stream of ever-new words must not fill it."""


@cache
def dictionary(code: str) -> "MorphAnalyzer":
    """Open a dictionary.

    Args:
        code: ``ru`` or ``uk``.

    Returns:
        The analyser, one for the life of the process.
    """
    from pymorphy3 import MorphAnalyzer  # 0.1 s: only when a word is new

    return MorphAnalyzer(lang=code)
