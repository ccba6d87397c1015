"""What is counted in a chunk: its words, and the character n-grams of its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from pipeline.lemmatize import Word
from pipeline.settings import Settings

WORD_BLOCK: Final = "word"
NGRAM_BLOCK: Final = "ngram"


def ngrams(form: str, shortest: int, longest: int) -> Iterator[str]:
    """Give the character n-grams of a word with a space at either border (scikit-learn's ``char_wb``).

    >>> list(ngrams("газ", 3, 6))
    [' га', 'газ', 'аз ', ' газ', 'газ ', ' газ ']

    Args:
        form: A word.
        shortest: Letters of the shortest n-gram.
        longest: Letters of the longest n-gram.

    Yields:
        The n-grams, shorter ones first.
    """
    bordered = f" {form} "
    for size in range(shortest, min(longest, len(bordered)) + 1):
        for start in range(len(bordered) - size + 1):
            yield bordered[start : start + size]


@dataclass(frozen=True)
class Features:
    """What a word is counted as, in either block."""

    words: str  # "lemma" or "form"
    ngram_min: int
    ngram_max: int  # 0: no n-grams

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take what concerns features from the settings."""
        return cls(settings.lemmatize_words, settings.tfidf_ngram_min, settings.tfidf_ngram_max)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks, in the order of the columns."""
        return (WORD_BLOCK, NGRAM_BLOCK) if self.ngram_max else (WORD_BLOCK,)

    def of_words(self, block: str, words: Sequence[Word]) -> list[str]:
        """Give the features of a chunk's words in a block, repeated as often as they stand."""
        if block == WORD_BLOCK:
            return [word.lemma if self.words == "lemma" else word.form for word in words]
        return [gram for word in words for gram in ngrams(word.form, self.ngram_min, self.ngram_max)]
