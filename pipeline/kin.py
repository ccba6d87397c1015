"""Belarusian and Ukrainian words as their Russian kin, so that what Russian headlines teach holds for them too.

A word that ``kin.tsv`` names is its Russian word. Another one is read as if it were Russian badly spelled, by the rules
and letters of ``spelling.tsv``: where the Russian dictionary then knows it, its lemma is taken, from the spelling with
the fewest letters changed. The rest is only written in Russian letters, so that its character n-grams meet their kin.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from pipeline.letters import fold_yo

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

# What it costs to read a letter as the first, and as a later one of its alternatives; and what a word may cost.
_LIKELY, _UNLIKELY, _DEAREST = 0.1, 1.0, 1.5
Rules = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True)
class Spelling:
    """How a language writes what Russian writes otherwise.

    Attributes:
        attempts: Rewritings for which the dictionary is asked, each after those before it.
        letters: For a letter the Russian letters that may stand for it, the likeliest first.
        folds: Rewritings of words that no dictionary knows.
    """

    attempts: Rules
    letters: Mapping[str, list[str]]
    folds: Rules

    @classmethod
    def of(cls, code: str) -> Self:
        """Read the rules of a language from ``spelling.tsv``."""
        rows = [
            (use, written, russian) for language, use, written, russian, _ in _rows("spelling.tsv") if language == code
        ]
        rules = {
            kind: tuple((re.compile(written), russian) for use, written, russian in rows if use == kind)
            for kind in ("try", "fold")
        }
        letters = {written: russian.split() for use, written, russian in rows if use == "letter"}
        return cls(rules["try"], letters, rules["fold"])

    @cached_property
    def any_attempt(self) -> re.Pattern[str]:
        """All attempts in one pattern, which most words do not match."""
        return re.compile("|".join(pattern.pattern for pattern, _ in self.attempts))

    def readings(self, word: str) -> list[str]:
        """Give the word after each rewriting that changes it, the most rewritten first and the word itself last."""
        if not self.any_attempt.search(word):
            return [word]
        read = [word]
        for pattern, russian in self.attempts:
            changed = pattern.sub(russian, read[-1])
            if changed != read[-1]:
                read.append(changed)
        return read[::-1]

    def cost(self, read: str, russian: str) -> float:
        """Give how much must be changed to turn a reading into a Russian word of the same length."""
        changes = ((one, other) for one, other in zip(read, russian, strict=True) if one != other)
        return sum(_LIKELY if self.letters[one][0] == other else _UNLIKELY for one, other in changes)


def kin(word: str, code: str) -> str | None:
    """Give the Russian word that stands for a Belarusian or Ukrainian one.

    >>> kin("канстытуцыі", "be"), kin("вайна", "be"), kin("уряд", "uk"), kin("вибори", "uk")
    ('конституция', 'война', 'правительство', 'выборы')

    Args:
        word: A Belarusian form, or a Ukrainian lemma, in lower case.
        code: ``be`` or ``uk``.

    Returns:
        A Russian lemma with ё folded to е, or nothing.
    """
    found = _named(word, code) or _misspelled(word, code)
    return found and fold_yo(found)


def folded(word: str, code: str) -> str:
    """Write a Belarusian or Ukrainian word in Russian letters.

    >>> folded("цікавасць", "be")
    'тикавасть'
    """
    for pattern, russian in _spelling(code).folds:
        word = pattern.sub(russian, word)
    return fold_yo(word)


def _named(word: str, code: str) -> str | None:
    words, beginnings, lengths = _named_words(code)
    if word in words:
        return words[word]
    for length in lengths:
        if word[:length] in beginnings:
            return beginnings[word[:length]]
    return None


def _misspelled(word: str, code: str) -> str | None:
    spelling, dictionary = _spelling(code), _dictionary(code)
    for read in spelling.readings(word):
        if dictionary.word_is_known(read):  # parsing what it does not know would be guessing
            known = [parse for parse in dictionary.parse(read) if parse.is_known]
            likeliest = min(known, key=lambda parse: (spelling.cost(read, parse.word), -parse.score))
            if spelling.cost(read, likeliest.word) <= _DEAREST:
                return str(likeliest.normal_form)
    return None


@cache
def _named_words(code: str) -> tuple[Mapping[str, str], Mapping[str, str], list[int]]:
    """Give the words and the beginnings that ``kin.tsv`` names, and how long beginnings are, the longest first."""
    named = {word: russian for language, word, russian, _ in _rows("kin.tsv") if language == code}
    words = {word: russian for word, russian in named.items() if not word.endswith("-")}
    beginnings = {word[:-1]: russian for word, russian in named.items() if word.endswith("-")}
    return words, beginnings, sorted({len(beginning) for beginning in beginnings}, reverse=True)


@cache
def _spelling(code: str) -> Spelling:
    return Spelling.of(code)


@cache
def _dictionary(code: str) -> "MorphAnalyzer":
    """Open the Russian dictionary such that it reads the letters of another language."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru", char_substitutes=_spelling(code).letters)


def _rows(name: str) -> Iterator[list[str]]:
    table = files("pipeline").joinpath(name).read_text(encoding="utf-8")
    return (line.split("\t") for line in table.splitlines()[1:])
