"""Stage 2, lemmatize: from a whitespace chunk of a headline to its words and their dictionary forms.

pymorphy3 analyses each distinct form once in the life of the process. Where its first guess is wrong for the news,
``exceptions.tsv`` decides: one form a line, with the headline that earned it its place. A word that can be Russian is
taken as Russian; a Ukrainian one goes through its own dictionary, and then, as a Belarusian one does at once, to its
Russian kin (``kin.py``).
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

from pipeline.dictionaries import REMEMBERED, is_known, lemma_in
from pipeline.guess import guess
from pipeline.kin import folded, kin
from pipeline.language import TELLING, forget_languages, of_word, spelled
from pipeline.letters import fold_yo, mend

# A hyphen or an apostrophe joins (экс-президент, С-400, Ту-22М3, д'Ивуар); a dot or a comma joins digits only (2.5).
_WORD: Final = re.compile(r"[^\W_]+(?:[-'][^\W_]+|(?<=\d)[.,](?=\d)[^\W_]+)*")
# What the dictionaries are asked about: they know Cyrillic letters, and fail on characters without a name in Unicode.
_ANALYSED: Final = re.compile(r"(?=.*[\u0400-\u04ff])[\u0400-\u04ffa-z0-9'-]+")


class Word(NamedTuple):
    """One word of a headline, lower-cased, with ё folded to е; a Belarusian or Ukrainian form is its Russian kin."""

    form: str
    lemma: str


def tokenize(chunk: str) -> list[str]:
    """Give the words of a chunk as written, punctuation dropped, hyphenated words and designations whole.

    >>> tokenize("«Ту-22М3»:")
    ['Ту-22М3']

    Args:
        chunk: A whitespace chunk of a headline, or a whole headline.

    Returns:
        The words in order, their letters mended but their case kept.
    """
    return _WORD.findall(mend(chunk))


def lemmatize(chunk: str) -> list[Word]:
    """Give the words of a chunk with their lemmas.

    >>> lemmatize("«Пескова»")
    [Word(form='пескова', lemma='песков')]

    Args:
        chunk: A whitespace chunk of a headline, or a whole headline.

    Returns:
        The words in order.
    """
    return [_word(token) for token in tokenize(chunk)]


def lemma(token: str) -> str:
    """Give the dictionary form of a word.

    >>> lemma("Ёлками"), lemma("газа"), lemma("Газа")
    ('елка', 'газ', 'газа')

    Args:
        token: A word as written; its case matters only where ``exceptions.tsv`` has an entry with a capital letter.

    Returns:
        Its lemma in lower case, ё folded to е after the analysis (the dictionary itself writes ё).
    """
    return _word(token).lemma


def _word(token: str) -> Word:
    form, written = token.lower(), fold_yo(token)
    russian = _in_russian(form)
    known = exceptions().get(written) or exceptions().get(written.lower())
    lemma_ = known or russian or _dictionary_form(form)
    return Word(lemma_ if russian else written.lower(), lemma_)


@lru_cache(maxsize=REMEMBERED)
def _dictionary_form(form: str) -> str:
    return fold_yo(guess(form) or (lemma_in("ru", form) if _ANALYSED.fullmatch(form) else form))


@lru_cache(maxsize=REMEMBERED)
def _in_russian(form: str) -> str | None:
    """Give what a Belarusian or Ukrainian word is in Russian; nothing for a word that can be Russian."""
    language = of_word(form)[0]
    if language not in ("be", "uk"):
        return None
    if ukrainian := is_known("uk", form):
        form = lemma_in("uk", form)
    code = "uk" if ukrainian else language
    found = kin(form, code)
    if "ru" in spelled(form) and (found is None or len(form) < TELLING):
        return None
    return found or folded(form, code)


def forget() -> None:
    """Forget all words; how words with some ending are inflected stays known."""
    _dictionary_form.cache_clear()
    _in_russian.cache_clear()
    forget_languages()


@cache
def exceptions() -> Mapping[str, str]:
    """Give the lemmas of the forms that pymorphy3 gets wrong in headlines, by form."""
    table = files("pipeline").joinpath("exceptions.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines()[1:]]
    return {form: lemma_ for form, lemma_, _headline in rows}
